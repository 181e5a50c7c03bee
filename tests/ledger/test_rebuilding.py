"""Balances are set right from the transfers, in a book that is shut, and never by halves."""

import asyncio

import pytest

from kernel.database import execute, fetch
from kernel.errors import NotFound
from ledger import books, checks, rebuilding
from ledger.alarms import all_alarms, clear_alarm, open_alarms, raise_alarm
from ledger.desk import post
from ledger.errors import BookIsOpen, CannotBeRebuilt, FenceIsBusy
from ledger.rebuilding import Counters, differences, rebuild
from tests.ledger import world
from tests.ledger.months import a_post_under_way
from tests.ledger.test_tampering import as_owner
from tests.ledger.world import ANN, BOB, EXPIRES

pytestmark = pytest.mark.anyio
BY = 7
PURSE = "volunteer:101:points"
ANNS = f"(SELECT id FROM account WHERE path = '{PURSE}')"


async def a_history():
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 50))
    await post(world.an_award(book_id, ANN, 5, expires_on=20_281_031))
    await post(world.a_sale(book_id, ANN, 7))
    await post(world.an_award(book_id, BOB, 9))
    return book_id


async def shut(book_id):
    await raise_alarm(book_id, "balances", "Something is not right", {})


async def rows_of(table):
    return sorted(tuple(row.values()) for row in await fetch(f"SELECT * FROM {table}"))


async def test_a_sound_book_has_no_differences(database):
    book_id = await a_history()
    heard = []

    assert await differences(book_id, lambda done, of: heard.append((done, of))) == []
    assert heard[-1][0] == heard[-1][1] > 3


async def test_differences_are_named_and_nothing_is_changed(database):
    book_id = await a_history()
    await execute(f"UPDATE balance SET credits = 90, version = 8 WHERE account_id = {ANNS}")
    await execute(
        f"UPDATE lot_balance SET credits = 51 WHERE account_id = {ANNS} AND expires_on = {EXPIRES}"
    )
    before = await rows_of("balance"), await rows_of("lot_balance")

    first, second = await differences(book_id)

    assert (first.path, first.expires_on) == (PURSE, None)
    assert (first.kept, first.counted) == (Counters(7, 90, 8), Counters(7, 55, 4))
    assert (second.path, second.expires_on) == (PURSE, EXPIRES)
    assert (second.kept, second.counted) == (Counters(2, 51), Counters(2, 50))
    assert (await rows_of("balance"), await rows_of("lot_balance")) == before


