"""Going round Python: what the database itself refuses, on both."""

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from kernel.database import execute, fetch
from kernel.ids import new_id
from ledger import chart, checks
from ledger.accounts import find_accounts
from ledger.desk import post
from tests.ledger import world
from tests.ledger.world import ANN, BOB, EXPIRES

pytestmark = pytest.mark.anyio
REFUSALS = (IntegrityError, OperationalError)

TRANSFER = (
    "INSERT INTO transfer (book_id, entry_id, line, asset, debit_id, credit_id, amount, expires_on) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
)


async def a_book_with_an_entry():
    """Return (book, entry, ids of accounts by name) of a book in which Ann and Bob earned 50 each."""
    book_id = await world.a_book()
    posted = await post(world.an_award(book_id, ANN, 50))
    await post(world.an_award(book_id, BOB, 50))
    names = [chart.POINTS_ISSUED, chart.purse(ANN), chart.purse(BOB)]
    found = await find_accounts(book_id, names)
    return book_id, posted.entry_id, [found[name].id for name in names]


async def test_a_sound_raw_transfer_is_taken_by_the_database_but_found_by_the_checks(database):
    book_id, entry_id, (issued, ann, _) = await a_book_with_an_entry()

    await execute(TRANSFER, book_id, entry_id, 2, "points", issued, ann, 5, EXPIRES)

    found = await checks.check(book_id)
    assert {finding.check for finding in found} >= {
        "balances",
        "lots",
        "leaves",
        "running-balances",
    }
    assert entry_id in {finding.entry_id for finding in found}


@pytest.mark.parametrize("amount", [0, -5])
async def test_a_transfer_that_is_not_positive_is_refused(database, amount):
    book_id, entry_id, (issued, ann, _) = await a_book_with_an_entry()

    with pytest.raises(REFUSALS):
        await execute(TRANSFER, book_id, entry_id, 2, "points", issued, ann, amount, EXPIRES)


async def test_a_transfer_to_itself_is_refused(database):
    book_id, entry_id, (_, ann, __) = await a_book_with_an_entry()

    with pytest.raises(REFUSALS):
        await execute(TRANSFER, book_id, entry_id, 2, "points", ann, ann, 5, EXPIRES)


@pytest.mark.parametrize("asset", ["minutes", "fen", "gold"])
async def test_a_transfer_in_another_asset_than_its_accounts_is_refused(database, asset):
    book_id, entry_id, (issued, ann, _) = await a_book_with_an_entry()

    with pytest.raises(REFUSALS):
        await execute(TRANSFER, book_id, entry_id, 2, asset, issued, ann, 5, EXPIRES)


async def test_a_transfer_into_another_book_is_refused(database):
    book_id, entry_id, (issued, _, __) = await a_book_with_an_entry()
    other_book, _, (_, strangers, __) = await a_book_with_an_entry()

    with pytest.raises(REFUSALS):
        await execute(TRANSFER, book_id, entry_id, 2, "points", issued, strangers, 5, EXPIRES)
    with pytest.raises(REFUSALS):
        await execute(TRANSFER, other_book, entry_id, 2, "points", issued, strangers, 5, EXPIRES)


async def test_a_balance_below_its_floor_is_refused(database):
    book_id, _, (_, ann, __) = await a_book_with_an_entry()

    with pytest.raises(REFUSALS):
        await execute(
            "UPDATE balance SET debits = 51 WHERE book_id = $1 AND account_id = $2", book_id, ann
        )


async def test_a_lot_below_zero_is_refused(database):
    book_id, _, (_, ann, __) = await a_book_with_an_entry()

    with pytest.raises(REFUSALS):
        await execute(
            "UPDATE lot_balance SET debits = 51 WHERE book_id = $1 AND account_id = $2",
            book_id,
            ann,
        )


@pytest.mark.parametrize("table", ["journal_entry", "transfer"])
async def test_entries_and_transfers_are_neither_changed_nor_deleted(database, table):
    book_id, _, __ = await a_book_with_an_entry()
    column = "occurred_at" if table == "journal_entry" else "amount"

    with pytest.raises(REFUSALS, match="append-only"):
        await execute(f"UPDATE {table} SET {column} = {column} + 1 WHERE book_id = $1", book_id)
    with pytest.raises(REFUSALS, match="append-only"):
        await execute(f"DELETE FROM {table} WHERE book_id = $1", book_id)


