"""A shop's stock as the books tell it: its months for auditors, and what became of gifts for those who thank."""

from typing import Annotated

from fastapi import Query

from api.asking import BookReader, ShopKeeper
from api.periods import Written
from api.routing import router as _router
from api.schemas.gifts import Donors, Gifts
from api.schemas.stock_months import StockMonth
from api.schemas.types import SentId
from audit import gifts
from audit.stock_months import stock_month
from ledger.periods import read_month
from people.permissions import Viewer
from redemption import stock
from redemption.errors import ShopNotHere

router = _router("audit")


@router.get("/audit/stock-months/{month}")
async def show_stock_month(
    viewer: BookReader, month: Written, shop_id: Annotated[SentId | None, Query()] = None
) -> StockMonth:
    """Show a shop's month by item and source, in pieces and fen; without a shop named, the community's first."""
    shop = await _shop(viewer, shop_id)
    return StockMonth.of(await stock_month(viewer.book_id, shop, read_month(month)))


@router.get("/donors")
async def donors(viewer: ShopKeeper, shop_id: Annotated[SentId | None, Query()] = None) -> Donors:
    """List the donors of a shop with what became of their gifts; without a shop named, the community's first."""
    found = await gifts.gifts(viewer.book_id, await _shop(viewer, shop_id))
    return Donors(items=[Gifts.of(each) for each in found])


async def _shop(viewer: Viewer, shop_id: int | None) -> int:
    known = [shop.id for shop in await stock.shops(viewer.book_id)]
    if not known or (shop_id is not None and shop_id not in known):
        raise ShopNotHere
    return shop_id or known[0]
