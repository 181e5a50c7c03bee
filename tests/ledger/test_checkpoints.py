"""Checkpoints outlive a rewritten book: what they say is held against its blocks, their signatures against a key."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kernel import clock
from kernel.database import execute, fetch
from ledger import checkpoints, periods, sealing, verifying
from ledger.checkpoint_proofs import Witnesses
from ledger.checkpoints import NotACheckpoint, key_id, read_file, read_statement, take_checkpoint
from ledger.desk import post
from tests.ledger import months, world
from tests.ledger.sealed import a_sealed_history, as_owner, seal_again
from tests.ledger.world import ANN

pytestmark = pytest.mark.anyio

KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


async def found(book_id, *kept, key=KEY):
    """Return the checks that found something, with our key and checkpoints that were kept elsewhere."""
    keys = {key_id(key.public_key()): key.public_key()} if key else {}
    proven = await verifying.prove(book_id, Witnesses(keys, kept))
    return {finding.check for finding in proven.findings}


async def a_signed_history():
    book_id, entries = await a_sealed_history()
    return book_id, entries, await take_checkpoint(book_id, KEY)


async def test_a_good_checkpoint_agrees_with_its_book(database):
    book_id, _, kept = await a_signed_history()

    statement = read_statement(kept.text)

    assert (statement.book_id, statement.block, statement.entries_total) == (book_id, 2, 8)
    assert await found(book_id) == await found(book_id, kept) == set()
    await post(world.an_award(book_id, ANN, 5))
    await sealing.seal_everything(book_id)
    assert await found(book_id, kept) == set()


async def test_a_chain_that_was_made_anew_is_found_by_a_kept_checkpoint_only(database):
    book_id, entries, kept = await a_signed_history()
    await as_owner(database.dialect)

    await execute("UPDATE journal_entry SET actor_id = 7 WHERE id = $1", entries[1])
    await seal_again(book_id)
    await execute("UPDATE alarm SET cleared_at = 1, cleared_by = 7 WHERE book_id = $1", book_id)
    await execute("UPDATE journal_entry SET actor_id = 1 WHERE id = $1", entries[1])
    await seal_again(book_id)

    assert await found(book_id) == set()
    assert await found(book_id, kept) == {"checkpoints"}


async def test_blocks_dropped_at_the_end_are_missed_by_a_checkpoint(database):
    book_id, entries, kept = await a_signed_history()
    await as_owner(database.dialect)

    for table, column in (
        ("checkpoint", "block_number"), ("seal_member", "block_number"), ("block_total", "block_number"),
        ("seal_block", "number"),
    ):  # fmt: skip
        await execute(f"DELETE FROM {table} WHERE book_id = $1 AND {column} = 2", book_id)
    for entry_id in entries[4:]:
        await execute(
            "INSERT INTO seal_queue (book_id, entry_id) VALUES ($1, $2)", book_id, entry_id
        )

    assert await found(book_id) == set()
    assert await found(book_id, kept) == {"checkpoints"}


@pytest.mark.parametrize("column", ["statement", "signature"])
async def test_a_replaced_checkpoint_row_has_no_good_signature(database, column):
    book_id, _, kept = await a_signed_history()
    await as_owner(database.dialect)
    said = kept.text.replace('"entries_total":8', '"entries_total":7')
    value = {"statement": said, "signature": bytes(64)}[column]

    await execute(f"UPDATE checkpoint SET {column} = $2 WHERE book_id = $1", book_id, value)

    assert await found(book_id) == {"signatures"}


async def test_a_checkpoint_that_another_key_signed_is_not_ours(database):
    book_id, _, kept = await a_signed_history()
    forged = checkpoints.sign(OTHER, read_statement(kept.text))

    assert await found(book_id, forged) == {"signatures"}
    assert await found(book_id, key=OTHER) == {"signatures"}
    assert await found(book_id, key=None) == {"signatures"}


async def test_a_checkpoint_that_the_book_lost_is_missed(database):
    book_id, _, kept = await a_signed_history()
    await as_owner(database.dialect)

    await execute("DELETE FROM checkpoint WHERE book_id = $1", book_id)

    assert await found(book_id) == set()
    assert await found(book_id, kept) == {"signatures"}


async def test_a_book_without_checkpoints_for_days_is_told(database):
    book_id, _, _ = await a_signed_history()
    for days in (1, 2, 4, 5):
        with clock.frozen(clock.now() + days * clock.DAY):
            await post(world.an_award(book_id, ANN, 5))
            await sealing.seal_everything(book_id)
        assert ("signatures" in await found(book_id)) == (days > 3), days


async def test_a_statement_that_contradicts_the_book_in_anything_is_found(database):
    book_id, _, kept = await a_signed_history()
    told = json.loads(kept.text)

    for name, value in {
        "block_hash": "00" * 32,
        "blocks_root": "00" * 32,
        "entries_total": 7,
        "block": 1,
        "periods": [{"ends_on": 20_260_930, "digest": "00" * 32}],
    }.items():
        text = json.dumps(told | {name: value}, sort_keys=True, separators=(",", ":"))
        signed = checkpoints.sign(KEY, read_statement(text))
        assert "checkpoints" in await found(book_id, signed), name


async def test_nothing_new_takes_no_new_checkpoint(database):
    book_id, _, kept = await a_signed_history()

    assert await take_checkpoint(book_id, KEY) == kept
    assert await take_checkpoint(await world.a_book(), KEY) is None
    rows = await fetch("SELECT block_number FROM checkpoint WHERE book_id = $1", book_id)
    assert [row["block_number"] for row in rows] == [2]


async def test_a_checkpoint_is_due_when_something_was_sealed_and_it_is_time(database):
    book_id = await world.a_book()
    assert not await checkpoints.is_due(book_id, clock.HOUR)
    await post(world.an_award(book_id, ANN, 5))
    assert not await checkpoints.is_due(book_id, clock.HOUR)
    await sealing.seal_everything(book_id)
    assert await checkpoints.is_due(book_id, clock.HOUR)
    await take_checkpoint(book_id, KEY)
    await post(world.an_award(book_id, ANN, 5))
    await sealing.seal_everything(book_id)
    assert not await checkpoints.is_due(book_id, clock.HOUR)
    with clock.frozen(clock.now() + clock.HOUR):
        assert await checkpoints.is_due(book_id, clock.HOUR)
        await take_checkpoint(book_id, KEY)
    with clock.frozen(clock.now() + 3 * clock.HOUR):
        assert not await checkpoints.is_due(book_id, clock.HOUR)


async def test_a_closed_month_is_in_the_next_checkpoint_and_asks_for_one(database):
    with clock.frozen(months.noon(20_261_121)):
        book_id = await months.a_book_since(20_260_905)
        await months.award_on(book_id, 20_260_910, 100)
        await sealing.seal_everything(book_id)
        await take_checkpoint(book_id, KEY)
        await months.award_on(book_id, 20_261_010, 100)
        await sealing.seal_everything(book_id)
        assert not await checkpoints.is_due(book_id, clock.HOUR)
    with clock.frozen(months.noon(20_261_121) + clock.MINUTE):
        closed = await periods.close(book_id, months.SEPTEMBER, months.BY)
        assert await checkpoints.is_due(book_id, clock.HOUR)
        taken = await take_checkpoint(book_id, KEY)
        assert taken is not None
        assert read_statement(taken.text).periods == ((months.SEPTEMBER, closed.digest),)
        assert await found(book_id, taken) == set()

    await as_owner(database.dialect)
    await execute("UPDATE period_total SET debits = debits + 1 WHERE book_id = $1", book_id)
    assert await found(book_id) == {"periods"}
    await execute("UPDATE period SET digest = $2 WHERE book_id = $1", book_id, bytes(32))
    assert await found(book_id) == {"periods", "checkpoints"}


async def test_an_entry_slipped_into_a_closed_month_is_found(database):
    with clock.frozen(months.noon(20_261_121)):
        book_id = await months.a_book_since(20_260_905)
        await months.award_on(book_id, 20_260_910, 100)
        await months.award_on(book_id, 20_261_010, 100)
        await sealing.seal_everything(book_id)
        await periods.close(book_id, months.SEPTEMBER, months.BY)
        await as_owner(database.dialect)
        await execute("UPDATE book SET closed_until = NULL WHERE id = $1", book_id)
        assert await found(book_id) == {"periods"}
        await months.award_on(book_id, 20_260_911, 7)
        await execute("UPDATE book SET closed_until = 20260930 WHERE id = $1", book_id)

        assert await found(book_id) == {"periods"}


def test_files_are_put_into_a_folder_once(tmp_path):
    statement = checkpoints.Statement(5, 2, bytes(32), bytes(32), 8, (), 1, "key")
    first = checkpoints.export(checkpoints.sign(KEY, statement), tmp_path / "kept")
    again = checkpoints.export(checkpoints.sign(OTHER, statement), tmp_path / "kept")

    assert first == again
    assert read_file(first.read_text()) == checkpoints.sign(KEY, statement)
    assert [each.name for each in (tmp_path / "kept").iterdir()] == [first.name]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"book": 5}', "null"])
def test_what_is_no_statement_is_not_read(text):
    with pytest.raises(NotACheckpoint):
        read_statement(text)


def test_a_statement_has_one_text():
    statement = checkpoints.Statement(
        5, 2, bytes(32), bytes(32), 8, ((20_260_930, b"\x01"),), 1, "k"
    )

    assert read_statement(statement.text()) == statement
    with pytest.raises(NotACheckpoint):
        read_statement(statement.text().replace(":", ": "))
