"""Points given to funds: what becomes of them, what a fund may pay for, and that they never become a person's again."""

import asyncio

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError, OperationalError

from kernel import clock
from kernel.clock import MINUTE
from kernel.database import execute
from ledger import chart
from ledger.balances import holding
from ledger.chart import ALLOWED, Kind
from ledger.desk import post
from ledger.entries import entries_of
from ledger.errors import GiftIsFinal
from ledger.post import Decision, DocumentKey, Fact, Line, Post
from ledger.reversals import reverse
from people import funds, hardship, households, passing
from people.fund_errors import FundIsClosed, FundIsNeeded, FundStillHasPoints
from people.lives import ConsentGiven, PassesTo
from redemption import giving, relief
from redemption.errors import OutOfStock
from redemption.giving import traced
from redemption.states import Source
from redemption.stock_errors import FundHasTooLittle, HandoutIsOver, MarkedByOneself
from tests.redemption.world import key, make_world, today, untrue

BROKEN = (IntegrityError, OperationalError, asyncpg.IntegrityConstraintViolationError)


@given(
    amounts=st.lists(st.integers(1, 50), max_size=8),
    wanted=st.lists(st.integers(1, 50), max_size=8),
)
def test_what_came_in_first_goes_out_first_and_nothing_goes_out_twice(amounts, wanted):
    out, left = [], sum(amounts)
    for each in wanted:
        out.append(min(each, left))
        left -= out[-1]
    parts = traced(amounts, out)
    for amount, own in zip(amounts, parts, strict=True):
        assert 0 <= sum(part for _, part in own) <= amount
    for number, amount in enumerate(out):
        assert sum(part for own in parts for at, part in own if at == number) == amount
    waiting = [
        amount - sum(part for _, part in own) for amount, own in zip(amounts, parts, strict=True)
    ]
    first = next((place for place, rest in enumerate(waiting) if rest), len(amounts))
    assert waiting[first + 1 :] == amounts[first + 1 :]


async def helped(points=100, **more):
    """A world with a fund of the member's 50 points, and the other's household in hardship."""
    world = await make_world(points=points, **more)
    fund = await funds.open_fund(world.book, "敬老基金", world.clerk, purpose="给困难老人")
    await households.make(world.book, "1-1-101", world.other, None)
    until = today()
    await hardship.mark(world.book, world.other, ConsentGiven.PAPER, until, world.desk_clerk)
    await giving.give(world.book, world.member, fund.id, 50, world.member, key())
    return world, fund


async def hand_out(world, fund, pieces=1, item=None, by=None):
    """Goods that the fund pays for."""
    cart = [((item or world.rice).id, pieces)]
    return await relief.hand_out(
        *(world.book, world.shop.id, world.other, cart, by or world.clerk, key()), fund_id=fund.id
    )


async def test_a_gift_leaves_the_purse_once_and_the_donor_is_told_what_became_of_it(database):
    world, fund = await helped()
    await giving.give(world.book, world.member, fund.id, 20, world.member, "once")
    await giving.give(world.book, world.member, fund.id, 20, world.member, "once")
    assert (await world.points()).balance == 30
    await hand_out(world, fund)
    given_out = await hand_out(world, fund)
    assert (given_out.fund_id, given_out.points_total) == (fund.id, 30)
    assert await giving.left_in(world.book, fund.id) == 10
    totals = await world.totals()
    assert totals[f"shop:{world.shop.id}:handed-out:fund"] == 2
    assert totals[f"shop:{world.shop.id}:redeemed"] == 60
    second, first = await giving.became(world.book, world.member)
    assert [share.points for share in first.shares] == [30, 20]
    assert (first.left, second.used, second.left) == (0, 10, 10)
    assert first.shares[0].spent.goods == (("大米 5kg", 1),)
    assert await untrue(world.book) == []


async def test_what_a_fund_paid_goes_back_to_the_fund_and_to_nobody_else(database):
    world, fund = await helped()
    done = await hand_out(world, fund)
    before = (await world.points(world.other)).balance, (await world.points()).balance
    await relief.undo(world.book, done.id, world.clerk, key())
    assert await giving.left_in(world.book, fund.id) == 50
    assert ((await world.points(world.other)).balance, (await world.points()).balance) == before
    assert [each.used for each in await giving.became(world.book, world.member)] == [0]
    late = await hand_out(world, fund)
    with clock.frozen(clock.now() + 16 * MINUTE), pytest.raises(HandoutIsOver):
        await relief.undo(world.book, late.id, world.clerk, key())
    assert await untrue(world.book) == []


