"""The clerk's side of reservations: the list to prepare, and one that is collected or let go."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.days import day_of
from kernel.errors import DomainError, Unavailable
from people.permissions import Viewer
from redemption import openings, picking_up
from redemption import reservations as kept
from redemption.states import ReservationState
from web import entered
from web.asking import Clerk
from web.customers import customer
from web.fields import Id
from web.i18n import gettext
from web.pieces import pieces_of, typed_lines
from web.render import page, redirect
from web.which_shop import require_here, the_shop

router = APIRouter(include_in_schema=False, prefix="/counter/reservations")


@router.get("")
async def to_prepare(request: Request, viewer: Clerk) -> Response:
    """List what is reserved, to put aside; it prints."""
    shop = await the_shop(request)
    listed = await kept.to_prepare(viewer.book_id, shop.id)
    return page(
        request,
        "counter/to-prepare.html",
        shop=shop,
        listed=listed,
        last_days={each.id: await kept.last_day(each) for each in listed.reservations},
        today=day_of(clock.now(), viewer.zone),
        zone=viewer.zone,
    )


@router.get("/{reservation_id}")
async def show(request: Request, viewer: Clerk, reservation_id: Id) -> Response:
    """Show whose goods these are, and ask whether all of them go."""
    return await _shown(request, viewer, reservation_id)


@router.post("/{reservation_id}/pick-up")
async def hand_out(
    request: Request, viewer: Clerk, reservation_id: Id, key: Annotated[str, Form()] = ""
) -> Response:
    """Hand out what the form says, once: the same form again leads to the same receipt."""
    typed = await typed_lines(request)
    try:
        parts = pieces_of(typed) if typed else None
        await require_here(
            request, (await kept.reservation(viewer.book_id, reservation_id)).shop_id
        )
        done = await picking_up.collect(
            viewer.book_id, reservation_id, viewer.person_id, key, parts=parts
        )
    except (Unavailable, *entered.REFUSALS) as refusal:
        # It may have gone through if the desk was busy: only the same key finds that out.
        same = key if isinstance(refusal, Unavailable) else ""
        return await _shown(request, viewer, reservation_id, refusal, typed, same)
    return redirect(request, f"/redemptions/{done.redemption_id}")


@router.post("/{reservation_id}/cancellation")
async def cancel(
    request: Request, viewer: Clerk, reservation_id: Id, key: Annotated[str, Form()] = ""
) -> Response:
    """Let a reservation go for somebody who asks for it."""
    try:
        await picking_up.cancel(viewer.book_id, reservation_id, viewer.person_id, key)
    except entered.REFUSALS as refusal:
        return await _shown(request, viewer, reservation_id, refusal)
    said = gettext("Cancelled. Please put the goods back on the shelf.")
    return redirect(request, "/counter/reservations", said)


async def _shown(
    request: Request,
    viewer: Viewer,
    reservation_id: int,
    refusal: DomainError | None = None,
    typed: dict[int, str] | None = None,
    key: str = "",
) -> Response:
    found = await kept.reservation(viewer.book_id, reservation_id)
    lines = sorted(found.lines, key=lambda line: line.id)
    return page(
        request,
        "counter/reservation.html",
        status=entered.status(refusal),
        reservation=found,
        lines=lines,
        standing=found.state is ReservationState.OPEN,
        customer=await customer(viewer, found.person_id),
        lapsed=await kept.not_collected(viewer.book_id, found.person_id),
        last_day=await kept.last_day(found),
        closed=await openings.closed_now(viewer.book_id, found.shop_id, clock.now()),
        typed=typed or {line.id: str(line.quantity) for line in lines},
        refusal=refusal,
        key=key,
        zone=viewer.zone,
    )
