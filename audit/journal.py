"""The journal as a reader sees it: weeks at a glance, the entries of some days, what an entry moved."""

from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.database import fetch
from kernel.days import day_of, from_date, plus_days, to_date
from ledger.books import zone_of

PAGE = 50
WEEKS = 12


@dataclass(frozen=True, slots=True)
class Week:
    """Points issued and exchanged in seven days, by the day they are booked on."""

    starts_on: int
    issued: int
    exchanged: int

    @property
    def ends_on(self) -> int:
        """Return the week's Sunday."""
        return plus_days(self.starts_on, 6)


async def weeks(book_id: int, count: int = WEEKS) -> list[Week]:
    """Return the last weeks, oldest first, this one included; reversals count against their week."""
    today = day_of(clock.now(), await zone_of(book_id))
    monday = plus_days(today, -to_date(today).weekday())
    first = plus_days(monday, -7 * (count - 1))
    rows = await fetch(
        "SELECT e.booked_on, "
        "SUM(CASE WHEN d.path = 'points:issued' THEN t.amount WHEN c.path = 'points:issued' THEN -t.amount ELSE 0 END) "
        "AS issued, "
        "SUM(CASE WHEN c.type = 'income' THEN t.amount WHEN d.type = 'income' THEN -t.amount ELSE 0 END) AS exchanged "
        "FROM journal_entry e JOIN transfer t ON t.book_id = e.book_id AND t.entry_id = e.id "
        "JOIN account d ON d.book_id = t.book_id AND d.id = t.debit_id "
        "JOIN account c ON c.book_id = t.book_id AND c.id = t.credit_id "
        "WHERE e.book_id = $1 AND e.booked_on >= $2 AND t.asset = 'points' AND d.path <> 'points:expired' "
        "AND c.path <> 'points:expired' GROUP BY e.booked_on",
        *(book_id, first),
    )
    found = {plus_days(first, 7 * number): [0, 0] for number in range(count)}
    for row in rows:
        day = to_date(row["booked_on"])
        sums = found.get(plus_days(from_date(day), -day.weekday()))
        if sums is not None:
            sums[0] += int(row["issued"])
            sums[1] += int(row["exchanged"])
    return [Week(day, issued, exchanged) for day, (issued, exchanged) in found.items()]


async def entries(
    book_id: int,
    first: int,
    last: int,
    *,
    kind: str | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> list[dict[str, Any]]:
    """Return the entries booked from one day to another (yyyymmdd), latest first.

    `kind` leaves only entries of one kind, `before` only those before an entry.

    Each has its points, enough to recognise it in a list.
    """
    return await fetch(
        "SELECT e.id, e.kind, e.occurred_at, e.booked_on, e.document_type, e.document_id, e.actor_id, "
        "CAST(COALESCE((SELECT SUM(t.amount) FROM transfer t WHERE t.book_id = e.book_id AND t.entry_id = e.id "
        "AND t.asset = 'points'), 0) AS BIGINT) AS points FROM journal_entry e "
        "WHERE e.book_id = $1 AND e.booked_on >= $2 AND e.booked_on <= $3 AND e.id < $4 "
        "AND (CAST($5 AS TEXT) IS NULL OR e.kind = $5) ORDER BY e.id DESC LIMIT $6",
        *(book_id, first, last, before or 2**62, kind, limit),
    )


async def kinds(book_id: int, first: int, last: int) -> list[str]:
    """Return the kinds of entries that were booked from one day to another (yyyymmdd)."""
    rows = await fetch(
        "SELECT DISTINCT kind FROM journal_entry WHERE book_id = $1 AND booked_on >= $2 AND booked_on <= $3 "
        "ORDER BY kind",
        *(book_id, first, last),
    )
    return [row["kind"] for row in rows]
