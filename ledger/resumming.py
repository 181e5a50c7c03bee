"""Add up floored accounts from their transfers again, a bounded number of lines at a time, and compare.

An account's versions have no gap and its lines are only ever added, so what was summed up to a version stays true while
posting goes on; only the last comparison needs balance, lots and lines as of one moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kernel.database import fetch
from kernel.errors import N_
from ledger.accounts import placeholders
from ledger.checks import Finding

BEYOND = 2**62
ACCOUNTS_AT_ONCE = 200

LINES = """
SELECT debit_id AS account_id, entry_id, amount AS debits, 0 AS credits, debit_version AS version,
       debit_balance AS balance_after, expires_on FROM transfer
WHERE book_id = $1 AND debit_version > $2 AND debit_version <= $3 AND debit_id IN ({ids})
UNION ALL
SELECT credit_id, entry_id, 0, amount, credit_version, credit_balance, expires_on FROM transfer
WHERE book_id = $1 AND credit_version > $2 AND credit_version <= $3 AND credit_id IN ({ids})
ORDER BY 1, 5
"""
UNCOUNTED = """
SELECT debit_id AS account_id, entry_id FROM transfer
WHERE book_id = $1 AND debit_version IS NULL AND debit_id IN ({ids})
UNION ALL
SELECT credit_id, entry_id FROM transfer WHERE book_id = $1 AND credit_version IS NULL AND credit_id IN ({ids})
"""


@dataclass(slots=True)
class Head:
    """A floored account with the counters it keeps: its own and those of its lots."""

    id: int
    path: str
    asset: str
    side: int
    debits: int
    credits: int
    version: int
    lots: dict[int, tuple[int, int]] | None


@dataclass(slots=True)
class Sum:
    """What the lines of one account add up to as far as they were read, and where their order first breaks."""

    account_id: int
    debits: int = 0
    credits: int = 0
    version: int = 0
    lots: dict[int, tuple[int, int]] = field(default_factory=dict)
    broken_at: int | None = None

    def add(self, line: dict[str, Any], side: int) -> None:
        """Count the account's next line."""
        self.debits += line["debits"]
        self.credits += line["credits"]
        follows = line["version"] == self.version + 1
        if not follows or line["balance_after"] != (self.credits - self.debits) * side:
            self.broken_at = self.broken_at or line["entry_id"]
        self.version = line["version"]
        if line["expires_on"] is not None:
            lot = self.lots.get(line["expires_on"], (0, 0))
            self.lots[line["expires_on"]] = lot[0] + line["debits"], lot[1] + line["credits"]


async def heads(book_id: int, after: int, limit: int = ACCOUNTS_AT_ONCE) -> list[Head]:
    """Return the next floored accounts in the order of ids, with what they keep; those never used have all zero."""
    rows = await fetch(
        "SELECT a.id, a.path, a.asset, a.side, a.lots, COALESCE(b.debits, 0) AS debits, "
        "COALESCE(b.credits, 0) AS credits, COALESCE(b.version, 0) AS version FROM account a "
        "LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id "
        "WHERE a.book_id = $1 AND a.floored = 1 AND a.id > $2 ORDER BY a.id LIMIT $3",
        *(book_id, after, limit),
    )
    found = {row["id"]: Head(**{**row, "lots": {} if row["lots"] else None}) for row in rows}
    for lot in await _lots(book_id, found):
        kept = found[lot["account_id"]].lots
        if kept is not None:
            kept[lot["expires_on"]] = lot["debits"], lot["credits"]
    return list(found.values())


async def _lots(book_id: int, ids: Iterable[int]) -> list[dict[str, Any]]:
    wanted = list(ids)
    if not wanted:
        return []
    return await fetch(
        "SELECT account_id, expires_on, debits, credits FROM lot_balance "
        f"WHERE book_id = $1 AND account_id IN ({placeholders(len(wanted), 2)})",
        *(book_id, *wanted),
    )


async def add_lines(
    book_id: int, sums: dict[int, Sum], kept: dict[int, Head], after: int, until: int
) -> int:
    """Count the lines of some accounts with versions beyond `after`, up to `until`; return how many there were."""
    ids = placeholders(len(kept), 4)
    lines = await fetch(LINES.format(ids=ids), book_id, after, until, *kept)
    for line in lines:
        sums[line["account_id"]].add(line, kept[line["account_id"]].side)
    for line in await fetch(UNCOUNTED.format(ids=placeholders(len(kept), 2)), book_id, *kept):
        sums[line["account_id"]].broken_at = line["entry_id"]
    return len(lines)


def compare(head: Head, summed: Sum) -> list[Finding]:
    """Return where an account's counters are not the sum of all of its lines."""
    members = {"path": head.path, "asset": head.asset}
    found = []
    if (head.debits, head.credits, head.version) != (summed.debits, summed.credits, summed.version):
        says = N_("The balance of %(path)s (%(asset)s) is not the sum of its transfers")
        found.append(Finding("balances", says, members, account_id=head.id))
    if summed.broken_at is not None:
        says = N_("In %(path)s the running balance breaks at entry %(entry)s")
        at = {"path": head.path, "entry": summed.broken_at}
        found.append(Finding("running-balances", says, at, summed.broken_at, head.id))
    return found + _compare_lots(head, summed)


def _compare_lots(head: Head, summed: Sum) -> list[Finding]:
    says = N_("The lot %(day)s of %(path)s is not the sum of its transfers")
    kept = head.lots or {}
    lots = summed.lots if head.lots is not None else {}
    return [
        Finding("lots", says, {"path": head.path, "day": day}, account_id=head.id)
        for day in sorted(kept.keys() | lots.keys())
        if kept.get(day, (0, 0)) != lots.get(day, (0, 0))
    ]
