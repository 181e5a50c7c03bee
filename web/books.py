"""The points ledger as pages: proofs and trial balance, then account, entry, and the paper behind it."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator
from starlette.requests import Request
from starlette.responses import Response

from audit import journal
from audit.papers import paper_of
from audit.report import report
from kernel import clock, days
from kernel.errors import Invalid, NotFound
from ledger import checks, entries
from ledger.chart import AccountName
from ledger.dated_statements import statement_between
from ledger.statements import SEALED_PLACE, Place, Statement, statement
from ledger.trial_balance import trial_balance
from people import roster
from people.masks import masked_name
from redemption.models import Item
from web import entered
from web import ledger_words as words
from web.asking import BookReader
from web.i18n import gettext, short_day
from web.i18n import points as grouped
from web.render import page

router = APIRouter(prefix="/books", include_in_schema=False)


def _in_the_calendar(day: int) -> int:
    days.to_date(day)  # There is no thirteenth month.
    return day


Id = Annotated[int, Path(ge=1, lt=2**63)]
Day = Annotated[int, Query(ge=20_000_101, le=99_991_231), AfterValidator(_in_the_calendar)]
Text = Annotated[str, Query(max_length=40)]
Between = tuple[int | None, int | None]  # days of a statement, both included; None for no bound


@router.get("")
async def books(request: Request, viewer: BookReader) -> Response:
    """Show whether the books are right, and the trial balance behind it."""
    found = await report(viewer.book_id)
    weeks = [_bar(week) for week in await journal.weeks(viewer.book_id)]
    classes = words.by_class(found.totals)
    return page(
        request, "books/index.html", report=found, weeks=weeks, classes=classes, words=words
    )


def _bar(week: journal.Week) -> dict[str, Any]:
    said = gettext("Week from %(day)s: issued %(issued)s, exchanged %(redeemed)s")
    figures = {"issued": grouped(week.issued), "redeemed": grouped(week.exchanged)}
    return {
        "label": f"{week.starts_on // 100 % 100}/{week.starts_on % 100}",
        "a": max(week.issued, 0),
        "b": max(week.exchanged, 0),
        "href": f"/books/entries?first={week.starts_on}&last={week.ends_on}",
        "said": said % {"day": short_day(week.starts_on), **figures},
    }


@router.get("/entries")
async def entries_of_days(
    request: Request,
    viewer: BookReader,
    first: Day,
    last: Day,
    kind: Text = "",
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    """List the entries booked in some days, latest first; all of them or those of one kind."""
    kind = kind if kind in words.KINDS else ""
    rows = await journal.entries(viewer.book_id, first, last, kind=kind or None, before=before)
    people = await _people(viewer.book_id, [row["actor_id"] for row in rows])
    more = rows[-1]["id"] if len(rows) == journal.PAGE else None
    shown: dict[str, Any] = {"rows": rows, "first": first, "last": last, "more": more}
    shown |= {"kind": kind, "kinds": await journal.kinds(viewer.book_id, first, last)}
    shown |= {"day_of": days.day_of, "zone": viewer.zone}
    return page(request, "books/entries.html", people=people, words=words, **shown)


@router.get("/classes/{slug}")
async def accounts_of_class(request: Request, viewer: BookReader, slug: str) -> Response:
    """List the accounts of one class that were ever used."""
    pattern = words.PATTERNS.get(slug)
    if pattern is None:
        raise NotFound
    totals = words.by_class(await trial_balance(viewer.book_id)).get(pattern, [])
    names = await _names(viewer.book_id, [total.name for total in totals])
    title = gettext(words.CLASSES[pattern])
    return page(request, "books/class.html", totals=totals, title=title, words=words, **names)


@router.get("/trial-balance")
async def trial_balance_on(request: Request, viewer: BookReader, on: Text = "") -> Response:
    """Show the trial balance at the end of a day, by what was booked until then; today's without one."""
    day, refusal = days.day_of(clock.now(), viewer.zone), None
    try:
        day = entered.date(on, "on") if on else day
    except Invalid as odd:
        refusal = odd
    classes = words.by_class(await trial_balance(viewer.book_id, day))
    shown: dict[str, Any] = {"day": day, "typed": on or days.to_date(day).isoformat()}
    return page(
        *(request, "books/trial_balance.html"),
        **shown,
        status=entered.status(refusal),
        classes=classes,
        refusal=refusal,
        words=words,
    )


