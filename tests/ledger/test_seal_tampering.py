"""Every row of the tamper table: what the database's owner does behind our back, and the finding that names it."""

import pytest

from kernel import clock
from kernel.database import execute, fetch
from kernel.ids import new_id
from ledger import sealing
from ledger.leaf import leaf_of
from ledger.sealing import seal_everything
from tests.ledger.sealed import a_sealed_history, as_owner, found_in, seal_again

pytestmark = pytest.mark.anyio


async def told(book_id):
    """Return which checks found something, each with the entry it names (None: it names none)."""
    return {(finding.check, finding.entry_id) for finding in await found_in(book_id)}


async def rehash(book_id, entry_id):
    """Give an entry the leaf that its altered rows have, as one who knows our code would."""
    entry = (
        await fetch("SELECT * FROM journal_entry WHERE book_id = $1 AND id = $2", book_id, entry_id)
    )[0]
    lines = await fetch(
        "SELECT * FROM transfer WHERE book_id = $1 AND entry_id = $2", book_id, entry_id
    )
    leaf = leaf_of(entry, lines)
    await execute(
        "UPDATE journal_entry SET leaf = $3 WHERE book_id = $1 AND id = $2", book_id, entry_id, leaf
    )
    return leaf


ALTERATIONS = {
    "amount": "UPDATE transfer SET amount = amount + 7 WHERE book_id = $1 AND entry_id = $2",
    "actor": "UPDATE journal_entry SET actor_id = 7 WHERE book_id = $1 AND id = $2",
    "time": "UPDATE journal_entry SET occurred_at = occurred_at - 1 WHERE book_id = $1 AND id = $2",
    "version of the leaf": "UPDATE journal_entry SET leaf_version = 9 WHERE book_id = $1 AND id = $2",
}


@pytest.mark.parametrize("what", ALTERATIONS)
async def test_an_altered_amount_actor_or_time(database, what):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)

    await execute(ALTERATIONS[what], book_id, entries[1])

    assert ("leaves", entries[1]) in await told(book_id)


@pytest.mark.parametrize("what", ["amount", "actor", "time"])
async def test_an_altered_entry_with_a_leaf_to_match(database, what):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)

    await execute(ALTERATIONS[what], book_id, entries[1])
    leaf = await rehash(book_id, entries[1])

    assert ("members", entries[1]) in await told(book_id)
    await execute(
        "UPDATE seal_member SET leaf = $3 WHERE book_id = $1 AND entry_id = $2",
        *(book_id, entries[1], leaf),
    )
    assert ("roots", None) in await told(book_id)


async def test_both_sides_altered_equally_with_balances_lots_and_leaf_to_match(database):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)
    # The last award to Bob: with no line after it, every sum can be made to agree again.
    credited = "(SELECT credit_id FROM transfer WHERE book_id = $1 AND entry_id = $2)"
    for change in (
        "transfer SET amount = amount + 7, credit_balance = credit_balance + 7 WHERE book_id = $1 AND entry_id = $2",
        f"balance SET credits = credits + 7 WHERE book_id = $1 AND account_id = {credited}",
        f"lot_balance SET credits = credits + 7 WHERE book_id = $1 AND account_id = {credited}",
    ):
        await execute(f"UPDATE {change}", book_id, entries[-1])
    await rehash(book_id, entries[-1])

    found = await told(book_id)

    assert ("members", entries[-1]) in found
    assert ("block-totals", None) in found
    assert {check for check, _ in found} == {"members", "block-totals"}


@pytest.mark.parametrize("place", [1, 7])  # in the middle, and the very last
async def test_a_deleted_entry_is_named_by_its_block(database, place):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)

    await execute(
        "DELETE FROM transfer WHERE book_id = $1 AND entry_id = $2", book_id, entries[place]
    )
    await execute(
        "DELETE FROM journal_entry WHERE book_id = $1 AND id = $2", book_id, entries[place]
    )

    assert ("orphans", entries[place]) in await told(book_id)


async def test_an_entry_deleted_with_its_place_in_the_block_is_missed(database):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)

    for table in ("transfer", "idempotency", "seal_member"):
        await execute(
            f"DELETE FROM {table} WHERE book_id = $1 AND entry_id = $2", book_id, entries[7]
        )
    await execute("DELETE FROM journal_entry WHERE book_id = $1 AND id = $2", book_id, entries[7])

    assert {check for check, _ in await told(book_id)} >= {"members", "roots", "balances"}


async def test_a_deleted_line_is_named(database):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)

    await execute("DELETE FROM transfer WHERE book_id = $1 AND entry_id = $2", book_id, entries[2])

    assert ("leaves", entries[2]) in await told(book_id)


