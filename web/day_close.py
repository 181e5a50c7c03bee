"""A shop's day: what was done, by whom, one button to sign it off; and the closed days of a month."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.days import day_of, month_end, plus_months, to_date
from kernel.errors import DomainError
from ledger.periods import month_words, read_month
from people.permissions import Permission, Viewer
from redemption import day_closing, new_items
from redemption.day_closing import Day
from web import entered
from web.asking import DayCloser, ReceiptReader
from web.day_words import DONE, paper_link
from web.entered import Prose
from web.fields import Id
from web.i18n import gettext
from web.render import page, redirect
from web.signers import signers
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False)
Written = Annotated[str, Path(max_length=20)]
TODAY, SLIPS = "today", ("58", "80")
SHORT, MEDIUM = 2, 6  # clerks on a strip of paper


@router.get("/counter/days/{day}")
async def one_day(request: Request, viewer: ReceiptReader, day: Written) -> Response:
    """Show a day as it stands now; `today`, or a date."""
    return await _day(request, viewer, _read(viewer, day))


@router.post("/counter/days/{day}/closing")
async def close(
    request: Request, viewer: DayCloser, day: Written, note: Annotated[Prose, Form()] = ""
) -> Response:
    """Sign off what nobody signed off yet."""
    shop, which = await the_shop(request), _read(viewer, day)
    try:
        made = await day_closing.close_day(viewer.book_id, shop.id, which, viewer.person_id, note)
    except entered.REFUSALS as refusal:
        return await _day(request, viewer, which, refusal, note)
    return redirect(
        request, f"/shop/closings/{made.id}", gettext("The day is signed off. Thank you!")
    )


@router.get("/shop/closings/{closing_id}")
async def closing(
    request: Request,
    viewer: ReceiptReader,
    closing_id: Id,
    paper: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show what was signed off, to print on a sheet, or on 80 or 58 mm of the slip printer's paper."""
    made, day = await day_closing.closing_of(viewer.book_id, closing_id)
    names = await signers(viewer, [*day.clerks, made.closed_by])
    size = len(day.clerks)
    return page(
        request,
        "days/closing.html",
        closing=made,
        day=day,
        names=names,
        words=DONE,
        link=paper_link,
        iso=to_date(made.day).isoformat(),
        length="short" if size <= SHORT else "medium" if size <= MEDIUM else "long",
        paper=paper if paper in SLIPS else "",
        zone=viewer.zone,
    )


@router.get("/shop/days")
async def month(
    request: Request, viewer: ReceiptReader, month: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """List the days of a month on which something was done: who closed them, and which nobody did."""
    today = day_of(clock.now(), viewer.zone)
    ends_on = read_month(month) if month else month_end(today)
    shop = await the_shop(request)
    days = await day_closing.days_of_month(viewer.book_id, shop.id, ends_on)
    who = {each.closed_by for day in days for each in day.closings}
    return page(
        request,
        "days/month.html",
        ends_on=ends_on,
        days=days,
        today=today,
        iso=lambda day: to_date(day).isoformat(),
        names=await signers(viewer, who),
        left_open=[each for each in days if each.left_open and each.day < today],
        before=month_words(plus_months(ends_on, -1)),
        after=month_words(plus_months(ends_on, 1)) if ends_on < today else None,
    )


def _read(viewer: Viewer, day: str) -> int:
    return day_of(clock.now(), viewer.zone) if day == TODAY else entered.date(day, "day")


async def _day(
    request: Request,
    viewer: Viewer,
    which: int,
    refusal: DomainError | None = None,
    note: str = "",
) -> Response:
    shop = await the_shop(request)
    found: Day = await day_closing.day_at(viewer.book_id, shop.id, which)
    return page(
        request,
        "days/day.html",
        status=entered.status(refusal),
        day=found,
        is_today=which == day_of(clock.now(), viewer.zone),
        iso=to_date(which).isoformat(),
        names=await signers(viewer, [*found.clerks, *(each.closed_by for each in found.closings)]),
        new_items=len(await new_items.waiting(viewer.book_id, shop.id)),
        may_confirm=viewer.may(Permission.KEEP_SHOP),
        may_close=viewer.may(Permission.CLOSE_DAYS),
        words=DONE,
        link=paper_link,
        refusal=refusal,
        note=note,
        zone=viewer.zone,
    )
