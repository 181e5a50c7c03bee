"""The months of a book: what was booked in each, which are closed, and which is the next to close."""

from dataclasses import dataclass
from typing import Literal

from audit.proofs import Proof, proofs
from kernel import clock
from kernel.database import fetch, snapshot
from kernel.days import day_of, month_end, plus_months
from kernel.errors import NotFound
from ledger.books import zone_of
from ledger.periods import Period, closed_periods, first_open_month
from ledger.trial_balance import AccountTotal, trial_balance

PAGE = 12
State = Literal["closed", "next", "later", "running"]


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a book: the entries booked in it, how far it is, and what was kept of it if it is closed.

    `issued` and `exchanged` are the points of the month; they are known of closed months.
    """

    ends_on: int
    entries: int
    state: State
    period: Period | None
    issued: int | None
    exchanged: int | None

    @property
    def starts_on(self) -> int:
        """Return the month's first day."""
        return self.ends_on // 100 * 100 + 1


@dataclass(frozen=True, slots=True)
class Closing:
    """A month with the trial balance at its end, as it is kept or would be kept now, and the equations over it."""

    month: Month
    totals: list[AccountTotal]
    proofs: list[Proof]


async def months(book_id: int, before: int | None = None, limit: int = PAGE) -> list[Month]:
    """Return the months of a book up to this one, or those before a month's end, latest first. Raises: NotFound."""
    this = month_end(day_of(clock.now(), await zone_of(book_id)))
    last = this if before is None else min(plus_months(before, -1), this)
    async with snapshot():
        closed = {period.ends_on: period for period in await closed_periods(book_id)}
        following = await first_open_month(book_id)
        first = max(min([following, *closed]), plus_months(last, 1 - limit))
        entries = await _entries(book_id, plus_months(first, -1), last)
        points = await _points(book_id, plus_months(first, -1), last)
    shown = []
    while last >= first:
        shown.append(_month(last, this, following, closed.get(last), entries, points))
        last = plus_months(last, -1)
    return shown


async def closing(book_id: int, ends_on: int) -> Closing:
    """Return one month that has begun, with its closing trial balance. Raises: NotFound."""
    found = await months(book_id, plus_months(ends_on, 1), 1)
    if not found or found[0].ends_on != ends_on:
        raise NotFound
    totals = await trial_balance(book_id, ends_on)
    return Closing(found[0], totals, proofs(totals))


def _month(
    ends_on: int,
    this: int,
    following: int,
    period: Period | None,
    entries: dict[int, int],
    points: dict[int, tuple[int, int]],
) -> Month:
    issued, exchanged = None, None
    if period is not None:
        until, before = (points.get(day, (0, 0)) for day in (ends_on, plus_months(ends_on, -1)))
        issued, exchanged = until[0] - before[0], until[1] - before[1]
    state = _state(ends_on, this, following, period)
    return Month(ends_on, entries.get(ends_on // 100, 0), state, period, issued, exchanged)


def _state(ends_on: int, this: int, following: int, period: Period | None) -> State:
    if period is not None:
        return "closed"
    if ends_on >= this:
        return "running"
    return "next" if ends_on == following else "later"


async def _entries(book_id: int, after: int, until: int) -> dict[int, int]:
    """Return how many entries were booked, by month (yyyymm)."""
    rows = await fetch(
        "SELECT booked_on / 100 AS month, COUNT(*) AS entries FROM journal_entry "
        "WHERE book_id = $1 AND booked_on > $2 AND booked_on <= $3 GROUP BY booked_on / 100",
        *(book_id, after, until),
    )
    return {row["month"]: row["entries"] for row in rows}


async def _points(book_id: int, first: int, last: int) -> dict[int, tuple[int, int]]:
    """Return all the points ever issued and exchanged by the end of each closed month."""
    rows = await fetch(
        "SELECT p.ends_on, "
        "SUM(CASE WHEN a.path = 'points:issued' THEN p.debits - p.credits ELSE 0 END) AS issued, "
        "SUM(CASE WHEN a.type = 'income' THEN p.credits - p.debits ELSE 0 END) AS exchanged "
        "FROM account a JOIN period_total p ON p.book_id = a.book_id AND p.account_id = a.id "
        "WHERE a.book_id = $1 AND a.asset = 'points' AND a.type IN ('income', 'expense') "
        "AND a.path <> 'points:expired' AND p.ends_on >= $2 AND p.ends_on <= $3 GROUP BY p.ends_on",
        *(book_id, first, last),
    )
    return {row["ends_on"]: (int(row["issued"]), int(row["exchanged"])) for row in rows}
