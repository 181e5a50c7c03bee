"""Which shop a page is about: the only one, or the one that this browser works for; its name stands at the head."""

from urllib.parse import quote

from starlette.requests import Request

from kernel.errors import N_, Refused
from people.permissions import Permission, require
from redemption import stock
from redemption.errors import ShopNotHere
from redemption.models import Shop
from redemption.shops import shop_of
from web.asking import viewer_of

CHOICE = "/shops"


class WhichShop(Refused):
    """There are several shops, and this browser has chosen none of them."""

    slug = "which-shop"
    title = N_("Which shop?")
    detail = N_("There are several shops here. Please choose yours on the page “Shops” first.")


class AtAnotherShop(Refused):
    """What is to be handed out or taken back belongs to a shop that this browser does not work for."""

    slug = "at-another-shop"
    title = N_("This belongs to another shop")
    detail = N_(
        "This belongs to %(shop)s, and you are at %(here)s. Please do it there, or change the shop first."
    )


def choice_path(back: str) -> str:
    """Return where one of several shops is chosen, and from where it leads back."""
    return f"{CHOICE}?next={quote(back)}"


async def a_shop(request: Request) -> Shop | None:
    """Return the shop that a page is about, or None where there is none yet; of several, the page says which.

    Raises: WhichShop.
    """
    viewer = require(viewer_of(request), Permission.COME_IN)
    shops = await stock.shops(viewer.book_id)
    if len(shops) <= 1:
        return shops[0] if shops else None
    chosen = next((shop for shop in shops if shop.id == viewer.shop_id), None)
    if chosen is None:
        raise WhichShop
    request.state.shop_head = chosen.name
    return chosen


async def the_shop(request: Request) -> Shop:
    """Return the shop that a page is about. Raises: ShopNotHere, WhichShop."""
    shop = await a_shop(request)
    if shop is None:
        raise ShopNotHere
    return shop


async def require_here(request: Request, shop_id: int) -> Shop:
    """Return the shop worked for, unless something belongs to another.

    Raises: AtAnotherShop, ShopNotHere, WhichShop.
    """
    here = await the_shop(request)
    if here.id != shop_id:
        raise await another_shop(here, shop_id)
    return here


async def another_shop(here: Shop, shop_id: int) -> AtAnotherShop:
    """Return the refusal of what belongs to another shop. Raises: ShopNotHere."""
    return AtAnotherShop(shop=(await shop_of(here.book_id, shop_id)).name, here=here.name)
