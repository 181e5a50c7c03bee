"""The clerk's counter: one box for codes, barcodes and names, the basket, and the confirmation."""

from contextlib import suppress
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, NotFound, Unavailable
from ledger.errors import KeyReused
from people import collecting
from people.household_errors import CollectCodeUnknown
from people.lives import CollectCode
from people.masks import masked_name
from people.models import Membership
from people.permissions import Viewer
from people.recognition import Way, way_of
from people.roster import member
from redemption import counter, receipts, reservations, spending
from redemption.errors import CartIsEmpty
from redemption.exchanging import exchange, swap_of
from redemption.family import family_purses, require_may_serve
from redemption.family_errors import FamilyMayNotPay
from web.asking import Clerk
from web.baskets import Basket, basket_of, keep, unpacked
from web.counter_screen import AsLeft, DecideFirst, FinishFirst, NobodyYet
from web.counter_screen import screen as drawn
from web.displays import thanks
from web.fields import Id, Typed
from web.i18n import gettext, points
from web.parking import put_aside
from web.recognising import recognise
from web.render import redirect
from web.scans import drop_scan, held_scan
from web.which_shop import require_here, the_shop

router = APIRouter(include_in_schema=False)
SENT = "sent"  # a cookie of the counter's own script
STEPS = {"1": 1, "-1": -1}


@router.get("/counter")
async def show(request: Request, viewer: Clerk) -> Response:
    """Show the counter as it was left; a basket whose answer got lost on the way is told as taken off.

    What the phone's own camera has just read stands ready in the box.
    """
    basket = basket_of(request, viewer)
    sold = await receipts.of_key(viewer.book_id, viewer.person_id, basket.key)
    if sold is not None:
        return _told_again(request, viewer, sold)
    just_read = held_scan(request)
    # The page's script says that it sent this sale; the books do not know it.
    lost = basket.is_open and request.cookies.get(SENT) == basket.key
    left = AsLeft(just_read.token if just_read else "", not_taken=lost)
    try:
        answer = await drawn(request, viewer, basket, left=left)
    except NotFound as gone:
        answer = await drawn(request, viewer, Basket(), refusal=gone)
    if lost:
        answer.delete_cookie(SENT)
    return answer


def _told_again(request: Request, viewer: Viewer, sold: receipts.Receipt) -> Response:
    said = {"name": masked_name(sold.person), "points": points(sold.points_total)}
    note = gettext("%(name)s, %(points)s points: already taken off.", **said)
    answer = redirect(request, f"/redemptions/{sold.redemption_id}", note)
    return keep(request, answer, viewer, Basket())


@router.post("/counter/scans")
async def scan(
    request: Request,
    viewer: Clerk,
    code: Annotated[Typed, Form()] = "",
    scanned: Annotated[Typed, Form()] = "",
) -> Response:
    """Take whatever came into the box: a person, goods, or something to choose from."""
    basket, text = basket_of(request, viewer), code or scanned
    if not text:
        return redirect(request, "/counter")
    try:
        return drop_scan(request, await _scanned(request, viewer, basket, text))
    except DomainError as refusal:
        return drop_scan(request, await drawn(request, viewer, basket, refusal=refusal, said=text))


async def _scanned(request: Request, viewer: Viewer, basket: Basket, text: str) -> Response:
    if reserved := await reservations.by_code(viewer.book_id, text):
        return redirect(request, f"/counter/reservations/{reserved.id}")
    if collecting.may_be_code(text):
        with suppress(CollectCodeUnknown):
            code = await collecting.find(viewer.book_id, text)
            return await _collecting(request, viewer, basket, code)
        if not text.isdigit():
            raise CollectCodeUnknown
    found = await recognise(viewer, (await the_shop(request)).id, text)
    if len(found) > 1:
        return await drawn(request, viewer, basket, found=found, said=text)
    if isinstance(found[0], Membership):
        return await _serving(request, viewer, basket, found[0].person_id, way_of(text))
    if basket.other:
        raise DecideFirst
    return keep(request, redirect(request, "/counter"), viewer, basket.scanned(found[0].id))


async def _serving(
    request: Request, viewer: Viewer, basket: Basket, person_id: int, way: Way
) -> Response:
    await require_may_serve(viewer.book_id, viewer.person_id, person_id)
    return keep(request, redirect(request, "/counter"), viewer, basket.serving(person_id, way))


async def _collecting(
    request: Request, viewer: Viewer, basket: Basket, code: CollectCode
) -> Response:
    """Serve a member for whom somebody else collects."""
    await require_may_serve(viewer.book_id, viewer.person_id, code.person_id)
    if basket.is_open and basket.person_id != code.person_id:
        raise FinishFirst
    after = basket.collected(code.person_id, code.id)
    return keep(request, redirect(request, "/counter"), viewer, after)


