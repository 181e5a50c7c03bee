"""The desk: what it does when callers leave, come all at once, or stand in a transaction."""

import asyncio
import random
from dataclasses import replace

import pytest
from asyncpg.exceptions import (
    ConnectionDoesNotExistError,
    DeadlockDetectedError,
    PostgresError,
    QueryCanceledError,
    TooManyConnectionsError,
)
from tortoise.exceptions import IntegrityError, OperationalError

from kernel.database import connection, dialect, execute, fetch, hold, transaction
from kernel.errors import NotFound
from ledger import balances, chart, checks
from ledger.chart import Kind
from ledger.desk import desk, post
from ledger.errors import AccountIsClosed, DeskIsBusy, DocumentAlreadyExists, OutcomeIsUnknown
from ledger.post import Change, Decision, DocumentKey, Fact, Line, Post, RequestKey
from ledger.posting import decide_batch
from ledger.writing import _write_each
from tests.ledger import world
from tests.ledger.world import ANN

pytestmark = pytest.mark.anyio


async def test_a_verb_that_moves_value_opens_no_transaction(database):
    book_id = await world.a_book()

    with pytest.raises(AssertionError):
        async with transaction():
            await post(world.an_award(book_id, ANN, 10))


async def test_a_full_desk_says_so_and_takes_nothing(database, monkeypatch):
    book_id = await world.a_book()
    monkeypatch.setattr("ledger.desk.WAITING_MAX", 2)

    answers = await asyncio.gather(
        *(post(world.an_award(book_id, ANN, 1)) for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(answer, DeskIsBusy) for answer in answers) == 3
    assert (await balances.holding(book_id, chart.purse(ANN))).balance == 2


async def test_cancelled_callers_leak_no_connection_and_lose_no_point(database):
    book_id = await world.a_book()
    dice = random.Random(7)  # noqa: S311  a repeatable storm
    callers = [asyncio.create_task(post(world.an_award(book_id, ANN, 1))) for _ in range(200)]
    for caller in callers:
        await asyncio.sleep(dice.uniform(0, 0.002))
        caller.cancel()
    answers = await asyncio.gather(*callers, return_exceptions=True)
    await desk().drain()

    assert any(isinstance(answer, asyncio.CancelledError) for answer in answers)
    held = await balances.holding(book_id, chart.purse(ANN))
    assert held.balance == await world.count_entries()
    assert await checks.check(book_id) == []
    if dialect() == "postgresql":
        pool = connection()._pool
        assert pool.get_idle_size() == pool.get_size()


def broken_after(monkeypatch, *errors, commits):
    """Let every writing fail with one error after the other; the first time it may have committed all the same."""
    left = list(errors)

    async def broken(engine, steps, opening):
        if steps.gi_code is decide_batch.__code__:
            return await hold(engine, steps, opening)
        if commits and len(left) == len(errors):
            await hold(engine, steps, opening)
        raise left.pop(0) if len(left) > 1 else left[0]

    monkeypatch.setattr("ledger.desk.hold", broken)


@pytest.mark.parametrize("then", [TimeoutError, QueryCanceledError, TooManyConnectionsError])
async def test_a_commit_nobody_heard_of_is_never_said_to_be_nothing(database, monkeypatch, then):
    book_id = await world.a_book()
    key = RequestKey("person:1", "k", [])
    broken_after(monkeypatch, ConnectionDoesNotExistError(), then(), commits=True)

    with pytest.raises(OutcomeIsUnknown):
        await post(world.an_award(book_id, ANN, 10, key=key))

    monkeypatch.undo()
    assert (await post(world.an_award(book_id, ANN, 10, key=key))).replayed
    assert (await balances.holding(book_id, chart.purse(ANN))).balance == 10


@pytest.mark.parametrize("error", [TimeoutError, QueryCanceledError, TooManyConnectionsError])
async def test_a_database_with_too_much_to_do_makes_the_desk_busy(database, monkeypatch, error):
    book_id = await world.a_book()
    broken_after(monkeypatch, error(), commits=False)

    with pytest.raises(DeskIsBusy):
        await post(world.an_award(book_id, ANN, 10))


@pytest.fixture
async def asyncpg_may_mutter():
    """Overlook the one thing asyncpg says when a query is cancelled while its cancel request is on the way."""
    loop = asyncio.get_running_loop()
    told = loop.get_exception_handler()
    assert told is not None, "the test runner listens here"

    def overlook(loop, context):
        if "unexpected connection_lost() call" not in str(context.get("exception")):
            told(loop, context)

    loop.set_exception_handler(overlook)
    yield
    loop.set_exception_handler(told)


async def test_a_cancelled_transaction_gives_its_connection_back(database, asyncpg_may_mutter):
    async def works(seconds):
        async with transaction():
            await fetch("SELECT 1 AS one")
            await asyncio.sleep(seconds)

    dice = random.Random(11)  # noqa: S311  a repeatable storm
    for _ in range(100):
        tasks = [asyncio.create_task(works(dice.uniform(0, 0.003))) for _ in range(4)]
        await asyncio.sleep(dice.uniform(0, 0.003))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async with asyncio.timeout(5):
        await works(0)


async def test_a_decision_sees_what_an_earlier_one_left(database):
    book_id = await world.a_book()
    seen = []

    def decide(_, balances):
        seen.append(balances[chart.purse(ANN)].balance)
        return Decision((Line(chart.POINTS_ISSUED, chart.purse(ANN), 1, world.EXPIRES),))

    def one(number):
        return Post(
            book_id=book_id,
            kind=Kind.HOURS_EARNED,
            key=DocumentKey(f"n:{number}"),
            document=Fact("paper", number),
            accounts=(chart.purse(ANN), chart.POINTS_ISSUED),
            decide=decide,
        )

    await asyncio.gather(*(post(one(number)) for number in range(8)))

    assert sorted(set(seen)) == list(range(8))


async def test_the_same_paper_recorded_by_a_rival_is_said_to_be_recorded(database, monkeypatch):
    book_id = await world.a_book()
    tries = 0

    async def always_second(*_):
        nonlocal tries
        tries += 1
        raise IntegrityError("UNIQUE constraint failed: redemption.number")

    monkeypatch.setattr("ledger.desk.hold", always_second)

    with pytest.raises(DocumentAlreadyExists):
        await post(world.an_award(book_id, ANN, 5))

    assert tries == 4 + (dialect() == "postgresql")  # which first tries without locks


async def test_a_broken_rule_of_the_database_is_a_defect_and_not_tried_again(database, monkeypatch):
    book_id = await world.a_book()
    tries = 0

    async def breaks_a_check(*_):
        nonlocal tries
        tries += 1
        raise IntegrityError("CHECK constraint failed: balance_floor")

    monkeypatch.setattr("ledger.desk.hold", breaks_a_check)

    with pytest.raises(IntegrityError):
        await post(world.an_award(book_id, ANN, 5))

    assert tries == 1 + (dialect() == "postgresql")


async def test_a_lost_deadlock_is_decided_again_with_the_same_key(database, monkeypatch):
    book_id = await world.a_book()
    losses = [DeadlockDetectedError("deadlock detected"), OperationalError("database is locked")]

    async def loses_twice(*arguments):
        if losses:
            raise losses.pop()
        return await hold(*arguments)

    monkeypatch.setattr("ledger.desk.hold", loses_twice)

    assert (await post(world.an_award(book_id, ANN, 5))).replayed is False
    assert await world.count_entries() == 1


async def test_a_book_that_is_not_there_is_not_found(database):
    with pytest.raises(NotFound):
        await post(world.an_award(5, ANN, 5))


async def test_nothing_moves_through_a_closed_account(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 5))
    await execute("UPDATE balance SET closed = 1 WHERE book_id = $1", book_id)

    with pytest.raises(AccountIsClosed):
        await post(world.an_award(book_id, ANN, 5))


