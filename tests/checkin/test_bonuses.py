"""Points above the hours: out of a budget, with a reason, once, never to oneself, and never without the hours."""

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from audit.reconcile import reconcile
from checkin import arrival, bonuses, rules, shifts
from checkin.awards import DAY_CAP
from checkin.bonus_errors import (
    BonusBudgetExceeded,
    BonusGivenBefore,
    BonusIsImpossible,
    BonusIsTakenBack,
)
from checkin.correcting import correct
from checkin.errors import NotVerified, OwnHours, ReasonIsMissing
from checkin.hours_models import Bonus
from checkin.models import Attendance, Shift
from checkin.rules import Terms
from checkin.verification import unverify, verify
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import execute
from ledger import chart
from ledger.checks import check
from ledger.entries import entries_of
from tests.checkin.world import NINE, Morning, a_morning, came, holds, points_of, served


async def a_morning_with(**terms) -> Morning:
    morning = await a_morning()
    await rules.adopt_terms(
        morning.book_id,
        Terms(points_per_hour=10, **{"bonus_points_per_shift": 30, **terms}),
        in_force_from=0,
    )
    return morning


async def verified(morning, person) -> Attendance:
    attendance = await served(morning, person)
    await verify(morning.book_id, attendance.id, morning.organiser)
    return attendance


async def given(morning, attendance, points=5, reason="暴雨应急", by=None) -> Bonus:
    return await bonuses.give_bonus(
        *(morning.book_id, attendance.id, by or morning.organiser), points=points, reason=reason
    )


async def the_books_hold(morning):
    assert await check(morning.book_id) == []
    assert [str(each) for each in await reconcile(morning.book_id)] == []


async def awarded_at(morning):
    shift = await Shift.get(id=morning.shift.id)
    return shift.bonus_awarded


async def test_a_bonus_comes_with_its_reason_once_and_is_taken_back_by_itself(database):
    morning = await a_morning_with()
    wang = await verified(morning, morning.wang)
    bonus = await given(morning, wang)
    assert (await given(morning, wang)).id == bonus.id
    assert await points_of(morning, morning.wang) == 25
    assert await awarded_at(morning) == 5
    entries = await entries_of(morning.book_id, "attendance", wang.id)
    assert [(each["kind"], each["reason_code"]) for each in entries][1:] == [
        ("BONUS_GIVEN", "bonus")
    ]
    await the_books_hold(morning)
    for points, by in ((6, morning.organiser), (5, morning.second_organiser)):
        with pytest.raises(BonusGivenBefore):
            await given(morning, wang, points, by=by)

    await bonuses.take_bonus_back(morning.book_id, bonus.id, morning.organiser, "给错人了")
    assert await points_of(morning, morning.wang) == 20
    assert await awarded_at(morning) == 0
    with pytest.raises(BonusIsTakenBack):
        await bonuses.take_bonus_back(morning.book_id, bonus.id, morning.organiser, "给错人了")
    with pytest.raises(BonusGivenBefore):
        await given(morning, wang)
    await the_books_hold(morning)


async def test_a_bonus_is_refused_to_oneself_without_a_reason_or_for_hours_that_do_not_stand(
    database,
):
    morning = await a_morning_with()
    own = await served(morning, morning.organiser)
    with pytest.raises(NotVerified):
        await given(morning, own, by=morning.second_organiser)
    await verify(morning.book_id, own.id, morning.second_organiser)
    with pytest.raises(OwnHours):
        await given(morning, own)
    with pytest.raises(ReasonIsMissing):
        await given(morning, own, reason="  ", by=morning.second_organiser)
    for points in (0, -5, 1001):
        with pytest.raises(BonusIsImpossible):
            await given(morning, own, points, by=morning.second_organiser)
    with pytest.raises(BonusBudgetExceeded) as refused:
        await given(morning, own, 31, by=morning.second_organiser)
    assert refused.value.members == {"needed": 31, "left": 30, "budget": 30}
    # The database says so too, whoever writes.
    await given(morning, own, by=morning.second_organiser)
    for change in (
        "UPDATE shift SET bonus_awarded = 31",
        "UPDATE bonus SET given_by = person_id",
        "UPDATE bonus SET reason = ''",
        "UPDATE bonus SET taken_back_at = 1",
        "UPDATE attendance SET bonus_to_debt = 6",
        "UPDATE attendance SET state = 'left'",
    ):
        with pytest.raises(IntegrityError):
            await execute(change)


@pytest.mark.concurrency
async def test_a_bonus_budget_with_room_for_one_gives_one_of_fifty(database):
    morning = await a_morning_with(bonus_points_per_shift=9)
    two = [await verified(morning, each) for each in (morning.wang, morning.li)]
    answers = await asyncio.gather(
        *(given(morning, two[each % 2], reason=f"暴雨应急 {each}") for each in range(50)),
        return_exceptions=True,
    )
    kinds = [type(each).__name__ for each in answers]
    assert sorted(set(kinds)) == ["Bonus", "BonusBudgetExceeded"]
    assert kinds.count("Bonus") == 1
    assert await awarded_at(morning) == 5
    assert await Bonus.filter(book_id=morning.book_id).count() == 1
    await the_books_hold(morning)


