"""Hash entries again and compare them with their leaves; prove the running totals of a sealed block."""

from typing import Any

from kernel.database import fetch
from kernel.errors import N_
from ledger.accounts import placeholders
from ledger.checks import Finding
from ledger.leaf import leaf_of

BLOCK_TOTALS = """
WITH sides AS (
    SELECT t.debit_id AS account_id, t.amount AS debits, 0 AS credits FROM seal_member m
    JOIN transfer t ON t.book_id = m.book_id AND t.entry_id = m.entry_id WHERE m.book_id = $1 AND m.block_number = $2
    UNION ALL
    SELECT t.credit_id, 0, t.amount FROM seal_member m
    JOIN transfer t ON t.book_id = m.book_id AND t.entry_id = m.entry_id WHERE m.book_id = $1 AND m.block_number = $2
), moved AS (
    SELECT s.account_id, SUM(s.debits) AS debits, SUM(s.credits) AS credits FROM sides s
    JOIN account h ON h.book_id = $1 AND h.id = s.account_id AND h.floored = 0 GROUP BY s.account_id
), placed AS (
    SELECT m.*, (SELECT MAX(b.block_number) FROM block_total b WHERE b.book_id = $1 AND b.account_id = m.account_id
                 AND b.block_number < $2) AS before FROM moved m
)
SELECT a.id, a.path, a.asset FROM placed m JOIN account a ON a.book_id = $1 AND a.id = m.account_id
LEFT JOIN block_total n ON n.book_id = $1 AND n.account_id = m.account_id AND n.block_number = $2
LEFT JOIN block_total p ON p.book_id = $1 AND p.account_id = m.account_id AND p.block_number = m.before
WHERE n.account_id IS NULL OR n.debits <> COALESCE(p.debits, 0) + m.debits
   OR n.credits <> COALESCE(p.credits, 0) + m.credits ORDER BY a.path
"""


async def hash_entries(book_id: int, ids: list[int]) -> list[Finding]:
    """Return those of some entries that no longer hash to the leaf they were posted with, or sealed with."""
    if not ids:
        return []
    wanted = placeholders(len(ids), 2)
    entries = await fetch(
        "SELECT e.*, m.leaf AS sealed FROM journal_entry e LEFT JOIN seal_member m ON m.book_id = e.book_id "
        f"AND m.entry_id = e.id WHERE e.book_id = $1 AND e.id IN ({wanted}) ORDER BY e.id",
        *(book_id, *ids),
    )
    moved: dict[int, list[dict[str, Any]]] = {entry["id"]: [] for entry in entries}
    for line in await fetch(
        f"SELECT * FROM transfer WHERE book_id = $1 AND entry_id IN ({wanted})", book_id, *ids
    ):
        moved[line["entry_id"]].append(line)
    says = N_("Entry %(entry)s was altered: it no longer hashes to its leaf")
    return [
        Finding("leaves", says, {"entry": entry["id"]}, entry["id"])
        for entry in entries
        if not _holds(entry, leaf_of(entry, moved[entry["id"]]))
    ]


def _holds(entry: dict[str, Any], leaf: bytes) -> bool:
    return leaf == bytes(entry["leaf"]) and entry["sealed"] in (None, leaf)


async def prove_block(book_id: int, number: int) -> list[Finding]:
    """Return the accounts whose running total in a block is not the one before plus what the block moved."""
    says = N_(
        "The total of %(path)s (%(asset)s) in block %(block)s does not follow from the one before"
    )
    return [
        Finding(
            "block-totals",
            says,
            {"path": row["path"], "asset": row["asset"], "block": number},
            account_id=row["id"],
        )
        for row in await fetch(BLOCK_TOTALS, book_id, number)
    ]
