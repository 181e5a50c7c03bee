"""What partners are owed month by month, as the books have it, and settlements held against that."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from kernel.database import fetch
from kernel.days import day_of, month_end, plus_months
from kernel.errors import N_
from ledger.books import zone_of
from ledger.checks import Finding
from ledger.periods import month_words

# What was given is a debit of the company's own accounts, what became of it a credit. A use that was undone at the desk
# takes its own credit back; one corrected after settling is a debit of what the company owes back.
MOVED = """
SELECT a.path, e.booked_on / 100 AS month, SUM(m.amount) AS fen FROM (
    SELECT entry_id, debit_id AS account_id, amount FROM transfer WHERE book_id = $1 AND asset = 'fen'
    UNION ALL SELECT entry_id, credit_id, -amount FROM transfer WHERE book_id = $1 AND asset = 'fen') m
JOIN journal_entry e ON e.book_id = $1 AND e.id = m.entry_id
JOIN account a ON a.book_id = $1 AND a.id = m.account_id
WHERE e.kind NOT IN ('SETTLEMENT_OPENED', 'SETTLEMENT_PAID') AND (a.path LIKE 'vouchers:%:%'
    OR a.path LIKE '%:payable' OR a.path LIKE '%:owed-back'
    OR a.path LIKE 'services:%:rendered' OR a.path LIKE 'merchant:%:discounts')
GROUP BY a.path, e.booked_on / 100
"""
ON_VOUCHERS = """
SELECT v.company_id, SUM(b.credits - b.debits) AS fen FROM voucher v
JOIN account a ON a.book_id = v.book_id AND a.path = 'voucher:' || v.id AND a.asset = 'fen'
JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id
WHERE v.book_id = $1 GROUP BY v.company_id
"""
USED = """
SELECT u.settled_in_id, e.occurred_at, t.amount FROM journal_entry e
JOIN (SELECT id, settled_in_id, 'voucher_use' AS said FROM voucher_use WHERE book_id = $1 UNION ALL
    SELECT id, settled_in_id, 'service_use' FROM service_use WHERE book_id = $1) u
    ON u.id = e.document_id AND u.said = e.document_type
JOIN transfer t ON t.book_id = e.book_id AND t.entry_id = e.id
JOIN account a ON a.book_id = t.book_id AND a.id = t.credit_id AND a.path LIKE '%:payable'
LEFT JOIN journal_entry r ON r.book_id = e.book_id AND r.reverses_id = e.id
WHERE e.book_id = $1 AND e.kind IN ('VOUCHER_USED', 'SERVICE_RENDERED') AND r.id IS NULL
    AND u.settled_in_id IS NOT NULL
"""
PAYABLE = """
SELECT c.id, COALESCE(u.fen, 0) AS said, COALESCE(b.credits - b.debits, 0) AS made FROM property_company c
LEFT JOIN (SELECT company_id, SUM(amount_fen) AS fen FROM (
    SELECT company_id, amount_fen, undone_at, settled_in_id FROM voucher_use WHERE book_id = $1 UNION ALL
    SELECT company_id, amount_fen, undone_at, settled_in_id FROM service_use WHERE book_id = $1) o
    WHERE undone_at IS NULL AND settled_in_id IS NULL GROUP BY company_id) u ON u.company_id = c.id
