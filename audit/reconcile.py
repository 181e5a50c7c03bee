"""Tie every document to its journal entries, and every entry to its document.

For each kind of document: what it says was moved must be what its entries moved, reversals included.
"""

from dataclasses import dataclass

from kernel.database import fetch
from kernel.errors import N_
from ledger.checks import Finding


@dataclass(frozen=True, slots=True)
class Tie:
    """What documents of one table say of an amount, and the accounts whose net debit must say the same.

    `sign` is -1 where the accounts are credited.
    """

    table: str
    words: str
    accounts: str
    sign: int
    says: str


TIES = (
    Tie(
        *("attendance", N_("points"), "points:issued", 1),
        "SELECT id, CASE WHEN state = 'verified' THEN points_awarded ELSE 0 END AS amount "
        "FROM attendance WHERE book_id = $1",
    ),
    Tie(
        *("attendance", N_("minutes"), "service:rendered", 1),
        "SELECT id, CASE WHEN state = 'verified' THEN minutes_worked ELSE 0 END AS amount "
        "FROM attendance WHERE book_id = $1",
    ),
    Tie(
        *("redemption", N_("points"), "shop:%:redeemed", -1),
        "SELECT id, CASE WHEN state = 'done' THEN points_total - points_refunded ELSE 0 END AS amount "
        "FROM redemption WHERE book_id = $1",
    ),
    Tie(
        *("redemption", N_("pieces"), "shop:%:handed-out:%", 1),
        "SELECT r.id, SUM(CASE WHEN r.state = 'done' THEN l.quantity - l.quantity_refunded ELSE 0 END) AS amount "
        "FROM redemption r JOIN redemption_line l ON l.book_id = r.book_id AND l.redemption_id = r.id "
        "WHERE r.book_id = $1 GROUP BY r.id",
    ),
    Tie(
        *("stock_lot", N_("pieces"), "shop:%:received:%", -1),
        "SELECT id, quantity_received AS amount FROM stock_lot WHERE book_id = $1",
    ),
    Tie(
        *("voucher", N_("fen"), "vouchers:%:issued", 1),
        "SELECT id, face_fen AS amount FROM voucher WHERE book_id = $1",
    ),
    Tie(
        *("voucher", N_("points"), "points:for-vouchers", -1),
        "SELECT id, points_paid - points_returned AS amount FROM voucher WHERE book_id = $1",
    ),
    Tie(
        *("voucher_use", N_("fen"), "property:%:payable", -1),
        "SELECT id, CASE WHEN undone_at IS NULL THEN amount_fen ELSE 0 END AS amount "
        "FROM voucher_use WHERE book_id = $1",
    ),
)

MOVED = """
SELECT e.document_id, SUM(CASE WHEN d.path LIKE $3 THEN t.amount ELSE 0 END)
    - SUM(CASE WHEN c.path LIKE $3 THEN t.amount ELSE 0 END) AS amount
FROM journal_entry e
JOIN transfer t ON t.book_id = e.book_id AND t.entry_id = e.id
JOIN account d ON d.book_id = t.book_id AND d.id = t.debit_id
JOIN account c ON c.book_id = t.book_id AND c.id = t.credit_id
WHERE e.book_id = $1 AND e.document_type = $2 AND (d.path LIKE $3 OR c.path LIKE $3) GROUP BY e.document_id
"""


async def reconcile(book_id: int) -> list[Finding]:
    """Return every document and entry that do not say the same."""
    findings = [finding for tie in TIES for finding in await _untied(book_id, tie)]
    return findings + await _strange_entries(book_id) + await _voucher_balances(book_id)


async def _untied(book_id: int, tie: Tie) -> list[Finding]:
    says = {row["id"]: int(row["amount"]) for row in await fetch(tie.says, book_id)}
    rows = await fetch(MOVED, book_id, tie.table, tie.accounts)
    moved = {row["document_id"]: int(row["amount"]) * tie.sign for row in rows}
    wrong = [
        (document, says.get(document, 0), moved.get(document, 0))
        for document in sorted(says.keys() | moved.keys())
        if says.get(document, 0) != moved.get(document, 0)
    ]
    words = N_("%(table)s %(document)s says %(said)s %(unit)s, its entries moved %(moved)s")
    return [
        Finding(
            "documents",
            words,
            {
                "table": tie.table,
                "document": document,
                "said": said,
                "unit": tie.words,
                "moved": did,
            },
        )
        for document, said, did in wrong
    ]


async def _strange_entries(book_id: int) -> list[Finding]:
    """Find entries whose document is not there."""
    tables = sorted({tie.table for tie in TIES})
    known = " UNION ALL ".join(
        f"SELECT '{table}' AS document_type, id FROM {table} WHERE book_id = $1" for table in tables
    )
    rows = await fetch(
        f"WITH known AS ({known}) SELECT e.id, e.document_type, e.document_id FROM journal_entry e "
        "LEFT JOIN known k ON k.document_type = e.document_type AND k.id = e.document_id "
        "WHERE e.book_id = $1 AND k.id IS NULL ORDER BY e.id",
        book_id,
    )
    words = N_("Entry %(entry)s names %(table)s %(document)s, which is not there")
    return [
        Finding(
            "documents",
            words,
            {"entry": row["id"], "table": row["document_type"], "document": row["document_id"]},
            entry_id=row["id"],
        )
        for row in rows
    ]


async def _voucher_balances(book_id: int) -> list[Finding]:
    """Find vouchers whose paper and account do not hold the same money."""
    rows = await fetch(
        "SELECT v.id, v.serial, v.remaining_fen, COALESCE(b.credits - b.debits, 0) AS held FROM voucher v "
        "LEFT JOIN account a ON a.book_id = v.book_id AND a.path = 'voucher:' || v.id AND a.asset = 'fen' "
        "LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id "
        "WHERE v.book_id = $1 AND v.remaining_fen <> COALESCE(b.credits - b.debits, 0) ORDER BY v.id",
        book_id,
    )
    words = N_("Voucher %(serial)s says %(said)s fen are left, its account holds %(held)s")
    return [
        Finding(
            "documents",
            words,
            {"serial": r["serial"], "said": r["remaining_fen"], "held": int(r["held"])},
        )
        for r in rows
    ]