async def test_reordered_entries_are_named(database):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)

    # Past each other by way of a place that is free.
    for place, entry_id in ((900, entries[0]), (0, entries[1]), (1, entries[0])):
        await execute(
            "UPDATE seal_member SET position = $3 WHERE book_id = $1 AND entry_id = $2",
            *(book_id, entry_id, place),
        )

    assert ("roots", None) in await told(book_id)
    await execute(
        "UPDATE seal_member SET position = 5 WHERE book_id = $1 AND entry_id = $2",
        *(book_id, entries[0]),
    )
    assert ("members", entries[0]) in await told(book_id)


async def test_swapped_ids_are_named(database):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)
    one, other, between = entries[1], entries[3], new_id()

    for table, column in (("journal_entry", "id"), ("transfer", "entry_id")):
        for was, becomes in ((one, between), (other, one), (between, other)):
            await execute(
                f"UPDATE {table} SET {column} = $3 WHERE book_id = $1 AND {column} = $2",
                *(book_id, was, becomes),
            )

    assert {("leaves", one), ("leaves", other)} <= await told(book_id)


async def forged(book_id, like, *, posted_at):
    """Put in an entry that posting would have written like this one, with a leaf of its own."""
    entry_id = new_id()
    entry = (await fetch("SELECT * FROM journal_entry WHERE id = $1", like))[0]
    line = (await fetch("SELECT * FROM transfer WHERE entry_id = $1", like))[0]
    entry |= {"id": entry_id, "posted_at": posted_at, "document_id": new_id()}
    line |= {"entry_id": entry_id, "credit_version": 5, "credit_balance": 60}
    entry["leaf"] = leaf_of(entry, [line])
    for table, row in (("journal_entry", entry), ("transfer", line)):
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())
    return entry_id


async def test_an_entry_put_in_backdated_is_in_no_block(database):
    book_id, entries = await a_sealed_history()

    entry_id = await forged(book_id, entries[-1], posted_at=clock.now() - clock.DAY)

    assert ("incomplete", entry_id) in await told(book_id)
    await execute("INSERT INTO seal_queue (book_id, entry_id) VALUES ($1, $2)", book_id, entry_id)
    found = await told(book_id)
    assert ("unsealed", entry_id) in found
    assert ("incomplete", entry_id) not in found


async def test_an_entry_put_into_an_old_block_breaks_it(database):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)

    entry_id = await forged(book_id, entries[-1], posted_at=clock.now())
    await execute(
        "INSERT INTO seal_member (book_id, entry_id, block_number, position, leaf) "
        "SELECT book_id, id, 1, 4, leaf FROM journal_entry WHERE book_id = $1 AND id = $2",
        *(book_id, entry_id),
    )

    assert {check for check, _ in await told(book_id)} >= {"members", "roots", "block-totals"}


async def test_an_entry_that_is_sealed_and_still_queued_is_named(database):
    book_id, entries = await a_sealed_history()

    await execute("INSERT INTO seal_queue (book_id, entry_id) VALUES ($1, $2)", book_id, entries[2])

    assert await told(book_id) == {("incomplete", entries[2])}


async def test_a_place_in_the_queue_that_was_taken_away_is_named(database):
    book_id, entries = await a_sealed_history()
    entry_id = await forged(book_id, entries[-1], posted_at=clock.now())

    found = await told(book_id)

    assert ("incomplete", entry_id) in found


@pytest.mark.parametrize("column", ["debits", "credits", "version"])
async def test_a_changed_balance_breaks_the_sums_and_nothing_else(database, column):
    book_id, _ = await a_sealed_history()
    await as_owner(database.dialect)

    await execute(
        f"UPDATE balance SET {column} = {column} + 1 WHERE book_id = $1 AND debits > 0", book_id
    )

    assert {check for check, _ in await told(book_id)} == {"balances"}


async def test_a_balance_or_lot_that_was_taken_away_is_missed(database):
    book_id, _ = await a_sealed_history()
    await as_owner(database.dialect)

    await execute("DELETE FROM lot_balance WHERE book_id = $1", book_id)
    assert {check for check, _ in await told(book_id)} == {"lots"}
    await execute("DELETE FROM balance WHERE book_id = $1", book_id)

    assert {check for check, _ in await told(book_id)} == {"balances", "lots"}


BLOCK_COLUMNS = {
    "sealed_at": 3,
    "entries": 3,
    "entries_total": 5,
    "format_version": 3,
    "previous_hash": b"\x07" * 32,
    "root": bytes(32),
    "totals_hash": bytes(32),
    "hash": bytes(32),
}


