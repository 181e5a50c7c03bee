"""Counts of the shelves and goods written off: two persons, the difference posted once, and proofs that hold."""

import asyncio

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError

from kernel.database import execute
from people.approval_errors import OwnRequest
from people.deciding import approve
from people.models import Role
from redemption import counts, write_offs
from redemption.counter import redeem
from redemption.counts import Pile, ask_count, spread
from redemption.errors import ItemNotHere, OutOfStock, QuantityIsOdd, ShopNotHere
from redemption.states import Source
from redemption.stock_errors import (
    CountIsStale,
    CountNotFound,
    CountWithoutLot,
    NothingCounted,
)
from redemption.stock_papers import Cause, StockTake, WriteOff
from redemption.write_offs import ask_write_off
from tests.redemption.approving import somebody, viewer
from tests.redemption.world import key, make_world, untrue
from web.acts import ACTS

lots = st.lists(st.integers(0, 30), min_size=1, max_size=6)


@given(st.integers(0, 200), lots)
def test_a_count_is_spread_over_the_lots_of_a_pile(counted, pieces):
    told = spread(counted, list(enumerate(pieces)))
    assert [(lot, booked) for lot, booked, _ in told] == list(enumerate(pieces))
    assert sum(now for _, _, now in told) == counted
    assert all(now >= 0 for _, _, now in told)
    if counted <= sum(pieces):  # What is missing is missing from those that go first.
        left = [now for _, booked, now in told if now < booked]
        assert not any(left[1:]) or all(now == 0 for now in left[:-1])


async def two(world):
    """The clerk who counts and an organiser who signs."""
    clerk = await viewer(world.book, world.clerk, Role.CLERK)
    return clerk, await somebody(world.book, "赵敏", Role.ORGANISER)


async def test_a_difference_is_posted_once_in_both_names(database):
    world = await make_world(points=100)
    clerk, organiser = await two(world)
    counted = {Pile(world.rice.id, relief=False): 7, Pile(world.soap.id, relief=False): 12}
    asked = await ask_count(ACTS, clerk, world.shop.id, counted, "月末盘点")
    rice = [(world.rice.id, 1)]
    await redeem(world.book, world.shop.id, world.member, rice, world.clerk, key())
    looked = await counts.look(asked)
    assert sorted((each.before, each.after) for each in looked.effects) == [(9, 6), (10, 12)]
    await asyncio.gather(
        *(approve(ACTS, organiser, asked.id, asked.digest) for _ in range(2))
    )  # a double tap
    assert await world.on_shelf(world.rice) == 6
    assert await world.on_shelf(world.soap) == 12
    take = await counts.take_of(world.book, (await StockTake.get()).id)
    assert (take.counted_by, take.signed_by) == (world.clerk, organiser.person_id)
    assert sorted((line.booked, line.counted) for line in take.lines) == [(10, 7), (10, 12)]
    assert await untrue(world.book) == []
    with pytest.raises(CountNotFound):
        await counts.take_of(world.book, 1)


async def test_nobody_signs_their_own_count(database):
    world = await make_world()
    organiser = await somebody(world.book, "赵敏", Role.ORGANISER)
    await somebody(world.book, "陈静", Role.ADMIN)
    counted = {Pile(world.rice.id, relief=False): 9}
    asked = await ask_count(ACTS, organiser, world.shop.id, counted, "盘点")
    with pytest.raises(OwnRequest):
        await approve(ACTS, organiser, asked.id, asked.digest)
    assert await world.on_shelf(world.rice) == 10


async def test_a_count_without_a_difference_is_kept_without_an_entry(database):
    world = await make_world()
    clerk, organiser = await two(world)
    counted = {Pile(world.rice.id, relief=False): 10}
    asked = await ask_count(ACTS, clerk, world.shop.id, counted, "盘点")
    await approve(ACTS, organiser, asked.id, asked.digest)
    assert [take.note for take in await counts.takes(world.book, world.shop.id)] == ["盘点"]
    assert await untrue(world.book) == []


