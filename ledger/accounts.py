"""Find accounts by their names, and open those that are used for the first time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.database import dialect, fetch, transaction
from kernel.direct import numbered
from kernel.ids import new_id
from kernel.listing import among, as_list
from ledger.chart import AccountName, Class, class_of

FIND_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Account:
    """An account of one book. Nothing of it ever changes but that it may be closed."""

    id: int
    name: AccountName
    kept: Class

    @property
    def floored(self) -> bool:
        """Say whether it keeps a balance row that may not fall below zero."""
        return self.kept.floored


def placeholders(count: int, start: int = 1) -> str:
    """Return `$1, $2, …` for an IN list."""
    return ", ".join(f"${number}" for number in range(start, start + count))


async def find_accounts(book_id: int, names: Iterable[AccountName]) -> dict[AccountName, Account]:
    """Return those of the named accounts that are open in a book."""
    wanted = set(names)
    paths = sorted({name.path for name in wanted})
    found = {}
    for start in range(0, len(paths), FIND_AT_ONCE):
        some = paths[start : start + FIND_AT_ONCE]
        rows = await fetch(
            f"SELECT id, path, asset FROM account WHERE book_id = $1 AND path {among(dialect(), 2, 'text')}",
            *(book_id, as_list(dialect(), some, "text")),
        )
        for row in rows:
            name = AccountName(row["path"], row["asset"])
            if name in wanted:
                found[name] = Account(row["id"], name, class_of(name))
    return found


OPEN_ACCOUNT = (
    "INSERT INTO account (book_id, id, opened_at, side, floored, lots, path, asset, type) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
)
OPEN_BALANCE = (
    "INSERT INTO balance (book_id, account_id, side) SELECT book_id, id, side FROM account "
    "WHERE book_id = $1 AND path = $2 AND asset = $3 AND floored = 1 ON CONFLICT DO NOTHING"
)


async def open_accounts(book_id: int, names: Iterable[AccountName]) -> None:
    """Open accounts that the chart allows, in one fixed order so that two openers never wait for each other."""
    accounts: list[list[Any]] = []
    balances: list[list[Any]] = []
    for name in sorted(set(names)):
        kept = class_of(name)
        flags = (kept.side, int(kept.floored), int(kept.lots))
        accounts.append([book_id, new_id(), clock.now(), *flags, name.path, name.asset, kept.type])
        balances.append([book_id, name.path, name.asset])
    async with transaction() as opening:
        written = numbered if dialect() == "sqlite" else str
        await opening.execute_many(written(OPEN_ACCOUNT), accounts)
        await opening.execute_many(written(OPEN_BALANCE), balances)
