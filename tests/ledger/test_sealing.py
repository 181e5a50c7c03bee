"""The sealer: all is sealed once, in one chain, whoever seals, whoever is killed, and however late one commits."""

import asyncio
import os
import random

import pytest

from kernel.database import execute, fetch, transaction
from kernel.ids import new_id
from kernel.reading import rows
from ledger import batch, sealing, verifying
from ledger.desk import post
from ledger.trial_balance import trial_balance
from tests.harness import forked
from tests.harness.run import run_folder
from tests.ledger import world
from tests.ledger.sealed import as_owner
from tests.ledger.world import ANN, BOB

pytestmark = pytest.mark.anyio

KILLS = int(os.environ.get("SEALER_KILLS", "24"))


async def awards(book_id, count, person=ANN):
    return [
        (await post(world.an_award(book_id, person, number))).entry_id
        for number in range(1, count + 1)
    ]


async def blocks_of(book_id):
    rows = await fetch(
        "SELECT number, entries, entries_total FROM seal_block WHERE book_id = $1 ORDER BY number",
        book_id,
    )
    return [tuple(row.values()) for row in rows]


async def waiting_in(book_id):
    rows = await fetch("SELECT entry_id FROM seal_queue WHERE book_id = $1 ORDER BY 1", book_id)
    return [row["entry_id"] for row in rows]


async def is_sound(book_id):
    proven = await verifying.prove(book_id)
    return [str(each) for each in proven.findings] == []


async def test_what_waits_is_sealed_in_blocks_of_at_most_so_many(database):
    book_id = await world.a_book()
    await awards(book_id, 7)

    first = await sealing.seal_next(book_id, 3)
    more = await sealing.seal_everything(book_id)

    assert first.block is not None
    assert (first.more, first.block.entries, first.block.number) == (True, 3, 1)
    assert more == 1
    assert await blocks_of(book_id) == [(1, 3, 3), (2, 4, 7)]
    assert await waiting_in(book_id) == []
    assert await is_sound(book_id)


async def test_nothing_is_no_block(database):
    book_id = await world.a_book()

    assert (await sealing.seal_next(book_id)).block is None
    assert await sealing.books_in_the_queue() == []
    assert await blocks_of(book_id) == []


async def test_a_long_block_is_read_in_pieces(database):
    book_id = await world.a_book()
    await awards(book_id, 2 * sealing.READ_AT_ONCE + 3)

    await sealing.seal_next(book_id)

    assert await blocks_of(book_id) == [(1, 403, 403)]
    assert await is_sound(book_id)


async def test_only_books_with_something_to_seal_are_taken_up(database):
    one, other = await world.a_book(), await world.a_book()
    await awards(one, 1)
    await awards(other, 1)
    await sealing.seal_everything(one)

    assert await sealing.books_in_the_queue() == [other]


async def test_who_commits_late_with_an_earlier_id_is_sealed_all_the_same(database, monkeypatch):
    book_id = await world.a_book()
    early = new_id()
    await awards(book_id, 3)
    await sealing.seal_everything(book_id)

    # The desk of another process gave this id out before, and commits only now.
    monkeypatch.setattr(batch, "new_id", lambda: early)
    late = await post(world.an_award(book_id, BOB, 5))
    assert late.entry_id == early
    await sealing.seal_everything(book_id)

    assert await blocks_of(book_id) == [(1, 3, 3), (2, 1, 4)]
    assert await waiting_in(book_id) == []
    assert await is_sound(book_id)


async def test_house_balances_are_right_before_during_and_after_sealing(database):
    book_id = await world.a_book()
    await awards(book_id, 30)
    right = 30 * 31 // 2
    wrong: list[int] = []

    async def watch():
        for _ in range(40):
            totals = await trial_balance(book_id)
            wrong.extend(each.balance for each in totals if each.balance != right)

    watcher = asyncio.create_task(watch())
    for _ in range(10):
        await sealing.seal_next(book_id, 3)
        await asyncio.sleep(0)
    await watcher

    assert wrong == []
    assert len(await blocks_of(book_id)) == 10


