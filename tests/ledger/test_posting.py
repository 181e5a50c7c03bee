"""One entry, once, or a refusal that leaves nothing behind."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from kernel import clock
from kernel.database import execute
from ledger import balances, chart, checks, entries, statements
from ledger.chart import Kind
from ledger.desk import post
from ledger.errors import (
    AlreadyReversed,
    BookIsReadOnly,
    DocumentIsMissing,
    KeyIsInvalid,
    KeyReused,
    NotEnoughPoints,
    WouldOverdraw,
)
from ledger.post import DocumentKey, Fact, Line, RequestKey
from ledger.reversals import reverse
from ledger.trial_balance import trial_balance
from tests.ledger import world
from tests.ledger.world import ANN, BOB

pytestmark = pytest.mark.anyio


def request(key, asked):
    return RequestKey("person:1", key, asked)


async def test_a_repeated_request_gets_the_first_answer(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 50))

    first = await post(world.a_sale(book_id, ANN, 30, request("k", [30])))
    again = await post(world.a_sale(book_id, ANN, 30, request("k", [30])))

    assert (again.entry_id, again.leaf, again.replayed) == (first.entry_id, first.leaf, True)
    assert (await balances.holding(book_id, chart.purse(ANN))).balance == 20


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
    assert (await balances.holding(book_id, chart.purse(ANN))).balance == 10
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

    assert await world.count_entries() == 0


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

    assert await world.count_entries() == 0


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

    kept = await entries.entry(book_id, posted.entry_id)
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
    assert (await balances.holding(book_id, chart.purse(ANN))).balance == 50
    assert await checks.check(book_id) == []


async def test_a_reversal_is_not_reversed(database):
    book_id = await world.a_book()
    award = await post(world.an_award(book_id, ANN, 50))
    why: dict[str, Any] = {"actor_id": 1, "reason": "wrong person"}
    undone = await reverse(book_id, award.entry_id, key=request("undo", []), **why)

    with pytest.raises(AlreadyReversed):
        await reverse(book_id, undone.entry_id, key=request("redo", []), **why)

    assert (await balances.holding(book_id, chart.purse(ANN))).balance == 0


async def test_a_key_that_reversed_one_entry_reverses_no_other(database):
    book_id = await world.a_book()
    awards = [await post(world.an_award(book_id, ANN, 50)) for _ in range(2)]
    why: dict[str, Any] = {"actor_id": 1, "reason": "wrong person"}
    await reverse(book_id, awards[0].entry_id, key=request("undo", []), **why)

    with pytest.raises(KeyReused):
        await reverse(book_id, awards[1].entry_id, key=request("undo", []), **why)


async def test_the_trial_balance_leaves_out_what_a_refused_post_opened(database):
    book_id = await world.a_book()

    with pytest.raises(NotEnoughPoints):
        await post(world.a_sale(book_id, ANN, 30, request("k", [30])))

    assert await trial_balance(book_id) == []


async def test_an_award_already_spent_cannot_be_reversed_whole(database):
    book_id = await world.a_book()
    award = await post(world.an_award(book_id, ANN, 50))
    await post(world.a_sale(book_id, ANN, 30))

    with pytest.raises(WouldOverdraw):
        await reverse(
            book_id, award.entry_id, key=request("undo", []), actor_id=1, reason="wrong person"
        )


async def test_statements_list_newest_first_and_page_without_gaps(database):
    book_id = await world.a_book()
    for points in range(1, 8):
        await post(world.an_award(book_id, ANN, points))
    total = next(t for t in await trial_balance(book_id) if t.name == chart.purse(ANN))

    first = await statements.statement(book_id, total.account_id, limit=4)
    rest = await statements.statement(book_id, total.account_id, before=first.next, limit=4)

    lines = first.lines + rest.lines
    assert [line.amount for line in lines] == [7, 6, 5, 4, 3, 2, 1]
    assert [line.balance_after for line in lines] == [28, 21, 15, 10, 6, 3, 1]
    assert (first.closing, first.opening, rest.closing, rest.opening) == (28, 6, 6, 0)
    assert rest.next is None
