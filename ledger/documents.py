"""The documents of a post: rows of other rooms' tables, locked before the decision and written after it.

The desk knows them only as tables with a book and an id; what they mean is their room's business.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kernel.database import dialect, execute, fetch
from ledger.accounts import placeholders
from ledger.errors import DocumentIsMissing
from ledger.post import Change, Fact, Insert

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")


def locking(lock: str) -> str:
    """SQLite's write lock already covers everything; PostgreSQL locks rows."""
    return f" FOR {lock}" if dialect() == "postgresql" else ""


async def lock_documents(book_id: int, wanted: Iterable[Fact]) -> dict[Fact, Mapping[str, Any]]:
    """Lock and read document rows in the order of (table, id). Raises: DocumentIsMissing."""
    by_table: dict[str, list[int]] = {}
    for fact in sorted(set(wanted)):
        by_table.setdefault(_identifier(fact.table), []).append(fact.id)
    facts: dict[Fact, Mapping[str, Any]] = {}
    for table, ids in by_table.items():
        rows = await fetch(
            f'SELECT * FROM "{table}" WHERE book_id = $1 AND id IN ({placeholders(len(ids), 2)}) ORDER BY id'
            + locking("NO KEY UPDATE"),
            book_id,
            *ids,
        )
        if len(rows) != len(ids):
            raise DocumentIsMissing
        facts.update({Fact(table, row["id"]): row for row in rows})
    return facts


async def write_documents(book_id: int, writes: tuple[Insert | Change, ...]) -> None:
    """Write what a decision said of the documents, every row of it exactly once."""
    for write in writes:
        table = _identifier(write.table)
        if isinstance(write, Insert):
            row = {**write.row, "book_id": book_id}
            columns = ", ".join(f'"{_identifier(name)}"' for name in row)
            await execute(
                f'INSERT INTO "{table}" ({columns}) VALUES ({placeholders(len(row))})',
                *row.values(),
            )
        else:
            changes = ", ".join(
                f'"{_identifier(name)}" = ${at}' for at, name in enumerate(write.values, 3)
            )
            written = await execute(
                f'UPDATE "{table}" SET {changes} WHERE book_id = $1 AND id = $2',
                *(book_id, write.id, *write.values.values()),
            )
            require_one(written, table)


def require_one(written: int, table: str) -> None:
    """A write that misses its row, or hits two, must not be committed."""
    if written != 1:
        raise AssertionError(f"{written} rows of {table} were written where there is one")


def _identifier(name: str) -> str:
    if not IDENTIFIER.match(name):
        raise AssertionError(f"{name!r} is not a table or column of ours")
    return name
