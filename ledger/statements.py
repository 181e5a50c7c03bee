"""Read the books: balances, statements, the lines of an entry, the trial balance."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kernel.database import fetch
from kernel.errors import NotFound
from ledger.accounts import placeholders
from ledger.chart import AccountName
from ledger.post import Holding, Line, Lot, RequestKey

PAGE = 50

# A house account keeps no balance row: its last sealed total, plus the transfers of entries not yet sealed.
HOUSE_MOVEMENTS = """
SELECT account_id, SUM(debits) AS debits, SUM(credits) AS credits FROM (
    SELECT t.account_id, t.debits, t.credits FROM block_total t
    JOIN (SELECT account_id, MAX(block_number) AS block_number FROM block_total
          WHERE book_id = $1 GROUP BY account_id) last
      ON last.account_id = t.account_id AND last.block_number = t.block_number
    WHERE t.book_id = $1
    UNION ALL
    SELECT t.debit_id, t.amount, 0 FROM transfer t
    JOIN seal_queue q ON q.book_id = t.book_id AND q.entry_id = t.entry_id WHERE t.book_id = $1
    UNION ALL
    SELECT t.credit_id, 0, t.amount FROM transfer t
    JOIN seal_queue q ON q.book_id = t.book_id AND q.entry_id = t.entry_id WHERE t.book_id = $1
) movements GROUP BY account_id
"""


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """One row of a trial balance: what was ever debited and credited, and the balance on the normal side."""

    account_id: int
    name: AccountName
    type: str
    side: int
    debits: int
    credits: int

    @property
    def balance(self) -> int:
        """Return the balance on the account's normal side."""
        return (self.credits - self.debits) * self.side


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One transfer as its account sees it: positive where the account's balance grew."""

    entry_id: int
    line: int
    kind: str
    occurred_at: int
    booked_on: int
    posted_at: int
    document_type: str
    document_id: int
    reason_code: str | None
    other: AccountName
    amount: int
    expires_on: int | None
    balance_after: int | None
    version: int | None


async def holdings(book_id: int, names: Iterable[AccountName]) -> dict[AccountName, Holding]:
    """Return what floored accounts hold now, lots included; an account never used holds nothing."""
    wanted = sorted(set(names))
    found = {name: Holding() for name in wanted}
    if not wanted:
        return found
    rows = await fetch(
        "SELECT a.path, a.asset, (b.credits - b.debits) * b.side AS balance, l.expires_on, "
        "l.credits - l.debits AS lot FROM account a "
        "JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id "
        "LEFT JOIN lot_balance l ON l.book_id = a.book_id AND l.account_id = a.id AND l.credits > l.debits "
        f"WHERE a.book_id = $1 AND a.path IN ({placeholders(len(wanted), 2)}) ORDER BY l.expires_on",
        *(book_id, *(name.path for name in wanted)),
    )
    for row in rows:
        name = AccountName(row["path"], row["asset"])
        if name in found:
            lots = found[name].lots
            if row["expires_on"] is not None:
                lots = (*lots, Lot(row["expires_on"], row["lot"]))
            found[name] = Holding(int(row["balance"]), lots)
    return found


async def holding(book_id: int, name: AccountName) -> Holding:
    """Return what one floored account holds now."""
    return (await holdings(book_id, [name]))[name]


async def entry_lines(book_id: int, entry_id: int) -> tuple[Line, ...]:
    """Return an entry's lines in order; they never change."""
    rows = await fetch(
        "SELECT t.amount, t.expires_on, t.asset, d.path AS debit, c.path AS credit FROM transfer t "
        "JOIN account d ON d.book_id = t.book_id AND d.id = t.debit_id "
        "JOIN account c ON c.book_id = t.book_id AND c.id = t.credit_id "
        "WHERE t.book_id = $1 AND t.entry_id = $2 ORDER BY t.line",
        *(book_id, entry_id),
    )
    return tuple(
        Line(
            AccountName(row["debit"], row["asset"]),
            AccountName(row["credit"], row["asset"]),
            row["amount"],
            row["expires_on"],
        )
        for row in rows
    )


async def entry(book_id: int, entry_id: int) -> dict[str, Any]:
    """Return a journal entry's columns, its free-text reason and what it was reversed by. Raises: NotFound."""
    rows = await fetch(
        "SELECT e.*, r.reason, u.id AS reversed_by FROM journal_entry e "
        "LEFT JOIN entry_reason r ON r.book_id = e.book_id AND r.entry_id = e.id "
        "LEFT JOIN journal_entry u ON u.book_id = e.book_id AND u.reverses_id = e.id "
        "WHERE e.book_id = $1 AND e.id = $2",
        *(book_id, entry_id),
    )
    if not rows:
        raise NotFound
    return rows[0]


