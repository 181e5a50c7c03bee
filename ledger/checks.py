"""Prove the books again from their rows: all of them in one pass, or one part with the database's own sums."""

from collections.abc import Awaitable, Callable

from kernel.database import fetch
from kernel.errors import N_
from ledger.findings import Finding
from ledger.stored import holds, read_entries
from ledger.verifying import prove

__all__ = ["Check", "Finding", "balances", "check", "count_entries", "leaf_holds", "lots"]

SIDES = """
SELECT debit_id AS account_id, entry_id, line, amount AS debits, 0 AS credits, debit_version AS version,
       debit_balance AS balance_after, expires_on FROM transfer WHERE book_id = $1
UNION ALL
SELECT credit_id, entry_id, line, 0, amount, credit_version, credit_balance, expires_on FROM transfer WHERE book_id = $1
"""

Check = Callable[[int], Awaitable[list[Finding]]]


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


async def leaf_holds(book_id: int, entry_id: int) -> bool:
    """Say whether one entry still hashes to the leaf its receipt shows."""
    return all(map(holds, (await read_entries(book_id, [entry_id])).values()))


async def check(book_id: int) -> list[Finding]:
    """Prove a book and return all findings; checkpoints, and whether the sealer keeps up, are `caihong verify`'s."""
    proven = await prove(book_id)
    return [finding for finding in proven.findings if finding.check != "unsealed"]


async def count_entries(book_id: int) -> int:
    """Return how many entries a book has."""
    rows = await fetch("SELECT COUNT(*) AS entries FROM journal_entry WHERE book_id = $1", book_id)
    return int(rows[0]["entries"])
