"""The papers of the shelves for an inspection: the month by source, what came in, what went out, who received it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from audit import stock_papers
from audit.spreadsheets import Cell, write_xlsx
from audit.stock_months import Line, StockMonth, stock_month
from kernel import clock
from kernel.days import day_of, month_end, plus_months
from kernel.errors import N_
from ledger.periods import month_words, read_month
from people.permissions import Viewer
from redemption import slip_pictures
from web.asking import BookReader
from web.i18n import gettext, month_name
from web.render import page
from web.shop_admin import SOURCES
from web.signers import signers
from web.which_shop import a_shop

router = APIRouter(include_in_schema=False, prefix="/shop/months")
Month = Annotated[str, Path(max_length=20)]
HEADS = (
    N_("Opening"),
    N_("Received"),
    N_("Handed out"),
    N_("Written off"),
    N_("Difference"),
    N_("Closing"),
)
WAYS = {
    "for-points": N_("For points"),
    "relief": N_("For relief"),
    "fund": N_("From a fund"),
    "written-off": N_("Written off"),
}


@router.get("")
async def this_month(request: Request, viewer: BookReader) -> Response:
    """Show the month that is running."""
    return await _month(request, viewer, month_end(day_of(clock.now(), viewer.zone)))


@router.get("/{month}")
async def one_month(request: Request, viewer: BookReader, month: Month) -> Response:
    """Show a month by source and by item, in pieces and in yuan."""
    return await _month(request, viewer, read_month(month))


@router.get("/{month}/sheet")
async def sheet(request: Request, viewer: BookReader, month: Month) -> Response:
    """Send the month as an Excel workbook."""
    ends_on = read_month(month)
    found = await _of_shop(request, viewer, ends_on)
    folder = FilePath(tempfile.mkdtemp(prefix="caihong-stock-"))
    file = folder / f"stock-{month_words(ends_on)}.xlsx"
    heads = [gettext(N_("Goods")), gettext(N_("Source"))]
    heads += [f"{gettext(head)} ({gettext(unit)})" for unit in UNITS for head in HEADS]
    try:
        await write_xlsx(file, month_name(ends_on), heads, _rows(found), lambda: None)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return FileResponse(
        file,
        filename=file.name,
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(shutil.rmtree, folder),
    )


@router.get("/{month}/received")
async def received(request: Request, viewer: BookReader, month: Month) -> Response:
    """Show the goods that came in, each with its paper and its two persons."""
    ends_on = read_month(month)
    shop = await _shop(request)
    lots = await stock_papers.came_in(viewer.book_id, shop, ends_on, viewer.zone) if shop else []
    names = await signers(viewer, [of for lot in lots for of in (lot.buyer_id, lot.receiver_id)])
    pictures = await slip_pictures.standing(viewer.book_id, [lot.id for lot in lots])
    return _paper(request, viewer, "received", ends_on, lots=lots, names=names, pictures=pictures)


@router.get("/{month}/issued")
async def issued(request: Request, viewer: BookReader, month: Month) -> Response:
    """Show the goods that went out, by day."""
    ends_on = read_month(month)
    shop = await _shop(request)
    rows = await stock_papers.went_out(viewer.book_id, shop, ends_on) if shop else []
    said = [(row, WAYS[row["path"].rpartition(":")[2]]) for row in rows]
    return _paper(request, viewer, "issued", ends_on, rows=said)


@router.get("/{month}/register")
async def register(request: Request, viewer: BookReader, month: Month) -> Response:
    """Show who received what, with a column to sign in."""
    ends_on = read_month(month)
    shop = await _shop(request)
    rows = await stock_papers.register(viewer.book_id, shop, ends_on, viewer.zone) if shop else []
    return _paper(request, viewer, "register", ends_on, rows=rows)


UNITS = (N_("pieces"), N_("yuan"))


async def _rows(found: StockMonth) -> AsyncIterator[Sequence[Cell]]:
    for line in found.lines:
        fen = [Decimal(amount).scaleb(-2) for amount in figures(line, money=True)]
        pieces = figures(line, money=False)
        yield (line.name, gettext(_source(line.source)), *pieces, *fen)


def figures(line: Line, *, money: bool) -> tuple[int, ...]:
    """Return a line's figures in the order of `HEADS`, in fen or in pieces."""
    sums = line.fen if money else line.pieces
    moved = (sums.received, sums.handed_out, sums.written_off, sums.difference)
    return (sums.opening, *moved, sums.closing)


def _source(value: str) -> str:
    return next(words for source, words in SOURCES.items() if source.value == value)


async def _shop(request: Request) -> int:
    shop = await a_shop(request)
    return shop.id if shop else 0


async def _of_shop(request: Request, viewer: Viewer, ends_on: int) -> StockMonth:
    return await stock_month(viewer.book_id, await _shop(request), ends_on)


async def _month(request: Request, viewer: Viewer, ends_on: int) -> Response:
    found = await _of_shop(request, viewer, ends_on)
    return page(
        request,
        "shop/month.html",
        month=found,
        heads=HEADS,
        figures=figures,
        source=_source,
        at=f"/shop/months/{month_words(ends_on)}",
        before=month_words(plus_months(ends_on, -1)),
        after=month_words(plus_months(ends_on, 1)),
    )


def _paper(request: Request, viewer: Viewer, name: str, ends_on: int, **shown: Any) -> Response:
    at = f"/shop/months/{month_words(ends_on)}"
    template = f"shop/papers/{name}.html"
    return page(
        request, template, ends_on=ends_on, at=at, source=_source, zone=viewer.zone, **shown
    )