async def test_a_fund_pays_for_no_relief_goods_nor_more_than_it_has_and_takes_two(database):
    world, fund = await helped(rice=0)
    await world.receive(world.rice, 3, source=Source.DONATED_RELIEF)
    with pytest.raises(OutOfStock):
        await hand_out(world, fund)
    await world.receive(world.rice, 3)
    with pytest.raises(FundHasTooLittle):
        await hand_out(world, fund, 2)
    with pytest.raises(MarkedByOneself):
        await hand_out(world, fund, by=world.desk_clerk)
    done = await hand_out(world, fund)
    lots = "(SELECT MIN(id) FROM stock_lot WHERE source = 'donated-relief')"
    for statement in (
        f"UPDATE relief_line SET lot_id = {lots}",
        "UPDATE relief_handout SET points_total = 0",
        "UPDATE points_gift SET points = 0",
        "UPDATE points_gift SET recorded_by = person_id",
        "UPDATE fund SET closed_at = 1",
        "DELETE FROM fund",
    ):
        with pytest.raises(BROKEN):
            await execute(statement)
    assert await untrue(world.book) == []
    await execute(f"UPDATE relief_handout SET points_total = 29 WHERE id = {done.id}")
    assert await untrue(world.book) != []


async def test_a_fund_is_closed_when_nothing_is_left_and_then_takes_nothing(database):
    world, fund = await helped()
    with pytest.raises(FundStillHasPoints):
        await funds.close_fund(world.book, fund.id, world.clerk)
    other = await funds.open_fund(world.book, "助学基金", world.clerk)
    await passing.decide_rule(world.book, PassesTo.FUND, world.clerk, fund_name="助学基金")
    with pytest.raises(FundIsNeeded):
        await funds.close_fund(world.book, other.id, world.clerk)
    rule = await passing.rule_of(world.book)
    assert rule is not None
    assert rule.fund_id == other.id
    await passing.decide_rule(world.book, PassesTo.LAPSE, world.clerk)
    await funds.close_fund(world.book, other.id, world.clerk)
    with pytest.raises(FundIsClosed):
        await giving.give(world.book, world.member, other.id, 5, world.member, key())
    with pytest.raises(FundIsClosed):
        await passing.decide_rule(world.book, PassesTo.FUND, world.clerk, fund_name="助学基金")


FUND, PURSE = "fund:{}:points", "volunteer:{}:points"


def test_no_kind_of_entry_takes_a_funds_points_to_a_person():
    owned = (PURSE, f"{PURSE}-pending", f"{PURSE}-owed", "hold:{}")
    ways = {
        kind
        for kind, pairs in ALLOWED.items()
        for debit, credit in pairs
        if debit == FUND and credit in owned
    }
    # A record that was closed by mistake opens again: the reversal of that closing alone.
    assert ways == {Kind.REVERSAL}
    assert {credit for debit, credit in ALLOWED[Kind.GOODS_GIVEN] if debit == FUND} == {
        "shop:{}:redeemed"
    }


@pytest.mark.parametrize("kind", [Kind.POINTS_DONATED, Kind.GOODS_RETURNED, Kind.GOODS_GIVEN])
async def test_an_entry_that_would_give_a_funds_points_to_somebody_is_not_posted(database, kind):
    world, fund = await helped()
    line = Line(chart.fund(fund.id), chart.purse(world.other), 10, 20_291_231)
    trick = Post(
        book_id=world.book,
        kind=kind,
        key=DocumentKey("trick"),
        document=Fact("person", world.other),
        accounts=(line.debit, line.credit),
        decide=lambda _facts, _balances: Decision((line,)),
    )
    with pytest.raises(AssertionError):
        await post(trick)
    assert await giving.left_in(world.book, fund.id) == 50


async def test_a_gift_is_final(database):
    world, fund = await helped()
    gift = (await giving.became(world.book, world.member))[0].gift
    (entry,) = await entries_of(world.book, "points_gift", gift.id)
    with pytest.raises(GiftIsFinal):
        await reverse(
            world.book, entry["id"], key=DocumentKey("back"), actor_id=world.clerk, reason="后悔"
        )
    assert await giving.left_in(world.book, fund.id) == 50
    assert (await holding(world.book, chart.purse(world.member))).balance == 50


@pytest.mark.concurrency
async def test_the_last_points_of_a_fund_are_spent_once_by_fifty_at_once(database):
    world, fund = await helped(rice=60)
    told = await asyncio.gather(*(hand_out(world, fund) for _ in range(50)), return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in told) == 1
    assert sum(isinstance(each, FundHasTooLittle) for each in told) == 49
    assert await giving.left_in(world.book, fund.id) == 20
    assert await untrue(world.book) == []
