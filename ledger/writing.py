"""Write what a batch became, set by set, every row counted: one statement on PostgreSQL, one run a table on SQLite.

On PostgreSQL the statement refuses itself (`books_guard`) when the fence, a counter, or a document that was read
without a lock is no longer as it was read.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from kernel.database import Dialect
from kernel.direct import Ask, Steps, array_of
from ledger.accounts import placeholders
from ledger.batch import Outcome, Seen
from ledger.documents import Shape, as_json, shaped, statement
from ledger.leaf import VERSION
from ledger.tally import Counter

Rows = list[tuple[Any, ...]]

# Columns after book_id, and their types for PostgreSQL's arrays. The order is that of the rows a batch makes.
ENTRY = (
    "id bigint, kind text, actor_id bigint, approver_id bigint, document_type text, document_id bigint, "
    "reason_code text, reason_hash bytea, rule_version int, reverses_id bigint, occurred_at bigint, booked_on int, "
    "posted_at bigint, leaf bytea"
)
TRANSFER = (
    "entry_id bigint, line smallint, asset text, debit_id bigint, credit_id bigint, amount bigint, expires_on int, "
    "debit_balance bigint, debit_version bigint, credit_balance bigint, credit_version bigint"
)
KEY = "entry_id bigint, answered_at bigint, scope text, key text, fingerprint bytea, outcome text, refusal text"
REASON = "entry_id bigint, salt bytea, reason text"
BALANCE = (
    "account_id bigint, was_debits bigint, was_credits bigint, was bigint, "
    "debits bigint, credits bigint, version bigint"
)
LOOKED_AT = "account_id bigint, was_debits bigint, was_credits bigint, was bigint"
LOT = "account_id bigint, expires_on int, debits bigint, credits bigint"
NOTHING_YET = Counter()


@cache
def types_of(columns: str) -> list[str]:
    """Return the types of columns that are listed with them."""
    return [column.split()[1] for column in columns.split(", ")]


@cache
def names_of(columns: str) -> list[str]:
    """Return the names of columns that are listed with their types."""
    return [column.split()[0] for column in columns.split(", ")]


def _unnested(columns: str, first: int) -> str:
    """Turn array parameters into rows; a short array is filled up with NULLs."""
    arrays = ", ".join(
        f"${number}::text::{column.split()[1]}[]"
        for number, column in enumerate(columns.split(", "), first)
    )
    return f"unnest({arrays}) AS w ({', '.join(names_of(columns))})"


def _insert(table: str, columns: str, extra: str = "", value: str = "") -> str:
    names = ", ".join(names_of(columns))
    return f"INSERT INTO {table} (book_id, {names}{extra}) SELECT $1, {names}{value} FROM "


# Lots are moved, never set: one that was spent is not read, but it still has its counts.
_ADD_LOT = (
    " ON CONFLICT (book_id, account_id, expires_on) DO UPDATE SET "
    "debits = lot_balance.debits + excluded.debits, credits = lot_balance.credits + excluded.credits"
)


SETS = {
    "looked_at": LOOKED_AT,
    "balance": BALANCE,
    "lot": LOT,
    "new_lot": LOT,
    "entry": ENTRY,
    "transfer": TRANSFER,
    "key": KEY,
    "reason": REASON,
}


INTO = {"transfer": "transfer", "key": "idempotency", "reason": "entry_reason"}


@lru_cache(maxsize=256)
def _write_all(present: tuple[str, ...], shapes: tuple[Shape, ...]) -> str:
    """Compose the one statement: $1 book, $2 closed_until, for every set its count and columns, for every shape its
    count and rows.
    """
    places, first = {}, 3
    for name in present:
        places[name] = first
        first += 1 + len(names_of(SETS[name]))
    rows = {name: _unnested(SETS[name], place + 1) for name, place in places.items()}
    bodies = {"fence": FENCE_AS_READ, **{name: _body(name, rows[name]) for name in present}}
    guards = ["books_guard((SELECT COUNT(*) FROM fence_rows), 1, 'fence')"]
    for name, place in places.items():
        guards.append(f"books_guard((SELECT COUNT(*) FROM {name}_rows), ${place}, '{name}')")
        if name == "entry":
            bodies["queued"] = QUEUE
            guards.append(f"books_guard((SELECT COUNT(*) FROM queued_rows), ${place}, 'queued')")
    for place, shape in enumerate(shapes):
        name, count = f"document_{place}", first + 2 * place
        bodies[name] = statement(shape, "postgresql", count + 1)
        guards.append(f"books_guard((SELECT COUNT(*) FROM {name}_rows), ${count}, '{shape[1]}')")
    parts = ", ".join(f"{name}_rows AS ({body})" for name, body in bodies.items())
    return f"WITH {parts} SELECT {', '.join(guards)}"


FENCE_AS_READ = (
    "SELECT id FROM book WHERE id = $1 AND read_only = 0 AND closed_until IS NOT DISTINCT FROM $2 "
    "FOR KEY SHARE"
)
QUEUE = "INSERT INTO seal_queue (book_id, entry_id) SELECT $1, id FROM entry_rows RETURNING 1"


# A counter that is still as the decision saw it.
AS_SEEN = (
    "WHERE b.book_id = $1 AND b.account_id = w.account_id AND b.version = w.was "
    "AND b.debits = w.was_debits AND b.credits = w.was_credits"
)


def _body(name: str, rows: str) -> str:
    if name == "looked_at":
        return f"SELECT 1 FROM balance b, {rows} {AS_SEEN} FOR SHARE OF b"
    if name == "balance":
        return (
            f"UPDATE balance b SET debits = w.debits, credits = w.credits, version = w.version FROM {rows} "
            f"{AS_SEEN} AND b.closed = 0 RETURNING 1"
        )
    if name == "lot":
        return (
            f"UPDATE lot_balance l SET debits = l.debits + w.debits, credits = l.credits + w.credits FROM {rows} "
            "WHERE l.book_id = $1 AND l.account_id = w.account_id AND l.expires_on = w.expires_on RETURNING 1"
        )
    if name == "new_lot":
        return f"{_insert('lot_balance', LOT)}{rows}{_ADD_LOT} RETURNING 1"
    if name == "entry":
        return f"{_insert('journal_entry', ENTRY, ', leaf_version', f', {VERSION}')}{rows} RETURNING id"
    return f"{_insert(INTO[name], SETS[name])}{rows} RETURNING 1"


def write_rows(outcome: Outcome, seen: Seen, dialect: Dialect) -> Steps[None]:
    """Write a batch's entries, transfers, keys and places in the queue, and what its accounts hold now."""
    entries, transfers, keys = outcome.entries, outcome.transfers, outcome.keys
    sets = (
        _looked_at(seen),
        _balances(seen),
        *_lots(seen),
        entries,
        transfers,
        keys,
        outcome.reasons,
    )
    as_read = {} if seen.locked else seen.as_read
    shapes = shaped(seen.book_id, outcome.inserts.items(), outcome.changes, as_read)
    if dialect == "postgresql":
        present = {name: rows for name, rows in zip(SETS, sets, strict=True) if rows}
        values = [value for name, rows in present.items() for value in _columns(name, rows)]
        values += [said for rows in shapes.values() for said in (len(rows), as_json(rows))]
        fence = (seen.book_id, seen.fence.closed_until)
        yield Ask(_write_all(tuple(present), tuple(shapes)), (*fence, *values))
        return
    queued = [entry[:1] for entry in entries]
    # Nothing is only looked at under SQLite's write lock.
    for sql, rows in zip(SQLITE, (*sets[1:], queued), strict=True):
        if rows:
            yield from _write_each(sql, [(seen.book_id, *row) for row in rows])
    for shape, documents in shapes.items():
        yield from _write_each(
            statement(shape, "sqlite"), [tuple(row.values()) for row in documents]
        )


