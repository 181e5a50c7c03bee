"""Shelf labels to print: name, points, yuan, and the barcode that the counter scans."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from redemption import barcodes, stock
from redemption.bars import bars
from redemption.models import Item
from redemption.states import OnOffer
from web.asking import ShopKeeper
from web.fields import Typed
from web.render import page
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False)
QUIET, HEIGHT, TALL = (
    11,
    50,
    60,
)  # modules beside the bars, and their height; the digits stand below


@router.get("/shop/labels")
async def labels(
    request: Request, viewer: ShopKeeper, category: Annotated[Typed, Query()] = ""
) -> Response:
    """Show a label for every item on offer, or for those of one category."""
    shop = await the_shop(request)
    shelves = await stock.shelves(viewer.book_id, shop.id)
    offered = [each.item for each in shelves if each.item.state is OnOffer.ON_SALE]
    shown = [item for item in offered if category in ("", item.category)]
    return page(
        request,
        "shop/labels.html",
        labels=[(item, picture(item)) for item in shown],
        categories=sorted({item.category for item in offered if item.category}),
        category=category,
    )


def picture(item: Item) -> Markup:
    """Return an item's barcode as a picture; nothing, if it has none that scans."""
    code = item.barcode or ""
    if not barcodes.valid_ean(code):
        return Markup("")
    modules = bars(code)
    wide = len(modules) + 2 * QUIET
    drawn = "".join(f"M{QUIET + at} 0h{run}v{HEIGHT}h-{run}z" for at, run in _dark(modules))
    return Markup(
        '<svg viewBox="0 0 {wide} {tall}" role="img" aria-label="{code}" shape-rendering="crispEdges">'
        '<rect width="{wide}" height="{tall}" fill="#fff"/><path d="{drawn}"/>'
        '<text x="{middle}" y="{tall}" text-anchor="middle" font-size="9">{code}</text></svg>'
    ).format(wide=wide, tall=TALL, code=code, drawn=drawn, middle=wide / 2)


def _dark(modules: str) -> Iterator[tuple[int, int]]:
    """Return where each dark bar begins, and how many modules wide it is."""
    at = 0
    while at < len(modules):
        run = len(modules[at:]) - len(modules[at:].lstrip(modules[at]))
        if modules[at] == "1":
            yield at, run
        at += run
