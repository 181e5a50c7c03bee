"""The guards of the books, one by one: what a rival does between a batch's reading and its writing is never lost."""

import asyncio
import sqlite3
from dataclasses import replace

import asyncpg
import pytest

from kernel import clock
from kernel.database import execute, fetch
from kernel.direct import Ask
from ledger import balances, chart, checks, holds
from ledger.accounts import find_accounts
from ledger.desk import post
from ledger.errors import AlreadyReversed, NotEnoughPoints
from ledger.hold_posts import to_capture
from ledger.hold_rules import Capturing
from ledger.post import RequestKey
from ledger.posting import needs_locks
from ledger.reversals import reverse, reversing, the_undo
from tests.ledger import world
from tests.ledger.underway import a_line, under_way
from tests.ledger.world import ANN, BOB

pytestmark = [pytest.mark.anyio, pytest.mark.concurrency]

REFUSED = (asyncpg.PostgresError, sqlite3.Error, AssertionError)
BUSY = (asyncpg.LockNotAvailableError, sqlite3.OperationalError)
CLOSER = "LOCK TABLE book IN EXCLUSIVE MODE"
only_postgresql = pytest.mark.parametrize("scratch", ["postgresql"], indirect=True)


def request(key, *asked):
    return RequestKey("person:1", key, list(asked))


async def a_town(points=50):
    """Open a book in which Ann has points."""
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, points))
    return book_id


async def has(book_id, person):
    return (await balances.holding(book_id, chart.purse(person))).balance


async def id_of(book_id, name):
    return (await find_accounts(book_id, [name]))[name].id


# What was read without locks is written only if it is still so.


@pytest.mark.parametrize(
    "change",
    [
        "version = version + 1",
        "debits = debits + 1",
        "credits = credits + 1",
        "closed = 1",
    ],
)
async def test_a_counter_that_is_not_as_it_was_read_is_not_written_over(database, change):
    book_id = await a_town()
    purse = await id_of(book_id, chart.purse(ANN))

    async with under_way(database, world.an_award(book_id, ANN, 7), locked=False) as batch:
        await batch.read()
        await execute(f"UPDATE balance SET {change} WHERE account_id = $1", purse)
        with pytest.raises(REFUSED):
            await batch.finish()

    (row,) = await fetch("SELECT credits FROM balance WHERE account_id = $1", purse)
    assert row["credits"] in (50, 51)


@only_postgresql
async def test_a_debt_that_arose_after_it_was_looked_at_lets_no_sale_through(database):
    book_id = await a_town()
    entries = await world.count_entries()

    async with under_way(database, world.a_sale(book_id, ANN, 5), locked=False) as batch:
        await batch.read()
        owed = await id_of(book_id, chart.owed(ANN))
        await execute("UPDATE balance SET debits = 9, version = 1 WHERE account_id = $1", owed)
        with pytest.raises(asyncpg.PostgresError, match="looked_at"):
            await batch.finish()

    assert await world.count_entries() == entries


@only_postgresql
@pytest.mark.parametrize("change", ["closed_until = 20261031", "read_only = 1"])
async def test_a_fence_that_was_moved_after_it_was_read_lets_nothing_through(database, change):
    book_id = await a_town()
    entries = await world.count_entries()

    async with under_way(database, world.an_award(book_id, ANN, 7), locked=False) as batch:
        await batch.read()
        await execute(f"UPDATE book SET {change} WHERE id = $1", book_id)
        with pytest.raises(asyncpg.PostgresError, match="fence"):
            await batch.finish()

    assert await world.count_entries() == entries


@only_postgresql
async def test_a_month_that_is_closed_while_the_statement_waits_takes_nothing_more(database):
    book_id = await a_town()
    entries = await world.count_entries()

    async with (
        a_line(database) as closer,
        under_way(database, world.an_award(book_id, ANN, 7), locked=False) as batch,
    ):
        await batch.read()
        await batch.line.raw.execute("SET lock_timeout = '5s'")
        await closer.begin(CLOSER)
        await closer.fetch(Ask("UPDATE book SET closed_until = 20261130"))
        finishing = asyncio.create_task(batch.finish())
        await until_somebody_waits()
        await closer.commit()
        with pytest.raises(asyncpg.PostgresError, match="fence"):
            await finishing

    assert await world.count_entries() == entries


def a_defect(*_):
    raise ZeroDivisionError


