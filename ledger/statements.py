"""Statements: an account's lines, latest first, with the balance after each, in pages that join without a gap.

A floored account lists by version. A house account lists in the order in which its entries were sealed, above it those
that still wait for their seal. A page goes on from a place that never changes, and everything below that place never
changes either: so pages join while posts, and the sealer, go on. All parts of a page are of one moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.database import Row, fetch
from kernel.days import day_of
from kernel.errors import NotFound
from ledger import house_lines
from ledger.chart import AccountName
from ledger.movements import LINE_COLUMNS, LINE_JOIN
from ledger.trial_balance import AccountTotal, total_of

PAGE = 50
TOP = 2**62  # above every version and block

# (version,) of a floored account, (block number, position, line) of a house account.
Place = tuple[int, ...]
SEALED_PLACE = 3


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One transfer as its account sees it: positive where the account's balance grew.

    `place` is what the next page goes on from; None while the entry waits for its seal (house accounts only).
    """

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
    balance_after: int
    place: Place | None

    @property
    def balance_before(self) -> int:
        """Return what the account held before this line."""
        return self.balance_after - self.amount

    def occurred_on(self, zone: str) -> int:
        """Return the local day it happened on: another than `booked_on` if that day's month was closed by then."""
        return day_of(self.occurred_at, zone)


@dataclass(frozen=True, slots=True)
class Unlisted:
    """Lines that wait for their seal and have no room on the page: how many, and what they add to the balance."""

    lines: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of an account's lines, latest first.

    `closing` is the balance after the page's latest line, `opening` the one before its earliest, `unlisted` between
    them too; the opening of a page is the closing of the `next`. `account` has the totals of the same moment: all, or
    up to the last day of a statement between days.
    """

    account: AccountTotal
    floored: bool
    lines: list[StatementLine]
    opening: int
    closing: int
    unlisted: Unlisted = Unlisted()
    next: Place | None = None


# Each half walks one unique index backwards and stops: no history is sorted, however long it is.
BY_VERSION = f"""
WITH page AS MATERIALIZED (
    SELECT * FROM (
        SELECT * FROM (
            SELECT entry_id, line, credit_id AS other_id, -amount AS moved, expires_on,
                debit_balance AS balance_after, debit_version AS version FROM transfer
            WHERE book_id = $1 AND debit_id = $2 AND debit_version IS NOT NULL AND debit_version < $3
            ORDER BY debit_version DESC LIMIT $4) debited
        UNION ALL
        SELECT * FROM (
            SELECT entry_id, line, debit_id, amount, expires_on, credit_balance, credit_version FROM transfer
            WHERE book_id = $1 AND credit_id = $2 AND credit_version IS NOT NULL AND credit_version < $3
            ORDER BY credit_version DESC LIMIT $4) credited
    ) sides ORDER BY version DESC LIMIT $4
)
SELECT a.id, a.path, a.asset, a.type, a.side, a.floored, COALESCE(b.debits, 0) AS debits,
    COALESCE(b.credits, 0) AS credits, p.*, {LINE_COLUMNS}
FROM account a LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id
LEFT JOIN page p ON TRUE {LINE_JOIN}
WHERE a.book_id = $1 AND a.id = $2 ORDER BY p.version DESC
"""


async def statement(
    book_id: int, account_id: int, *, before: Place | None = None, limit: int = PAGE
) -> Statement:
    """Return a page of an account's lines in the order of posting, latest first.

    `before` is the `next` of the page before; one of another kind of account is taken for the beginning. Raises:
    NotFound.
    """
    version = before[0] if before and len(before) == 1 else TOP
    rows = await fetch(BY_VERSION, book_id, account_id, version, limit + 1)
    if not rows:
        raise NotFound
    if not rows[0]["floored"]:
        return await _house_statement(book_id, account_id, before, limit)
    total = total_of(rows[0])
    lines = [
        line_of(row, total, row["balance_after"], (row["version"],))
        for row in rows
        if row["kind"] is not None
    ]
    shown = lines[:limit]
    return Statement(
        account=total,
        floored=True,
        lines=shown,
        opening=shown[-1].balance_before if shown else 0,
        closing=shown[0].balance_after if shown else 0,
        next=shown[-1].place if len(lines) > limit else None,
    )


async def _house_statement(
    book_id: int, account_id: int, before: Place | None, limit: int
) -> Statement:
    """Join what waits for its seal with what is sealed. Only the first reading can change between two of them."""
    rows = await fetch(house_lines.WAITING, book_id, account_id, limit)
    before = before if before and len(before) == SEALED_PLACE else None
    total = total_of(rows[0])
    queued, unlisted, place = [], Unlisted(), before
    closing = opening = total.balance
    if place is None:
        queued = _waiting(rows, total)
        place = (rows[0]["last_block"] + 1, 0, 0)
        opening = rows[0]["sealed"] * total.side
        rest = queued[-1].balance_before if queued else closing
        unlisted = Unlisted(rows[0]["waiting"] - len(queued), rest - opening)
    room = limit - len(queued)
    found = [
        line_of(row, total, row["net"] * total.side, _sealed_place(row))
        for row in await house_lines.sealed_before(book_id, account_id, place, room + 1)
    ]
    sealed = found[:room]
    if before is not None:
        closing = found[0].balance_after if found else 0
        opening = closing
    return Statement(
        account=total,
        floored=False,
        lines=[*queued, *sealed],
        opening=sealed[-1].balance_before if sealed else opening,
        closing=closing,
        unlisted=unlisted,
        next=(sealed[-1].place if sealed else place) if len(found) > room else None,
    )


def _waiting(rows: Sequence[Row], total: AccountTotal) -> list[StatementLine]:
    lines, balance = [], total.balance
    for row in rows:
        if row["kind"] is not None:
            lines.append(line_of(row, total, balance, None))
            balance = lines[-1].balance_before
    return lines


def _sealed_place(row: Row) -> Place:
    return row["block_number"], row["position"], row["line"]


def line_of(
    row: Row, account: AccountTotal, balance_after: int, place: Place | None
) -> StatementLine:
    """Make an account's line of a row that has LINE_COLUMNS, and `moved`: credits positive."""
    return StatementLine(
        entry_id=row["entry_id"],
        line=row["line"],
        kind=row["kind"],
        occurred_at=row["occurred_at"],
        booked_on=row["booked_on"],
        posted_at=row["posted_at"],
        document_type=row["document_type"],
        document_id=row["document_id"],
        reason_code=row["reason_code"],
        other=AccountName(row["other_path"], account.name.asset),
        amount=row["moved"] * account.side,
        expires_on=row["expires_on"],
        balance_after=balance_after,
        place=place,
    )