@router.post("/counter/family")
async def tick(request: Request, viewer: Clerk, person: Annotated[Id, Form()] = 0) -> Response:
    """Let somebody of the family pay too, or no longer."""
    basket = basket_of(request, viewer)
    if not basket.person_id:
        return await drawn(request, viewer, basket, refusal=NobodyYet())
    if basket.code_id or basket.swaps:  # Who collects, or swaps, pays from one purse.
        return keep(request, redirect(request, "/counter"), viewer, basket)
    payers = await family_purses(viewer.book_id, basket.person_id)
    if person not in {each.person_id for each in payers} | set(basket.family):
        return await drawn(request, viewer, basket, refusal=FamilyMayNotPay())
    after = basket.ticked(person)
    return keep(request, redirect(request, "/counter"), viewer, after)


@router.post("/counter/customer")
async def choose(request: Request, viewer: Clerk, person: Annotated[Id, Form()] = 0) -> Response:
    """Serve one of several people that were found."""
    basket = basket_of(request, viewer)
    try:
        found = await member(viewer.book_id, person)
        return await _serving(request, viewer, basket, found.person_id, Way.NAME)
    except DomainError as refusal:
        return await drawn(request, viewer, basket, refusal=refusal)


@router.post("/counter/switch")
async def switch(
    request: Request, viewer: Clerk, answer: Annotated[Typed, Form()] = ""
) -> Response:
    """Go on with the goods on the counter; or park or clear them for the person whose code came in between."""
    basket = basket_of(request, viewer)
    after = Basket(basket.other, way=basket.other_way)
    if answer == "park":
        try:
            await put_aside(request, viewer, basket)
        except DomainError as refusal:
            return await drawn(request, viewer, basket, refusal=refusal)
    elif answer != "clear":
        after = replace(basket, other=0)
    return keep(request, redirect(request, "/counter"), viewer, after)


@router.post("/counter/lines")
async def change_line(
    request: Request,
    viewer: Clerk,
    item: Annotated[Id, Form()] = 0,
    step: Annotated[Typed, Form()] = "",
) -> Response:
    """Put one more piece of an item into the basket, or take one out."""
    basket = basket_of(request, viewer)
    try:
        after = _stepped(basket, item, STEPS.get(step, 0))
        shop = await the_shop(request)
        await counter.quote(viewer.book_id, shop.id, None, after.lines)
    except DomainError as refusal:
        return await drawn(request, viewer, basket, refusal=refusal)
    return keep(request, redirect(request, "/counter"), viewer, after)


def _stepped(basket: Basket, item_id: int, step: int) -> Basket:
    if step == 1 and item_id not in dict(basket.lines):
        return basket.scanned(item_id)
    return basket.changed(item_id, step)


@router.post("/counter/last-line-removal")
async def take_last_off(request: Request, viewer: Clerk) -> Response:
    """Take the last line off."""
    after = basket_of(request, viewer).without_last()
    return keep(request, redirect(request, "/counter"), viewer, after)


@router.post("/counter/clearing")
async def clear(request: Request, viewer: Clerk) -> Response:
    """Clear the counter for the next person."""
    return keep(request, redirect(request, "/counter"), viewer, Basket())


@router.post("/counter/redemptions")
async def confirm(
    request: Request,
    viewer: Clerk,
    basket: Annotated[str, Form()] = "",
    expected_total: Annotated[Id, Form()] = 0,
    key: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Hand out what the form shows, once: the same form again leads to the same receipt."""
    shown = unpacked(basket, viewer)
    if shown is None:
        return await drawn(request, viewer, basket_of(request, viewer), refusal=CartIsEmpty())
    try:
        await require_here(request, shown.shop_id)
        done = await _redeemed(viewer, replace(shown, key=key), expected_total, pin)
    except KeyReused as refusal:
        sold = await receipts.of_key(viewer.book_id, viewer.person_id, key)
        if sold is not None:
            return _told_again(request, viewer, sold)
        return await drawn(request, viewer, shown.renewed(), refusal=refusal)
    except Unavailable as refusal:
        return await drawn(request, viewer, shown, refusal=refusal)
    except DomainError as refusal:
        return await drawn(request, viewer, shown.renewed(), refusal=refusal)
    await thanks(viewer, done)
    answer = redirect(request, f"/redemptions/{done.redemption_id}")
    on_counter = basket_of(request, viewer)
    return keep(request, answer, viewer, Basket() if on_counter.key == key else on_counter)


async def _redeemed(
    viewer: Viewer, basket: Basket, expected_total: int, pin: str
) -> receipts.Receipt:
    if not basket.person_id:
        raise NobodyYet
    if basket.swaps:
        swap = swap_of(basket.swaps, basket.parts, basket.lines, basket.damaged, expected_total)
        return await exchange(viewer.book_id, swap, viewer.person_id, basket.key, pin=pin)
    known = await spending.recognised(
        viewer.book_id, basket.person_id, viewer.person_id, basket.way, pin
    )
    return await counter.redeem(
        viewer.book_id,
        basket.shop_id,
        basket.person_id,
        basket.lines,
        viewer.person_id,
        basket.key,
        expected_total=expected_total,
        recognised=known,
        payment=counter.Payment(frozenset(basket.family), basket.code_id or None),
    )
