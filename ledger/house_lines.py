"""The lines of a house account: those that wait for their seal, and those that are sealed, in seal order."""

from kernel.database import Row, fetch
from ledger.movements import LAST_TOTAL, LINE_COLUMNS, LINE_JOIN

# Most pages end within the last few entries, or within a block or two. A rarely used account may have but one line in
# each block that touches it.
FEW_ENTRIES = 4  # for each line wanted
FEW_BLOCKS = (1, 4)
ALL = 2**62

# Last total, queue and the latest waiting lines in one statement: as of one moment, no entry is in both or in neither.
WAITING = f"""
WITH head AS MATERIALIZED (
    SELECT a.id, a.path, a.asset, a.type, a.side, {LAST_TOTAL.format("debits")} AS debits,
        {LAST_TOTAL.format("credits")} AS credits FROM account a WHERE a.book_id = $1 AND a.id = $2
), queued AS MATERIALIZED (
    SELECT t.entry_id, t.line, t.credit_id AS other_id, -t.amount AS moved, t.expires_on
    FROM seal_queue q CROSS JOIN transfer t
    WHERE q.book_id = $1 AND t.book_id = q.book_id AND t.entry_id = q.entry_id
        AND t.debit_id = $2 AND t.debit_version IS NULL
    UNION ALL
    SELECT t.entry_id, t.line, t.debit_id, t.amount, t.expires_on
    FROM seal_queue q CROSS JOIN transfer t
    WHERE q.book_id = $1 AND t.book_id = q.book_id AND t.entry_id = q.entry_id
        AND t.credit_id = $2 AND t.credit_version IS NULL
), summed AS (
    SELECT COUNT(*) AS waiting, COALESCE(SUM(CASE WHEN moved < 0 THEN -moved END), 0) AS debits,
        COALESCE(SUM(CASE WHEN moved > 0 THEN moved END), 0) AS credits FROM queued
), page AS MATERIALIZED (
    SELECT * FROM queued ORDER BY entry_id DESC, line DESC LIMIT $3
)
SELECT h.id, h.path, h.asset, h.type, h.side, s.waiting, h.credits - h.debits AS sealed,
    CAST(h.debits + s.debits AS BIGINT) AS debits, CAST(h.credits + s.credits AS BIGINT) AS credits,
    COALESCE((SELECT MAX(number) FROM seal_block WHERE book_id = $1), 0) AS last_block, p.*, {LINE_COLUMNS}
FROM head h CROSS JOIN summed s LEFT JOIN page p ON TRUE {LINE_JOIN}
ORDER BY p.entry_id DESC, p.line DESC
"""

# A busy account is in most entries of a block: read them all, or the last ones, by their keys.
OF_MEMBERS = """
    SELECT b.block_number, b.net, m.position, t.entry_id, t.line,
        CASE WHEN t.debit_id = $2 THEN t.credit_id ELSE t.debit_id END AS other_id,
        CASE WHEN t.debit_id = $2 THEN -t.amount ELSE t.amount END AS moved, t.expires_on
    FROM blocks b CROSS JOIN seal_member m CROSS JOIN transfer t
    WHERE m.book_id = $1 AND m.block_number = b.block_number AND m.position >= b.lowest
        AND t.book_id = $1 AND t.entry_id = m.entry_id
        AND ((t.debit_id = $2 AND t.debit_version IS NULL) OR (t.credit_id = $2 AND t.credit_version IS NULL))
"""
# A rare one is found through its own index: a block's entries lie between two ids, among a few of other blocks.
OF_SPANS = """
    SELECT s.block_number, s.net, (SELECT m.position FROM seal_member m
            WHERE m.book_id = $1 AND m.entry_id = t.entry_id AND m.block_number = s.block_number) AS position,
        t.entry_id, t.line, {1}, t.expires_on
    FROM (SELECT b.block_number, b.net, MIN(m.entry_id) AS lowest, MAX(m.entry_id) AS highest
        FROM blocks b CROSS JOIN seal_member m WHERE m.book_id = $1 AND m.block_number = b.block_number
        GROUP BY b.block_number, b.net) s CROSS JOIN transfer t
    WHERE t.book_id = $1 AND t.{0}_id = $2 AND t.{0}_version IS NULL
        AND t.entry_id >= s.lowest AND t.entry_id <= s.highest
"""
SEALED = f"""
WITH blocks AS MATERIALIZED (
    SELECT b.block_number, b.credits - b.debits AS net,
        CASE WHEN b.block_number = $3 THEN CAST($5 AS BIGINT) ELSE s.entries END - CAST($8 AS BIGINT) AS lowest
    FROM block_total b JOIN seal_block s ON s.book_id = b.book_id AND s.number = b.block_number
    WHERE b.book_id = $1 AND b.account_id = $2 AND b.block_number <= $3 ORDER BY b.block_number DESC LIMIT $4
), lines AS MATERIALIZED ({{lines}}), running AS (
    SELECT l.block_number, l.position, l.line, l.entry_id, l.other_id, l.moved, l.expires_on,
        CAST(l.net + l.moved - SUM(l.moved) OVER (
            PARTITION BY l.block_number ORDER BY l.position DESC, l.line DESC) AS BIGINT) AS net
    FROM lines l WHERE l.position IS NOT NULL
), page AS MATERIALIZED (
    SELECT * FROM running
    WHERE (block_number, position, line) < (CAST($3 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT))
    ORDER BY block_number DESC, position DESC, line DESC LIMIT $7
)
SELECT p.*, {LINE_COLUMNS} FROM page p {LINE_JOIN}
ORDER BY p.block_number DESC, p.position DESC, p.line DESC
"""
BUSY = SEALED.format(lines=OF_MEMBERS)
RARE = SEALED.format(
    lines=" UNION ALL ".join(
        OF_SPANS.format(side, said)
        for side, said in (
            ("debit", "t.credit_id AS other_id, -t.amount AS moved"),
            ("credit", "t.debit_id, t.amount"),
        )
    )
)


async def sealed_before(
    book_id: int, account_id: int, place: tuple[int, ...], limit: int
) -> list[Row]:
    """Return an account's sealed lines before a place, latest first; `net` is credits less debits after each."""
    block, position, line = place
    # Every block that touches an account has a line of it; the first one may lie wholly above the place.
    ways = [
        (BUSY, 1, FEW_ENTRIES * limit),
        *((BUSY, blocks, ALL) for blocks in FEW_BLOCKS),
        (RARE, limit + 1, ALL),
    ]
    for sql, blocks, entries in ways:
        rows = await fetch(sql, book_id, account_id, block, blocks, position, line, limit, entries)
        if len(rows) == limit:
            break
    return rows
