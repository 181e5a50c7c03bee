"""Carts put aside: ten at a shop, recalled once, nothing reserved, gone at night. And booklets printed line by line."""

import asyncio

import pytest

from kernel import clock
from kernel.clock import DAY
from people.recognition import Way
from people.retention import tidy
from redemption.counter import redeem
from redemption.counter_papers import ParkedSale
from redemption.errors import CartIsEmpty, ItemNotHere, NotAMember
from redemption.exchange_errors import CounterIsFull, ParkedIsGone
from redemption.parking import park, parked, recall
from redemption.passbooks import AlreadyPrinted, booklet, mark_printed, not_printed, place_of
from tests.redemption.world import World, key, make_world


async def put_aside(world: World, person: int | None = None, pieces: int = 1) -> ParkedSale:
    """Park some rice."""
    return await park(
        world.book, world.shop.id, person, [(world.rice.id, pieces)], world.clerk, Way.CARD
    )


async def test_a_cart_waits_and_reserves_nothing(database):
    world = await make_world(rice=2)
    one = await put_aside(world, world.member, 2)
    await put_aside(world)
    waiting = await parked(world.book, world.shop.id)
    assert [(each.place, each.person_id) for each in waiting] == [(1, world.member), (2, None)]
    assert await world.on_shelf(world.rice) == 2
    assert (await world.points()).balance == 100
    back = await recall(world.book, world.shop.id, one.id)
    assert (back.lines, back.way, back.parked_by) == (((world.rice.id, 2),), "card", world.clerk)
    with pytest.raises(ParkedIsGone):
        await recall(world.book, world.shop.id, one.id)
    assert (await put_aside(world)).place == 1


async def test_what_cannot_be_parked_is_refused(database):
    world = await make_world()
    book, shop, clerk = world.book, world.shop.id, world.clerk
    for refusal, person, cart in (
        (CartIsEmpty, None, []),
        (ItemNotHere, None, [(1, 1)]),
        (NotAMember, 1, [(world.rice.id, 1)]),
    ):
        with pytest.raises(refusal):
            await park(book, shop, person, cart, clerk)
    with pytest.raises(ParkedIsGone):
        await recall(book, shop, 1)


async def test_a_day_later_nothing_is_parked(database):
    world = await make_world()
    one = await put_aside(world)
    with clock.frozen(clock.now() + DAY):
        assert await parked(world.book, world.shop.id) == []
        with pytest.raises(ParkedIsGone):
            await recall(world.book, world.shop.id, one.id)
        assert (await put_aside(world)).place == 1
    with clock.frozen(clock.now() + 3 * DAY):
        assert (await tidy())["parked_sale"] == 1


@pytest.mark.concurrency
async def test_fifty_at_once_park_ten_and_one_of_fifty_recalls(database):
    world = await make_world()
    told = await asyncio.gather(*(put_aside(world) for _ in range(50)), return_exceptions=True)
    kept = [each for each in told if isinstance(each, ParkedSale)]
    assert len(kept) == 10
    assert {type(each) for each in told} == {ParkedSale, CounterIsFull}
    assert len({each.place for each in kept}) == len(kept)
    told = await asyncio.gather(
        *(recall(world.book, world.shop.id, kept[0].id) for _ in range(50)), return_exceptions=True
    )
    assert sum(isinstance(each, ParkedSale) for each in told) == 1
    assert sum(isinstance(each, ParkedIsGone) for each in told) == 49


async def test_the_lines_of_a_booklet_wait_until_they_are_printed_once(database):
    world = await make_world()
    book, member = world.book, world.member
    await redeem(book, world.shop.id, member, [(world.rice.id, 1)], world.clerk, key())
    waiting = await not_printed(book, member)
    assert [line.balance_after for line in waiting] == [70, 100]
    last = place_of(waiting[0])
    await mark_printed(book, member, 0, last, world.clerk)
    with pytest.raises(AlreadyPrinted):
        await mark_printed(book, member, 0, last, world.clerk)
    assert await not_printed(book, member) == []
    await redeem(book, world.shop.id, member, [(world.soap.id, 1)], world.clerk, key())
    [line] = await not_printed(book, member)
    await mark_printed(book, member, last, place_of(line), world.clerk)
    assert (await booklet(book, member)).lines_printed == 3
    assert await not_printed(book, world.other) == []
