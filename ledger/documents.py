"""The documents of posts: rows of other rooms' tables, locked before the decisions and written after them.

The desk knows them only as tables with a book and an id; what they mean is their room's business.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

from kernel.database import Dialect
from kernel.direct import Ask, Steps, array_of
from ledger.accounts import placeholders
from ledger.post import Fact

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")

Facts = dict[Fact, Mapping[str, Any]]


def read_rows(
    book_id: int, wanted: Iterable[Fact], dialect: Dialect, locked: list[int] | None
) -> Steps[Facts]:
    """Read documents; with `locked`, a list of accounts, lock them too, by (table, id), and then those balances by id.

    A document that is not there is left out. SQLite's write lock already covers everything.
    """
    by_table: dict[str, list[int]] = {}
    for fact in sorted(set(wanted)):
        by_table.setdefault(_identifier(fact.table), []).append(fact.id)
    facts: Facts = {}
    if dialect == "postgresql":
        arrays = [array_of("bigint", ids) for ids in by_table.values()]
        arrays += [] if locked is None else [array_of("bigint", locked)]
        tables = tuple(by_table)
        sql = _reading(tables) if locked is None else _locking(tables)
        for place, said in (yield Ask(sql, (book_id, *arrays))) if arrays else ():
            if said is not None:
                row = json.loads(said)
                facts[Fact(tables[place], row["id"])] = row
        return facts
    for table, ids in by_table.items():
        rows = yield Ask(
            f'SELECT * FROM "{table}" WHERE book_id = $1 AND id IN ({placeholders(len(ids), 2)})',
            (book_id, *ids),
        )
        facts.update({Fact(table, row["id"]): dict(row) for row in rows})
    return facts


def _one_table(place: int, table: str, order: str) -> str:
    return (
        f'SELECT {place} AS place, row_to_json(d)::text AS said FROM (SELECT * FROM "{table}" '
        f"WHERE book_id = $1 AND id = ANY(${place + 2}::text::bigint[]){order}) d"
    )


@cache
def _reading(tables: tuple[str, ...]) -> str:
    return " UNION ALL ".join(_one_table(place, table, "") for place, table in enumerate(tables))


@cache
def _locking(tables: tuple[str, ...]) -> str:
    """Compose the one statement that takes every lock: its parts are carried out in turn, each in the order of ids."""
    in_order = " ORDER BY id FOR NO KEY UPDATE"
    parts = [_one_table(place, table, in_order) for place, table in enumerate(tables)]
    last = len(tables)
    parts.append(
        f"SELECT {last}, NULL FROM (SELECT account_id FROM balance WHERE book_id = $1 "
        f"AND account_id = ANY(${last + 2}::text::bigint[]) ORDER BY account_id FOR NO KEY UPDATE) b"
    )
    return " UNION ALL ".join(parts)


def shaped(
    book_id: int,
    inserts: Iterable[tuple[Fact, Mapping[str, Any]]],
    changes: Mapping[Fact, Mapping[str, Any]],
    as_read: Facts,
) -> dict["Shape", list[Mapping[str, Any]]]:
    """Gather rows by what is done with them, table and columns, each row once.

    First those that must still be as they were read, then the new ones in turn, then the changed ones.
    """
    shapes: dict[Shape, list[Mapping[str, Any]]] = {}
    for fact in sorted(as_read):
        what: Literal["as read", "keep"] = "as read" if fact in changes else "keep"
        shapes.setdefault((what, fact.table, ()), []).append(as_read[fact])
    for fact, new in inserts:
        row = {**new, "book_id": book_id}
        shapes.setdefault(("insert", fact.table, tuple(row)), []).append(row)
    for fact in sorted(changes):
        row = {"book_id": book_id, "id": fact.id, **changes[fact]}
        shapes.setdefault(("update", fact.table, tuple(row)), []).append(row)
    return shapes


# Which statement, which table, which columns (of what is only compared: none).
Shape = tuple[Literal["insert", "update", "keep", "as read"], str, tuple[str, ...]]


@cache
def statement(shape: Shape, dialect: Dialect, parameter: int = 1) -> str:
    """Compose the writing of a shape: row by row on SQLite; on PostgreSQL all rows in one JSON parameter."""
    what, table, names = shape
    if what in LOCKS:
        return _as_read(_identifier(table), LOCKS[what], parameter)
    compose = _insert if what == "insert" else _update
    return compose(_identifier(table), tuple(map(_identifier, names)), dialect, parameter)


def _insert(table: str, names: tuple[str, ...], dialect: Dialect, parameter: int) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    if dialect == "sqlite":
        return f'INSERT INTO "{table}" ({columns}) VALUES ({placeholders(len(names))})'
    rows = _rows(table, parameter)
    return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {rows} RETURNING 1'


def _update(table: str, names: tuple[str, ...], dialect: Dialect, parameter: int) -> str:
    """Compose a change of rows; the first two columns are the book's and the row's ids."""
    if dialect == "sqlite":
        new = ", ".join(f'"{name}" = ${at}' for at, name in enumerate(names[2:], 3))
        return f'UPDATE "{table}" SET {new} WHERE book_id = $1 AND id = $2'
    new = ", ".join(f'"{name}" = w."{name}"' for name in names[2:])
    same = "d.book_id = w.book_id AND d.id = w.id"
    return f'UPDATE "{table}" d SET {new} FROM {_few(table, parameter)} WHERE {same} RETURNING 1'


# A document that is to change is locked as its change will lock it; one that is to stay, so that nobody changes it.
LOCKS = {"keep": "SHARE", "as read": "NO KEY UPDATE"}


def _as_read(table: str, lock: str, parameter: int) -> str:
    """Compose the finding of rows that are, in every column, still as they were read."""
    return (
        f'SELECT 1 FROM "{table}" d, {_few(table, parameter)} '
        f"WHERE d.book_id = w.book_id AND d.id = w.id AND d IS NOT DISTINCT FROM w FOR {lock} OF d"
    )


def _rows(table: str, parameter: int) -> str:
    """Let the table itself say the types of what is written: one parameter for any number of rows."""
    return f'json_populate_recordset(NULL::"{table}", ${parameter}::text::json) w'


def _few(table: str, parameter: int) -> str:
    """Say the same of rows that are looked up: that they are few.

    PostgreSQL reckons with a hundred, and for a hundred it reads a table of some thousand rows from end to end.
    """
    many = f"json_array_length(${parameter}::text::json)"
    return f"(SELECT w.* FROM {_rows(table, parameter)} LIMIT {many}) w"


def as_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as the JSON that PostgreSQL turns into rows of their table."""
    return json.dumps(rows, default=_hex)


def _hex(value: bytes) -> str:
    return "\\x" + value.hex()


def _identifier(name: str) -> str:
    if not IDENTIFIER.match(name):
        raise AssertionError(f"{name!r} is not a table or column of ours")
    return name