async def test_two_sealers_at_once_make_one_chain(database):
    book_id = await world.a_book()
    await awards(book_id, 40)

    processes = [await a_sealer(database.url, book_id, most=2, pause=0.001) for _ in range(2)]
    for _ in range(10):
        await awards(book_id, 1, BOB)
        await sealing.seal_next(book_id, 3)
    for process in processes:
        await asyncio.to_thread(process.join)
        assert process.exitcode == 0
    await sealing.seal_everything(book_id)

    numbers = [number for number, _, _ in await blocks_of(book_id)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert await waiting_in(book_id) == []
    assert await is_sound(book_id)


async def a_sealer(url, book_id, *, most, pause):
    said = run_folder() / f"sealer-{new_id()}"
    words = (url, str(book_id), str(most), str(pause))
    process = forked.begin("tests.ledger.sealer", words, os.environ, said, said)
    while not (said.exists() and "ready\n" in said.read_text()):
        assert process.exitcode is None, said.read_text()
        await asyncio.sleep(0.005)
    return process


@pytest.mark.concurrency
async def test_a_sealer_killed_at_any_statement_leaves_a_chain_that_goes_on(database):
    book_id = await world.a_book()
    dice = random.Random(1)  # noqa: S311  a repeatable storm
    for _ in range(KILLS):
        await awards(book_id, 3)
        process = await a_sealer(database.url, book_id, most=2, pause=0.004)
        await asyncio.sleep(dice.uniform(0, 0.06))
        process.kill()
        await asyncio.to_thread(process.join)
        await gone(database)
    await sealing.seal_everything(book_id)

    assert await waiting_in(book_id) == []
    assert (await blocks_of(book_id))[-1][2] == 3 * KILLS
    assert await is_sound(book_id)


async def gone(database):
    """Wait until the server has noticed that the killed process is gone."""
    if database.dialect == "sqlite":
        return
    others = (
        "SELECT COUNT(*) AS others FROM pg_stat_activity "
        "WHERE datname = current_database() AND state LIKE '%transaction%'"
    )
    for _ in range(200):  # the server tells nobody when it notices
        if not (await fetch(others))[0]["others"]:
            return
        await asyncio.sleep(0.02)


async def test_a_rival_who_sealed_first_is_noticed(database):
    book_id = await world.a_book()
    await awards(book_id, 3)
    steps = sealing._seal(book_id, "sqlite", 10, frozenset())
    ask = next(steps)
    for _ in range(3):  # queue, entries, lines
        ask = steps.send(await answered(database, ask))
    assert ask.sql.startswith("DELETE FROM seal_queue")

    with pytest.raises(AssertionError, match="2 of 3"):
        steps.send([1, 2])


async def answered(database, ask):
    """Answer one question of a talk that was made for SQLite, whatever the database is."""
    if database.dialect == "postgresql":
        ids = [int(each) for each in str(ask.values[1]).strip("[]").split(",")]
        sql = ask.sql.replace("IN (SELECT value FROM json_each($2))", "= ANY($2::bigint[])")
        return await rows(sql, ask.values[0], ids if "ANY" in sql else ids[0])
    return await rows(ask.sql, *ask.values)


async def test_the_sealer_stands_in_no_transaction(database):
    async with transaction():
        with pytest.raises(AssertionError, match="commits by itself"):
            await sealing.seal_next(1)


async def test_a_queue_that_names_an_entry_that_is_gone_raises_an_alarm(database):
    book_id = await world.a_book()
    entries = await awards(book_id, 3)
    await as_owner(database.dialect)
    await execute("DELETE FROM transfer WHERE entry_id = $1", entries[1])
    await execute("DELETE FROM journal_entry WHERE id = $1", entries[1])

    sealed = await sealing.seal_next(book_id)

    assert sealed.gone == [entries[1]]
    assert await blocks_of(book_id) == [(1, 2, 2)]
    alarms = await fetch("SELECT check_name FROM alarm WHERE book_id = $1", book_id)
    assert [each["check_name"] for each in alarms] == ["orphans"]


async def test_posts_do_not_wait_for_a_sealer_that_is_in_the_middle_of_it(database):
    if database.dialect == "sqlite":
        pytest.skip("a file has one writer at a time")
    book_id = await world.a_book()
    await awards(book_id, 3)
    sealer = await a_sealer(database.url, book_id, most=3, pause=0.3)
    await asyncio.sleep(0.5)

    async with asyncio.timeout(0.5):
        await awards(book_id, 3)

    assert sealer.exitcode is None
    await asyncio.to_thread(sealer.join)
