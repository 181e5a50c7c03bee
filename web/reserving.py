"""A volunteer reserves goods on their own phone: the catalogue, whether it is right, and the pick-up code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.days import day_of
from kernel.errors import DomainError, NotFound, Unavailable
from ledger import chart, purse
from ledger.balances import holding
from people.permissions import Viewer
from redemption import counter, household_limits, openings, picking_up, pickup_codes, stock
from redemption import reservations as kept
from redemption.errors import CartIsEmpty
from redemption.models import Item, Shop
from redemption.queueing import queue_of
from redemption.reserving import reserve
from redemption.shop_rules import rule_of
from redemption.states import OnOffer, ReservationState
from web import entered
from web.addresses import code_text
from web.asking import Volunteer
from web.errors import status_of
from web.fields import Id
from web.i18n import gettext
from web.opening_words import hours_words
from web.pieces import LINE, pieces_of, typed_lines
from web.render import page, redirect
from web.which_shop import a_shop, the_shop

router = APIRouter(include_in_schema=False)
MOST_CHOSEN = 9
READ_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Good:
    """One thing in the catalogue: how many pieces may be chosen, and what the household had of it this month."""

    item: Item
    left: int
    had: int
    missing: int

    @property
    def may_have(self) -> int:
        """Return how many pieces may be chosen now."""
        if self.missing:
            return 0
        limit = self.item.household_limit
        within = self.left if limit is None else min(self.left, max(0, limit - self.had))
        return min(within, MOST_CHOSEN)


@router.get("/goods")
async def goods(request: Request, viewer: Volunteer) -> Response:
    """Show what the shop has for points, and when it is open next."""
    return await _catalogue(request, viewer)


@router.get("/goods/confirm")
async def confirm(request: Request, viewer: Volunteer) -> Response:
    """Ask once more before points are set aside."""
    typed = {
        int(name.removeprefix(LINE)): value[:20]
        for name, value in request.query_params.items()
        if name.startswith(LINE) and name.removeprefix(LINE).isdecimal() and len(name) < READ_LIMIT
    }
    try:
        cart = pieces_of(typed)
        if not cart:
            raise CartIsEmpty
        return await _confirm(request, viewer, cart)
    except (NotFound, *entered.REFUSALS) as refusal:
        return await _catalogue(request, viewer, refusal=refusal, typed=typed)


@router.post("/reservations")
async def make(
    request: Request,
    viewer: Volunteer,
    expected_total: Annotated[Id, Form()] = 0,
    key: Annotated[str, Form()] = "",
) -> Response:
    """Set the goods of the form aside, once: the same form again leads to the same reservation."""
    typed, person, cart = await typed_lines(request), viewer.person_id, list[tuple[int, int]]()
    try:
        cart = pieces_of(typed)
        shop = await the_shop(request)
        made = await reserve(viewer.book_id, shop.id, person, cart, person, key, expected_total)
    except Unavailable as refusal:
        # It may have gone through: only the same key finds that out instead of reserving twice.
        return await _confirm(request, viewer, cart, refusal, key)
    except entered.REFUSALS as refusal:
        if not cart:
            return await _catalogue(request, viewer, refusal=refusal)
        return await _confirm(request, viewer, cart, refusal)
    return redirect(request, f"/reservations/{made.id}", gettext("Reserved."))


@router.get("/reservations")
async def own(request: Request, viewer: Volunteer) -> Response:
    """List the viewer's reservations: first those that are still kept."""
    found = await kept.of_person(viewer.book_id, viewer.person_id)
    standing = [each for each in found if each.state is ReservationState.OPEN]
    return page(
        request,
        "reservations/own.html",
        standing=standing,
        over=[each for each in found if each not in standing],
        last_days={each.id: await kept.last_day(each) for each in standing},
        zone=viewer.zone,
    )


@router.get("/reservations/{reservation_id}")
async def show(request: Request, viewer: Volunteer, reservation_id: Id) -> Response:
    """Show one reservation with the code to collect it by."""
    return await _shown(request, viewer, reservation_id)


