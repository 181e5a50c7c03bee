"""The documents of posts: rows of other rooms' tables, locked before the decisions and written after them.

The desk knows them only as tables with a book and an id; what they mean is their room's business.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kernel.database import Dialect
from kernel.direct import Ask, Steps
from ledger.accounts import placeholders
from ledger.post import Fact, Insert

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")


def lock_documents(
    book_id: int, wanted: Iterable[Fact], dialect: Dialect
) -> Steps[dict[Fact, Mapping[str, Any]]]:
    """Lock and read document rows in the order of (table, id); one that is not there is left out."""
    by_table: dict[str, list[int]] = {}
    for fact in sorted(set(wanted)):
        by_table.setdefault(_identifier(fact.table), []).append(fact.id)
    # SQLite's write lock already covers everything; PostgreSQL locks rows.
    lock = " FOR NO KEY UPDATE" if dialect == "postgresql" else ""
    facts: dict[Fact, Mapping[str, Any]] = {}
    for table, ids in by_table.items():
        listed = _listed(len(ids), dialect)
        rows = yield Ask(
            f'SELECT * FROM "{table}" WHERE book_id = $1 AND id {listed} ORDER BY id{lock}',
            (book_id, ids) if dialect == "postgresql" else (book_id, *ids),
        )
        facts.update({Fact(table, row["id"]): dict(row) for row in rows})
    return facts


def _listed(count: int, dialect: Dialect) -> str:
    return "= ANY($2)" if dialect == "postgresql" else f"IN ({placeholders(count, 2)})"


def write_documents(
    book_id: int, inserts: Iterable[Insert], changes: Mapping[Fact, Mapping[str, Any]]
) -> Steps[None]:
    """Write what the decisions said of documents, every row of it exactly once, rows of one shape together."""
    shapes: dict[str, list[tuple[Any, ...]]] = {}
    for insert in inserts:
        row = {**insert.row, "book_id": book_id}
        columns = ", ".join(f'"{_identifier(name)}"' for name in row)
        sql = f'INSERT INTO "{_identifier(insert.table)}" ({columns}) VALUES ({placeholders(len(row))})'
        shapes.setdefault(sql, []).append(tuple(row.values()))
    for fact in sorted(changes):
        values = changes[fact]
        new = ", ".join(f'"{_identifier(name)}" = ${at}' for at, name in enumerate(values, 3))
        sql = f'UPDATE "{_identifier(fact.table)}" SET {new} WHERE book_id = $1 AND id = $2'
        shapes.setdefault(sql, []).append((book_id, fact.id, *values.values()))
    for sql, rows in shapes.items():
        yield from write_each(sql, rows)


def write_each(sql: str, rows: list[tuple[Any, ...]]) -> Steps[None]:
    """Run a statement for each of some rows; a write that misses its row, or hits two, must not be committed."""
    ((written, *_),) = yield Ask(sql, rows, many=True)
    if written != len(rows):
        raise AssertionError(f"{written} rows were written where there are {len(rows)}: {sql}")


def _identifier(name: str) -> str:
    if not IDENTIFIER.match(name):
        raise AssertionError(f"{name!r} is not a table or column of ours")
    return name
