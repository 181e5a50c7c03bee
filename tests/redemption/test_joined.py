"""What moves after two records of one person were joined: the surviving purse has it, and papers keep the name."""

import pytest

from checkin import rules
from checkin.bonuses import give_bonus, take_bonus_back
from checkin.verification import unverify, verify
from kernel import clock
from kernel.clock import DAY
from kernel.days import month_end, plus_months
from ledger import chart
from ledger.balances import holding
from ledger.desk import post
from ledger.post import RequestKey
from people.closed import survivor_of
from people.funds import open_fund
from people.household_errors import JoinedMeanwhile
from people.joined import for_survivors
from people.models import Membership, Role
from people.registration import grant_role
from redemption import picking_up, property_desk, vouchers
from redemption.closing import Word, join_records
from redemption.counter import redeem
from redemption.exchanging import exchange, move_sale, swap_of
from redemption.giving import give
from redemption.happened import happened
from redemption.refunds import return_goods, undo
from redemption.rendering import undo_use
from redemption.reopening import take_back
from redemption.reserving import reserve
from redemption.returning import redemption_for, to_return
from redemption.spending import Recognised
from tests.checkin.world import a_morning, minutes_of, points_of, served
from tests.redemption.family_world import Family, make_family, newcomer
from tests.redemption.service_world import Street, make_street
from tests.redemption.test_lives import word
from tests.redemption.world import key, today, untrue

NEAR, FAR = 3, 9  # months in which the lots of the old record end


async def two_records() -> tuple[Family, int]:
    """Wang, and a record of hers that somebody made once more, with 60 points in two lots."""
    family = await make_family(points=0, husband_points=0, allowed=0)
    old = await newcomer(family.book, "王秀兰", 105)
    for months, points in ((NEAR, 20), (FAR, 40)):
        until = month_end(plus_months(today(), months))
        await family.world.give_points(points, person=old, expires_on=until)
    return family, old


async def bought(family: Family, old: int, *cart):
    world = family.world
    return await redeem(world.book, world.shop.id, old, cart, world.clerk, key())


async def undone(family: Family, old: int, sale) -> int:
    await undo(family.book, sale.redemption_id, family.world.clerk, key())
    return 60


async def returned(family: Family, old: int, sale) -> int:
    [line] = sale.lines
    await return_goods(
        family.book, sale.redemption_id, [(line.line_id, 2)], family.world.clerk, key()
    )
    return 60 - 8


async def swapped_then_returned(family: Family, old: int, sale) -> int:
    """Two soaps become a bag of rice, which is dearer; and the rice comes back as well."""
    [line] = sale.lines
    world = family.world
    rice = swap_of(sale.redemption_id, [(line.line_id, 2)], [(world.rice.id, 1)])
    new = await exchange(world.book, rice, world.clerk, key())
    assert (await family.points(family.wang), new.person) == (60 - 8 - 30, "王秀兰")
    [line] = new.lines
    await return_goods(world.book, new.redemption_id, [(line.line_id, 1)], world.clerk, key())
    return 60 - 8


async def moved(family: Family, old: int, sale) -> int:
    await family.world.give_points(30, person=family.stranger)
    world = family.world
    await move_sale(world.book, sale.redemption_id, family.stranger, world.clerk, key())
    assert await family.points(family.stranger) == 30 - 24
    return 60


@pytest.mark.parametrize("back", [undone, returned, swapped_then_returned, moved])
async def test_goods_that_come_back_after_a_joining_give_their_points_to_the_surviving_record(
    database, back
):
    family, old = await two_records()
    sale = await bought(family, old, (family.world.soap.id, 3))
    await join_records(family.book, old, family.wang, word(family))
    assert await family.points(family.wang) == 36
    expected = await back(family, old, sale)
    assert (await family.points(old), await family.points(family.wang)) == (0, expected)
    if back is undone:
        lots = [(month_end(plus_months(today(), n)), p) for n, p in ((NEAR, 20), (FAR, 40))]
        assert await family.lots(family.wang) == lots
        assert [each.points for each in await happened(family.book, family.wang)][:1] == [24]
    assert await family.faults() == []


@pytest.mark.parametrize("how", ["cancelled", "expired", "collected in part"])
async def test_what_was_reserved_while_records_were_joined_goes_back_to_the_surviving_one(
    database, monkeypatch, how
):
    family, old = await two_records()
    world = family.world

    async def nobody_looks(*_):
        """It was reserved the moment after."""

    monkeypatch.setattr(picking_up, "let_go_of", nobody_looks)
    monkeypatch.setattr("redemption.closing.holds.held_by", lambda *_: nobody(), raising=True)
    cart = [(world.rice.id, 1), (world.soap.id, 2)]
    kept = await reserve(world.book, world.shop.id, old, cart, old, key())
    await join_records(world.book, old, family.wang, word(family))
    if how == "cancelled":
        await picking_up.cancel(world.book, kept.id, world.clerk, key())
    elif how == "expired":
        with clock.frozen(clock.now() + 30 * DAY):
            assert await picking_up.expire_due(world.book) == 1
    else:
        parts = [(line.id, 1) for line in kept.lines if line.item_id == world.rice.id]
        await picking_up.collect(world.book, kept.id, world.clerk, key(), parts=parts)
    left = 30 if how == "collected in part" else 60
    assert (await family.points(old), await family.points(family.wang)) == (0, left)
    assert await family.faults() == []


