"""Find accounts by their names, and open those that are used for the first time."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel import clock
from kernel.database import execute, fetch
from kernel.ids import new_id
from ledger.chart import AccountName, Class, class_of


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
    if not wanted:
        return {}
    paths = sorted({name.path for name in wanted})
    rows = await fetch(
        f"SELECT id, path, asset FROM account WHERE book_id = $1 AND path IN ({placeholders(len(paths), 2)})",
        book_id,
        *paths,
    )
    found = {}
    for row in rows:
        name = AccountName(row["path"], row["asset"])
        if name in wanted:
            found[name] = Account(row["id"], name, class_of(name))
    return found


async def open_accounts(book_id: int, names: Iterable[AccountName]) -> None:
    """Open accounts that the chart allows, in one fixed order so that two openers never wait for each other."""
    for name in sorted(set(names)):
        kept = class_of(name)
        await execute(
            "INSERT INTO account (book_id, id, opened_at, side, floored, lots, path, asset, type) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            *(book_id, new_id(), clock.now(), kept.side, int(kept.floored), int(kept.lots)),
            *(name.path, name.asset, kept.type),
        )
        if kept.floored:
            await execute(
                "INSERT INTO balance (book_id, account_id, side) SELECT book_id, id, side FROM account "
                "WHERE book_id = $1 AND path = $2 AND asset = $3 ON CONFLICT DO NOTHING",
                *(book_id, name.path, name.asset),
            )
