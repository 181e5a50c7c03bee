"""The months of the books for auditors; an administrator closes them."""

from typing import Annotated

from fastapi import Path, Query

from api.asking import BookReader, MonthCloser
from api.routing import router as _router
from api.schemas.periods import CloseMonth, Closing, Month, Months
from audit import months
from ledger import periods

router = _router("audit")
WRITTEN = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
Written = Annotated[str, Path(pattern=WRITTEN, examples=["2026-10"])]
Before = Annotated[str | None, Query(pattern=WRITTEN, examples=["2026-01"])]


@router.get("/audit/periods")
async def list_periods(viewer: BookReader, before: Before = None) -> Months:
    """List the months of the book, twelve at a time, latest first."""
    until = periods.read_month(before) if before else None
    return Months(items=[Month.of(each) for each in await months.months(viewer.book_id, until)])


@router.post("/audit/periods", status_code=201)
async def close_period(viewer: MonthCloser, body: CloseMonth) -> Closing:
    """Close the first open month: its trial balance is kept, and nothing is booked into it any more."""
    ends_on = periods.read_month(body.month)
    await periods.close(viewer.book_id, ends_on, viewer.person_id)
    return Closing.of(await months.closing(viewer.book_id, ends_on))


@router.get("/audit/periods/{month}")
async def show_period(viewer: BookReader, month: Written) -> Closing:
    """Show a month with the trial balance at its end, and the equations over it."""
    return Closing.of(await months.closing(viewer.book_id, periods.read_month(month)))
