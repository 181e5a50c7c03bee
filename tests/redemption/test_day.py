"""Closing a shop's day: what stands in it, what comes after it, and that the audit counts it again."""

import asyncio

import pytest

from audit.closings import closings
from kernel import clock
from kernel.clock import MINUTE
from kernel.database import execute
from kernel.days import plus_days
from ledger.kinds import Kind
from redemption import counter, exchanging, parking, refunds
from redemption.day_closing import close_day, closing_of, day_at, days_of_month
from redemption.day_errors import ClosedMeanwhile, ClosingNotFound, DayIsNotOver, NothingToClose
from redemption.day_figures import Done, What, by_clerk, figures, what_of
from redemption.day_papers import DayClose, DayCloseEntry
from redemption.errors import ShopNotHere
from redemption.picking_up import collect
from redemption.reserving import reserve
from tests.redemption.world import key, make_world, today


def done(what, points, pieces, by=1):
    return Done(1, what, by, 20261201, 0, ("redemption", 1), 1, points, pieces, None)


@pytest.mark.parametrize(
    ("kind", "undone_at", "what"),
    [
        (Kind.GOODS_REDEEMED, None, What.SALE),
        (Kind.GOODS_RETURNED, None, What.REFUND),
        (Kind.GOODS_RETURNED, 5, What.UNDO),
        (Kind.GOODS_RETURNED, 4, What.REFUND),
        (Kind.REVERSAL, 5, What.UNDO),
        (Kind.HOLD_CAPTURED, None, What.PICK_UP),
    ],
)
def test_an_entry_is_one_thing_that_was_done(kind, undone_at, what):
    assert what_of(kind, 5, undone_at) is what


def test_what_was_taken_and_what_came_back_are_counted_apart_and_by_clerk():
    found = figures([done(What.SALE, 30, 1), done(What.UNDO, -30, -1), done(What.SWAP, -8, 0)])
    assert (found.counts["sales"], found.counts["undos"], found.counts["swaps"]) == (1, 1, 1)
    assert (found.sums["points_taken"], found.sums["points_back"], found.points) == (30, 38, -8)
    assert (found.sums["pieces_out"], found.sums["pieces_back"]) == (1, 1)
    each = by_clerk(
        [done(What.SALE, 30, 1), done(What.SALE, 8, 1, by=2), done(What.RELIEF, 0, 2, None)]
    )
    assert {who: own.counts["sales"] for who, own in each.items()} == {0: 0, 1: 1, 2: 1}


async def a_busy_day(world):
    """Two sales, one of them undone, a swap, a pick-up, and a cart that waits; what is left of the first sale."""
    shop, cart = world.shop.id, [(world.soap.id, 1)]
    buy = (world.book, shop, world.member)
    sold = await counter.redeem(*buy, [(world.rice.id, 2)], world.clerk, key())
    undone = await counter.redeem(*buy, cart, world.clerk, key())
    await refunds.undo(world.book, undone.redemption_id, world.clerk, key())
    line = [(sold.lines[0].line_id, 1)]
    swap = exchanging.swap_of(sold.redemption_id, line, [(world.soap.id, 2)], [])
    await exchanging.exchange(world.book, swap, world.desk_clerk, key())
    kept = await reserve(*buy, cart, world.member, key())
    await collect(world.book, kept.id, world.clerk, key())
    await parking.park(world.book, shop, None, cart, world.clerk)
    return sold, line


async def test_a_day_is_signed_off_and_what_comes_later_by_the_next_closing(database):
    world = await make_world(points=200)
    shop = world.shop.id
    sold, line = await a_busy_day(world)

    made = await close_day(world.book, shop, today(), world.clerk, "  两袋米  ")

    assert (made.sales, made.undos, made.swaps, made.pick_ups) == (2, 1, 1, 1)
    assert (made.points_taken, made.points_back) == (60 + 8 + 8, 8 + 14)
    assert (made.number, made.carts_gone, made.note) == (1, 1, "两袋米")
    assert not await parking.parked(world.book, shop)
    with pytest.raises(NothingToClose):
        await close_day(world.book, shop, today(), world.clerk)

    await refunds.return_goods(world.book, sold.redemption_id, line, world.clerk, key())
    found = await day_at(world.book, shop, today())
    assert [each.what for each in found.after_closing] == [What.REFUND]
    assert not found.left_open
    again = await close_day(world.book, shop, today(), world.desk_clerk)
    assert (again.number, again.refunds, again.points_back) == (2, 1, 30)

    [of_month] = await days_of_month(world.book, shop, today())
    assert [each.id for each in of_month.closings] == [made.id, again.id]
    assert of_month.figures.points == 60 + 8 + 8 - 8 - 14 - 30
    assert [each.what for each in (await closing_of(world.book, again.id))[1].done] == [What.REFUND]
    assert await closings(world.book) == []
    await execute("UPDATE day_close SET points_taken = 77 WHERE id = $1", made.id)
    [finding] = await closings(world.book)
    assert finding.members["made"] == 76


async def test_a_day_to_come_an_empty_day_and_what_is_elsewhere_are_refused(database):
    world, other = await make_world(), await make_world()
    for asked, refusal in (
        ((world.shop.id, plus_days(today(), 1)), DayIsNotOver),
        ((world.shop.id, today()), NothingToClose),
        ((other.shop.id, today()), ShopNotHere),
    ):
        with pytest.raises(refusal):
            await close_day(world.book, *asked, world.clerk)
    await counter.redeem(
        *(other.book, other.shop.id, other.member, [(other.soap.id, 1)], other.clerk, key())
    )
    made = await close_day(other.book, other.shop.id, today(), other.clerk)
    with pytest.raises(ClosingNotFound):
        await closing_of(world.book, made.id)


async def test_of_several_who_close_at_once_one_does(database):
    world = await make_world()
    await counter.redeem(
        *(world.book, world.shop.id, world.member, [(world.soap.id, 1)], world.clerk, key())
    )
    asked = [close_day(world.book, world.shop.id, today(), world.clerk) for _ in range(50)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(each, DayClose) for each in answers) == 1
    refused = [each for each in answers if not isinstance(each, DayClose)]
    assert all(isinstance(each, ClosedMeanwhile | NothingToClose) for each in refused), refused
    assert await DayCloseEntry.filter(book_id=world.book).count() == 1
    assert await closings(world.book) == []


async def test_a_day_that_nobody_closed_says_so(database):
    world = await make_world()
    with clock.frozen(clock.now() - 24 * 60 * MINUTE):
        await counter.redeem(
            *(world.book, world.shop.id, world.member, [(world.soap.id, 1)], world.clerk, key())
        )
        yesterday = today()
    found = await day_at(world.book, world.shop.id, yesterday)
    assert found.left_open
    assert list(found.clerks) == [world.clerk]
