"""Limits of a household: pieces of an item in a month, pieces and exchanges on a day; what comes back is free again."""

import asyncio

import pytest

from kernel import clock
from kernel.database import execute
from kernel.days import month_end, plus_days, start_of
from kernel.ids import new_id
from people import households, moving_out
from redemption import household_limits, picking_up, shop_rules, stock
from redemption.counter import quote, redeem
from redemption.errors import NotAMember
from redemption.exchanging import exchange, move_sale, swap_of
from redemption.limit_errors import (
    OverExchangesOfDay,
    OverMonthLimit,
    OverPiecesOfDay,
    ShopRuleIsOdd,
)
from redemption.receipts import Receipt
from redemption.refunds import return_goods, undo
from redemption.reservation_papers import HouseholdCount
from redemption.shop_rules import Rule
from tests.redemption.reserving_world import fetch_it, wish
from tests.redemption.world import ZONE, World, key, make_world, today, untrue

pytestmark = pytest.mark.anyio


async def limited(pieces: int = 2) -> World:
    """A town where a household may have so many bags of rice a month; the member and the other are rich."""
    world = await make_world(points=1000, rice=80)
    await world.give_points(1000, person=world.other)
    await stock.keep(world.book, world.rice.id, stock.Kept(household_limit=pieces))
    return world


async def buy(world: World, pieces: int = 1, person: int | None = None) -> Receipt:
    """Rice over the counter."""
    who = person or world.member
    return await redeem(
        world.book, world.shop.id, who, [(world.rice.id, pieces)], world.clerk, key()
    )


async def had(world: World, person: int | None = None) -> int:
    """Bags of rice that a person's household had this month."""
    asked = (world.book, world.shop.id, person or world.member, [world.rice.id], today())
    return (await household_limits.had_this_month(*asked)).get(world.rice.id, 0)


async def test_nothing_is_counted_for_one_who_is_no_member(database):
    world = await limited()
    with pytest.raises(NotAMember):
        await buy(world, person=new_id())
    assert await HouseholdCount.filter(book_id=world.book).count() == 0


async def test_who_lives_together_counts_together_at_the_counter_and_on_the_phone(database):
    world = await limited()
    home = await households.make(world.book, "3-2-601", world.member, None)
    await households.join(world.book, home.id, world.other, None)
    await buy(world)
    kept = await wish(world, (world.rice.id, 1), person=world.other)
    for person in (world.member, world.other):
        with pytest.raises(OverMonthLimit, match="this one had 2, 0 are left"):
            await buy(world, person=person)
        with pytest.raises(OverMonthLimit):
            await wish(world, (world.rice.id, 1), person=person)
    (line,) = (await quote(world.book, world.shop.id, world.member, [(world.rice.id, 1)])).lines
    assert isinstance(line.refusal, OverMonthLimit)
    assert await untrue(world.book) == []
    await picking_up.cancel(world.book, kept.id, world.other, key())
    assert await had(world) == 1
    await buy(world)
    assert await untrue(world.book) == []


async def test_what_comes_back_is_free_again(database):
    world = await limited()
    given = await buy(world, 2)
    parts = [(given.lines[0].line_id, 1)]
    await return_goods(world.book, given.redemption_id, parts, world.clerk, key())
    assert await had(world) == 1
    last = await buy(world)
    await undo(world.book, last.redemption_id, world.clerk, key())
    assert await had(world) == 1
    kept = await wish(world, (world.rice.id, 1))
    collected = await fetch_it(world, kept)
    assert await had(world) == 2
    await undo(world.book, collected.redemption_id, world.clerk, key())
    assert await had(world) == 1
    with clock.frozen((await wish(world, (world.rice.id, 1))).expires_at):
        assert await picking_up.expire_due(world.book) == 1
    assert await had(world) == 1
    assert await untrue(world.book) == []


async def test_a_part_that_is_not_collected_is_free_again(database):
    world = await limited(3)
    kept = await wish(world, (world.rice.id, 3))
    await fetch_it(world, kept, (next(iter(kept.lines)).id, 1))
    assert await had(world) == 1
    assert await untrue(world.book) == []


