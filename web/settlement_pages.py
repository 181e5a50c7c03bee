"""A month's settlement as a page, a PDF and a workbook: the same pack for the office and for the company."""

import asyncio
import shutil
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from audit.settlement_pack import Pack, is_locked, pack, signatures, sums
from audit.settlement_pack import sheet as sheet_of
from audit.spreadsheets import write_xlsx
from kernel.errors import N_, DomainError
from people import roster
from people.permissions import Permission, Viewer
from redemption.dues import slip_of, what, whose
from web import entered, pdf
from web.i18n import gettext
from web.render import page

STATES = {
    "running": (N_("not over yet"), ""),
    "nothing": (N_("nothing to settle"), "grey"),
    "open": (N_("to be signed"), "warn"),
    "draft": (N_("signed once"), "warn"),
    "locked": (N_("to be paid"), "info"),
    "paid": (N_("paid"), "ok"),
}
STYLES = ("app.css", "settlements.css")


class Form(StrEnum):
    """In which form a pack is taken away."""

    PDF = "pdf"
    XLSX = "xlsx"


def _nothing() -> None:
    return None


async def month_page(
    request: Request,
    viewer: Viewer,
    found: Pack,
    base: str,
    *,
    refusal: DomainError | None = None,
    reference: str = "",
) -> Response:
    """Show a month; `base` is the address under which its files lie."""
    return page(
        request,
        "settlements/month.html",
        status=entered.status(refusal),
        zone=viewer.zone,
        base=base,
        refusal=refusal,
        reference=reference,
        with_pdf=pdf.is_there(),
        may_settle=viewer.may(Permission.SETTLE),
        **await values(viewer.book_id, found),
    )


async def values(book_id: int, found: Pack) -> dict[str, Any]:
    """Return what the page and the PDF show."""
    return {
        "community": await roster.community(book_id),
        "pack": found,
        "month": found.month,
        "paper": found.month.settlement,
        "locked": is_locked(found),
        "sums": sums(found),
        "signatures": signatures(found),
        "state": STATES[found.month.state],
        "slip": slip_of,
        "whose": whose,
        "what": what,
    }


async def take_away(viewer: Viewer, company_id: int, ends_on: int, form: Form) -> Response:
    """Send the pack as a file. Raises: CompanyNotHere, NoPdf."""
    found = await pack(viewer.book_id, company_id, ends_on)
    name = f"settlement-{found.month.words}.{form.value}"
    if form is Form.PDF:
        shown = await values(viewer.book_id, found)
        drawn = await asyncio.to_thread(
            pdf.written, "settlements/pdf.html", STYLES, zone=viewer.zone, **shown
        )
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(drawn, media_type="application/pdf", headers=headers)
    folder = Path(tempfile.mkdtemp(prefix="caihong-settlement-"))
    table = sheet_of(found, gettext)
    await write_xlsx(folder / name, table.name, table.heads, table.rows, _nothing)
    return FileResponse(
        folder / name,
        filename=name,
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(shutil.rmtree, folder),
    )