async def entries_of(book_id: int, document_type: str, document_id: int) -> list[dict[str, Any]]:
    """Return every journal entry about one document, oldest first."""
    return await fetch(
        "SELECT * FROM journal_entry WHERE book_id = $1 AND document_id = $3 AND document_type = $2 ORDER BY id",
        *(book_id, document_type, document_id),
    )


async def document_posted(book_id: int, key: RequestKey) -> int | None:
    """Return the document of the entry that a request key posted, or None if it posted none so far."""
    rows = await fetch(
        "SELECT e.document_id FROM idempotency i "
        "JOIN journal_entry e ON e.book_id = i.book_id AND e.id = i.entry_id "
        "WHERE i.book_id = $1 AND i.scope = $2 AND i.key = $3",
        *(book_id, key.scope, key.key),
    )
    return int(rows[0]["document_id"]) if rows else None


async def trial_balance(book_id: int) -> list[AccountTotal]:
    """Return every account that was ever used, with its totals, in the order of the chart, in one statement."""
    rows = await fetch(
        f"WITH house AS ({HOUSE_MOVEMENTS}) "
        "SELECT a.id, a.path, a.asset, a.type, a.side, "
        "CAST(COALESCE(b.debits, h.debits, 0) AS BIGINT) AS debits, "
        "CAST(COALESCE(b.credits, h.credits, 0) AS BIGINT) AS credits FROM account a "
        "LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id "
        "LEFT JOIN house h ON h.account_id = a.id "
        # A refused post may have opened accounts that nothing moved through.
        "WHERE a.book_id = $1 AND (b.version > 0 OR h.account_id IS NOT NULL) ORDER BY a.asset, a.type, a.path",
        book_id,
    )
    return [
        AccountTotal(
            row["id"],
            AccountName(row["path"], row["asset"]),
            row["type"],
            row["side"],
            row["debits"],
            row["credits"],
        )
        for row in rows
    ]


async def account_total(book_id: int, account_id: int) -> AccountTotal:
    """Return one account's totals. Raises: NotFound."""
    for total in await trial_balance(book_id):
        if total.account_id == account_id:
            return total
    raise NotFound


async def statement(
    book_id: int, account_id: int, *, before: tuple[int, int] | None = None, limit: int = PAGE
) -> list[StatementLine]:
    """Return a page of an account's lines, latest first.

    A floored account lists by version, a house account by entry. `before` is the (version or entry, line) of the last
    line of the page before.
    """
    rows = await fetch(_STATEMENT, book_id, account_id, *(before or (2**62, 2**15 - 1)), limit)
    return [_statement_line(row) for row in rows]


_STATEMENT = """
WITH lines AS (
    SELECT t.entry_id, t.line, t.credit_id AS other_id, -a.side * t.amount AS amount, t.expires_on,
           t.debit_balance AS balance_after, t.debit_version AS version
    FROM transfer t JOIN account a ON a.book_id = t.book_id AND a.id = t.debit_id
    WHERE t.book_id = $1 AND t.debit_id = $2
    UNION ALL
    SELECT t.entry_id, t.line, t.debit_id, a.side * t.amount, t.expires_on, t.credit_balance, t.credit_version
    FROM transfer t JOIN account a ON a.book_id = t.book_id AND a.id = t.credit_id
    WHERE t.book_id = $1 AND t.credit_id = $2
)
SELECT l.*, e.kind, e.occurred_at, e.booked_on, e.posted_at, e.document_type, e.document_id, e.reason_code,
       o.path AS other_path, o.asset AS other_asset
FROM lines l
JOIN journal_entry e ON e.book_id = $1 AND e.id = l.entry_id
JOIN account o ON o.book_id = $1 AND o.id = l.other_id
WHERE COALESCE(l.version, l.entry_id) < $3 OR (COALESCE(l.version, l.entry_id) = $3 AND l.line < $4)
ORDER BY COALESCE(l.version, l.entry_id) DESC, l.line DESC LIMIT $5
"""


def _statement_line(row: dict[str, Any]) -> StatementLine:
    other = AccountName(row.pop("other_path"), row.pop("other_asset"))
    row.pop("other_id")
    return StatementLine(other=other, **row)