DAMAGE = {
    "a counter": f"UPDATE balance SET credits = 90 WHERE account_id = {ANNS}",
    "a version": f"UPDATE balance SET version = 90 WHERE account_id = {ANNS}",
    "a lot": f"UPDATE lot_balance SET credits = 90 WHERE account_id = {ANNS}",
    "a lot lost": f"DELETE FROM lot_balance WHERE account_id = {ANNS} AND expires_on = {EXPIRES}",
    "a balance and its lots lost": (
        f"DELETE FROM lot_balance WHERE account_id = {ANNS};"
        f"DELETE FROM balance WHERE account_id = {ANNS}"
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_a_shut_book_is_set_right_and_goes_on(database, damage):
    book_id = await a_history()
    right = await rows_of("balance"), await rows_of("lot_balance")
    for table in ("lot_balance", "balance"):
        await as_owner(database.dialect, table)
    for statement in DAMAGE[damage].split(";"):
        await execute(statement)
    await shut(book_id)

    changed = await rebuild(book_id, BY)

    assert changed
    assert (await rows_of("balance"), await rows_of("lot_balance")) == right
    assert await checks.check(book_id) == []
    (alarm,) = await open_alarms(book_id)
    await clear_alarm(book_id, alarm.id, BY)
    await post(world.a_sale(book_id, ANN, 48))


async def test_a_lot_from_nowhere_is_emptied(database):
    book_id = await a_history()
    await execute(
        f"INSERT INTO lot_balance SELECT book_id, id, 0, 4, 20290101 FROM account WHERE id = {ANNS}"
    )
    await shut(book_id)

    await rebuild(book_id, BY)

    (lot,) = await fetch("SELECT debits, credits FROM lot_balance WHERE expires_on = 20290101")
    assert lot == {"debits": 0, "credits": 0}


async def test_who_repaired_what_stays_on_record(database):
    book_id = await a_history()
    await execute(f"UPDATE balance SET credits = 90 WHERE account_id = {ANNS}")
    await shut(book_id)

    await rebuild(book_id, BY)
    await rebuild(book_id, BY)

    repaired, raised = await all_alarms(book_id)
    assert (repaired.check, repaired.cleared_by) == ("rebuild", BY)
    assert repaired.members == {"rows": 1, "places": [[PURSE, "points", None]]}
    assert str(repaired) == "1 balances and lots were set anew from their transfers"
    assert [each.id for each in await open_alarms(book_id)] == [raised.id]


async def test_an_open_book_is_left_alone(database):
    book_id = await a_history()
    await execute(f"UPDATE balance SET credits = 90 WHERE account_id = {ANNS}")

    with pytest.raises(BookIsOpen):
        await rebuild(book_id, BY)
    with pytest.raises(NotFound):
        await rebuild(404, BY)
    assert len(await differences(book_id)) == 1


async def test_a_book_opened_meanwhile_is_left_alone(database, monkeypatch):
    book_id = await a_history()
    await execute(f"UPDATE balance SET credits = 90 WHERE account_id = {ANNS}")
    await shut(book_id)
    lock = books.lock_book

    async def opened_before(book_id):
        await execute("UPDATE book SET read_only = 0 WHERE id = $1", book_id)
        return await lock(book_id)

    monkeypatch.setattr(rebuilding, "lock_book", opened_before)
    with pytest.raises(BookIsOpen):
        await rebuild(book_id, BY)
    assert len(await differences(book_id)) == 1


async def test_a_post_under_way_is_waited_for_and_counted(database):
    book_id = await a_history()
    award = await post(world.an_award(book_id, BOB, 4))

    async with a_post_under_way(database, book_id, like=award.entry_id) as finish:
        if database.dialect == "postgresql":
            await shut(book_id)  # while the post has read that the book is open
        rebuilt = asyncio.create_task(rebuild(book_id, BY))
        await asyncio.sleep(0.3)
        assert not rebuilt.done()
        await finish()
        if database.dialect == "sqlite":
            with pytest.raises(BookIsOpen):
                await rebuilt
            await shut(book_id)
            rebuilt = asyncio.create_task(rebuild(book_id, BY))
        await rebuilt

    balances = await fetch("SELECT credits FROM balance WHERE credits = 9 + 4 + 4")
    assert len(balances) == 1


@pytest.mark.parametrize("scratch", ["postgresql"], indirect=True)
async def test_a_post_that_does_not_end_is_not_waited_for_long(database, monkeypatch):
    monkeypatch.setattr("ledger.books.FENCE_WAIT_MS", 100)
    book_id = await a_history()
    award = await post(world.an_award(book_id, BOB, 4))
    async with a_post_under_way(database, book_id, like=award.entry_id):
        await shut(book_id)
        with pytest.raises(FenceIsBusy):
            await rebuild(book_id, BY)


async def test_a_line_without_its_place_is_counted_all_the_same(database):
    book_id = await a_history()
    await as_owner(database.dialect, "transfer")
    await execute(
        "UPDATE transfer SET credit_version = NULL, credit_balance = NULL WHERE amount = 9"
    )

    (found,) = await differences(book_id)

    assert (found.kept, found.counted) == (Counters(0, 9, 1), Counters(0, 9, 0))


async def test_what_cannot_be_is_not_written_and_nothing_else_either(database):
    book_id = await a_history()
    await as_owner(database.dialect, "balance")
    await execute(f"UPDATE transfer SET amount = 60 WHERE debit_id = {ANNS} AND amount = 2")
    await execute("UPDATE balance SET credits = 90 WHERE debits = 0 AND credits = 9")
    before = await rows_of("balance")
    await shut(book_id)

    with pytest.raises(CannotBeRebuilt):
        await rebuild(book_id, BY)
    assert await rows_of("balance") == before
    assert len(await all_alarms(book_id)) == 1


async def test_posting_beside_it_makes_no_difference(database, monkeypatch):
    monkeypatch.setattr(rebuilding, "ACCOUNTS_AT_ONCE", 3)
    book_id = await a_history()
    over = asyncio.Event()

    async def poster(person):
        while not over.is_set():
            await post(world.an_award(book_id, person, 3))
            await post(world.a_sale(book_id, person, 2))

    posters = [asyncio.create_task(poster(person)) for person in (ANN, BOB, ANN, BOB)]
    found = [await differences(book_id) for _ in range(40)]
    over.set()
    await asyncio.gather(*posters)

    assert [each for each in found if each] == []
