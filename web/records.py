"""A volunteer's own records: the statement of points and of hours, and where each line comes from."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from audit.papers import paper_of
from kernel.errors import NotFound
from ledger import chart, statements
from ledger.accounts import find_accounts
from ledger.chart import AccountName
from ledger.post import Line
from ledger.statements import StatementLine
from people.models import Role
from people.permissions import Viewer
from web.asking import must
from web.fields import Id
from web.record_words import records_of, titles_of, words_of
from web.render import page

router = APIRouter(include_in_schema=False)

Volunteer = Annotated[Viewer, Depends(must(Role.VOLUNTEER))]
PAGE = 20
EARNINGS = ("HOURS_EARNED", "NOTICE_ENDED", "POINTS_GRANTED")


@router.get("/statement")
async def statement(
    request: Request, viewer: Volunteer, of: str = "points", before: str = ""
) -> Response:
    """Show a page of what came and went, latest first."""
    of = "minutes" if of == "minutes" else "points"
    account = _account(viewer, of)
    lines, more = await page_of(viewer.book_id, account, read_cursor(before))
    return page(
        request,
        "statement.html",
        of=of,
        zone=viewer.zone,
        records=await records_of(viewer.book_id, lines),
        holding=await statements.holding(viewer.book_id, account),
        older=write_cursor(lines[-1]) if more else None,
        later=bool(before),
    )


@router.get("/why/{entry_id}")
async def why(request: Request, viewer: Volunteer, entry_id: Id) -> Response:
    """Show where one of the viewer's own lines comes from."""
    entry = await statements.entry(viewer.book_id, entry_id)
    lines = await statements.entry_lines(viewer.book_id, entry_id)
    amounts = {of: _moved(lines, _account(viewer, of)) for of in ("points", "minutes", "owed")}
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


async def page_of(
    book_id: int, account: AccountName, before: tuple[int, int] | None = None
) -> tuple[list[StatementLine], bool]:
    """Return a page of an account's lines, whole events only, and whether older ones follow."""
    opened = (await find_accounts(book_id, [account])).get(account)
    if opened is None:
        return [], False
    lines = await statements.statement(book_id, opened.id, before=before, limit=2 * PAGE)
    kept = list(dict.fromkeys(line.entry_id for line in lines))[:PAGE]
    shown = [line for line in lines if line.entry_id in kept]
    if len(lines) == 2 * PAGE and shown == lines and len(kept) > 1:
        # The page may end in the middle of an event that moved several lots: leave that one for the next page.
        shown = [line for line in lines if line.entry_id != kept[-1]]
    return shown, len(shown) < len(lines)


async def earned_since(book_id: int, account: AccountName, day: int) -> int:
    """Return the points that service brought since a local day (yyyymmdd)."""
    total, before, more = 0, None, True
    while more:
        lines, more = await page_of(book_id, account, before)
        total += sum(e.amount for e in lines if e.kind in EARNINGS and e.booked_on >= day)
        more = more and lines[-1].booked_on >= day
        before = (lines[-1].version or 0, lines[-1].line) if lines else None
    return total


def read_cursor(text: str) -> tuple[int, int] | None:
    """Return the place in a statement that a page ends at; the beginning for anything else."""
    found = re.fullmatch(r"([0-9]{1,15})-([0-9]{1,4})", text)
    return (int(found[1]), int(found[2])) if found else None


def write_cursor(line: StatementLine) -> str:
    """Return the place of a line for the next page's address."""
    return f"{line.version}-{line.line}"


def _account(viewer: Viewer, of: str) -> AccountName:
    if of == "minutes":
        return chart.minutes(viewer.person_id)
    return chart.owed(viewer.person_id) if of == "owed" else chart.purse(viewer.person_id)


def _moved(lines: tuple[Line, ...], account: AccountName) -> int:
    side = chart.class_of(account).side
    came = sum(line.amount for line in lines if line.credit == account)
    return side * (came - sum(line.amount for line in lines if line.debit == account))