async def test_only_a_row_that_was_looked_at_is_changed(database):
    book_id = await world.a_book()
    award = world.an_award(book_id, ANN, 5)

    def decide(facts, balances):
        lost = Change("membership", 5, {"flat": "3-2-601"})
        return Decision(award.decide(facts, balances).lines, (lost,))

    with pytest.raises(AssertionError, match="no fact of this post"):
        await post(replace(award, decide=decide))

    assert await world.count_entries() == 0


@pytest.mark.parametrize("written", [0, 2])
async def test_a_write_that_misses_its_row_is_never_committed(written):
    steps = _write_each("UPDATE membership SET flat = $1", [("3-2-601",)])
    next(steps)

    with pytest.raises(AssertionError, match=f"{written} rows"):
        steps.send([(written,)])


@pytest.mark.parametrize("scratch", ["postgresql"], indirect=True)
async def test_a_statement_that_misses_a_row_refuses_itself(database):
    with pytest.raises(PostgresError, match="books-guard: 0 of 1 membership"):
        await fetch("SELECT books_guard(0, 1, 'membership')")


async def test_a_table_of_strange_name_is_refused(database):
    book_id = await world.a_book()
    strange = replace(world.an_award(book_id, ANN, 5), facts=(Fact('membership"; --', 1),))

    with pytest.raises(AssertionError, match="not a table"):
        await post(strange)
