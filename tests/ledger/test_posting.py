"""One entry, once, or a refusal that leaves nothing behind."""

import asyncio
import random
from dataclasses import replace

import pytest

from kernel import clock
from kernel.database import connection, dialect, execute, fetch, transaction
from ledger import chart, checks, statements
from ledger.chart import Kind
from ledger.desk import desk, post
from ledger.errors import (
    AlreadyReversed,
    BookIsReadOnly,
    DeskIsBusy,
    DocumentIsMissing,
    KeyIsInvalid,
    KeyReused,
    NotEnoughPoints,
    WouldOverdraw,
)
from ledger.post import Decision, DocumentKey, Fact, Line, Post, RequestKey
from ledger.reversals import reverse
from tests.ledger import world
from tests.ledger.world import ANN, BOB

pytestmark = pytest.mark.anyio


def request(key, asked):
    return RequestKey("person:1", key, asked)


async def count(table):
    return (await fetch(f"SELECT COUNT(*) AS rows_in FROM {table}"))[0]["rows_in"]


async def test_a_repeated_request_gets_the_first_answer(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 50))

    first = await post(world.a_sale(book_id, ANN, 30, request("k", [30])))
    again = await post(world.a_sale(book_id, ANN, 30, request("k", [30])))

    assert (again.entry_id, again.leaf, again.replayed) == (first.entry_id, first.leaf, True)
    assert (await statements.holding(book_id, chart.purse(ANN))).balance == 20


async def test_a_refusal_is_remembered_so_that_a_retry_cannot_succeed_later(database):
    book_id = await world.a_book()
    with pytest.raises(NotEnoughPoints):
        await post(world.a_sale(book_id, ANN, 30, request("k", [30])))
    await post(world.an_award(book_id, ANN, 50))

    with pytest.raises(NotEnoughPoints) as refused:
        await post(world.a_sale(book_id, ANN, 30, request("k", [30])))

    assert refused.value.members == {"available": 0, "needed": 30, "missing": 30}
    assert (await post(world.a_sale(book_id, ANN, 30, request("fresh", [30])))).replayed is False


async def test_a_document_key_remembers_no_refusal(database):
    book_id = await world.a_book()
    key = DocumentKey("sale:1")
    with pytest.raises(NotEnoughPoints):
        await post(world.a_sale(book_id, ANN, 30, key))
    await post(world.an_award(book_id, ANN, 50))

    await post(world.a_sale(book_id, ANN, 30, key))
    again = await post(world.a_sale(book_id, ANN, 30, key))

    assert again.replayed


async def test_the_same_key_with_another_request_is_refused(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 50))
    await post(world.a_sale(book_id, ANN, 30, request("k", [30])))

    with pytest.raises(KeyReused):
        await post(world.a_sale(book_id, ANN, 10, request("k", [10])))


