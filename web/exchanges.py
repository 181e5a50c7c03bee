"""Goods swapped for others, and a sale moved to the member it belongs to; both begin at the receipt."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, NotFound, Unavailable
from people.lookup import find_member
from people.models import Membership
from people.permissions import Viewer
from people.recognition import Way, way_of, way_said
from people.roster import member
from redemption import spending
from redemption.errors import CartIsEmpty
from redemption.exchange_acts import ask_exchange
from redemption.exchanging import exchange_may_begin, move_sale, swap_of
from redemption.receipts import receipt
from web.acts import ACTS
from web.approval_words import waits_now
from web.asking import Clerk
from web.baskets import Basket, basket_of, keep, unpacked
from web.counter_screen import AsLeft, FinishFirst
from web.counter_screen import screen as drawn
from web.customers import listed
from web.entered import Prose
from web.errors import status_of
from web.fields import Id, Typed
from web.i18n import gettext
from web.pieces import pieces_of
from web.redemptions import drawn as receipt_drawn
from web.redemptions import entered_lines, require_own_shop
from web.render import page, redirect
from web.slips import slip
from web.which_shop import require_here

router = APIRouter(include_in_schema=False)


@router.post("/redemptions/{redemption_id}/exchange")
async def begin(request: Request, viewer: Clerk, redemption_id: Id) -> Response:
    """Lay what comes back on the counter; the new goods are scanned there and both are confirmed together."""
    entered = await entered_lines(request)
    try:
        if basket_of(request, viewer).is_open:
            raise FinishFirst
        await require_own_shop(request, viewer, redemption_id)
        back = pieces_of(entered.typed)
        old = await exchange_may_begin(viewer.book_id, redemption_id, back, viewer.person_id)
    except NotFound:
        raise
    except DomainError as refusal:
        return await receipt_drawn(request, viewer, redemption_id, entered, refusal=refusal)
    parts = tuple((line, pieces, int(line in entered.broken)) for line, pieces in back)
    basket = Basket(old.person_id, swaps=redemption_id, back=parts)
    return keep(request, redirect(request, "/counter"), viewer, basket)


@router.post("/counter/exchange-requests")
async def ask(
    request: Request,
    viewer: Clerk,
    basket: Annotated[str, Form()] = "",
    reason: Annotated[Prose, Form()] = "",
) -> Response:
    """Ask that goods of many points be swapped; it is booked with one tap, and the customer need not wait."""
    shown = unpacked(basket, viewer)
    if shown is None or not shown.swaps:
        return await drawn(request, viewer, basket_of(request, viewer), refusal=CartIsEmpty())
    try:
        await require_here(request, shown.shop_id)
        swap = swap_of(shown.swaps, shown.parts, shown.lines, shown.damaged)
        asked = await ask_exchange(ACTS, viewer, swap, reason)
    except DomainError as refusal:
        return await drawn(request, viewer, shown, refusal=refusal, left=AsLeft(reason=reason))
    answer = redirect(request, f"/approvals/{asked.id}", waits_now(asked))
    return keep(request, answer, viewer, Basket())


@router.get("/redemptions/{redemption_id}/move")
async def whose(request: Request, viewer: Clerk, redemption_id: Id) -> Response:
    """Ask whose exchange it really is."""
    return await _move_page(request, viewer, redemption_id)


@router.post("/redemptions/{redemption_id}/move/person")
async def found(
    request: Request, viewer: Clerk, redemption_id: Id, code: Annotated[Typed, Form()] = ""
) -> Response:
    """Show whom the code means, and what would be taken off from whom."""
    try:
        people = await find_member(viewer.book_id, code, viewer.person_id)
    except DomainError as refusal:
        return await _move_page(request, viewer, redemption_id, refusal=refusal, said=code)
    return await _move_page(request, viewer, redemption_id, people=people, way=way_of(code))


@router.post("/redemptions/{redemption_id}/move")
async def move(
    request: Request,
    viewer: Clerk,
    redemption_id: Id,
    person: Annotated[Id, Form()] = 0,
    way: Annotated[Typed, Form()] = "",
    pin: Annotated[str, Form()] = "",
    key: Annotated[str, Form()] = "",
) -> Response:
    """Move a sale of the last 15 minutes to another member."""
    by, known = viewer.person_id, way_said(way)
    try:
        right = await member(viewer.book_id, person)
        recognised = await spending.recognised(viewer.book_id, person, by, known, pin)
        new = await move_sale(
            *(viewer.book_id, redemption_id, person, by, key), recognised=recognised
        )
    except NotFound:
        raise
    except DomainError as refusal:
        kept = key if isinstance(refusal, Unavailable) else ""
        return await _move_page(
            *(request, viewer, redemption_id), refusal=refusal, people=[right], way=known, key=kept
        )
    note = gettext(
        "Moved: the points are back in the other purse, and nobody has to hand anything over again."
    )
    return redirect(request, f"/redemptions/{new.redemption_id}", note)


async def _move_page(
    request: Request,
    viewer: Viewer,
    redemption_id: int,
    *,
    refusal: DomainError | None = None,
    said: str = "",
    people: Sequence[Membership] = (),
    way: Way = Way.NAME,
    key: str = "",
) -> Response:
    sold = slip(await receipt(viewer.book_id, redemption_id))
    one = people[0].person_id if len(people) == 1 else 0
    day = await spending.standing(viewer.book_id, one, viewer.person_id) if one else None
    return page(
        request,
        "counter/move.html",
        status=status_of(refusal) if refusal else 200,
        zone=viewer.zone,
        slip=sold,
        refusal=refusal,
        said=said,
        people=[listed(each) for each in people],
        way=way.value,
        asks_pin=day is not None and day.asks_pin(sold.receipt.points_total),
        move_key=key,
    )
