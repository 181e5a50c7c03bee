"""Tie every document to its journal entries, and every entry to its document.

For each kind of document: what it says was moved must be what its entries moved, reversals included.
"""

from collections.abc import Iterable
from typing import Any

from audit.approved import approvals
from audit.awarded import awarded
from audit.closings import closings
from audit.exchanged import exchanged
from audit.joined import Joinings, joined, joinings
from audit.new_items import new_items
from audit.on_paper import SHEET_TIES, on_paper
from audit.partner_ties import PARTNER_TIES
from audit.reserved import REDEEMED_TIES, RESERVED_SUMS, reserved
from audit.scanned import scanned
from audit.settled import settled
from audit.shelves import relief, signatures
from audit.stock_months import lots_tie
from audit.sums import SUMS
from audit.ties import TIES, Tie
from audit.voucher_years import voucher_years
from audit.witnessed import witnessed
from kernel.database import Row, fetch
from kernel.errors import N_
from ledger.checks import Finding

ALL_TIES = (*TIES, *REDEEMED_TIES, *SHEET_TIES, *PARTNER_TIES)
MOVED = """
SELECT e.document_id AS id, a.path, SUM(m.amount) AS amount FROM (
    SELECT entry_id, debit_id AS account_id, amount FROM transfer WHERE book_id = $1
    UNION ALL SELECT entry_id, credit_id, -amount FROM transfer WHERE book_id = $1) m
JOIN journal_entry e ON e.book_id = $1 AND e.id = m.entry_id
JOIN account a ON a.book_id = $1 AND a.id = m.account_id
WHERE e.document_type = $2 AND a.path LIKE $3 GROUP BY e.document_id, a.path
"""


async def reconcile(book_id: int) -> list[Finding]:
    """Return every document and entry that do not say the same."""
    known = await joinings(book_id)
    findings = [finding for tie in ALL_TIES for finding in await _untied(book_id, tie, known)]
    findings += await _others_accounts(book_id, known)
    for table, unit, sums in (*SUMS, *RESERVED_SUMS):
        findings += await _wrong_sums(book_id, table, unit, sums)
    checks = (
        _strange_entries,
        _voucher_balances,
        _hold_balances,
        approvals,
        awarded,
        witnessed,
        scanned,
        settled,
        voucher_years,
        exchanged,
        on_paper,
        relief,
        new_items,
        signatures,
        lots_tie,
        reserved,
        closings,
        joined,
    )
    for find in checks:
        findings += await find(book_id)
    return findings


async def _untied(book_id: int, tie: Tie, known: Joinings) -> list[Finding]:
    said = _summed(await fetch(tie.says, book_id), tie, known)
    moved = _summed(await fetch(MOVED, book_id, tie.table, tie.accounts), tie, known, tie.sign)
    words = N_("%(table)s %(document)s says %(said)s %(unit)s, its entries moved %(moved)s")
    return [
        Finding(
            "documents",
            words,
            {
                "table": tie.table,
                "document": one[0],
                "said": said.get(one, 0),
                "unit": tie.words,
                "moved": moved.get(one, 0),
            },
        )
        for one in sorted(said.keys() | moved.keys())
        if said.get(one, 0) != moved.get(one, 0)
    ]


def _summed(
    rows: Iterable[Row], tie: Tie, known: Joinings, sign: int = 1
) -> dict[tuple[int, str], int]:
    """Sum by document and account; what papers of a joined record moved, its survivor's accounts moved."""
    sums: dict[tuple[int, str], int] = {}
    for row in rows:
        # Between whom a joining itself moves what, it says to the point.
        path = row["path"] if tie.table == "life_event" else known.folded(row["path"])
        place = (row["id"], path)
        sums[place] = sums.get(place, 0) + int(row["amount"]) * sign
    return sums


async def _wrong_sums(book_id: int, table: str, unit: str, sums: str) -> list[Finding]:
    rows = await fetch(f"SELECT * FROM ({sums}) kept WHERE said <> made ORDER BY id", book_id)
    words = N_("%(table)s %(document)s says %(said)s %(unit)s, its papers make %(made)s")
    return [
        Finding(
            "documents",
            words,
            {
                "table": table,
                "document": row["id"],
                "said": row["said"],
                "unit": unit,
                "made": int(row["made"]),
            },
        )
        for row in rows
    ]