async def test_ten_at_once_with_one_key_post_once(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 50))

    answers = await asyncio.gather(
        *(post(world.a_sale(book_id, ANN, 5, request("k", [5]))) for _ in range(10))
    )

    assert len({answer.entry_id for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1


async def test_spending_at_once_never_overdraws(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 100))

    answers = await asyncio.gather(
        *(post(world.a_sale(book_id, ANN, 30)) for _ in range(10)), return_exceptions=True
    )

    assert sum(isinstance(answer, NotEnoughPoints) for answer in answers) == 7
    assert (await statements.holding(book_id, chart.purse(ANN))).balance == 10
    assert await checks.check(book_id) == []


@pytest.mark.parametrize("key", ["", "x" * 65, "钥匙", "line\nbreak"])
def test_a_key_is_short_printable_ascii(key):
    with pytest.raises(KeyIsInvalid):
        RequestKey("person:1", key)


async def test_a_missing_document_is_not_found_and_nothing_is_written(database):
    book_id = await world.a_book()
    lacking = replace(world.an_award(book_id, ANN, 10), facts=(Fact("membership", 1),))

    with pytest.raises(DocumentIsMissing):
        await post(lacking)

    assert await count("journal_entry") == 0


@pytest.mark.parametrize(
    "line",
    [
        Line(chart.POINTS_ISSUED, chart.purse(ANN), 0, world.EXPIRES),
        Line(chart.POINTS_ISSUED, chart.purse(ANN), -5, world.EXPIRES),
        Line(chart.POINTS_ISSUED, chart.purse(ANN), True, world.EXPIRES),
        Line(chart.POINTS_ISSUED, chart.purse(ANN), 5, None),
        Line(chart.POINTS_ISSUED, chart.POINTS_ISSUED, 5, None),
        Line(chart.purse(ANN), chart.purse(BOB), 5, world.EXPIRES),
        Line(chart.SERVICE_RENDERED, chart.purse(ANN), 5, world.EXPIRES),
    ],
)
async def test_a_line_outside_the_chart_is_a_defect_and_posts_nothing(database, line):
    book_id = await world.a_book()

    with pytest.raises(AssertionError):
        await post(world.fixed(book_id, Kind.HOURS_EARNED, line))

    assert await count("journal_entry") == 0


async def test_an_account_outside_the_chart_cannot_be_opened(database):
    book_id = await world.a_book()
    line = Line(chart.points("points:from-nowhere"), chart.purse(ANN), 5, world.EXPIRES)

    with pytest.raises(LookupError):
        await post(world.fixed(book_id, Kind.HOURS_EARNED, line))


async def test_a_closed_month_books_in_the_first_open_day(database):
    book_id = await world.a_book()
    await execute("UPDATE book SET closed_until = 20261031 WHERE id = $1", book_id)
    then = 1_760_000_000 * clock.SECOND
    late = replace(world.an_award(book_id, ANN, 10), occurred_at=then)

    posted = await post(late)

    kept = await statements.entry(book_id, posted.entry_id)
    assert (kept["booked_on"], kept["occurred_at"]) == (20_261_101, then)


async def test_a_read_only_book_refuses_and_remembers_nothing(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 50))
    await execute("UPDATE book SET read_only = 1 WHERE id = $1", book_id)
    with pytest.raises(BookIsReadOnly):
        await post(world.a_sale(book_id, ANN, 30, request("k", [30])))
    await execute("UPDATE book SET read_only = 0 WHERE id = $1", book_id)

    assert (await post(world.a_sale(book_id, ANN, 30, request("k", [30])))).replayed is False


async def test_an_entry_is_reversed_once(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 50))
    sale = await post(world.a_sale(book_id, ANN, 30))

    answers = await asyncio.gather(
        *(
            reverse(
                book_id,
                sale.entry_id,
                key=request(f"undo{n}", [n]),
                actor_id=1,
                reason="wrong goods",
            )
            for n in range(3)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(answer, AlreadyReversed) for answer in answers) == 2
    assert (await statements.holding(book_id, chart.purse(ANN))).balance == 50
    assert await checks.check(book_id) == []


async def test_an_award_already_spent_cannot_be_reversed_whole(database):
    book_id = await world.a_book()
    award = await post(world.an_award(book_id, ANN, 50))
    await post(world.a_sale(book_id, ANN, 30))

    with pytest.raises(WouldOverdraw):
        await reverse(
            book_id, award.entry_id, key=request("undo", []), actor_id=1, reason="wrong person"
        )


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
    assert (await statements.holding(book_id, chart.purse(ANN))).balance == 2


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
    held = await statements.holding(book_id, chart.purse(ANN))
    assert held.balance == await count("journal_entry")
    assert await checks.check(book_id) == []
    if dialect() == "postgresql":
        pool = connection()._pool
        assert pool.get_idle_size() == pool.get_size()


@pytest.fixture
async def asyncpg_may_mutter():
    """Overlook the one thing asyncpg says when a query is cancelled while its cancel request is on the way."""
    loop = asyncio.get_running_loop()
    told = loop.get_exception_handler()

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


async def test_statements_list_newest_first_and_page_without_gaps(database):
    book_id = await world.a_book()
    for points in range(1, 8):
        await post(world.an_award(book_id, ANN, points))
    total = next(t for t in await statements.trial_balance(book_id) if t.name == chart.purse(ANN))

    first = await statements.statement(book_id, total.account_id, limit=4)
    rest = await statements.statement(
        book_id, total.account_id, before=(first[-1].version, first[-1].line), limit=4
    )

    assert [line.amount for line in first + rest] == [7, 6, 5, 4, 3, 2, 1]
    assert [line.balance_after for line in first + rest] == [28, 21, 15, 10, 6, 3, 1]
