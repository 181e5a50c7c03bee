"""The limits of a day: by card, number or name so much without a PIN and so much with it, however many clerks serve."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.clock import DAY, MINUTE
from kernel.database import execute
from kernel.ids import new_id
from ledger.post import Change
from people import pins
from people.card_errors import PinIsLocked, PinIsMissing, PinIsWrong
from people.codes import make_code, member_key
from people.errors import MemberCodeUsed
from people.funds import open_fund
from people.lookup import find_member
from people.models import Membership, Role
from people.recognition import Way
from people.registration import grant_role
from redemption import day_limits, spending, vouchers
from redemption.allowances import Allowance
from redemption.counter import redeem, sale_of
from redemption.day_limits import Limits
from redemption.errors import NotAMember
from redemption.exchanging import exchange, swap_of
from redemption.giving import give
from redemption.ground import Wanted, ground_of
from redemption.limit_errors import ApproverMissing, LimitsAreOdd, OverDayLimit, PinNeeded
from redemption.models import Redemption
from redemption.receipts import Receipt
from redemption.refunds import return_goods, undo
from redemption.spending import Counted, Recognised, uncounted
from tests.redemption.service_world import make_street
from tests.redemption.world import key, make_world, untrue

CARD, WITH_PIN = Recognised(Way.CARD), Recognised(Way.CARD, with_pin=True)
RULE = Counted(7, clerk_id=3, today=20261120, limits=Limits(), with_pin=False)
ROW = {"day": 20261120, "points": 30, "extra_day": 0, "extra_points": 0, "approved_by": None}
MORE = {"extra_day": 20261120, "extra_points": 500, "approved_by": 9}


@pytest.mark.parametrize(
    ("row", "with_pin", "points", "answer"),
    [
        (ROW, False, 20, 50),
        (ROW, False, 21, PinNeeded),
        (ROW, True, 170, 200),
        (ROW, True, 171, OverDayLimit),
        (ROW, False, 171, OverDayLimit),
        (ROW | {"day": 20261119}, False, 50, 50),
        (ROW | MORE, False, 470, 500),
        (ROW | MORE, False, 471, OverDayLimit),
        (ROW | MORE | {"extra_day": 20261119}, False, 21, PinNeeded),
        (ROW | MORE | {"approved_by": 3}, False, 21, PinNeeded),
    ],
)
def test_what_a_day_takes(row, with_pin, points, answer):
    rule = replace(RULE, with_pin=with_pin)
    if isinstance(answer, int):
        change, approver = rule.changed(points, row)
        assert change == Change("allowance", 7, {"day": 20261120, "points": answer})
        assert approver == (9 if answer > 200 else None)
    else:
        with pytest.raises(answer) as refused:
            rule.changed(points, row)
        assert refused.value.members["left"] >= 0


def test_points_come_back_to_the_day_they_were_spent_on_and_to_no_other():
    paper = RULE.fact
    facts = {paper: ROW}
    assert uncounted((paper,), 20261120, 12, facts)[0].values == {"points": 18}
    assert uncounted((paper,), 20261120, 99, facts)[0].values == {"points": 0}
    assert uncounted((paper,), 20261119, 12, facts) == ()
    assert uncounted((), 20261120, 12, facts) == ()


@pytest.fixture
async def world(database):
    return await make_world(points=1000, rice=40, soap=40)


async def sell(world, pieces, recognised=CARD, clerk=None, item=None, person=None):
    cart = [((item or world.rice).id, pieces)]
    clerk, person = clerk or world.clerk, person or world.member
    return await redeem(
        *(world.book, world.shop.id, person, cart, clerk, key()), recognised=recognised
    )


async def test_the_days_total_counts_over_exchanges_and_the_code_knows_no_limit(world):
    await sell(world, 1)
    with pytest.raises(PinNeeded) as refused:
        await sell(world, 1)
    assert refused.value.members == {"limit": 50, "left": 20}
    await sell(world, 5, WITH_PIN)
    with pytest.raises(OverDayLimit):
        await sell(world, 1, WITH_PIN)
    await sell(world, 10, Recognised(Way.CODE))
    papers = await Redemption.filter(book_id=world.book).order_by("number")
    assert [(each.recognised, each.with_pin) for each in papers] == [
        ("card", False),
        ("card", True),
        ("code", False),
    ]
    with clock.frozen(clock.now() + DAY):
        await sell(world, 1)
    assert (await world.points()).balance == 1000 - 30 - 150 - 300 - 30


@pytest.mark.concurrency
async def test_two_clerks_at_once_do_not_pass_the_limit_together(world):
    told = await asyncio.gather(
        *(
            sell(world, 1, clerk=clerk)
            for clerk in (world.clerk, world.desk_clerk, world.other, world.clerk)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, PinNeeded) for each in told) == 3
    assert (await world.points()).balance == 970
    assert (await Allowance.get(book_id=world.book)).points == 30


async def test_one_who_is_no_member_keeps_no_member_from_being_served_at_the_same_moment(world):
    """What all of them rest on is read together, and a row for a person who is not there could not be written."""
    nobody = [new_id() for _ in range(3)]
    told = await asyncio.gather(
        *(sell(world, 1, person=person) for person in (*nobody, world.member)),
        return_exceptions=True,
    )
    assert [type(each) for each in told] == [NotAMember, NotAMember, NotAMember, Receipt]
    assert await Allowance.filter(book_id=world.book).count() == 1


async def test_what_cannot_be_counted_is_no_sale(world):
    cart = ((world.rice.id, 1),)
    wanted = Wanted(world.shop.id, new_id(), world.clerk, cart, clock.now(), CARD)
    with pytest.raises(NotAMember):
        await sale_of(world.book, wanted, await ground_of(world.book, wanted), None)


async def test_an_undo_and_a_return_free_the_day_again(world):
    first = await sell(world, 1)
    await undo(world.book, first.redemption_id, world.clerk, key())
    second = await sell(world, 6, item=world.soap)
    with pytest.raises(PinNeeded):
        await sell(world, 1)
    line = second.lines[0].line_id
    await return_goods(world.book, second.redemption_id, [(line, 4)], world.clerk, key())
    assert (await Allowance.get(book_id=world.book)).points == 16
    await sell(world, 1)


async def test_an_organiser_allows_more_for_one_day_at_a_colleagues_counter(world):
    with pytest.raises(ApproverMissing):
        await spending.allow_today(world.book, world.member, 300, world.member)
    with pytest.raises(LimitsAreOdd):
        await spending.allow_today(world.book, world.member, 0, world.other)
    with pytest.raises(NotAMember):
        await spending.allow_today(world.book + 1, world.member, 300, world.other)
    await spending.allow_today(world.book, world.member, 300, world.clerk)
    with pytest.raises(OverDayLimit):
        await sell(world, 10)
    await spending.allow_today(world.book, world.member, 300, world.other)
    done = await sell(world, 10)
    assert (await Redemption.get(id=done.redemption_id)).approved_by == world.other


async def test_a_community_sets_its_own_limits(world):
    await day_limits.set_limits(world.book, 0, 60, world.other)
    with pytest.raises(PinNeeded):
        await sell(world, 1)
    await day_limits.set_limits(world.book, 60, 60, world.other)
    await sell(world, 2)
    for wrong in ((-1, 5), (6, 5), (1, 10**7)):
        with pytest.raises(LimitsAreOdd):
            await day_limits.set_limits(world.book, *wrong, world.other)


async def test_a_voucher_from_a_clerk_is_counted_like_goods(world):
    offered = (world.book, world.member, world.offer.id, world.company, world.clerk)
    with pytest.raises(PinNeeded):
        await vouchers.issue(*offered, key(), recognised=CARD)
    await vouchers.issue(*offered, key(), recognised=WITH_PIN)
    assert (await Allowance.get(book_id=world.book)).points == 100


async def known(world, way=Way.CARD, pin="", clerk=None):
    return await spending.recognised(world.book, world.member, clerk or world.clerk, way, pin)


async def read_a_code(world, clerk=None) -> None:
    """The member shows the code on her phone, and the clerk reads it."""
    await grant_role(world.book, world.member, Role.VOLUNTEER, None)
    member = await Membership.get(person_id=world.member)
    code = make_code(member_key(), world.book, member.id, clock.now())
    await find_member(world.book, code, clerk or world.clerk)


async def test_a_code_that_was_read_stands_for_one_exchange_at_that_counter(world):
    assert await known(world, Way.CODE) == Recognised(Way.NUMBER), "saying so is not reading it"
    assert await known(world, Way.SHEET) == Recognised(Way.NUMBER), "nor is a sheet signed by it"
    await read_a_code(world)
    read = await known(world)
    assert (read.way, read.code_id is None) == (Way.CODE, False)
    assert (await spending.standing(world.book, world.member, world.clerk)).left is None
    assert await known(world, clerk=world.other) == Recognised(Way.CARD)
    with clock.frozen(clock.now() + 16 * MINUTE):
        assert await known(world) == Recognised(Way.CARD)
    sold = await sell(world, 4, read)
    assert await known(world) == Recognised(Way.CARD)
    with pytest.raises(MemberCodeUsed):
        await sell(world, 1, read)
    [line] = sold.lines
    with clock.frozen(clock.now() + MINUTE):
        await read_a_code(world)
        swap = swap_of(sold.redemption_id, [(line.line_id, 1)], [(world.soap.id, 1)])
        await exchange(world.book, swap, world.clerk, key())
        assert await known(world) == Recognised(Way.CARD), "a swap that costs nothing spends it too"
    for again in (
        "UPDATE used_member_code SET spent_at = NULL",
        "UPDATE used_member_code SET spent_at = 1",
    ):
        with pytest.raises((IntegrityError, asyncpg.CheckViolationError)):
            await execute(again)


@pytest.mark.concurrency
async def test_of_fifty_at_once_one_is_opened_by_a_code_that_was_read(database):
    """Whatever they are for, goods, a voucher, a service or a fund, and whatever their keys."""
    street = await make_street(points=5000, rice=99)
    world = street.world
    fund = await open_fund(world.book, "助老", world.other)
    await read_a_code(world)
    read, by = await known(world), world.clerk
    whose = (world.book, world.member)
    shown = await street.shown(street.haircut, world.member)
    acts = [
        lambda: sell(world, 3, read),
        lambda: vouchers.issue(*whose, world.offer.id, world.company, by, key(), recognised=read),
        lambda: give(*whose, fund.id, 60, by, key(), recognised=read),
        lambda: street.render(by=by, shown=shown, recognised=read),
    ]
    told = await asyncio.gather(
        *(acts[place % len(acts)]() for place in range(50)), return_exceptions=True
    )
    assert sum(isinstance(each, MemberCodeUsed) for each in told) == 49
    assert sum(isinstance(each, Exception) for each in told) == 49
    assert await untrue(world.book) == []


async def test_the_pin_is_tried_before_the_post(world):
    with pytest.raises(PinIsMissing):
        await known(world, pin="2749")
    await pins.set_own_pin(world.book, world.member, "2749", "2749")
    assert await known(world, pin="2749") == WITH_PIN
    for left in (4, 3, 2, 1):
        with pytest.raises(PinIsWrong) as refused:
            await known(world, pin="0000")
        assert refused.value.members["left"] == left
    for pin in ("0000", "2749"):
        with pytest.raises(PinIsLocked):
            await known(world, pin=pin)
    day = await spending.standing(world.book, world.member, world.clerk)
    assert (day.left, day.left_with_pin, day.has_pin, day.locked) == (50, 200, True, True)
    assert [day.asks_pin(total) for total in (50, 51, 200, 201)] == [False, True, True, False]
    assert [day.is_over(total) for total in (200, 201)] == [False, True]