@only_postgresql
async def test_nothing_is_refused_by_what_was_read_without_locks(database):
    book_id = await a_town()
    poor = world.a_sale(book_id, BOB, 30, request("k"))
    lost = replace(world.an_award(book_id, ANN, 1), decide=a_defect)
    missing = replace(poor, key=request("m"), facts=(poor.document._replace(table="hold"),))
    undo = await the_undo(book_id, (await post(world.a_sale(book_id, ANN, 5))).entry_id)
    await reverse(book_id, undo.entry_id, key=request("u"), actor_id=1, reason="")
    again = reversing(book_id, undo, request("u2"), 1, "")
    all_four = (poor, lost, missing, again)

    async with under_way(database, *all_four, locked=False) as batch:
        assert await batch.finish() == [None] * 4
    assert await fetch("SELECT * FROM idempotency WHERE outcome = 'refused'") == []

    async with under_way(database, *all_four, locked=True) as batch:
        told = await batch.finish()
    assert isinstance(told[0].refusal, NotEnoughPoints)
    assert isinstance(told[1].error, ZeroDivisionError)
    assert told[2].refusal.slug == "document-not-found"
    assert isinstance(told[3].refusal, AlreadyReversed)


def test_what_no_counter_guards_is_read_with_locks():
    plain = world.an_award(1, ANN, 5)

    assert not needs_locks(plain)
    assert needs_locks(replace(plain, reverses_id=5))


# What was read with locks stays so until the commit.


async def a_hold(book_id, person=ANN):
    until = clock.now() + clock.HOUR
    placed = await holds.place(book_id, person, 20, expires_at=until, key=request("h"), actor_id=1)
    return placed.document_id


RIVALS = {
    "document": "UPDATE hold SET expires_at = expires_at + 1",
    "balance": "UPDATE balance SET version = version + 1",
    "fence": "UPDATE book SET closed_until = 20200131",
}


@pytest.mark.parametrize("rival", RIVALS)
async def test_nobody_changes_what_a_batch_decides_on(database, rival):
    book_id = await a_town()
    hold_id = await a_hold(book_id)
    capture = await a_capture(book_id, hold_id, 5)

    async with under_way(database, capture, locked=True) as batch, a_line(database) as other:
        await batch.read()
        if database.dialect == "postgresql":
            await other.begin("SELECT 1")
        closes = rival == "fence" and database.dialect == "postgresql"
        with pytest.raises(BUSY):
            await other.fetch(Ask(CLOSER if closes else RIVALS[rival]))
        (posted,) = await batch.finish()

    assert posted.document_id == hold_id
    assert await checks.check(book_id) == []


async def a_capture(book_id, hold_id, points, key="c"):
    hold = await holds.the_hold(book_id, hold_id)
    capturing = Capturing(hold, points, 1, (), clock.now())
    return to_capture(book_id, capturing, request(key, points), 1)


@only_postgresql
@pytest.mark.parametrize("held", ["balance", "hold"])
async def test_locks_are_taken_in_one_order_so_that_nobody_waits_in_a_circle(database, held):
    book_id = await a_town()
    hold_id = await a_hold(book_id)
    accounts = sorted(
        [await id_of(book_id, chart.purse(ANN)), await id_of(book_id, chart.hold(hold_id))]
    )
    lowest = f"balance WHERE account_id = {accounts[0]}"
    highest = f"balance WHERE account_id = {accounts[1]}"
    paper = f"hold WHERE id = {hold_id}"
    later, earlier = (highest, lowest) if held == "balance" else (lowest, paper)
    batch_of = replace(await a_capture(book_id, hold_id, 5), accounts=everything_of(hold_id))

    async with (
        a_line(database) as rival,
        a_line(database) as looker,
        under_way(database, batch_of, locked=True) as batch,
    ):
        await batch.line.raw.execute("SET lock_timeout = '5s'")
        await rival.begin(f"SELECT 1 FROM {later} FOR UPDATE")
        finishing = asyncio.create_task(batch.finish())
        await until_somebody_waits()
        with pytest.raises(asyncpg.LockNotAvailableError):
            await looker.fetch(Ask(f"SELECT 1 FROM {earlier} FOR UPDATE NOWAIT"))
        await rival.commit()
        (posted,) = await finishing

    assert posted.document_id == hold_id


def everything_of(hold_id):
    return (chart.hold(hold_id), chart.purse(ANN), chart.redeemed(1))


async def until_somebody_waits():
    async with asyncio.timeout(5):
        while not await fetch("SELECT 1 FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@only_postgresql
async def test_a_key_is_looked_up_after_its_rival_has_committed(database):
    book_id = await a_town()
    sale = world.a_sale(book_id, ANN, 30, request("k", 30))

    async with (
        under_way(database, sale, locked=True) as first,
        under_way(database, sale, locked=True) as second,
    ):
        await second.line.raw.execute("SET lock_timeout = '5s'")
        await first.read()
        waiting = asyncio.create_task(second.finish())
        await until_somebody_waits()
        (posted,) = await first.finish()
        (again,) = await waiting

    assert (again.entry_id, again.replayed) == (posted.entry_id, True)
    assert await has(book_id, ANN) == 20
