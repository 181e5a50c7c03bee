"""A batch that follows another is decided on what that one will leave behind, and written only if it came so."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from kernel.database import execute, fetch, hold
from ledger import checks
from ledger.desk import desk, post
from ledger.posting import decide_batch, write_batch
from tests.ledger import world
from tests.ledger.test_guards import a_capture, a_hold, a_town, has, only_postgresql, request
from tests.ledger.underway import under_way
from tests.ledger.world import ANN, BOB

pytestmark = [pytest.mark.anyio, pytest.mark.concurrency, only_postgresql]


async def test_it_finds_balances_lots_and_documents_as_the_first_will_leave_them(database):
    book_id = await a_town()
    hold_id = await a_hold(book_id)
    captures = [await a_capture(book_id, hold_id, 7, key) for key in ("c1", "c2")]
    fresh = world.an_award(book_id, ANN, 5, expires_on=20_300_131)
    both = world.a_sale(book_id, ANN, 32)

    async with under_way(database, captures[0], fresh, locked=False) as first:
        await first.read()
        (before,) = first.decided
        async with under_way(database, captures[1], both, locked=False, before=before) as second:
            await second.read()
            await first.finish()
            answers = await second.finish()

    assert None not in answers
    assert (await fetch("SELECT captured FROM hold"))[0]["captured"] == 14
    assert await has(book_id, ANN) == 3
    assert await checks.check(book_id) == []


async def test_a_lot_that_was_spent_keeps_its_counts_when_it_is_filled_and_spent_again(database):
    book_id = await a_town()
    await post(world.a_sale(book_id, ANN, await has(book_id, ANN)))
    again = world.an_award(book_id, ANN, 5)

    async with under_way(database, again, locked=False) as first:
        await first.read()
        (before,) = first.decided
        sale = world.a_sale(book_id, ANN, 2)
        async with under_way(database, sale, locked=False, before=before) as second:
            await second.read()
            await first.finish()
            await second.finish()

    assert await has(book_id, ANN) == 3
    assert await checks.check(book_id) == []


async def test_it_writes_nothing_if_the_first_never_came_to_be(database):
    book_id = await a_town()
    entries = await world.count_entries()

    async with under_way(database, world.an_award(book_id, ANN, 9), locked=False) as first:
        await first.read()
        (before,) = first.decided
        sale = world.a_sale(book_id, ANN, 55)
        async with under_way(database, sale, locked=False, before=before) as second:
            await second.read()
            with pytest.raises(asyncpg.PostgresError, match="balance"):
                await second.finish()

    assert await world.count_entries() == entries


async def test_it_does_not_go_back_behind_what_it_read(database):
    book_id = await a_town()

    async with under_way(database, world.an_award(book_id, ANN, 9), locked=False) as first:
        await first.read()
        (before,) = first.decided
        await first.finish()
        await post(world.an_award(book_id, ANN, 1))
        sale = world.a_sale(book_id, ANN, 60)
        async with under_way(database, sale, locked=False, before=before) as second:
            await second.finish()

    assert await has(book_id, ANN) == 0
    assert await checks.check(book_id) == []


CHANGES = ("expires_at = expires_at + 1", "captured = captured + 1", "released = released + 1")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("stays", [True, False])
async def test_a_document_that_is_not_as_it_was_read_is_not_built_upon(database, stays, change):
    book_id = await a_town()
    hold_id = await a_hold(book_id)
    capture = await a_capture(book_id, hold_id, 7)
    depends = replace(world.an_award(book_id, BOB, 5), facts=capture.facts)
    entries = await world.count_entries()

    async with under_way(database, depends if stays else capture, locked=False) as batch:
        await batch.read()
        await execute("ALTER TABLE hold DISABLE TRIGGER ALL")
        await execute(f"UPDATE hold SET {change}")
        with pytest.raises(asyncpg.PostgresError, match="hold"):
            await batch.finish()

    assert await world.count_entries() == entries


async def test_a_document_that_a_batch_depends_on_stays_so_until_its_commit(database):
    book_id = await a_town()
    hold_id = await a_hold(book_id)
    capture = await a_capture(book_id, hold_id, 7)
    depends = replace(world.an_award(book_id, BOB, 5), facts=capture.facts)

    async with under_way(database, depends, locked=False) as batch:
        await batch.line.begin("SELECT 1")
        while batch.answers is None:
            await batch.step()
        await execute("SET lock_timeout = '300ms'")
        async with under_way(database, capture, locked=False) as other:
            with pytest.raises(asyncpg.LockNotAvailableError):
                await other.finish()
        await batch.line.commit()

    assert await checks.check(book_id) == []


@pytest.mark.parametrize("fails", [0, 1, 2])
async def test_if_a_batch_fails_its_follower_is_decided_anew(database, monkeypatch, fails):
    """All take from one purse, so that one lane's batch follows the other's; one of the first writings fails."""
    book_id = await a_town(100)
    writings: list[int] = []
    follows: list[bool] = []

    def deciding(*posts, before, **how):
        follows.append(before is not None)
        return decide_batch(*posts, before=before, **how)

    monkeypatch.setattr("ledger.desk.decide_batch", deciding)

    async def failing(engine, steps, opening):
        if steps.gi_code is write_batch.__code__:
            writings.append(len(writings))
            if len(writings) == fails:
                steps.close()
                raise asyncpg.SerializationError("a rival was first")
        return await hold(engine, steps, opening)

    monkeypatch.setattr("ledger.desk.hold", failing)
    sales = [world.a_sale(book_id, ANN, 1, request(f"k{number}")) for number in range(60)]

    answers = await asyncio.gather(*map(post, sales))

    assert len({answer.entry_id for answer in answers}) == 60
    assert len(writings) >= 2
    assert any(follows)
    assert await has(book_id, ANN) == 40
    assert await checks.check(book_id) == []


async def test_a_key_that_is_being_answered_waits_for_its_answer(database):
    book_id = await a_town(100)
    sales = [world.a_sale(book_id, ANN, 1, request(f"k{number % 5}")) for number in range(60)]

    answers = await asyncio.gather(*map(post, sales))

    assert len({answer.entry_id for answer in answers}) == 5
    assert sum(answer.replayed for answer in answers) == 55
    assert await has(book_id, ANN) == 95


async def test_what_is_left_is_no_heap_of_batches(database):
    book_id = await a_town(100)
    for _ in range(3):
        await asyncio.gather(*(post(world.a_sale(book_id, ANN, 1)) for _ in range(20)))
    await desk().drain()

    assert not any(desk().running.values())
    assert desk().count == desk().busy == 0
    assert await has(book_id, ANN) == 40
