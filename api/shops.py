"""A community's shops: another one is opened, and one is called otherwise."""

from api.asking import ShopKeeper
from api.routing import Id
from api.routing import router as _router
from api.schemas.shelves import NamedShop, Shop
from redemption import stock
from redemption.shops import rename_shop

router = _router("shop")


@router.post("/shops", status_code=201)
async def open_shop(viewer: ShopKeeper, body: NamedShop) -> Shop:
    """Open a charity shop; the same name is the same shop."""
    return Shop.of(await stock.open_shop(viewer.book_id, body.name))


@router.put("/shops/{shop_id}/name")
async def name_shop(viewer: ShopKeeper, shop_id: Id, body: NamedShop) -> Shop:
    """Give a shop another name."""
    return Shop.of(await rename_shop(viewer.book_id, shop_id, body.name))