@pytest.mark.parametrize("table", ["account", "balance", "lot_balance", "idempotency"])
async def test_accounts_balances_and_keys_are_never_deleted(database, table):
    book_id, _, __ = await a_book_with_an_entry()

    with pytest.raises(REFUSALS):
        await execute(f"DELETE FROM {table} WHERE book_id = $1", book_id)


@pytest.mark.parametrize("table", ["journal_entry", "transfer", "idempotency"])
async def test_sqlite_refuses_to_replace_what_is_append_only(database, table):
    if database.dialect == "postgresql":
        return  # It has no REPLACE, and its upsert asks the UPDATE triggers.
    await a_book_with_an_entry()
    await execute("PRAGMA foreign_keys = OFF")  # as any other client of the file has them

    with pytest.raises(IntegrityError, match="UNIQUE"):
        await execute(f"REPLACE INTO {table} SELECT * FROM {table}")


async def test_sqlite_refuses_to_replace_a_transfer_by_its_place_in_an_account(database):
    if database.dialect == "postgresql":
        return
    book_id, entry_id, (issued, ann, _) = await a_book_with_an_entry()

    with pytest.raises(IntegrityError, match="UNIQUE"):
        await execute(
            "REPLACE INTO transfer (book_id, entry_id, line, asset, debit_id, credit_id, amount, expires_on, "
            "credit_balance, credit_version) VALUES ($1, $2, 2, 'points', $3, $4, 500, $5, 500, 1)",
            *(book_id, entry_id, issued, ann, EXPIRES),
        )


async def test_postgresql_refuses_to_truncate(database):
    if database.dialect == "sqlite":
        # SQLite has no TRUNCATE: a DELETE without a WHERE is what its triggers refuse.
        await a_book_with_an_entry()
        with pytest.raises(REFUSALS, match="append-only"):
            await execute("DELETE FROM transfer")
        return
    with pytest.raises(REFUSALS, match="append-only"):
        await execute("TRUNCATE transfer")


async def test_nothing_of_an_account_changes_but_its_closing(database):
    book_id, _, (_, ann, __) = await a_book_with_an_entry()

    for change in ("path = 'volunteer:9:points'", "asset = 'minutes'", "side = -1", "floored = 0"):
        with pytest.raises(REFUSALS):
            await execute(
                f"UPDATE account SET {change} WHERE book_id = $1 AND id = $2", book_id, ann
            )
    await execute("UPDATE account SET closed_at = 1 WHERE book_id = $1 AND id = $2", book_id, ann)


async def test_a_type_and_its_normal_side_cannot_disagree(database):
    book_id = await world.a_book()

    with pytest.raises(REFUSALS):
        await execute(
            "INSERT INTO account (book_id, id, opened_at, side, floored, lots, path, asset, type) "
            "VALUES ($1, $2, 1, 1, 0, 0, 'points:issued', 'points', 'expense')",
            *(book_id, new_id()),
        )


async def test_a_kind_that_is_not_in_the_list_is_refused(database):
    book_id, entry_id, _ = await a_book_with_an_entry()

    with pytest.raises(REFUSALS):
        await execute(
            "INSERT INTO journal_entry (book_id, id, occurred_at, posted_at, document_id, booked_on, leaf_version, "
            "leaf, kind, document_type) SELECT book_id, id + 1, occurred_at, posted_at, document_id, booked_on, "
            "leaf_version, leaf, 'GIFT', document_type FROM journal_entry WHERE book_id = $1 AND id = $2",
            *(book_id, entry_id),
        )


async def test_maker_and_approver_are_two_people(database):
    book_id, entry_id, _ = await a_book_with_an_entry()

    with pytest.raises(REFUSALS):
        await execute(
            "INSERT INTO journal_entry (book_id, id, occurred_at, posted_at, document_id, booked_on, leaf_version, "
            "leaf, kind, document_type, actor_id, approver_id) SELECT book_id, id + 1, occurred_at, posted_at, "
            "document_id, booked_on, leaf_version, leaf, kind, document_type, 1, 1 "
            "FROM journal_entry WHERE book_id = $1 AND id = $2",
            *(book_id, entry_id),
        )


async def test_the_kinds_of_the_database_are_the_kinds_of_the_chart(database):
    rows = await fetch("SELECT code FROM entry_kind")

    assert {row["code"] for row in rows} == {kind.value for kind in chart.Kind}
