"""Prove the books again from their rows. A check reports every finding; it never raises and never repairs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from kernel.database import fetch
from kernel.errors import N_
from ledger.chart import AccountName, in_chart
from ledger.leaf import VERSION, leaf_of, reason_hash

PAGE = 2_000

SIDES = """
SELECT debit_id AS account_id, entry_id, line, amount AS debits, 0 AS credits, debit_version AS version,
       debit_balance AS balance_after, expires_on FROM transfer WHERE book_id = $1
UNION ALL
SELECT credit_id, entry_id, line, 0, amount, credit_version, credit_balance, expires_on FROM transfer WHERE book_id = $1
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the rules say: which check found it, where, and in which words."""

    check: str
    says: str
    members: dict[str, Any] = field(default_factory=dict)
    entry_id: int | None = None
    account_id: int | None = None

    def __str__(self) -> str:
        """Return the finding in English."""
        return self.says % self.members


Check = Callable[[int], Awaitable[list[Finding]]]


async def accounts(book_id: int) -> list[Finding]:
    """Every account is in the chart, with the type, floor and lots that the chart gives it."""
    rows = await fetch(
        "SELECT id, path, asset, type, floored, lots FROM account WHERE book_id = $1 ORDER BY path",
        book_id,
    )
    says = N_("The account %(path)s (%(asset)s) is not as the chart of accounts says")
    return [
        Finding("accounts", says, {"path": r["path"], "asset": r["asset"]}, account_id=r["id"])
        for r in rows
        if not _as_charted(r)
    ]


def _as_charted(row: dict[str, Any]) -> bool:
    kept = in_chart(AccountName(row["path"], row["asset"]))
    found = row["type"], bool(row["floored"]), bool(row["lots"])
    return kept is not None and found == (kept.type, kept.floored, kept.lots)


async def balances(book_id: int) -> list[Finding]:
    """Every balance and its version is the sum and the count of the account's transfers."""
    rows = await fetch(
        f"WITH sides AS ({SIDES}), sums AS (SELECT account_id, SUM(debits) AS debits, SUM(credits) AS credits, "
        "COUNT(*) AS lines, MAX(version) AS top, COUNT(version) AS numbered FROM sides GROUP BY account_id) "
        "SELECT a.id, a.path, a.asset FROM account a "
        "LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id LEFT JOIN sums s ON s.account_id = a.id "
        "WHERE a.book_id = $1 AND ((a.floored = 0 AND (b.account_id IS NOT NULL OR COALESCE(s.numbered, 0) > 0)) "
        "OR (a.floored = 1 AND (b.account_id IS NULL OR b.debits <> COALESCE(s.debits, 0) "
        "OR b.credits <> COALESCE(s.credits, 0) OR b.version <> COALESCE(s.lines, 0) "
        "OR b.version <> COALESCE(s.top, 0)))) ORDER BY a.path",
        book_id,
    )
    says = N_("The balance of %(path)s (%(asset)s) is not the sum of its transfers")
    return [
        Finding("balances", says, {"path": r["path"], "asset": r["asset"]}, account_id=r["id"])
        for r in rows
    ]


async def running_balances(book_id: int) -> list[Finding]:
    """Within an account the versions are 1, 2, 3 … and each running balance follows from the one before."""
    rows = await fetch(
        f"WITH sides AS ({SIDES}), steps AS (SELECT s.*, a.path, a.side, "
        "ROW_NUMBER() OVER (PARTITION BY s.account_id ORDER BY s.version) AS place, "
        "SUM(s.credits - s.debits) OVER (PARTITION BY s.account_id ORDER BY s.version) AS total "
        "FROM sides s JOIN account a ON a.book_id = $1 AND a.id = s.account_id WHERE a.floored = 1) "
        "SELECT entry_id, account_id, path FROM steps "
        "WHERE version IS NULL OR version <> place OR balance_after <> total * side ORDER BY account_id, place",
        book_id,
    )
    says = N_("In %(path)s the running balance breaks at entry %(entry)s")
    return [
        Finding(
            "running-balances",
            says,
            {"path": r["path"], "entry": r["entry_id"]},
            r["entry_id"],
            r["account_id"],
        )
        for r in rows
    ]


async def lots(book_id: int) -> list[Finding]:
    """Every lot is the sum of the transfers that name it, and an account's lots make up its balance."""
    rows = await fetch(
        f"WITH sides AS ({SIDES}), kept_and_moved AS ("
        "SELECT account_id, expires_on, debits, credits, 0 AS moved_debits, 0 AS moved_credits "
        "FROM lot_balance WHERE book_id = $1 UNION ALL "
        "SELECT s.account_id, s.expires_on, 0, 0, s.debits, s.credits FROM sides s "
        "JOIN account a ON a.book_id = $1 AND a.id = s.account_id WHERE a.lots = 1) "
        "SELECT b.account_id, b.expires_on, a.path FROM kept_and_moved b "
        "JOIN account a ON a.book_id = $1 AND a.id = b.account_id GROUP BY b.account_id, b.expires_on, a.path "
        "HAVING SUM(debits) <> SUM(moved_debits) OR SUM(credits) <> SUM(moved_credits) OR b.expires_on IS NULL",
        book_id,
    )
    says = N_("The lot %(day)s of %(path)s is not the sum of its transfers")
    return [
        Finding(
            "lots", says, {"path": r["path"], "day": r["expires_on"]}, account_id=r["account_id"]
        )
        for r in rows
    ]


