"""A volunteer's own records: the statement of points and of hours, and where each line comes from."""

import re
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from audit.papers import paper_of
from kernel.errors import NotFound
from ledger import chart, entries, statements
from ledger.accounts import find_accounts
from ledger.chart import AccountName
from ledger.post import Line
from ledger.statements import StatementLine
from people import closed, roster
from people.permissions import Viewer
from web.asking import Volunteer
from web.fields import Id
from web.record_words import records_of, titles_of, words_of
from web.render import page

router = APIRouter(include_in_schema=False)

PAGE = 20
EARNINGS = ("HOURS_EARNED", "BONUS_GIVEN", "NOTICE_ENDED", "POINTS_GRANTED")


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of events: the balance now, the one before the earliest of them, and the version to go on before."""

    lines: list[StatementLine]
    balance: int
    opening: int
    older: int | None


@router.get("/statement")
async def statement(
    request: Request, viewer: Volunteer, of: str = "points", before: str = "", record: Id = 0
) -> Response:
    """Show a page of what came and went, latest first; `record` is one that was joined into the viewer's."""
    of = "minutes" if of == "minutes" else "points"
    joined = await closed.joined_into(viewer.book_id, viewer.person_id)
    record = record if record in joined else viewer.person_id
    shown = await page_of(viewer.book_id, _account(record, of), read_cursor(before))
    earlier = await roster.memberships(viewer.book_id, joined)
    return page(
        request,
        "statement.html",
        of=of,
        zone=viewer.zone,
        records=await records_of(viewer.book_id, shown.lines, viewer.zone),
        balance=shown.balance,
        opening=shown.opening,
        older=shown.older,
        later=bool(before),
        record=record,
        earlier=[earlier[each] for each in joined],
    )


@router.get("/why/{entry_id}")
async def why(request: Request, viewer: Volunteer, entry_id: Id) -> Response:
    """Show where one of the viewer's own lines comes from."""
    entry = await entries.entry(viewer.book_id, entry_id)
    lines = await entries.entry_lines(viewer.book_id, entry_id)
    amounts = await _amounts(viewer, lines)
    if not any(amounts.values()):
        raise NotFound  # Somebody else's entry does not exist here.
    paper = entry["document_type"], entry["document_id"]
    titles = await titles_of(viewer.book_id, [paper])
    return page(
        request,
        "why.html",
        zone=viewer.zone,
        entry=entry,
        fingerprint=bytes(entry["leaf"]).hex(),
        kind=words_of(entry["kind"]),
        title=titles.get(paper, (words_of(entry["kind"]), ""))[0],
        amounts=amounts,
        paper=await paper_of(viewer.book_id, *paper),
    )


async def page_of(book_id: int, account: AccountName, before: int | None = None) -> Shown:
    """Return a page of an account's events, each of them whole: those before a version, or the latest ones."""
    opened = (await find_accounts(book_id, [account])).get(account)
    if opened is None:
        return Shown([], 0, 0, None)
    place = None if before is None else (before,)
    found = await statements.statement(book_id, opened.id, before=place, limit=2 * PAGE)
    kept = list(dict.fromkeys(line.entry_id for line in found.lines))[:PAGE]
    lines = [line for line in found.lines if line.entry_id in kept]
    if found.next and len(lines) == 2 * PAGE and len(kept) > 1:
        # The page may end in the middle of an event that moved several lots: leave that one for the next page.
        lines = [line for line in lines if line.entry_id != kept[-1]]
    older = lines[-1].place if found.next or len(lines) < len(found.lines) else None
    opening = lines[-1].balance_before if lines else 0
    return Shown(lines, found.account.balance, opening, older[0] if older else None)


async def earned_since(book_id: int, account: AccountName, day: int) -> int:
    """Return the points that service brought since a local day (yyyymmdd)."""
    total, shown = 0, await page_of(book_id, account)
    while True:
        lines = shown.lines
        total += sum(e.amount for e in lines if e.kind in EARNINGS and e.booked_on >= day)
        if shown.older is None or lines[-1].booked_on < day:
            return total
        shown = await page_of(book_id, account, shown.older)


def read_cursor(text: str) -> int | None:
    """Return the version that a page begins before; the latest lines for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


async def _amounts(viewer: Viewer, lines: tuple[Line, ...]) -> dict[str, int]:
    """Return what an entry moved of the viewer's, or of a record that was joined into it."""
    for person_id in (
        viewer.person_id,
        *await closed.joined_into(viewer.book_id, viewer.person_id),
    ):
        kinds = ("points", "minutes", "owed")
        amounts = {of: _moved(lines, _account(person_id, of)) for of in kinds}
        if any(amounts.values()):
            return amounts
    return {}


def _account(person_id: int, of: str) -> AccountName:
    if of == "minutes":
        return chart.minutes(person_id)
    return chart.owed(person_id) if of == "owed" else chart.purse(person_id)


def _moved(lines: tuple[Line, ...], account: AccountName) -> int:
    side = chart.class_of(account).side
    came = sum(line.amount for line in lines if line.credit == account)
    return side * (came - sum(line.amount for line in lines if line.debit == account))
