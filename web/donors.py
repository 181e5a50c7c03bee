"""Thanks to donors, with what became of their gifts, to print or to show."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from audit import gifts
from kernel import clock
from kernel.days import day_of
from web.asking import ShopKeeper
from web.fields import Id
from web.render import page
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False, prefix="/shop/donors")


@router.get("")
async def donors(request: Request, viewer: ShopKeeper) -> Response:
    """List the donors, with how much of their gifts has reached residents."""
    shop = await the_shop(request)
    found = await gifts.gifts(viewer.book_id, shop.id)
    return page(request, "shop/donors.html", donors=found)


@router.get("/{lot_id}")
async def thanks(request: Request, viewer: ShopKeeper, lot_id: Id) -> Response:
    """Show a letter of thanks to the donor of a lot."""
    shop = await the_shop(request)
    given = await gifts.gifts_of(viewer.book_id, shop.id, lot_id)
    today = day_of(clock.now(), viewer.zone)
    return page(request, "shop/thanks.html", given=given, shop=shop, today=today)
