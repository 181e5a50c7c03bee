"""The months of the points ledger: what each holds, and closing the first that is open."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from audit import months
from audit.months import Closing
from kernel.errors import DomainError
from ledger import periods
from ledger.periods import month_words
from people import roster
from people.masks import masked_name
from people.permissions import Permission, Viewer
from web import entered
from web import ledger_words as words
from web.asking import BookReader, MonthCloser
from web.i18n import gettext, month_name
from web.render import page, redirect

router = APIRouter(prefix="/books", include_in_schema=False)
Month = Annotated[str, Path(max_length=20)]


@router.get("/periods")
async def all_months(
    request: Request, viewer: BookReader, before: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """List the months, latest first: which are closed, which may be closed next."""
    until = periods.read_month(before) if before else None
    shown = await months.months(viewer.book_id, until)
    more = month_words(shown[-1].ends_on) if len(shown) == months.PAGE else None
    return page(request, "books/periods.html", months=shown, more=more, month_words=month_words)


@router.get("/periods/{month}")
async def one_month(request: Request, viewer: BookReader, month: Month) -> Response:
    """Show a month with the trial balance at its end, and let an administrator close it."""
    return await _month_page(request, viewer, periods.read_month(month))


@router.post("/periods/{month}/closing")
async def close_month(request: Request, viewer: MonthCloser, month: Month) -> Response:
    """Close a month."""
    ends_on = periods.read_month(month)
    try:
        await periods.close(viewer.book_id, ends_on, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _month_page(request, viewer, ends_on, refusal)
    said = gettext("%(month)s is closed.", month=month_name(ends_on))
    return redirect(request, f"/books/periods/{month_words(ends_on)}", said)


async def _month_page(
    request: Request, viewer: Viewer, ends_on: int, refusal: DomainError | None = None
) -> Response:
    closing = await months.closing(viewer.book_id, ends_on)
    return page(
        request,
        "books/period.html",
        status=entered.status(refusal),
        refusal=refusal,
        closing=closing,
        classes=words.by_class(closing.totals),
        words=words,
        closed_by=await _closed_by(viewer.book_id, closing),
        address=month_words(ends_on),
        may_close=closing.month.state == "next" and viewer.may(Permission.CLOSE_MONTHS),
    )


async def _closed_by(book_id: int, closing: Closing) -> str:
    if closing.month.period is None:
        return ""
    person_id = closing.month.period.closed_by
    return masked_name((await roster.names(book_id, [person_id])).get(person_id, "–"))
