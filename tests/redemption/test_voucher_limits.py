"""The limit of a year, vouchers that lapse, and whatever is not a voucher of this desk."""

import asyncio

import pytest

from audit.reconcile import reconcile
from audit.voucher_years import voucher_years
from kernel import clock
from kernel.clock import DAY
from kernel.database import execute
from kernel.days import start_of
from kernel.errors import DomainError
from ledger import chart
from ledger.balances import holding
from ledger.desk import post
from people import households
from redemption import voucher_limits, vouchers
from redemption.errors import (
    VoucherCodeUnreadable,
    VoucherHasExpired,
    VoucherIsUsedUp,
    VoucherIsVoid,
    VoucherNotFound,
)
from redemption.limit_errors import OverYearLimit, YearLimitIsOdd
from redemption.models import VoucherUse
from redemption.moving import move_within
from redemption.property_desk import look_up, use
from redemption.states import VoucherState
from redemption.voucher_expiry import expire_vouchers, to_expire
from redemption.vouchers import code_of, void_rest
from tests.redemption.world import ZONE, World, key, make_world, today
from tests.test_code_flips import flips


async def issue(world: World, person: int | None = None):
    """A ¥50 voucher for a member."""
    who = person or world.member
    return await vouchers.issue(world.book, who, world.offer.id, world.company, who, key())


async def test_a_household_has_three_hundred_yuan_a_year_unless_the_community_says_otherwise(
    database,
):
    world = await make_world(points=2000, rice=0, soap=0)
    await world.give_points(500, person=world.other)
    home = await households.make(world.book, "3-2-601", world.member, None)
    await households.join(world.book, home.id, world.other, None)
    for _ in range(5):
        await issue(world)
    last = await issue(world, world.other)
    for person in (world.member, world.other):
        with pytest.raises(OverYearLimit, match="300 yuan a year; 0 yuan are left"):
            await issue(world, person)
    await void_rest(world.book, last.id, world.other, key())
    await issue(world)
    with pytest.raises(OverYearLimit):
        await issue(world, world.other)
    await voucher_limits.set_limit(world.book, 35_000, world.clerk)
    await issue(world, world.other)
    with pytest.raises(OverYearLimit):
        await issue(world)
    await voucher_limits.set_limit(world.book, None, world.clerk)
    await issue(world)
    with pytest.raises(YearLimitIsOdd):
        await voucher_limits.set_limit(world.book, -1, world.clerk)


async def test_a_new_year_begins_at_nothing_and_a_void_gives_nothing_back_to_it(database):
    with clock.frozen(start_of(20_261_230, ZONE)):
        world = await make_world(points=2000, rice=0, soap=0)
        old = [await issue(world) for _ in range(6)]
    with clock.frozen(start_of(20_270_102, ZONE)):
        await void_rest(world.book, old[0].id, world.member, key())
        for _ in range(6):
            await issue(world)
        await void_rest(world.book, old[1].id, world.member, key())
        with pytest.raises(OverYearLimit):
            await issue(world)


async def test_last_years_voucher_that_moved_to_another_flat_gives_nothing_back_to_this_year(
    database,
):
    with clock.frozen(start_of(20_261_230, ZONE)):
        world = await make_world(points=2000, rice=0, soap=0)
        await issue(world)
    with clock.frozen(start_of(20_270_102, ZONE)):
        await move_within(world.book, world.member, "3-2-602", world.clerk)
        (moved,) = [
            each
            for each in await vouchers.of_person(world.book, world.member)
            if each.state is VoucherState.ISSUED
        ]
        for _ in range(6):
            await issue(world)
        await void_rest(world.book, moved.id, world.member, key())
        with pytest.raises(OverYearLimit):
            await issue(world)
        assert await voucher_years(world.book) == []
        await execute("UPDATE voucher_year SET fen = fen - 5000")
        (found,) = await voucher_years(world.book)
        assert "had 25000 fen of vouchers in 2027, by the vouchers 30000" in str(found)


@pytest.mark.concurrency
async def test_two_of_a_household_at_once_do_not_pass_the_limit_together(database):
    world = await make_world(points=4000, rice=0, soap=0)
    await world.give_points(4000, person=world.other)
    home = await households.make(world.book, "3-2-601", world.member, None)
    await households.join(world.book, home.id, world.other, None)
    people = [world.member, world.other] * 25
    told = await asyncio.gather(
        *(issue(world, person) for person in people), return_exceptions=True
    )
    assert sum(isinstance(each, OverYearLimit) for each in told) == 44


async def test_what_is_left_on_a_voucher_lapses_by_itself_once(database):
    world = await make_world(points=300, rice=0, soap=0)
    part, full = await issue(world), await issue(world)
    await use(world.book, part.id, 3000, world.desk_clerk, world.company, key())
    await use(world.book, full.id, None, world.desk_clerk, world.company, key())
    assert await expire_vouchers(world.book) == 0
    with clock.frozen(clock.now() + 400 * DAY):
        late = await issue(world)
        told = await asyncio.gather(*(expire_vouchers(world.book) for _ in range(3)))
        assert sum(told) == 1
        assert await expire_vouchers(world.book) == 0
    assert (await vouchers.voucher(world.book, part.id)).state is VoucherState.EXPIRED
    assert (await vouchers.voucher(world.book, late.id)).state is VoucherState.ISSUED
    assert (await world.totals())[f"vouchers:{world.company}:expired"] == 2000
    with pytest.raises(DomainError):
        await post(to_expire(late, today()))
    found = await reconcile(world.book)
    assert [
        each for each in found if each.members.get("table") != "opening" and not each.entry_id
    ] == []


@pytest.mark.concurrency
async def test_one_voucher_at_two_desks_fifty_times_at_once_is_taken_once(database):
    world = await make_world(rice=0, soap=0)
    voucher = await issue(world)
    desks = [world.desk_clerk, world.clerk] * 25
    told = await asyncio.gather(
        *(use(world.book, voucher.id, None, by, world.company, key()) for by in desks),
        return_exceptions=True,
    )
    assert sum(isinstance(each, VoucherIsUsedUp) for each in told) == 49
    assert await VoucherUse.filter(book_id=world.book).count() == 1
    assert (await holding(world.book, chart.payable(world.company))).balance == 5000


async def test_whatever_is_not_a_good_voucher_of_this_desk_is_refused_and_changes_nothing(database):
    world, elsewhere = await make_world(points=300, rice=0, soap=0), await make_world()
    voucher, void = await issue(world), await issue(world)
    await void_rest(world.book, void.id, world.member, key())
    code, foreign = code_of(voucher), code_of(await issue(elsewhere))
    before = await world.totals()
    for text in (*flips(code), foreign):
        with pytest.raises(VoucherCodeUnreadable):
            await look_up(world.book, world.company, text)
    for company, text, refusal in (
        (world.rival, code, VoucherNotFound),
        (elsewhere.company, code, VoucherNotFound),
        (world.company, code_of(void), VoucherIsVoid),
    ):
        with pytest.raises(refusal):
            await look_up(world.book, company, text)
    with clock.frozen(clock.now() + 400 * DAY), pytest.raises(VoucherHasExpired):
        await look_up(world.book, world.company, code)
    assert await world.totals() == before
    assert await VoucherUse.all().count() == 0