async def test_neither_moving_out_nor_a_new_household_frees_a_limit(database):
    world = await limited()
    home = await households.make(world.book, "3-2-601", world.member, None)
    await households.join(world.book, home.id, world.other, None)
    await buy(world, 2)
    await moving_out.move_out(world.book, world.member, world.clerk)
    # Who moved out takes it along, alone and in the next household; who stays is left with it.
    assert (await had(world), await had(world, world.other)) == (2, 2)
    new = await households.make(world.book, "8-1-101", world.member, None)
    await households.join(world.book, new.id, world.desk_clerk, None)
    await world.give_points(100, person=world.desk_clerk)
    for person in (world.member, world.other, world.desk_clerk):
        with pytest.raises(OverMonthLimit):
            await buy(world, person=person)
    assert await untrue(world.book) == []


async def test_a_new_month_begins_at_nothing_and_gives_back_to_the_old(database):
    last = month_end(today())
    with clock.frozen(start_of(last, ZONE)):
        world = await limited()
        given = await buy(world, 2)
    with clock.frozen(start_of(plus_days(last, 1), ZONE)):
        assert await had(world) == 0
        await buy(world, 2)
        with pytest.raises(OverMonthLimit):
            await buy(world)
        assert await untrue(world.book) == []
    with clock.frozen(start_of(last, ZONE) + 1):
        parts = [(given.lines[0].line_id, 1)]
        await return_goods(world.book, given.redemption_id, parts, world.clerk, key())
        assert await had(world) == 1


async def test_a_day_has_limits_of_its_own_if_the_shop_says_so(database):
    world = await limited(50)
    rules = (world.book, world.shop.id)
    await shop_rules.set_rule(*rules, Rule(pieces_a_day=4, exchanges_a_day=2), world.other)
    first = await buy(world, 3)
    with pytest.raises(OverPiecesOfDay, match="4 pieces a day here; 1 are left"):
        await buy(world, 2)
    await wish(world, (world.soap.id, 1))
    with pytest.raises(OverExchangesOfDay):
        await buy(world)
    await buy(world, person=world.other)
    await undo(world.book, first.redemption_id, world.clerk, key())
    await buy(world, 3)
    assert await untrue(world.book) == []
    for odd in (Rule(reservation_days=0), Rule(pieces_a_day=0), Rule(exchanges_a_day=10_000)):
        with pytest.raises(ShopRuleIsOdd):
            await shop_rules.set_rule(*rules, odd, world.other)


async def test_a_count_that_is_not_what_its_papers_say_is_found(database):
    world = await limited()
    await buy(world)
    await execute("UPDATE household_count SET pieces = 0, exchanges = 1")
    found = " ".join(await untrue(world.book))
    assert "says 0 pieces, its papers make 1" in found
    assert "says 1 exchanges, its papers make 0" in found
    with pytest.raises(Exception, match="household_count_not_negative"):
        await execute("UPDATE household_count SET pieces = -1")


@pytest.mark.concurrency
async def test_two_of_a_household_at_once_do_not_pass_the_limit_together(database):
    world = await limited()
    home = await households.make(world.book, "3-2-601", world.member, None)
    await households.join(world.book, home.id, world.other, None)
    told = await asyncio.gather(
        *(buy(world, person=(world.member, world.other)[turn % 2]) for turn in range(30)),
        *(wish(world, (world.rice.id, 1)) for _ in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, OverMonthLimit) for each in told) == 48
    assert await had(world) == 2
    assert await untrue(world.book) == []


async def test_a_swap_and_a_move_count_pieces_for_the_household_that_has_them_and_no_visit_more(
    database,
):
    world = await limited(2)
    await shop_rules.set_rule(world.book, world.shop.id, Rule(exchanges_a_day=1), world.clerk)
    where = (world.book, world.shop.id, world.member)
    two = [(world.rice.id, 2)]
    first = await redeem(*where, two, world.clerk, key())
    line = first.lines[0].line_id
    swap = swap_of(first.redemption_id, [(line, 1)], [(world.rice.id, 1)])
    second = await exchange(world.book, swap, world.clerk, key())
    with pytest.raises(OverExchangesOfDay):
        await redeem(*where, [(world.soap.id, 1)], world.clerk, key())
    too_many = swap_of(first.redemption_id, [(line, 1)], two)
    with pytest.raises(OverMonthLimit):
        await exchange(world.book, too_many, world.clerk, key())
    other = (world.book, world.shop.id, world.other)
    third = await redeem(*other, [(world.soap.id, 1)], world.clerk, key())
    with pytest.raises(OverExchangesOfDay):
        await move_sale(world.book, third.redemption_id, world.member, world.clerk, key())
    await shop_rules.set_rule(world.book, world.shop.id, Rule(), world.clerk)
    await move_sale(world.book, third.redemption_id, world.member, world.clerk, key())
    assert second.points_total == 30
    assert await untrue(world.book) == []