LEFT JOIN account a ON a.book_id = c.book_id AND a.path = c.trade || ':' || c.id || ':payable' AND a.asset = 'fen'
LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id
WHERE c.book_id = $1 ORDER BY c.id
"""
SETTLED = """
SELECT id, company_id, month, amount_fen + owed_back_fen AS fen FROM settlement
WHERE book_id = $1 AND state <> 'draft' ORDER BY id
"""
NAMES = {
    "issued": "issued",
    "void": "void",
    "expired": "expired",
    "payable": "used",
    "rendered": "listed",
    "discounts": "discounts",
    "owed-back": "corrected",
}
DEBITS = frozenset({"issued", "rendered", "owed-back"})


@dataclass(frozen=True, slots=True)
class Figures:
    """What a partner was owed in one month, in fen. Of vouchers, `before` was outstanding when it began.

    `used` is less what was undone in the month, `corrected` what came back of settled months. Of services, `listed` is
    what they cost at list prices and `discounts` what the merchant gave of that, each less what was taken back.
    """

    company_id: int
    month: int
    before: int = 0
    issued: int = 0
    used: int = 0
    corrected: int = 0
    void: int = 0
    expired: int = 0
    listed: int = 0
    discounts: int = 0
    of_services: bool = False

    @property
    def residents(self) -> int:
        """Return what residents paid the merchant directly."""
        return self.listed - self.discounts - self.used + self.corrected

    @property
    def outstanding(self) -> int:
        """Return what was still on vouchers when the month ended."""
        if self.of_services:
            return 0
        gone = self.used - self.corrected + self.void + self.expired
        return self.before + self.issued - gone


async def figures(book_id: int) -> dict[tuple[int, int], Figures]:
    """Return the figures of each partner by (its id, last day of the month), every month since its first, in order."""
    merchants = set()
    moved: dict[tuple[int, int], dict[str, Any]] = defaultdict(dict)
    for row in await fetch(MOVED, book_id):
        whose, company, name = row["path"].split(":")
        month = month_end(row["month"] * 100 + 1)
        moved[int(company), month][NAMES[name]] = int(row["fen"]) * (1 if name in DEBITS else -1)
        if whose in ("merchant", "services"):
            merchants.add(int(company))
    found: dict[tuple[int, int], Figures] = {}
    last = max((month for _, month in moved), default=0)
    for company in sorted({company for company, _ in moved}):
        month = min(month for whose, month in moved if whose == company)
        before = 0
        while month <= last:
            blank = Figures(company, month, before, of_services=company in merchants)
            this = replace(blank, **moved.get((company, month), {}))
            found[company, month] = this
            before, month = this.outstanding, plus_months(month, 1)
    return found


async def settled(book_id: int) -> list[Finding]:
    """Return settlements that are not what the books say was used, and partners for whom something does not add up."""
    used: dict[int, int] = defaultdict(int)
    latest: dict[int, int] = defaultdict(int)
    zone = await zone_of(book_id)
    for row in await fetch(USED, book_id):
        used[row["settled_in_id"]] += row["amount"]
        latest[row["settled_in_id"]] = max(latest[row["settled_in_id"]], row["occurred_at"])
    findings = []
    for row in await fetch(SETTLED, book_id):
        in_books = used[row["id"]]
        if int(row["fen"]) != in_books:
            findings.append(_not_the_month(row["id"], row["month"], int(row["fen"]), in_books))
        if latest[row["id"]] and day_of(latest[row["id"]], zone) > row["month"]:
            findings.append(_not_yet(row["id"], row["month"]))
    return findings + await _not_adding_up(book_id) + await _not_payable(book_id)


def _not_the_month(settlement_id: int, month: int, said: int, in_books: int) -> Finding:
    words = N_(
        "Settlement %(document)s of %(month)s says %(said)s fen were used, the books say %(made)s"
    )
    told = {"document": settlement_id, "month": month_words(month), "said": said, "made": in_books}
    return Finding("documents", words, told)


def _not_yet(settlement_id: int, month: int) -> Finding:
    words = N_("Settlement %(document)s of %(month)s pays for something of a later month")
    told = {"document": settlement_id, "month": month_words(month)}
    return Finding("documents", words, told)


async def _not_payable(book_id: int) -> list[Finding]:
    """Find partners who are owed something else than what they took and no settlement pays for."""
    words = N_(
        "Partner %(document)s is owed %(said)s fen for what is not settled, the books say %(made)s"
    )
    return [
        Finding(
            "documents",
            words,
            {"document": row["id"], "said": int(row["said"]), "made": int(row["made"])},
        )
        for row in await fetch(PAYABLE, book_id)
        if int(row["said"]) != int(row["made"])
    ]


async def _not_adding_up(book_id: int) -> list[Finding]:
    """Find companies where what was issued is not what was used, is void, expired or still stands on vouchers."""
    last = {company: each.outstanding for (company, _), each in (await figures(book_id)).items()}
    on_vouchers = {row["company_id"]: int(row["fen"]) for row in await fetch(ON_VOUCHERS, book_id)}
    words = N_(
        "Of the vouchers of company %(document)s %(said)s fen should be left, %(made)s fen stand on them"
    )
    return [
        Finding(
            "documents",
            words,
            {
                "document": company,
                "said": last.get(company, 0),
                "made": on_vouchers.get(company, 0),
            },
        )
        for company in sorted(last.keys() | on_vouchers.keys())
        if last.get(company, 0) != on_vouchers.get(company, 0)
    ]