@pytest.mark.parametrize("column", BLOCK_COLUMNS)
async def test_an_altered_block_is_named(database, column):
    book_id, _ = await a_sealed_history()
    await as_owner(database.dialect)

    await execute(
        f"UPDATE seal_block SET {column} = $2 WHERE book_id = $1 AND number = 1",
        *(book_id, BLOCK_COLUMNS[column]),
    )

    found = [each for each in await found_in(book_id) if each.check == "chain"]
    assert 1 in {finding.members["block"] for finding in found}


async def test_a_block_taken_out_of_the_chain_is_named(database):
    book_id, _ = await a_sealed_history()
    await as_owner(database.dialect)

    await execute("DELETE FROM seal_block WHERE book_id = $1 AND number = 1", book_id)

    found = [each for each in await found_in(book_id) if each.check == "chain"]
    assert {finding.members["block"] for finding in found} == {1, 2}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE block_total SET debits = debits + 1 WHERE book_id = $1 AND block_number = 2 AND debits > 0",
        "DELETE FROM block_total WHERE book_id = $1 AND block_number = 2",
    ],
)
async def test_altered_totals_of_a_block_are_named(database, change):
    book_id, _ = await a_sealed_history()
    await as_owner(database.dialect)

    await execute(change, book_id)

    found = [each for each in await found_in(book_id) if each.check == "block-totals"]
    assert {finding.members["block"] for finding in found} == {2}
    assert any(finding.account_id for finding in found)


async def test_accounts_whose_holders_were_swapped_are_named(database):
    book_id, _ = await a_sealed_history()
    await as_owner(database.dialect)

    for was, becomes in ((101, 999), (102, 101), (999, 102)):
        await execute(
            "UPDATE account SET path = $3 WHERE book_id = $1 AND path = $2",
            *(book_id, f"volunteer:{was}:points", f"volunteer:{becomes}:points"),
        )

    found = await found_in(book_id)
    assert {finding.check for finding in found} == {"block-totals"}
    assert {finding.members["block"] for finding in found} == {1, 2}


async def test_a_deleted_account_is_named(database):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)

    await execute("DELETE FROM account WHERE book_id = $1 AND path = 'points:issued'", book_id)

    assert ("orphans", entries[0]) in await told(book_id)


async def test_an_entry_altered_before_its_seal_is_not_sealed_as_right(database):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)
    await execute("DELETE FROM seal_member WHERE book_id = $1 AND block_number = 2", book_id)
    await execute("DELETE FROM block_total WHERE book_id = $1 AND block_number = 2", book_id)
    await execute("DELETE FROM seal_block WHERE book_id = $1 AND number = 2", book_id)
    for entry_id in entries[4:]:
        await execute(
            "INSERT INTO seal_queue (book_id, entry_id) VALUES ($1, $2)", book_id, entry_id
        )
    await execute(ALTERATIONS["actor"], book_id, entries[5])

    sealed = await sealing.seal_next(book_id)

    assert sealed.block is not None
    assert (sealed.block.entries, sealed.altered) == (3, [entries[5]])
    assert await told(book_id) == {("leaves", entries[5])}
    alarms = await fetch("SELECT check_name, members FROM alarm WHERE book_id = $1", book_id)
    assert [(each["check_name"], str(entries[5]) in each["members"]) for each in alarms] == [
        ("leaves", True)
    ]


async def test_a_leaf_altered_with_its_entry_before_the_seal_contradicts_the_receipt_alone(
    database,
):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)
    receipt = (await fetch("SELECT leaf FROM journal_entry WHERE id = $1", entries[1]))[0]["leaf"]

    await execute(ALTERATIONS["actor"], book_id, entries[1])
    leaf = await rehash(book_id, entries[1])
    await seal_again(book_id)

    assert await told(book_id) == set()
    assert leaf != receipt


async def test_everything_after_an_alteration_can_be_sealed_again_once_somebody_has_looked(
    database,
):
    book_id, entries = await a_sealed_history()
    await as_owner(database.dialect)
    await execute(ALTERATIONS["actor"], book_id, entries[1])
    await seal_again(book_id)
    waiting = "SELECT entry_id FROM seal_queue WHERE book_id = $1"
    assert [row["entry_id"] for row in await fetch(waiting, book_id)] == [entries[1]]

    await execute("UPDATE alarm SET cleared_at = 1, cleared_by = 7 WHERE book_id = $1", book_id)
    await seal_everything(book_id)

    assert await fetch(waiting, book_id) == []
    assert await told(book_id) == {("leaves", entries[1])}
