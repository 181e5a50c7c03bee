"""A day on paper: rows typed in later are booked once, of their own day; what the rules refuse waits for a word."""

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.clock import DAY
from kernel.database import execute
from kernel.days import day_of, plus_days, to_date
from ledger import chart
from ledger.balances import holding
from ledger.chart import Kind
from ledger.entries import entries_of, entry
from ledger.errors import NotEnoughPoints
from people.approval_errors import RequestNeedsReason
from people.models import Membership
from redemption import openings, sheets
from redemption.errors import ServesOneself
from redemption.receipts import receipt
from redemption.refunds import undo
from redemption.sheet_cases import cases, decide, drop
from redemption.sheet_errors import (
    SheetDayIsOdd,
    SheetIsEnded,
    SheetRowDecided,
    SheetRowIsOdd,
    SheetRowIsTaken,
    SheetRowTwoPersons,
    SheetSaleStays,
    SheetsAreOdd,
)
from redemption.sheet_papers import ROWS, Bearing, RowState, SheetEnd, SheetRow
from redemption.sheet_rows import Slip, enter
from tests.redemption.world import ZONE, key, make_world, today, untrue


async def a_day_ago(world, number=1):
    """A sheet that was printed yesterday, at this time."""
    pack = await sheets.print_pack(world.book, world.shop.id, number, world.clerk)
    ids = ", ".join(str(each.id) for each in pack)
    yesterday = clock.now() - DAY
    await execute(f"UPDATE paper_sheet SET printed_at = {yesterday} WHERE id IN ({ids})")
    return await sheets.sheet_of(world.book, world.shop.id, pack[0].number)


def row(world, *cart, place=1, day=None, points=None, person=None):
    """A row that says who took what yesterday."""
    when = day or plus_days(today(), -1)
    return Slip(place, person or world.member, cart, when, points)


async def settled(world):
    """Somebody who did not type the row in."""
    return world.desk_clerk


async def test_a_row_is_an_exchange_of_its_own_day_and_marked(database):
    world = await make_world()
    sheet = await a_day_ago(world)
    done = await enter(
        world.book, sheet, row(world, (world.rice.id, 1), (world.soap.id, 2)), world.clerk
    )
    assert done.state is RowState.BOOKED
    paper = await receipt(world.book, done.redemption_id)
    assert (paper.points_total, day_of(paper.redeemed_at, ZONE)) == (46, plus_days(today(), -1))
    posted = await entry(world.book, paper.entry_id)
    assert (posted["kind"], posted["reason_code"]) == (Kind.GOODS_REDEEMED, "hand-written")
    assert posted["booked_on"] == plus_days(today(), -1)
    assert (await world.points()).balance == 54
    again = await enter(
        world.book, sheet, row(world, (world.rice.id, 1), (world.soap.id, 2)), world.clerk
    )
    assert again.redemption_id == done.redemption_id
    with pytest.raises(SheetRowIsTaken):
        await enter(world.book, sheet, row(world, (world.rice.id, 2)), world.clerk)
    assert await untrue(world.book) == []


async def test_fifty_at_once_make_one_receipt(database):
    world = await make_world()
    sheet = await a_day_ago(world)
    slip = row(world, (world.rice.id, 1))
    told = await asyncio.gather(*(enter(world.book, sheet, slip, world.clerk) for _ in range(50)))
    assert len({each.redemption_id for each in told}) == 1
    assert all(each.state is RowState.BOOKED for each in told)
    assert ((await world.points()).balance, await world.on_shelf(world.rice)) == (70, 9)
    assert await untrue(world.book) == []


@pytest.mark.parametrize(
    ("borne", "owed", "issued"), [(Bearing.OWED, 20, 0), (Bearing.COMMUNITY, 0, 20)]
)
async def test_points_short_is_a_case_until_somebody_else_says_who_bears_it(
    database, borne, owed, issued
):
    world = await make_world(points=10)
    sheet = await a_day_ago(world)
    waits = await enter(world.book, sheet, row(world, (world.rice.id, 1)), world.clerk)
    assert (waits.state, waits.refusal) == (RowState.WAITING, NotEnoughPoints.slug)
    assert ((await world.points()).balance, await world.on_shelf(world.rice)) == (10, 10)
    assert [each.id for each in await cases(world.book)] == [waits.id]
    decider = await settled(world)
    for by in (world.clerk, world.member):
        with pytest.raises(SheetRowTwoPersons):
            await decide(world.book, waits.id, by, borne, "货已拿走", seen=waits.entered_at)
    with pytest.raises(RequestNeedsReason):
        await decide(world.book, waits.id, decider, borne, " ", seen=waits.entered_at)
    with pytest.raises(NotEnoughPoints):
        await decide(world.book, waits.id, decider, None, "货已拿走", seen=waits.entered_at)
    asked = (
        decide(world.book, waits.id, decider, borne, "货已拿走", seen=waits.entered_at)
        for _ in range(10)
    )
    told = await asyncio.gather(*asked, return_exceptions=True)
    done = [each for each in told if isinstance(each, SheetRow)]
    assert len({each.redemption_id for each in done}) == 1
    assert {type(each) for each in told} <= {SheetRow, SheetRowDecided}
    assert (done[0].missing_points, done[0].borne) == (20, borne)
    assert (await world.points()).balance == 0
    assert (await holding(world.book, chart.owed(world.member))).balance == owed
    assert (await world.totals()).get("points:issued", 0) == issued
    assert await world.on_shelf(world.rice) == 9
    [posted] = await entries_of(world.book, "redemption", done[0].redemption_id)
    assert (posted["kind"], posted["approver_id"]) == (Kind.SHEET_SETTLED, decider)
    with pytest.raises(SheetSaleStays):
        await undo(world.book, done[0].redemption_id, decider, key())
    assert await cases(world.book) == []
    assert await untrue(world.book) == []


