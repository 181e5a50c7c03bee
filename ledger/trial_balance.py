"""What accounts were ever debited and credited: one account or all of them, now or by what was booked until a day.

A floored account keeps its counters. A house account has none: it is its last block total plus the transfers that still
wait in the seal queue, both read in one statement. Until a day, it is what the last closed month kept plus what was
booked since. Nothing of that month can move any more, so two readings agree on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kernel.database import Row, fetch
from kernel.errors import NotFound
from ledger.chart import CHART, FEN, MINUTES, POINTS, AccountName, in_chart
from ledger.movements import LAST_TOTAL, booked_lines, has_few_lines

# The order in which assets are shown; goods come before money.
ASSETS = {POINTS: 0, MINUTES: 1, FEN: 3}
GOODS = 2
CLASSES = {pattern: place for place, pattern in enumerate(CHART)}

Totals = dict[int, tuple[int, int]]  # by account: all that was ever debited, and credited


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """One row of a trial balance: what was ever debited and credited, and the balance on the normal side."""

    account_id: int
    name: AccountName
    type: str
    side: int
    debits: int
    credits: int

    @property
    def balance(self) -> int:
        """Return the balance on the account's normal side."""
        return (self.credits - self.debits) * self.side


TRIAL_BALANCE = f"""
WITH queued AS (
    SELECT account_id, SUM(debits) AS debits, SUM(credits) AS credits FROM (
        SELECT t.debit_id AS account_id, t.amount AS debits, 0 AS credits FROM seal_queue q CROSS JOIN transfer t
        WHERE q.book_id = $1 AND t.book_id = q.book_id AND t.entry_id = q.entry_id AND t.debit_version IS NULL
        UNION ALL
        SELECT t.credit_id, 0, t.amount FROM seal_queue q CROSS JOIN transfer t
        WHERE q.book_id = $1 AND t.book_id = q.book_id AND t.entry_id = q.entry_id AND t.credit_version IS NULL
    ) moved GROUP BY account_id
)
SELECT a.id, a.path, a.asset, a.type, a.side,
    CAST(CASE WHEN a.floored = 1 THEN COALESCE(b.debits, 0)
         ELSE {LAST_TOTAL.format("debits")} + COALESCE(q.debits, 0) END AS BIGINT) AS debits,
    CAST(CASE WHEN a.floored = 1 THEN COALESCE(b.credits, 0)
         ELSE {LAST_TOTAL.format("credits")} + COALESCE(q.credits, 0) END AS BIGINT) AS credits
FROM account a
LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id
LEFT JOIN queued q ON q.account_id = a.id
WHERE a.book_id = $1
"""

# From the queue to its transfers, never from the account's history to the queue: hence a sum of sums.
QUEUED = """COALESCE((SELECT SUM((SELECT SUM(t.amount) FROM transfer t
        WHERE t.book_id = q.book_id AND t.entry_id = q.entry_id AND t.{0}_id = $2 AND t.{0}_version IS NULL))
    FROM seal_queue q WHERE q.book_id = $1), 0)"""

ONE_ACCOUNT = f"""
SELECT a.id, a.path, a.asset, a.type, a.side, a.floored, COALESCE(b.version, 0) AS version,
    CAST(CASE WHEN a.floored = 1 THEN COALESCE(b.debits, 0)
         ELSE {LAST_TOTAL.format("debits")} + {QUEUED.format("debit")} END AS BIGINT) AS debits,
    CAST(CASE WHEN a.floored = 1 THEN COALESCE(b.credits, 0)
         ELSE {LAST_TOTAL.format("credits")} + {QUEUED.format("credit")} END AS BIGINT) AS credits
FROM account a LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id
WHERE a.book_id = $1 AND a.id = $2
"""

FACTS = """
SELECT a.id, a.path, a.asset, a.type, a.side, a.floored, COALESCE(b.version, 0) AS version FROM account a
LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id WHERE a.book_id = $1 AND a.id = $2
"""

KEPT = """
SELECT p.ends_on, COALESCE(t.debits, 0) AS debits, COALESCE(t.credits, 0) AS credits FROM period p
LEFT JOIN period_total t ON t.book_id = p.book_id AND t.ends_on = p.ends_on AND t.account_id = $2
WHERE p.book_id = $1 AND p.ends_on <= $3 ORDER BY p.ends_on DESC LIMIT 1
"""

