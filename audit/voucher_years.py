"""Count again what everybody had of vouchers in a year, from the entries that issued them and made them void."""

from collections import defaultdict

from kernel.database import fetch
from kernel.days import day_of
from kernel.errors import N_
from ledger.books import zone_of
from ledger.checks import Finding

ISSUED = """
SELECT v.id, v.person_id, v.issued_at, v.face_fen FROM voucher v
LEFT JOIN voucher_rebinding r ON r.book_id = v.book_id AND r.successor_id = v.id
WHERE v.book_id = $1 AND r.id IS NULL
"""
PLACE_TAKEN = "SELECT successor_id, voucher_id FROM voucher_rebinding WHERE book_id = $1"
VOIDED = """
SELECT e.document_id AS id, t.amount FROM journal_entry e
JOIN transfer t ON t.book_id = e.book_id AND t.entry_id = e.id AND t.asset = 'fen'
WHERE e.book_id = $1 AND e.kind = 'VOUCHER_VOIDED' AND e.document_type = 'voucher'
"""
KEPT = "SELECT person_id, year, fen FROM voucher_year WHERE book_id = $1 ORDER BY person_id"


async def voucher_years(book_id: int) -> list[Finding]:
    """Return everybody whose year counts other money than their vouchers come to."""
    zone = await zone_of(book_id)
    had: dict[tuple[int, int], int] = defaultdict(int)
    whose: dict[int, tuple[int, int]] = {}
    for row in await fetch(ISSUED, book_id):
        whose[row["id"]] = (row["person_id"], day_of(row["issued_at"], zone) // 10_000)
        had[whose[row["id"]]] += row["face_fen"]
    before = {row["successor_id"]: row["voucher_id"] for row in await fetch(PLACE_TAKEN, book_id)}
    for row in await fetch(VOIDED, book_id):
        first = row["id"]
        while first in before:
            first = before[first]
        had[whose[first]] -= int(row["amount"])
    words = N_(
        "Person %(person)s had %(said)s fen of vouchers in %(year)s, by the vouchers %(made)s"
    )
    return [
        Finding(
            "documents",
            words,
            {
                "person": row["person_id"],
                "said": row["fen"],
                "year": row["year"],
                "made": had[row["person_id"], row["year"]],
            },
        )
        for row in await fetch(KEPT, book_id)
        if row["fen"] != had[row["person_id"], row["year"]]
    ]
