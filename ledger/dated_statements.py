"""A statement between two days: the lines booked on them, in the order of posting, between the balances of those days.

It counts by `booked_on`, and its running balance counts nothing that is booked later. It reads what the last closed
month kept and what was booked since. Its pages join as long as nothing is booked before its first day meanwhile, which
is certain when it begins with the first day after a closed month.
"""

from dataclasses import replace

from kernel.database import Row, fetch
from ledger.errors import DaysReversed
from ledger.movements import LINE_COLUMNS, LINE_JOIN, booked_lines, has_few_lines
from ledger.statements import (
    PAGE,
    SEALED_PLACE,
    TOP,
    Place,
    Statement,
    StatementLine,
    Unlisted,
    line_of,
)
from ledger.trial_balance import AccountTotal, account_facts, kept_before, total_of

FIRST_DAY, LAST_DAY = 10_101, 99_991_231

# Everything in one statement: what was brought forward, what moved, what waits for its seal, and the page.
BETWEEN = f"""
WITH chosen AS MATERIALIZED ({{lines}}), placed AS MATERIALIZED (
    SELECT c.entry_id, c.line, c.other_id, c.moved, c.expires_on, c.version,
        COALESCE(c.version, m.block_number, {TOP}) AS major,
        CASE WHEN c.version IS NULL THEN COALESCE(m.position, c.entry_id) ELSE 0 END AS middle,
        CASE WHEN c.version IS NULL THEN c.line ELSE 0 END AS minor
    FROM chosen c LEFT JOIN seal_member m ON c.version IS NULL AND m.book_id = $1 AND m.entry_id = c.entry_id
    WHERE c.booked_on >= $5
), summed AS (
    SELECT COALESCE(SUM(CASE WHEN moved < 0 THEN -moved END), 0) AS debits,
        COALESCE(SUM(CASE WHEN moved > 0 THEN moved END), 0) AS credits,
        COALESCE(SUM(CASE WHEN booked_on < $5 THEN moved END), 0) AS brought FROM chosen
), waits AS (
    SELECT COUNT(*) AS listed, COALESCE(SUM(CASE WHEN major = {TOP} THEN 1 END), 0) AS waiting,
        COALESCE(SUM(CASE WHEN major = {TOP} THEN moved END), 0) AS waiting_net FROM placed
), running AS (
    SELECT p.*, SUM(moved) OVER (ORDER BY major, middle, minor) AS net FROM placed p
), page AS MATERIALIZED (
    SELECT * FROM running WHERE (major, middle, minor) < (CAST($6 AS BIGINT), CAST($7 AS BIGINT), CAST($8 AS BIGINT))
    ORDER BY major DESC, middle DESC, minor DESC LIMIT $9
)
SELECT CAST(s.debits AS BIGINT) AS debits, CAST(s.credits AS BIGINT) AS credits,
    CAST(s.brought AS BIGINT) AS brought, w.listed, w.waiting, CAST(w.waiting_net AS BIGINT) AS waiting_net,
    COALESCE((SELECT MAX(number) FROM seal_block WHERE book_id = $1), 0) AS last_block,
    p.entry_id, p.line, p.moved, p.expires_on, p.version, p.major, p.middle, p.minor,
    CAST(p.net AS BIGINT) AS net, {LINE_COLUMNS}
FROM summed s CROSS JOIN waits w LEFT JOIN page p ON TRUE {LINE_JOIN}
ORDER BY p.major DESC, p.middle DESC, p.minor DESC
"""
BY_DAYS = {few: BETWEEN.format(lines=booked_lines(few=few)) for few in (False, True)}


async def statement_between(
    book_id: int,
    account_id: int,
    first: int | None = None,
    last: int | None = None,
    *,
    before: Place | None = None,
    limit: int = PAGE,
) -> Statement:
    """Return a page of an account's lines booked from one day to another (yyyymmdd, both included), latest first.

    `before` is the `next` of the page before. Raises: NotFound, DaysReversed.
    """
    first, last = first or FIRST_DAY, last or LAST_DAY
    if first > last:
        raise DaysReversed(field="last")
    facts = await account_facts(book_id, account_id)
    few = has_few_lines(facts)
    kept = (0, 0, 0) if few else await kept_before(book_id, account_id, first - 1)
    # Two numbers follow a version, so that one comparison serves both kinds of account.
    place = (*before, 0, 0)[:SEALED_PLACE] if before else (TOP + 1, 0, 0)
    values = (kept[0], last, first, *place, limit + 1)
    rows = await fetch(BY_DAYS[few], book_id, account_id, *values)
    total = total_of(facts, kept[1] + rows[0]["debits"], kept[2] + rows[0]["credits"])
    opening = (kept[2] - kept[1] + rows[0]["brought"]) * total.side
    lines = [_line(row, total, opening) for row in rows if row["kind"] is not None]
    shown = lines[:limit]
    page = Statement(
        account=total,
        floored=bool(facts["floored"]),
        lines=shown,
        opening=shown[-1].balance_before if shown else opening,
        closing=lines[0].balance_after if lines else opening,
    )
    if before is None:
        page = replace(page, closing=total.balance)
    if len(lines) <= limit:
        return page
    if shown[-1].place is not None:
        return replace(page, next=shown[-1].place)
    return _cut_in_the_queue(page, rows[0])


def _line(row: Row, account: AccountTotal, opening: int) -> StatementLine:
    place: Place | None = (row["major"], row["middle"], row["minor"])
    if row["version"] is not None:
        place = (row["version"],)
    elif row["major"] == TOP:
        place = None
    return line_of(row, account, opening + row["net"] * account.side, place)


def _cut_in_the_queue(page: Statement, head: Row) -> Statement:
    """Leave what waits for its seal to the first page alone: no place among it is one to go on from."""
    opening = page.closing - head["waiting_net"] * page.account.side
    left = Unlisted(head["waiting"] - len(page.lines), page.opening - opening)
    following = (head["last_block"] + 1, 0, 0) if head["listed"] > head["waiting"] else None
    return replace(page, opening=opening, unlisted=left, next=following)