async def orphans(book_id: int) -> list[Finding]:
    """Every transfer, key and place in the queue belongs to an entry, and every entry has transfers and one place."""
    rows = await fetch(
        "SELECT x.entry_id, x.kept_in FROM ("
        "SELECT book_id, entry_id, 'transfer' AS kept_in FROM transfer UNION "
        "SELECT book_id, entry_id, 'idempotency' FROM idempotency WHERE entry_id IS NOT NULL UNION "
        "SELECT book_id, entry_id, 'seal_queue' FROM seal_queue UNION "
        "SELECT book_id, entry_id, 'seal_member' FROM seal_member UNION "
        "SELECT book_id, entry_id, 'entry_reason' FROM entry_reason) x "
        "LEFT JOIN journal_entry e ON e.book_id = x.book_id AND e.id = x.entry_id "
        "WHERE x.book_id = $1 AND e.id IS NULL ORDER BY x.entry_id",
        book_id,
    )
    says = N_("Entry %(entry)s is gone, but %(table)s still names it")
    gone = [
        Finding("orphans", says, {"entry": r["entry_id"], "table": r["kept_in"]}, r["entry_id"])
        for r in rows
    ]
    return gone + await _incomplete(book_id)


async def _incomplete(book_id: int) -> list[Finding]:
    rows = await fetch(
        "SELECT e.id FROM journal_entry e WHERE e.book_id = $1 AND ("
        "NOT EXISTS (SELECT 1 FROM transfer t WHERE t.book_id = e.book_id AND t.entry_id = e.id) OR "
        "(SELECT COUNT(*) FROM seal_queue q WHERE q.book_id = e.book_id AND q.entry_id = e.id) + "
        "(SELECT COUNT(*) FROM seal_member m WHERE m.book_id = e.book_id AND m.entry_id = e.id) <> 1) ORDER BY e.id",
        book_id,
    )
    says = N_(
        "Entry %(entry)s has no transfers, or is not exactly once sealed or waiting to be sealed"
    )
    return [Finding("incomplete", says, {"entry": row["id"]}, row["id"]) for row in rows]


async def leaves(book_id: int) -> list[Finding]:
    """Every entry still hashes to the leaf that was computed when it was posted, and every reason to its hash."""
    findings = []
    async for entry, transfers in stored_entries(book_id):
        known = entry["leaf_version"] == VERSION
        if not known or leaf_of(entry, transfers) != bytes(entry["leaf"]):
            says = N_("Entry %(entry)s was altered: it no longer hashes to its leaf")
            findings.append(Finding("leaves", says, {"entry": entry["id"]}, entry["id"]))
        elif (
            entry["reason"] is not None
            and reason_hash(entry["salt"], entry["reason"]) != entry["reason_hash"]
        ):
            says = N_("The reason of entry %(entry)s was altered")
            findings.append(Finding("reasons", says, {"entry": entry["id"]}, entry["id"]))
    return findings


async def leaf_holds(book_id: int, entry_id: int) -> bool:
    """Say whether one entry still hashes to the leaf its receipt shows."""
    entries = await fetch(
        "SELECT * FROM journal_entry WHERE book_id = $1 AND id = $2", book_id, entry_id
    )
    transfers = await fetch(
        "SELECT * FROM transfer WHERE book_id = $1 AND entry_id = $2", book_id, entry_id
    )
    return all(leaf_of(entry, transfers) == bytes(entry["leaf"]) for entry in entries)


async def stored_entries(
    book_id: int,
) -> AsyncIterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield every entry with its transfers in the order of ids, a page at a time."""
    last = 0
    while True:
        entries = await fetch(
            "SELECT e.*, r.salt, r.reason FROM journal_entry e "
            "LEFT JOIN entry_reason r ON r.book_id = e.book_id AND r.entry_id = e.id "
            "WHERE e.book_id = $1 AND e.id > $2 ORDER BY e.id LIMIT $3",
            *(book_id, last, PAGE),
        )
        if not entries:
            return
        transfers: dict[int, list[dict[str, Any]]] = {entry["id"]: [] for entry in entries}
        for transfer in await fetch(
            "SELECT * FROM transfer WHERE book_id = $1 AND entry_id > $2 AND entry_id <= $3",
            *(book_id, last, entries[-1]["id"]),
        ):
            transfers.setdefault(transfer["entry_id"], []).append(transfer)
        for entry in entries:
            yield entry, transfers[entry["id"]]
        last = entries[-1]["id"]


CHECKS: tuple[Check, ...] = (leaves, orphans, accounts, balances, running_balances, lots)


async def check(book_id: int) -> list[Finding]:
    """Run every check over one book and return all findings."""
    return [finding for each in CHECKS for finding in await each(book_id)]


async def count_entries(book_id: int) -> int:
    """Return how many entries a book has."""
    rows = await fetch("SELECT COUNT(*) AS entries FROM journal_entry WHERE book_id = $1", book_id)
    return int(rows[0]["entries"])