async def test_a_count_that_does_not_fit_any_more_is_refused(database):
    world = await make_world(points=400, rice=10)
    clerk, organiser = await two(world)
    counted = {Pile(world.rice.id, relief=False): 1}
    asked = await ask_count(ACTS, clerk, world.shop.id, counted, "盘点")
    rice = [(world.rice.id, 2)]
    await redeem(world.book, world.shop.id, world.member, rice, world.clerk, key())
    assert isinstance((await counts.look(asked)).refusal, CountIsStale)
    with pytest.raises(CountIsStale):
        await approve(ACTS, organiser, asked.id, asked.digest)
    assert await world.on_shelf(world.rice) == 8


@pytest.mark.parametrize(
    ("pile", "pieces", "refusal"),
    [(None, 1, NothingCounted), ("rice", -1, QuantityIsOdd), ("relief", 1, CountWithoutLot)],
)
async def test_an_odd_count_is_refused(database, pile, pieces, refusal):
    world = await make_world()
    clerk, _ = await two(world)
    counted = {Pile(world.rice.id, relief=pile == "relief"): pieces} if pile else {}
    with pytest.raises(refusal):
        await ask_count(ACTS, clerk, world.shop.id, counted, "盘点")


async def test_what_is_not_here_is_not_counted_and_not_written_off(database):
    world, elsewhere = await make_world(), await make_world()
    clerk, _ = await two(world)
    counted = {Pile(elsewhere.rice.id, relief=False): 1}
    with pytest.raises(ItemNotHere):
        await ask_count(ACTS, clerk, world.shop.id, counted, "盘点")
    with pytest.raises(ShopNotHere):
        await ask_count(ACTS, clerk, elsewhere.shop.id, counted, "盘点")
    lot = await elsewhere.receive(elsewhere.rice, 1)
    with pytest.raises(ItemNotHere):
        await ask_write_off(ACTS, clerk, lot, 1, Cause.LOST, "不见了")
    with pytest.raises(QuantityIsOdd):
        await ask_write_off(ACTS, clerk, lot, 0, Cause.LOST, "不见了")


async def test_goods_are_written_off_for_a_reason_by_two(database):
    world = await make_world(points=400, rice=0)
    clerk, organiser = await two(world)
    lot = await world.receive(world.rice, 5, source=Source.SPONSOR)
    with pytest.raises(OutOfStock):
        await ask_write_off(ACTS, clerk, lot, 6, Cause.SPOILED, "受潮")
    first = await ask_write_off(ACTS, clerk, lot, 2, Cause.SPOILED, "受潮")
    late = await ask_write_off(ACTS, clerk, lot, 5, Cause.LOST, "不见了")
    effect = (await write_offs.look(first)).effects[0]
    assert (effect.before, effect.after, effect.about) == (5, 3, "大米 5kg")
    await approve(ACTS, organiser, first.id, first.digest)
    with pytest.raises(OutOfStock):
        await approve(ACTS, organiser, late.id, late.digest)
    written = await WriteOff.get()
    assert (written.quantity, written.cause, written.note) == (2, Cause.SPOILED, "受潮")
    assert (written.asked_by, written.signed_by) == (world.clerk, organiser.person_id)
    assert await world.on_shelf(world.rice) == 3
    assert await untrue(world.book) == []


async def test_raw_sql_breaks_no_rule_of_counts_and_the_audit_finds_other_names(database):
    world = await make_world()
    clerk, organiser = await two(world)
    counted = {Pile(world.rice.id, relief=False): 9}
    asked = await ask_count(ACTS, clerk, world.shop.id, counted, "盘点")
    await approve(ACTS, organiser, asked.id, asked.digest)
    lot = await world.receive(world.rice, 5)
    off = await ask_write_off(ACTS, clerk, lot, 2, Cause.LOST, "不见了")
    await approve(ACTS, organiser, off.id, off.digest)
    for statement in (
        "UPDATE stock_take SET signed_by = counted_by",
        "UPDATE stock_take_line SET counted = -1",
        "UPDATE write_off SET quantity = 0",
        "UPDATE write_off SET signed_by = asked_by",
    ):
        with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
            await execute(statement)
    assert await untrue(world.book) == []
    await execute("UPDATE write_off SET signed_by = 1")
    await execute("UPDATE stock_take_line SET counted = 8")
    said = [str(each) for each in await untrue(world.book)]
    assert any("put right on the shelves" in each for each in said)
    assert any(each.startswith("stock_take") for each in said)