@router.post("/reservations/{reservation_id}/cancellation")
async def cancel(
    request: Request, viewer: Volunteer, reservation_id: Id, key: Annotated[str, Form()] = ""
) -> Response:
    """Let it go: points and goods go back."""
    await kept.own_reservation(viewer.book_id, reservation_id, viewer.person_id)
    try:
        await picking_up.cancel(viewer.book_id, reservation_id, viewer.person_id, key)
    except entered.REFUSALS as refusal:
        return await _shown(request, viewer, reservation_id, refusal)
    said = gettext("Cancelled. The points are in your purse again.")
    return redirect(request, f"/reservations/{reservation_id}", said)


async def _catalogue(
    request: Request,
    viewer: Viewer,
    *,
    refusal: DomainError | None = None,
    typed: Mapping[int, str] | None = None,
) -> Response:
    shop = await a_shop(request)
    available = await _available(viewer)
    return page(
        request,
        "reservations/goods.html",
        status=entered.status(refusal),
        shop=shop,
        goods=await _goods(viewer, shop, available) if shop else [],
        available=available,
        typed=typed or {},
        refusal=refusal,
        **await _opening(viewer, shop),
    )


async def _available(viewer: Viewer) -> int:
    today = day_of(clock.now(), viewer.zone)
    return purse.available(await holding(viewer.book_id, chart.purse(viewer.person_id)), today)


async def _goods(viewer: Viewer, shop: Shop, available: int) -> list[Good]:
    shelves = [
        shelf
        for shelf in await stock.shelves(viewer.book_id, shop.id)
        if shelf.item.state is OnOffer.ON_SALE
        and shelf.item.price_points
        and shelf.item.unconfirmed_by is None  # the counter alone exchanges it
    ]
    limited = [each.item.id for each in shelves if each.item.household_limit is not None]
    today = day_of(clock.now(), viewer.zone)
    had = await household_limits.had_this_month(
        viewer.book_id, shop.id, viewer.person_id, limited, today
    )
    found = [
        Good(
            shelf.item,
            shelf.for_points,
            had.get(shelf.item.id, 0),
            max(0, shelf.item.price_points - available),
        )
        for shelf in shelves
    ]
    return sorted(found, key=lambda good: good.may_have == 0)


async def _opening(viewer: Viewer, shop: Shop | None) -> dict[str, Any]:
    """Return when the shop is open next, and whether numbers are given today."""
    if shop is None:
        return {"opening": "", "queue": None}
    calendar = await openings.calendar_of(viewer.book_id, shop.id)
    coming = await openings.next_opening(viewer.book_id, shop.id)
    said = "" if calendar.always_open or coming is None else hours_words(coming)
    queue = await queue_of(viewer.book_id, shop.id)
    return {"opening": said, "queue": queue if queue.is_open else None}


async def _confirm(
    request: Request,
    viewer: Viewer,
    cart: list[tuple[int, int]],
    refusal: DomainError | None = None,
    key: str = "",
) -> Response:
    shop = await the_shop(request)
    quote = await counter.quote(viewer.book_id, shop.id, viewer.person_id, cart)
    return page(
        request,
        "reservations/confirm.html",
        status=status_of(refusal) if refusal else 200,
        quote=quote,
        days=(await rule_of(viewer.book_id, shop.id)).reservation_days,
        refusal=refusal,
        key=key,
        **await _opening(viewer, shop),
    )


async def _shown(
    request: Request, viewer: Viewer, reservation_id: int, refusal: DomainError | None = None
) -> Response:
    found = await kept.own_reservation(viewer.book_id, reservation_id, viewer.person_id)
    return page(
        request,
        "reservations/show.html",
        status=entered.status(refusal),
        reservation=found,
        last_day=await kept.last_day(found),
        code=code_text(pickup_codes.code_of(viewer.book_id, found.id)),
        refusal=refusal,
        zone=viewer.zone,
        **await _opening(viewer, found.shop),
    )
