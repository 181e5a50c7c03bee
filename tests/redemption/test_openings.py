"""When a shop is open: days that come round, days that are otherwise; outside, the counter says no and why."""

import asyncio

import pytest

from kernel import clock
from kernel.clock import HOUR
from kernel.days import start_of
from redemption import openings
from redemption.counter import redeem
from redemption.opening_errors import (
    DayOfOpeningIsOdd,
    HoursAreOdd,
    NobodyWaits,
    NoQueueToday,
    OpeningNotFound,
    ReasonOfDayIsMissing,
    ShopIsClosed,
    ShopIsClosedToday,
    TicketNotFound,
    TicketTaken,
)
from redemption.opening_papers import OpeningTime, QueueTicket, SpecialDay
from redemption.openings import Calendar, Hours
from redemption.queueing import call_again, call_next, give_paper_number, queue_of, take_number
from redemption.states import TicketState
from tests.redemption.reserving_world import fetch_it, wish
from tests.redemption.world import ZONE, World, key, make_world, today

FRIDAY, SATURDAY = 2026_12_04, 2026_12_05
MORNING = (540, 690)  # 9:00 to 11:30


def time(**what) -> OpeningTime:
    return OpeningTime(opens=540, closes=690, **what)


@pytest.mark.parametrize(
    ("rhythm", "special", "asked", "said"),
    [
        ({"weekday": 5}, None, (FRIDAY, 0), Hours(FRIDAY, 540, 690)),
        ({"weekday": 5}, None, (FRIDAY, 689), Hours(FRIDAY, 540, 690)),
        ({"weekday": 5}, None, (FRIDAY, 690), Hours(2026_12_11, 540, 690)),
        ({"month_day": 15}, None, (FRIDAY, 0), Hours(2026_12_15, 540, 690)),
        ({"month_day": 31}, None, (2027_02_01, 0), Hours(2027_03_31, 540, 690)),
        ({"weekday": 5}, (FRIDAY, None, None), (FRIDAY, 0), Hours(2026_12_11, 540, 690)),
        ({"weekday": 5}, (SATURDAY, 60, 90), (FRIDAY, 690), Hours(SATURDAY, 60, 90)),
        ({"weekday": 5}, (FRIDAY, 800, 900), (FRIDAY, 0), Hours(FRIDAY, 800, 900)),
    ],
)
def test_the_next_time_is_what_the_calendar_says(rhythm, special, asked, said):
    otherwise = {}
    if special:
        day, opens, closes = special
        otherwise = {day: SpecialDay(day=day, opens=opens, closes=closes, reason="盘点")}
    assert Calendar([time(**rhythm)], otherwise).next_after(*asked) == said


async def on_fridays(exchange_day: bool = True) -> World:
    """A shop that is open on Friday mornings."""
    world = await make_world()
    asked = (world.book, world.shop.id, MORNING, world.other)
    await openings.add_hours(*asked, weekday=5, exchange_day=exchange_day)
    return world


def at(day: int, hour: int):
    return clock.frozen(start_of(day, ZONE) + hour * HOUR)


async def buy(world: World) -> None:
    rice = [(world.rice.id, 1)]
    await redeem(world.book, world.shop.id, world.member, rice, world.clerk, key())


@pytest.mark.anyio
async def test_outside_its_hours_the_counter_says_when_it_is_open_next(database):
    with at(FRIDAY, 10):
        world = await on_fridays()
        await buy(world)
        kept = await wish(world, (world.rice.id, 1))
    with at(FRIDAY, 12):
        with pytest.raises(ShopIsClosed, match=r"Open next: 2026-12-11 9:00–11:30"):
            await buy(world)
        with pytest.raises(ShopIsClosed):
            await fetch_it(world, kept)
        until = await openings.set_day(
            world.book, world.shop.id, today(), (720, 780), "补发昨天的货", world.other
        )
        assert (until.opens, until.closes, until.made_by) == (720, 780, world.other)
        await fetch_it(world, kept)
    with at(FRIDAY, 13), pytest.raises(ShopIsClosedToday, match="补发昨天的货"):
        await buy(world)