@pytest.mark.concurrency
async def test_fifty_taps_on_one_bonus_give_it_once(database):
    morning = await a_morning_with()
    wang = await verified(morning, morning.wang)
    answers = await asyncio.gather(*(given(morning, wang) for _ in range(50)))
    assert len({each.id for each in answers}) == 1
    assert await points_of(morning, morning.wang) == 25


async def test_a_bonus_goes_back_with_its_hours_and_what_was_spent_of_it_is_owed(database):
    morning = await a_morning_with()
    wang = await verified(morning, morning.wang)
    await given(morning, wang, 10)
    await unverify(morning.book_id, wang.id, morning.organiser, "看错人了")
    assert await points_of(morning, morning.wang) == 0
    assert await awarded_at(morning) == 0
    await the_books_hold(morning)
    # Verified again, the same reason may count again: it is another revision of the hours.
    await verify(morning.book_id, wang.id, morning.organiser)
    again = await given(morning, wang, 10)
    assert (again.revision, await points_of(morning, morning.wang)) == (2, 30)
    first = await Bonus.get(book_id=morning.book_id, revision=1)
    with pytest.raises(BonusIsTakenBack):
        await bonuses.take_bonus_back(morning.book_id, first.id, morning.organiser, "又一次")
    await the_books_hold(morning)


async def test_a_bonus_waits_for_the_same_notice_as_the_hours(database):
    morning = await a_morning_with(notice_days_by_hand=7)
    attendance = await came(morning, morning.wang)
    with clock.frozen(NINE + 3 * HOUR):
        await correct(
            *(morning.book_id, attendance.id, morning.organiser),
            checked_in_at=NINE,
            checked_out_at=NINE + 2 * HOUR,
            reason="忘记签退",
        )
        await verify(morning.book_id, attendance.id, morning.second_organiser)
        storm = await given(morning, attendance, 5)
        await given(morning, attendance, 3, "搬运重物")
        assert await points_of(morning, morning.wang) == 0
        assert await holds(morning, chart.pending(morning.wang)) == 28
        await the_books_hold(morning)
        await bonuses.take_bonus_back(morning.book_id, storm.id, morning.organiser, "记错")
        assert await holds(morning, chart.pending(morning.wang)) == 23
    with clock.frozen(NINE + 3 * HOUR + 7 * DAY):
        assert await arrival.let_points_arrive(morning.book_id) == 1
    assert await points_of(morning, morning.wang) == 23
    await the_books_hold(morning)


async def test_whoever_leads_a_shift_gets_the_points_of_the_rule_for_it(database):
    morning = await a_morning_with(leader_bonus_points=5, points_per_day=15)
    led = await shifts.plan_shift(
        *(morning.book_id, morning.activity.id, NINE + DAY, NINE + DAY + 2 * HOUR),
        leader_id=morning.wang,
    )
    assert led.points_budget == 20 * 20 * 110 // 100 + 5
    rows = [await served(morning, each, shift=led) for each in (morning.wang, morning.li)]
    for each in rows:
        await verify(morning.book_id, each.id, morning.organiser)
    leader, other = [await Attendance.get(id=each.id) for each in rows]
    assert (leader.points_awarded, leader.leader_bonus, leader.stopped_by) == (20, 5, DAY_CAP)
    assert (other.points_awarded, other.leader_bonus, other.stopped_by) == (15, 0, DAY_CAP)
    # Why points stopped stands in the journal too, though it was found only when the award was decided.
    for each in rows:
        (entry,) = await entries_of(morning.book_id, "attendance", each.id)
        assert entry["reason_code"] == DAY_CAP
    await the_books_hold(morning)
    await unverify(morning.book_id, leader.id, morning.organiser, "看错人了")
    assert await points_of(morning, morning.wang) == 0
    await the_books_hold(morning)


async def test_a_bonus_that_nobody_gave_is_found(database):
    morning = await a_morning_with()
    wang = await verified(morning, morning.wang)
    await given(morning, wang, 5)
    await execute("UPDATE bonus SET points = 7")
    await execute("UPDATE shift SET bonus_budget = 500, bonus_awarded = 9")
    said = [str(each) for each in await reconcile(morning.book_id)]
    assert said == [
        f"shift {morning.shift.id} says 9 bonus points, its papers make 5",
        f"attendance {wang.id} says 5 bonus points, its papers make 7",
        f"Attendance {wang.id}: bonus budget of the shift is 500, its times and rule make 30",
    ]