BOOKED = """
SELECT account_id, CAST(SUM(debits) AS BIGINT) AS debits, CAST(SUM(credits) AS BIGINT) AS credits FROM (
    SELECT t.debit_id AS account_id, t.amount AS debits, 0 AS credits FROM journal_entry e
    JOIN transfer t ON t.book_id = e.book_id AND t.entry_id = e.id
    WHERE e.book_id = $1 AND e.booked_on > $2 AND e.booked_on <= $3
    UNION ALL
    SELECT t.credit_id, 0, t.amount FROM journal_entry e
    JOIN transfer t ON t.book_id = e.book_id AND t.entry_id = e.id
    WHERE e.book_id = $1 AND e.booked_on > $2 AND e.booked_on <= $3
) sides GROUP BY account_id
"""


def total_of(row: Row, debited: int | None = None, credited: int | None = None) -> AccountTotal:
    """Make a total of an account's row and its counters: those given, or those in the row."""
    return AccountTotal(
        row["id"],
        AccountName(row["path"], row["asset"]),
        row["type"],
        row["side"],
        row["debits"] if debited is None else debited,
        row["credits"] if credited is None else credited,
    )


async def account_facts(book_id: int, account_id: int) -> Row:
    """Return what never changes of an account, and its version: 0 where it keeps no balance. Raises: NotFound."""
    return _only(await fetch(FACTS, book_id, account_id))


def _only(rows: list[Row]) -> Row:
    if not rows:
        raise NotFound
    return rows[0]


async def account_total(book_id: int, account_id: int, on: int | None = None) -> AccountTotal:
    """Return one account's totals: now, or of everything booked on or before a day (yyyymmdd). Raises: NotFound."""
    if on is None:
        return total_of(_only(await fetch(ONE_ACCOUNT, book_id, account_id)))
    facts = await account_facts(book_id, account_id)
    few = has_few_lines(facts)
    kept = (0, 0, 0) if few else await kept_before(book_id, account_id, on)
    (moved,) = await fetch(
        "SELECT CAST(COALESCE(SUM(CASE WHEN moved < 0 THEN -moved END), 0) AS BIGINT) AS debits, "
        "CAST(COALESCE(SUM(CASE WHEN moved > 0 THEN moved END), 0) AS BIGINT) AS credits "
        f"FROM ({booked_lines(few=few)}) booked",
        *(book_id, account_id, kept[0], on),
    )
    return total_of(facts, kept[1] + moved["debits"], kept[2] + moved["credits"])


async def kept_before(book_id: int, account_id: int, day: int) -> tuple[int, int, int]:
    """Return the last closed day on or before a day, and the account's debits and credits kept then; or zeros."""
    rows = await fetch(KEPT, book_id, account_id, day)
    return (rows[0]["ends_on"], rows[0]["debits"], rows[0]["credits"]) if rows else (0, 0, 0)


async def trial_balance(book_id: int, on: int | None = None) -> list[AccountTotal]:
    """Return every account that was used, in the order of the chart: now, or by what was booked until a day."""
    if on is None:
        rows = await fetch(TRIAL_BALANCE, book_id)
        return in_order(total_of(row) for row in rows)
    totals = await kept_totals(book_id, on) or await count_totals(book_id, on)
    rows = await fetch(
        "SELECT id, path, asset, type, side FROM account WHERE book_id = $1", book_id
    )
    return in_order(total_of(row, *totals[row["id"]]) for row in rows if row["id"] in totals)


def in_order(totals: Iterable[AccountTotal]) -> list[AccountTotal]:
    """Return totals by asset, then in the order of the chart; a refused post may have opened what nothing moved."""
    used = (total for total in totals if total.debits or total.credits)
    return sorted(used, key=lambda total: _place(total.name))


@lru_cache(maxsize=65_536)
def _place(name: AccountName) -> tuple[Any, ...]:
    kept = in_chart(name)
    asset = ASSETS.get(name.asset, GOODS)
    return asset, name.asset, CLASSES[kept.pattern] if kept else len(CLASSES), name.path


async def kept_totals(book_id: int, ends_on: int) -> Totals:
    """Return the closing trial balance that was kept for a closed month."""
    rows = await fetch(
        "SELECT account_id, debits, credits FROM period_total WHERE book_id = $1 AND ends_on = $2",
        *(book_id, ends_on),
    )
    return {row["account_id"]: (row["debits"], row["credits"]) for row in rows}


async def count_totals(book_id: int, until: int) -> Totals:
    """Count everything booked on or before a day: what the last month closed before it kept, and what came since."""
    rows = await fetch(
        "SELECT MAX(ends_on) AS day FROM period WHERE book_id = $1 AND ends_on < $2",
        *(book_id, until),
    )
    before = rows[0]["day"] or 0
    totals = await kept_totals(book_id, before)
    for row in await fetch(BOOKED, book_id, before, until):
        kept = totals.get(row["account_id"], (0, 0))
        totals[row["account_id"]] = kept[0] + row["debits"], kept[1] + row["credits"]
    return totals
