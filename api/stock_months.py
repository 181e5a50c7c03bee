"""The months of a shop's stock for auditors: opening, received, handed out, written off, difference, closing."""

from typing import Annotated

from fastapi import Query

from api.asking import BookReader
from api.periods import Written
from api.routing import router as _router
from api.schemas.stock_months import StockMonth
from api.schemas.types import SentId
from audit.stock_months import stock_month
from ledger.periods import read_month
from redemption import stock
from redemption.errors import ShopNotHere

router = _router("audit")


@router.get("/audit/stock-months/{month}")
async def show_stock_month(
    viewer: BookReader, month: Written, shop_id: Annotated[SentId | None, Query()] = None
) -> StockMonth:
    """Show a shop's month by item and source, in pieces and fen; without a shop named, the community's first."""
    known = [shop.id for shop in await stock.shops(viewer.book_id)]
    if not known or (shop_id is not None and shop_id not in known):
        raise ShopNotHere
    return StockMonth.of(await stock_month(viewer.book_id, shop_id or known[0], read_month(month)))