async def _strange_entries(book_id: int) -> list[Finding]:
    """Find entries whose document is not there."""
    tables = sorted({"hold", *(tie.table for tie in ALL_TIES)})
    known = " UNION ALL ".join(
        f"SELECT '{table}' AS document_type, id FROM {table} WHERE book_id = $1" for table in tables
    )
    # What is about nobody's paper is about a person: points that expired, were given away or written off.
    known += " UNION ALL SELECT 'person', person_id FROM membership WHERE book_id = $1"
    rows = await fetch(
        f"WITH known AS ({known}) SELECT e.id, e.document_type, e.document_id FROM journal_entry e "
        "LEFT JOIN known k ON k.document_type = e.document_type AND k.id = e.document_id "
        "WHERE e.book_id = $1 AND k.id IS NULL ORDER BY e.id",
        book_id,
    )
    words = N_("Entry %(entry)s names %(table)s %(document)s, which is not there")
    return [_about(row, words) for row in rows]


async def _others_accounts(book_id: int, known: Joinings) -> list[Finding]:
    """Find entries that moved something of a volunteer whom their document does not name, nor its record led to.

    Who pays an exchange, and between whom an event moves what, their ties say to the point.
    """
    papers = " UNION ALL ".join(
        f"SELECT '{table}' AS document_type, id, person_id FROM {table} WHERE book_id = $1"
        for table in ("attendance", "voucher", "hold", "service_use", "points_gift")
    )
    papers += " UNION ALL SELECT 'person', person_id, person_id FROM membership WHERE book_id = $1"
    papers += " UNION ALL SELECT 'approval', id, beneficiary_id FROM approval WHERE book_id = $1"
    rows = await fetch(
        f"WITH papers AS ({papers}), moves AS ("
        "SELECT entry_id, debit_id AS account_id FROM transfer WHERE book_id = $1 UNION "
        "SELECT entry_id, credit_id FROM transfer WHERE book_id = $1) "
        "SELECT DISTINCT e.id, e.document_type, e.document_id, e.posted_at, p.person_id, a.path FROM journal_entry e "
        "JOIN papers p ON p.document_type = e.document_type AND p.id = e.document_id "
        "JOIN moves m ON m.entry_id = e.id JOIN account a ON a.book_id = $1 AND a.id = m.account_id "
        "WHERE e.book_id = $1 AND a.path LIKE 'volunteer:%' "
        "AND a.path NOT LIKE 'volunteer:' || p.person_id || ':%' ORDER BY e.id",
        book_id,
    )
    words = N_("Entry %(entry)s moved something of somebody else than %(table)s %(document)s names")
    others = (
        row for row in rows if not known.led_on(row["person_id"], row["path"], row["posted_at"])
    )
    return [_about(row, words) for row in {each["id"]: each for each in others}.values()]


def _about(row: dict[str, Any], words: str) -> Finding:
    told = {"entry": row["id"], "table": row["document_type"], "document": row["document_id"]}
    return Finding("documents", words, told, entry_id=row["id"])


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


async def _hold_balances(book_id: int) -> list[Finding]:
    """Find holds whose paper and account do not hold the same points."""
    rows = await fetch(
        "SELECT h.id, h.amount - h.captured - h.released AS said, COALESCE(b.credits - b.debits, 0) AS held "
        "FROM hold h LEFT JOIN account a ON a.book_id = h.book_id AND a.path = 'hold:' || h.id AND a.asset = 'points' "
        "LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id "
        "WHERE h.book_id = $1 AND h.amount - h.captured - h.released <> COALESCE(b.credits - b.debits, 0) "
        "ORDER BY h.id",
        book_id,
    )
    words = N_("Hold %(hold)s says %(said)s points are set aside, its account holds %(held)s")
    return [
        Finding("documents", words, {"hold": r["id"], "said": r["said"], "held": int(r["held"])})
        for r in rows
    ]