@router.get("/accounts/{account_id}")
async def account(
    request: Request,
    viewer: BookReader,
    account_id: Id,
    first: Text = "",
    last: Text = "",
    before: Text = "",
) -> Response:
    """Show an account's statement, latest first: all of it, or what was booked on some days."""
    between: Between = (None, None)
    refusal = None
    try:
        between = _day(first, "first"), _day(last, "last")
        found = await _statement(viewer.book_id, account_id, between, _place_of(before))
    except Invalid as odd:
        between, refusal = (None, None), odd
        found = await statement(viewer.book_id, account_id)
    names = [found.account.name, *(line.other for line in found.lines)]
    return page(
        request,
        "books/account.html",
        status=entered.status(refusal),
        statement=found,
        total=found.account,
        between=between,
        typed={"first": first, "last": last},
        more=_address(found.next, between),
        refusal=refusal,
        words=words,
        zone=viewer.zone,
        **await _names(viewer.book_id, names),
    )


def _day(text: str, field: str) -> int | None:
    return entered.date(text, field) if text else None


async def _statement(
    book_id: int, account_id: int, between: Between, before: Place | None
) -> Statement:
    if between == (None, None):
        return await statement(book_id, account_id, before=before)
    return await statement_between(book_id, account_id, *between, before=before)


def _address(place: Place | None, between: Between) -> str | None:
    """Return the query that leads to the next page, or None after the last one."""
    if place is None:
        return None
    asked = zip(("first", "last"), between, strict=True)
    bounds = [f"&{name}={days.to_date(day).isoformat()}" for name, day in asked if day]
    return f"?before={'-'.join(map(str, place))}{''.join(bounds)}"


def _place_of(before: str) -> Place | None:
    """Return the place that a page begins before; the latest lines for anything that is none."""
    if not re.fullmatch(r"[0-9]{1,18}(-[0-9]{1,18}){0,2}", before):
        return None
    place = tuple(map(int, before.split("-")))
    return place if len(place) in (1, SEALED_PLACE) else None


@router.get("/entries/{entry_id}")
async def entry(request: Request, viewer: BookReader, entry_id: Id) -> Response:
    """Show one entry: what moved, who did it, why, and the paper it rests on."""
    found = await entries.entry(viewer.book_id, entry_id)
    lines = await entries.entry_lines(viewer.book_id, entry_id)
    paper = await paper_of(viewer.book_id, found["document_type"], found["document_id"])
    names = await _names(
        viewer.book_id, [name for each in lines for name in (each.debit, each.credit)]
    )
    names["people"] |= await _people(viewer.book_id, [found["actor_id"], found["approver_id"]])
    sound = await checks.leaf_holds(viewer.book_id, entry_id)
    return page(
        request,
        "books/entry.html",
        entry=found,
        late=found["booked_on"] != days.day_of(found["occurred_at"], viewer.zone),
        zone=viewer.zone,
        lines=lines,
        paper=paper,
        sound=sound,
        words=words,
        **names,
    )


async def _names(book_id: int, names: list[AccountName]) -> dict[str, Any]:
    """Return the masked names of the people, and the names of the goods, that accounts speak of."""
    owners = [owner for name in names if (owner := words.owner_of(name))]
    numbers = {name.asset.partition(":")[2] for name in names if name.asset.startswith("item:")}
    items = {int(number) for number in numbers if number.isdecimal()}
    goods = await Item.filter(book_id=book_id, id__in=sorted(items)) if items else []
    return {
        "people": await _people(book_id, owners),
        "goods": {f"item:{item.id}": item.name for item in goods},
    }


async def _people(book_id: int, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = sorted({person_id for person_id in ids if person_id})
    known = await roster.names(book_id, wanted) if wanted else {}
    return {person_id: masked_name(name) for person_id, name in known.items()}