def _write_each(sql: str, rows: Rows) -> Steps[None]:
    """Run a statement for each of some rows; a write that misses its row, or hits two, must not be committed."""
    ((written, *_),) = yield Ask(sql, rows, many=True)
    if written != len(rows):
        raise AssertionError(f"{written} rows were written where there are {len(rows)}: {sql}")


def _columns(name: str, rows: Rows) -> Iterable[Any]:
    yield len(rows)
    for kind, values in zip(types_of(SETS[name]), zip(*rows, strict=True), strict=True):
        yield array_of(kind, values)


def _looked_at(seen: Seen) -> Rows:
    """Return the counters that a decision without locks could rest on and did not move: a debt that is none."""
    if seen.locked:
        return []
    return [
        (account_id, counter.debits, counter.credits, counter.version)
        for account_id, counter in sorted(seen.tally.counters.items())
        if account_id not in seen.tally.moved
    ]


def _balances(seen: Seen) -> Rows:
    """Return the counters that moved, as they were read and as they are now, in the order of locks."""
    rows = []
    for account_id in sorted(seen.tally.moved):
        was, now = seen.tally.moved[account_id], seen.tally.counters[account_id]
        rows.append(
            (account_id, was.debits, was.credits, was.version, now.debits, now.credits, now.version)
        )
    return rows


def _lots(seen: Seen) -> tuple[Rows, Rows]:
    """Return what lots moved by: lots that surely stand there, and lots that may have to be opened."""
    known: Rows = []
    new: Rows = []
    for (account_id, day), was in sorted(seen.tally.moved_lots.items(), key=lambda each: each[0]):
        now, then = seen.tally.lots[account_id][day], was or NOTHING_YET
        moved = (now.debits - then.debits, now.credits - then.credits)
        (new if was is None else known).append((account_id, day, *moved))
    return known, new


def _values(table: str, columns: str, extra: str = "", value: str = "") -> str:
    names = names_of(columns)
    return (
        f"INSERT INTO {table} (book_id, {', '.join(names)}{extra}) "
        f"VALUES ({placeholders(len(names) + 1)}{value})"
    )


SQLITE = (
    (
        "UPDATE balance SET debits = $6, credits = $7, version = $8 WHERE book_id = $1 AND account_id = $2 "
        "AND debits = $3 AND credits = $4 AND version = $5 AND closed = 0"
    ),
    (
        "UPDATE lot_balance SET debits = debits + $4, credits = credits + $5 "
        "WHERE book_id = $1 AND account_id = $2 AND expires_on = $3"
    ),
    _values("lot_balance", LOT) + _ADD_LOT,
    _values("journal_entry", ENTRY, ", leaf_version", f", {VERSION}"),
    _values("transfer", TRANSFER),
    _values("idempotency", KEY),
    _values("entry_reason", REASON),
    "INSERT INTO seal_queue (book_id, entry_id) VALUES ($1, $2)",
)
