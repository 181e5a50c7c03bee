"""The documents of posts: rows of other rooms' tables, locked before the decisions and written after them.

The desk knows them only as tables with a book and an id; what they mean is their room's business.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
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
    book_id: int,
    inserts: Iterable[Insert],
    changes: Mapping[Fact, Mapping[str, Any]],
    dialect: Dialect,
) -> Steps[None]:
    """Write what the decisions said of documents, every row of it exactly once, rows of one shape together."""
    new: dict[Shape, list[Mapping[str, Any]]] = {}
    for insert in inserts:
        row = {**insert.row, "book_id": book_id}
        new.setdefault((insert.table, tuple(row)), []).append(row)
    changed: dict[Shape, list[Mapping[str, Any]]] = {}
    for fact in sorted(changes):
        row = {"book_id": book_id, "id": fact.id, **changes[fact]}
        changed.setdefault((fact.table, tuple(row)), []).append(row)
    for compose, shapes in ((_insert, new), (_update, changed)):
        for (table, names), rows in shapes.items():
            sql = compose(_identifier(table), tuple(map(_identifier, names)), dialect)
            if dialect == "sqlite":
                yield from write_each(sql, [tuple(row.values()) for row in rows])
            else:
                _require_all(len((yield Ask(sql, (json.dumps(rows, default=_hex),)))), rows, sql)


Shape = tuple[str, tuple[str, ...]]  # a table and the columns that are written


@cache
def _insert(table: str, names: tuple[str, ...], dialect: Dialect) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    if dialect == "sqlite":
        return f'INSERT INTO "{table}" ({columns}) VALUES ({placeholders(len(names))})'
    return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {_rows(table)} RETURNING 1'


@cache
def _update(table: str, names: tuple[str, ...], dialect: Dialect) -> str:
    """Compose a change of rows; the first two columns are the book's and the row's ids."""
    if dialect == "sqlite":
        new = ", ".join(f'"{name}" = ${at}' for at, name in enumerate(names[2:], 3))
        return f'UPDATE "{table}" SET {new} WHERE book_id = $1 AND id = $2'
    new = ", ".join(f'"{name}" = w."{name}"' for name in names[2:])
    same = "d.book_id = w.book_id AND d.id = w.id"
    return f'UPDATE "{table}" d SET {new} FROM {_rows(table)} WHERE {same} RETURNING 1'


def _rows(table: str) -> str:
    """Let the table itself say the types of what is written: one parameter for any number of rows."""
    return f'json_populate_recordset(NULL::"{table}", $1::text::json) w'


def _hex(value: bytes) -> str:
    return "\\x" + value.hex()


def write_each(sql: str, rows: Sequence[tuple[Any, ...]]) -> Steps[None]:
    """Run a statement for each of some rows."""
    ((written, *_),) = yield Ask(sql, rows, many=True)
    _require_all(written, rows, sql)


def _require_all(written: int, rows: Sequence[Any], sql: str) -> None:
    """A write that misses its row, or hits two, must not be committed."""
    if written != len(rows):
        raise AssertionError(f"{written} rows were written where there are {len(rows)}: {sql}")


def _identifier(name: str) -> str:
    if not IDENTIFIER.match(name):
        raise AssertionError(f"{name!r} is not a table or column of ours")
    return name
