"""Taking a book out by the pages: for spreadsheets, and for the programs of accountants. Names are masked."""

import logging
import shutil
import tempfile
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from audit.exports import Sheet, What, Wish, export
from kernel.errors import NotFound
from web import entered
from web.asking import BookTaker
from web.confirming import ConfirmedBookTaker
from web.export_words import export_words, note_book_export
from web.render import page

router = APIRouter(prefix="/books", include_in_schema=False)
log = logging.getLogger("caihong.exports")

Day = Annotated[str, Query(max_length=20)]
Account = Annotated[int | None, Query(ge=1, lt=2**63)]


@router.get("/export")
async def choose(request: Request, _viewer: BookTaker, first: Day = "", last: Day = "") -> Response:
    """Offer the forms in which the book can be taken out, of all days or of some."""
    days = {"first": first, "last": last}
    refusal = None
    try:
        _days(first, last)
    except entered.REFUSALS as odd:
        refusal = odd
    return page(
        request,
        "books/export.html",
        days=days,
        refusal=refusal,
        status=entered.status(refusal),
    )


@router.get("/export/{what}")
async def take_out(
    viewer: ConfirmedBookTaker,
    what: Annotated[What, Path()],
    sheet: Sheet = Sheet.XLSX,
    first: Day = "",
    last: Day = "",
    account_id: Account = None,
) -> Response:
    """Send the book, or a list of it, as of this moment."""
    if what is What.STATEMENT and account_id is None:
        raise NotFound
    first_day, last_day = _days(first, last)
    wish = Wish(what=what, sheet=sheet, first=first_day, last=last_day, account_id=account_id)
    folder = FilePath(tempfile.mkdtemp(prefix="caihong-export-"))
    file = folder / wish.file_name
    title = f"{viewer.community} ({viewer.book_id})"
    try:
        await export(viewer.book_id, wish, export_words(), title, file)
        await note_book_export(viewer.book_id, by=viewer.person_id, account_id=account_id)
    except BaseException:
        shutil.rmtree(folder)
        raise
    # The log says which file it was; the pages list who took the book out.
    log.info("export of book %s by person %s: %s", viewer.book_id, viewer.person_id, file.name)
    return FileResponse(
        file,
        filename=file.name,
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(shutil.rmtree, folder),
    )


def _days(first: str, last: str) -> tuple[int | None, int | None]:
    return (
        entered.date(first, "first") if first.strip() else None,
        entered.date(last, "last") if last.strip() else None,
    )
