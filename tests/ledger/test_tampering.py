"""What a database owner could do with the triggers off, and the checks that name it."""

from dataclasses import replace

import pytest

from audit.proofs import proofs
from kernel.database import execute, fetch
from kernel.ids import new_id
from ledger import checks
from ledger.desk import post
from ledger.leaf import ENTRY_FIELDS, TRANSFER_FIELDS
from ledger.trial_balance import trial_balance
from tests.ledger import world
from tests.ledger.world import ANN, BOB

pytestmark = pytest.mark.anyio

OTHER_VALUES = {
    "kind": "'POINTS_GRANTED'",
    "document_type": "'other'",
    "reason_code": "'other'",
    "reason_hash": {"sqlite": "x'00'", "postgresql": "'\\x00'::bytea"},
    "asset": "'minutes'",
}


async def as_owner(dialect, table):
    """Switch off what keeps the rows: triggers, and on SQLite foreign keys too."""
    if dialect == "postgresql":
        for each in (table, "transfer", "seal_queue", "idempotency", "journal_entry"):
            await execute(f"ALTER TABLE {each} DISABLE TRIGGER ALL")
        return
    await execute("PRAGMA foreign_keys = OFF")
    for row in await fetch("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        await execute(f"DROP TRIGGER {row['name']}")


async def a_small_history():
    """Return a book and its middle entry."""
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 50))
    middle = await post(world.an_award(book_id, ANN, 20))
    await post(world.a_sale(book_id, ANN, 30))
    await post(world.an_award(book_id, BOB, 5))
    assert await checks.check(book_id) == []
    return book_id, middle.entry_id


def _altered(column, dialect):
    value = OTHER_VALUES.get(column, f"COALESCE({column}, 0) + 7")
    return value[dialect] if isinstance(value, dict) else value


@pytest.mark.parametrize("column", [name for name in ENTRY_FIELDS if name not in ("book_id", "id")])
async def test_an_altered_entry_is_named(database, column):
    book_id, entry_id = await a_small_history()
    await as_owner(database.dialect, "journal_entry")

    await execute(
        f"UPDATE journal_entry SET {column} = {_altered(column, database.dialect)} WHERE book_id = $1 AND id = $2",
        *(book_id, entry_id),
    )

    assert entry_id in {finding.entry_id for finding in await checks.check(book_id)}


@pytest.mark.parametrize("column", TRANSFER_FIELDS)
async def test_an_altered_transfer_is_named(database, column):
    book_id, entry_id = await a_small_history()
    await as_owner(database.dialect, "transfer")

    # The house side has no running balance; the database wants both of its figures or none.
    columns = (
        ("debit_balance", "debit_version")
        if column.startswith("debit_") and column != "debit_id"
        else (column,)
    )
    changes = ", ".join(f"{each} = {_altered(each, database.dialect)}" for each in columns)
    await execute(
        f"UPDATE transfer SET {changes} WHERE book_id = $1 AND entry_id = $2", book_id, entry_id
    )

    assert entry_id in {finding.entry_id for finding in await checks.check(book_id)}


async def test_a_deleted_transfer_is_named(database):
    book_id, entry_id = await a_small_history()
    await as_owner(database.dialect, "transfer")

    await execute("DELETE FROM transfer WHERE book_id = $1 AND entry_id = $2", book_id, entry_id)

    assert entry_id in {finding.entry_id for finding in await checks.check(book_id)}


async def test_a_deleted_entry_is_named(database):
    book_id, entry_id = await a_small_history()
    await as_owner(database.dialect, "journal_entry")

    await execute("DELETE FROM journal_entry WHERE book_id = $1 AND id = $2", book_id, entry_id)

    assert entry_id in {finding.entry_id for finding in await checks.check(book_id)}


async def test_an_entry_deleted_with_all_its_traces_still_breaks_the_balances(database):
    book_id, entry_id = await a_small_history()
    await as_owner(database.dialect, "journal_entry")

    for table in ("transfer", "seal_queue", "idempotency"):
        await execute(
            f"DELETE FROM {table} WHERE book_id = $1 AND entry_id = $2", book_id, entry_id
        )
    await execute("DELETE FROM journal_entry WHERE book_id = $1 AND id = $2", book_id, entry_id)

    assert {finding.check for finding in await checks.check(book_id)} >= {
        "balances",
        "running-balances",
        "lots",
    }


async def test_an_inserted_entry_without_transfers_is_named(database):
    book_id, entry_id = await a_small_history()
    forged = new_id()

    await execute(
        "INSERT INTO journal_entry (book_id, id, occurred_at, posted_at, document_id, booked_on, leaf_version, leaf, "
        "kind, document_type) SELECT book_id, $3, occurred_at, posted_at, document_id, booked_on, leaf_version, leaf, "
        "kind, document_type FROM journal_entry WHERE book_id = $1 AND id = $2",
        *(book_id, entry_id, forged),
    )

    assert forged in {finding.entry_id for finding in await checks.check(book_id)}


ODD_ACCOUNTS = [
    ("secret:stash", "asset", -1),  # not in the chart at all
    ("volunteer:9:points", "liability", 1),  # without the floor that a purse has
    ("points:issued", "income", 1),  # another type
]


@pytest.mark.parametrize(("path", "type_", "side"), ODD_ACCOUNTS)
async def test_an_account_that_is_not_as_the_chart_says_is_named(database, path, type_, side):
    book_id, odd = await world.a_book(), new_id()

    await execute(
        "INSERT INTO account (book_id, id, opened_at, side, floored, lots, path, asset, type) "
        "VALUES ($1, $2, 1, $3, 0, 0, $4, 'points', $5)",
        *(book_id, odd, side, path, type_),
    )

    assert [finding.account_id for finding in await checks.check(book_id)] == [odd]
    assert len(proofs(await trial_balance(book_id))) == 4


async def test_an_altered_reason_is_named(database):
    book_id = await world.a_book()
    posted = await post(replace(world.an_award(book_id, ANN, 5), reason="carried the soup"))

    await execute("UPDATE entry_reason SET reason = 'slept' WHERE book_id = $1", book_id)

    assert [finding.entry_id for finding in await checks.check(book_id)] == [posted.entry_id]


async def test_an_erased_reason_leaves_the_books_verifiable(database):
    book_id = await world.a_book()
    await post(replace(world.an_award(book_id, ANN, 5), reason="carried the soup"))

    await execute("DELETE FROM entry_reason WHERE book_id = $1", book_id)

    assert await checks.check(book_id) == []