@pytest.mark.anyio
async def test_a_closed_day_has_a_reason_and_hours_can_be_ended(database):
    with at(SATURDAY, 10):
        world = await make_world()
        shop = (world.book, world.shop.id)
        assert await openings.closed_now(*shop, clock.now()) is None
        await openings.set_day(*shop, SATURDAY, None, "盘点", world.other)
        with pytest.raises(ShopIsClosedToday, match="盘点"):
            await buy(world)
        regular = await openings.add_hours(*shop, MORNING, world.other, month_day=6)
        coming = await openings.next_opening(*shop)
        assert coming is not None
        assert coming.day == 2026_12_06
        await openings.end_hours(world.book, regular.id, world.other)
        with pytest.raises(OpeningNotFound):
            await openings.end_hours(world.book, regular.id, world.other)
        for odd, refusal in (
            (openings.set_day(*shop, FRIDAY, None, "盘点", world.other), DayOfOpeningIsOdd),
            (openings.set_day(*shop, SATURDAY, None, " ", world.other), ReasonOfDayIsMissing),
            (openings.set_day(*shop, SATURDAY, (5, 5), "盘点", world.other), HoursAreOdd),
            (openings.add_hours(*shop, MORNING, world.other), DayOfOpeningIsOdd),
            (openings.add_hours(*shop, MORNING, world.other, weekday=8), DayOfOpeningIsOdd),
        ):
            with pytest.raises(refusal):
                await odd


async def called(shop, clerk, *, came=True):
    """Call the next number and return it, or None if nobody waits."""
    book_id, shop_id = shop
    ticket = await call_next(book_id, shop_id, clerk, came=came)
    return ticket and ticket.number


@pytest.mark.anyio
async def test_numbers_have_no_gaps_are_called_in_turn_and_nobody_has_two(database):
    with at(FRIDAY, 8):
        world = await on_fridays()
        shop = (world.book, world.shop.id)
        with pytest.raises(NobodyWaits):
            await call_next(*shop, world.clerk)
        assert (await take_number(*shop, world.member)).number == 1
        with pytest.raises(TicketTaken, match="Number 1 is"):
            await take_number(*shop, world.member)
        assert (await give_paper_number(*shop)).number == 2
        assert (await take_number(*shop, world.other)).number == 3
        assert await called(shop, world.clerk) == 1
        assert await called(shop, world.clerk) == 2
        assert await called(shop, world.clerk, came=False) == 3
        queue = await queue_of(*shop)
        assert (queue.given, queue.called and queue.called.number, queue.waiting) == (3, 3, 0)
        assert [each.number for each in queue.skipped] == [2]
        again = await call_again(*shop, 2, world.clerk)
        assert (again.number, again.state) == (2, TicketState.CALLED)
        assert await called(shop, world.clerk) is None
        assert (await queue_of(*shop)).called is None
        with pytest.raises(NobodyWaits):
            await call_next(*shop, world.clerk)
        for number in (1, 2, 9):
            with pytest.raises(TicketNotFound):
                await call_again(*shop, number, world.clerk)
    with at(FRIDAY, 12), pytest.raises(NoQueueToday, match="2026-12-11"):
        await take_number(*shop, world.clerk)


@pytest.mark.anyio
@pytest.mark.concurrency
async def test_fifty_numbers_at_once_are_fifty_in_a_row_but_one_for_each_member(database):
    with at(FRIDAY, 8):
        world = await on_fridays()
        shop = (world.book, world.shop.id)
        told = await asyncio.gather(
            *(give_paper_number(*shop) for _ in range(30)),
            *(take_number(*shop, world.member) for _ in range(20)),
            return_exceptions=True,
        )
        given = sorted(each.number for each in told if isinstance(each, QueueTicket))
        assert sum(isinstance(each, TicketTaken) for each in told) == 19
        assert given == list(range(1, 32))
        in_turn = await asyncio.gather(*(called(shop, world.clerk) for _ in range(31)))
        assert sorted(in_turn) == given
