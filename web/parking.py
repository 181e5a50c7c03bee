"""Parking what lies on the counter, and taking it back."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people.permissions import Viewer
from people.recognition import Way
from redemption import parking
from redemption.counter_papers import ParkedSale
from redemption.family import require_may_serve
from web.asking import Clerk
from web.baskets import Basket, basket_of, keep
from web.counter_screen import FinishFirst
from web.counter_screen import screen as drawn
from web.fields import Id
from web.render import redirect
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False)


async def put_aside(request: Request, viewer: Viewer, basket: Basket) -> None:
    """Park what lies on a counter. Raises: FinishFirst for goods that are swapped, and as `parking.park`."""
    if basket.swaps:
        raise FinishFirst
    shop, way = await the_shop(request), basket.way
    person = basket.person_id or None
    await parking.park(viewer.book_id, shop.id, person, basket.lines, viewer.person_id, way)


@router.post("/counter/parking")
async def park(request: Request, viewer: Clerk) -> Response:
    """Park the goods on the counter: it is free for the next person."""
    basket = basket_of(request, viewer)
    try:
        await put_aside(request, viewer, basket)
    except DomainError as refusal:
        return await drawn(request, viewer, basket, refusal=refusal)
    return keep(request, redirect(request, "/counter"), viewer, Basket())


@router.post("/counter/parked/{parked_id}/recall")
async def recall(request: Request, viewer: Clerk, parked_id: Id) -> Response:
    """Take a parked sale back to this counter, under a key of its own."""
    basket = basket_of(request, viewer)
    try:
        if basket.lines or basket.swaps:
            raise FinishFirst
        back = await _recalled(request, viewer, parked_id)
    except DomainError as refusal:
        return await drawn(request, viewer, basket, refusal=refusal)
    way = Way(back.way) if back.person_id else basket.way
    after = Basket(back.person_id or basket.person_id, back.lines, way=way)
    return keep(request, redirect(request, "/counter"), viewer, after)


async def _recalled(request: Request, viewer: Viewer, parked_id: int) -> ParkedSale:
    """Recall what this clerk may serve. Raises: ParkedIsGone, ServesOneself, ServesOwnFamily."""
    shop = await the_shop(request)
    for each in await parking.parked(viewer.book_id, shop.id):
        if each.id == parked_id and each.person_id:
            await require_may_serve(viewer.book_id, viewer.person_id, each.person_id)
    return await parking.recall(viewer.book_id, shop.id, parked_id)