async def test_limits_and_hours_of_the_day_make_a_case_that_may_be_booked_all_the_same(database):
    world = await make_world(rice=20)
    await execute("UPDATE item SET household_limit = 1 WHERE id = $1", world.rice.id)
    sheet = await a_day_ago(world)
    over = await enter(world.book, sheet, row(world, (world.rice.id, 2)), world.clerk)
    assert over.refusal == "over-month-limit"
    decider = await settled(world)
    done = await decide(world.book, over.id, decider, None, "现场已发", seen=over.entered_at)
    assert (done.state, done.missing_points) == (RowState.BOOKED, 0)
    weekday = to_date(today()).isoweekday()  # of today: yesterday it was closed
    await openings.add_hours(world.book, world.shop.id, (540, 700), world.clerk, weekday=weekday)
    closed = await enter(world.book, sheet, row(world, (world.soap.id, 1), place=2), world.clerk)
    assert closed.refusal == "shop-is-closed"
    assert await untrue(world.book) == []


async def test_what_waits_may_be_put_right_or_dropped_for_a_reason(database):
    world = await make_world(points=10)
    sheet = await a_day_ago(world)
    waits = await enter(world.book, sheet, row(world, (world.rice.id, 1)), world.clerk)
    right = await enter(world.book, sheet, row(world, (world.soap.id, 1)), world.clerk)
    assert (right.id, right.state) == (waits.id, RowState.BOOKED)
    other = row(world, (world.soap.id, 1), place=2, points=9)
    waits = await enter(world.book, sheet, other, world.clerk)
    assert waits.refusal == "price-has-changed"
    gone = await drop(world.book, waits.id, await settled(world), "写重了")
    assert gone.state is RowState.DROPPED
    with pytest.raises(SheetRowDecided):
        await drop(world.book, waits.id, await settled(world), "写重了")
    with pytest.raises(IntegrityError):  # The database says the same of two persons.
        await SheetRow.filter(id=gone.id).update(decided_by=world.clerk)
    assert await untrue(world.book) == []


async def test_sheets_are_numbered_without_gaps_and_listed_until_they_are_put_away(database):
    world = await make_world()
    for odd in (0, 21):
        with pytest.raises(SheetsAreOdd):
            await sheets.print_pack(world.book, world.shop.id, odd, world.clerk)
    packs = [sheets.print_pack(world.book, world.shop.id, 2, world.clerk) for _ in range(10)]
    made = await asyncio.gather(*packs)
    assert sorted(each.number for pack in made for each in pack) == list(range(1, 21))
    first = await sheets.sheet_of(world.book, world.shop.id, 1)
    await sheets.put_away(world.book, first.id, SheetEnd.UNUSED, world.clerk)
    assert 1 not in [each.number for each in await sheets.not_entered(world.book, world.shop.id)]
    with pytest.raises(SheetIsEnded):
        await sheets.put_away(world.book, first.id, SheetEnd.ENTERED, world.clerk)
    first = await sheets.sheet_of(world.book, world.shop.id, 1)
    with pytest.raises(SheetIsEnded):
        await enter(world.book, first, row(world, (world.soap.id, 1), day=today()), world.clerk)


async def test_what_cannot_be_is_refused_at_once(database):
    world = await make_world()
    sheet = await a_day_ago(world)
    with pytest.raises(SheetRowIsOdd):
        await enter(world.book, sheet, row(world, (world.soap.id, 1), place=ROWS + 1), world.clerk)
    for day in (plus_days(today(), 1), plus_days(today(), -2)):
        with pytest.raises(SheetDayIsOdd):
            await enter(world.book, sheet, row(world, (world.soap.id, 1), day=day), world.clerk)
    mine = row(world, (world.soap.id, 1), person=world.clerk)
    with pytest.raises(ServesOneself):
        await enter(world.book, sheet, mine, world.clerk)
    assert await SheetRow.all().count() == 0


async def test_the_reverse_shows_who_is_likely_to_come_with_their_points_of_now(database):
    world = await make_world()
    assert await sheets.likely_to_come(world.book, world.shop.id) == []
    sheet = await a_day_ago(world)
    await enter(world.book, sheet, row(world, (world.soap.id, 1)), world.clerk)
    [one] = await sheets.likely_to_come(world.book, world.shop.id)
    number = (await Membership.get(book_id=world.book, person_id=world.member)).number
    assert (one.member.number, one.points) == (number, 92)