async def nobody() -> list:
    return []


async def test_a_voucher_whose_use_is_undone_after_a_joining_is_the_surviving_ones_to_show_and_void(
    database,
):
    family, old = await two_records()
    world = family.world
    await world.give_points(60, person=old)
    bought = await vouchers.issue(world.book, old, world.offer.id, world.company, old, key())
    used = await property_desk.use(
        world.book, bought.id, None, world.desk_clerk, world.company, key()
    )
    await join_records(world.book, old, family.wang, word(family))
    assert await vouchers.of_person(world.book, family.wang) == []
    await property_desk.undo_use(world.book, used.id, world.desk_clerk, world.company, key())
    [shown] = await vouchers.of_person(world.book, family.wang)
    assert (await vouchers.own_voucher(world.book, shown.id, family.wang)).remaining_fen == 5000
    await vouchers.void_rest(world.book, shown.id, family.wang, key())
    assert (await family.points(old), await family.points(family.wang)) == (0, 120)
    assert await family.faults() == []


async def test_a_service_that_is_undone_after_a_joining_gives_its_points_to_the_surviving_record(
    database,
):
    street: Street = await make_street(points=50)
    world = street.world
    for person in (world.member, world.other):
        await grant_role(world.book, person, Role.VOLUNTEER, None)
    use = await street.render(recognised=Recognised())
    await join_records(
        world.book, world.member, world.other, Word(world.clerk, world.desk_clerk, "户口本")
    )
    await undo_use(world.book, use.id, world.desk_clerk, use.company_id, key())
    assert ((await world.points()).balance, (await world.points(world.other)).balance) == (0, 50)
    assert await untrue(world.book) == []


async def test_hours_of_a_joined_record_are_verified_and_taken_back_at_the_surviving_one(database):
    """Nothing of it stays behind: what was spent is owed by whom later hours belong to."""
    morning = await a_morning()
    terms = rules.Terms(
        points_per_hour=10,
        notice_days_by_hand=0,
        second_above_minutes=None,
        second_after_days=None,
        bonus_points_per_shift=20,
    )
    await rules.adopt_terms(morning.book_id, terms, in_force_from=1)
    book, old, kept = morning.book_id, morning.li, morning.wang
    attended = await served(morning, old)
    hours = (book, attended.id, morning.organiser)
    late = await served(morning, kept)
    await verify(*hours)
    await join_records(book, old, kept, Word(morning.organiser, morning.second_organiser, "户口本"))
    assert (await points_of(morning, kept), await minutes_of(morning, kept)) == (20, 120)
    await unverify(*hours, "没有来")
    assert (await points_of(morning, kept), await minutes_of(morning, kept)) == (0, 0)
    await verify(*hours)  # somebody did see her
    bonus = await give_bonus(book, attended.id, morning.organiser, points=5, reason="带头")
    assert (await points_of(morning, kept), await minutes_of(morning, kept)) == (25, 120)
    await take_bonus_back(book, bonus.id, morning.organiser, "记错了")
    await spend(morning, kept, 15)
    await unverify(*hours, "没有来")
    owed = [(await holding(book, chart.owed(who))).balance for who in (old, kept)]
    assert (owed, await points_of(morning, kept)) == ([0, 15], 0)
    await verify(book, late.id, morning.organiser)
    owed = [(await holding(book, chart.owed(who))).balance for who in (old, kept)]
    assert (owed, await points_of(morning, kept), await points_of(morning, old)) == ([0, 0], 5, 0)
    assert await untrue(book) == []


async def spend(morning, person: int, points: int) -> None:
    fund = await open_fund(morning.book_id, "助老", morning.organiser)
    await give(morning.book_id, person, fund.id, points, person, key())


async def test_a_joining_that_comes_between_refuses_and_nothing_is_left_behind(database):
    family, old = await two_records()
    sale = await bought(family, old, (family.world.soap.id, 3))
    by = family.world.clerk
    found = await redemption_for(family.book, sale.redemption_id, by)
    parts = ((sale.lines[0].line_id, 3),)
    [asked] = await for_survivors(
        [await to_return(found, parts, by, RequestKey(f"person:{by}", key()))]
    )
    event = await join_records(family.book, old, family.wang, word(family))
    with pytest.raises(JoinedMeanwhile):
        await post(asked)
    assert (await family.points(old), await family.points(family.wang)) == (0, 36)
    # And after it was taken back, the record is its own again.
    await take_back(family.book, event.id, family.zhao, family.chen)
    assert await survivor_of(family.book, old) == old
    await return_goods(family.book, sale.redemption_id, parts, by, key())
    assert (await family.points(old), await family.points(family.wang)) == (60, 0)
    assert await family.faults() == []


async def test_the_checks_find_what_is_left_behind_and_a_membership_that_says_otherwise(database):
    family, old = await two_records()
    await join_records(family.book, old, family.wang, word(family))
    await family.world.give_points(5, person=old)
    [found] = await family.faults()
    assert f"still holds volunteer:{old}:points" in found
    row = Membership.filter(book_id=family.book, person_id=old)
    await row.update(joined_into=family.stranger)
    said = await family.faults()
    assert "Member 105 does not say what their record was joined with" in said
