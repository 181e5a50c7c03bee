"""What an hour brings under limits, who may verify it, when its points arrive, and who left without scanning."""

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from audit.reconcile import reconcile
from checkin import arrival, attending, clean, closing, rules, shifts
from checkin.back_filling import back_fill
from checkin.correcting import correct
from checkin.errors import AlreadyVerified, OwnHours
from checkin.hours_errors import (
    AnotherMustVerify,
    IsDisputed,
    NothingToAnswer,
    NotOnNotice,
    RuleBeginsInThePast,
)
from checkin.models import Attendance, AttendanceState, CheckinScan, Provenance, Shift
from checkin.rules import Terms
from checkin.verification import unverify, verify
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.database import execute
from ledger import chart
from ledger.checks import check
from ledger.entries import entries_of
from tests.checkin.world import (
    NINE,
    a_morning,
    came,
    claim_of,
    holds,
    minutes_of,
    points_of,
    served,
    went,
)


async def adopted(morning, **terms):
    return await rules.adopt_terms(
        morning.book_id, Terms(points_per_hour=10, **terms), in_force_from=0
    )


async def another_shift(morning, starts_at, hours=2):
    return await shifts.plan_shift(
        morning.book_id, morning.activity.id, starts_at, starts_at + hours * HOUR
    )


async def the_books_hold(morning):
    assert await check(morning.book_id) == []
    assert [str(each) for each in await reconcile(morning.book_id)] == []


async def test_a_category_has_its_own_rule_from_its_day_on(database):
    morning = await a_morning()
    day = 20261201
    with clock.frozen(NINE):
        with pytest.raises(RuleBeginsInThePast):
            await rules.adopt_from(
                morning.book_id, Terms(points_per_hour=1), 20261120, by=morning.organiser
            )
        await rules.adopt_from(
            *(morning.book_id, Terms(points_per_hour=15, category="环境"), day),
            by=morning.organiser,
        )
    found = [
        (await rules.in_force(morning.book_id, at, category)).points_per_hour
        for at in (NINE, NINE + 20 * DAY)
        for category in ("环境", "安全")
    ]
    assert found == [10, 10, 15, 10]


@pytest.mark.concurrency
async def test_the_cap_of_a_day_keeps_the_hours_and_two_at_once_do_not_pass_it(database):
    morning = await a_morning()
    await adopted(morning, points_per_day=25, points_per_month=40)
    noon = await another_shift(morning, NINE + 3 * HOUR)
    both = [await served(morning, morning.wang), await served(morning, morning.wang, shift=noon)]
    await asyncio.gather(*(verify(morning.book_id, each.id, morning.organiser) for each in both))
    rows = await Attendance.filter(person_id=morning.wang).order_by("points_awarded")
    assert [(row.points_awarded, row.stopped_by) for row in rows] == [(5, "day-cap"), (20, "")]
    assert await minutes_of(morning, morning.wang) == 240

    next_day = await another_shift(morning, NINE + DAY)
    third = await served(morning, morning.wang, shift=next_day)
    verified = await verify(morning.book_id, third.id, morning.organiser)
    assert (verified.points, verified.stopped_by) == (15, "month-cap")
    await the_books_hold(morning)
    # What is taken back makes room again.
    await unverify(morning.book_id, rows[1].id, morning.organiser, "看错人了")
    again = await verify(morning.book_id, rows[1].id, morning.second_organiser)
    assert again.points == 20
    await the_books_hold(morning)


@pytest.mark.concurrency
async def test_fifty_verifications_of_one_attendance_make_one_award(database):
    morning = await a_morning()
    await adopted(morning, points_per_day=100)
    attendance = await served(morning, morning.wang)
    answers = await asyncio.gather(
        *(
            verify(
                morning.book_id,
                attendance.id,
                (morning.organiser, morning.second_organiser)[each % 2],
            )
            for each in range(50)
        ),
        return_exceptions=True,
    )
    refused = [each for each in answers if isinstance(each, BaseException)]
    assert len(refused) == 25
    assert all(isinstance(each, AlreadyVerified) for each in refused)
    assert len(await entries_of(morning.book_id, "attendance", attendance.id)) == 1
    assert await points_of(morning, morning.wang) == 20


@pytest.mark.concurrency
async def test_a_budget_with_room_for_one_gives_one_of_fifty(database):
    morning = await a_morning(points_budget=39)
    two = [await served(morning, each) for each in (morning.wang, morning.li)]
    answers = await asyncio.gather(
        *(verify(morning.book_id, two[each % 2].id, morning.organiser) for each in range(50)),
        return_exceptions=True,
    )
    assert {type(each).__name__ for each in answers} == {"Verified", "BudgetExceeded"}
    assert (await Shift.get(id=morning.shift.id)).points_awarded == 20
    assert sorted([await points_of(morning, each) for each in (morning.wang, morning.li)]) == [
        0,
        20,
    ]


async def test_corrected_hours_bring_their_points_after_the_notice_unless_disputed(database):
    morning = await a_morning()
    await adopted(morning, notice_days_by_hand=7)
    ended = NINE + 3 * HOUR
    ids = []
    for person in (morning.wang, morning.li):
        attendance = await came(morning, person)
        with clock.frozen(ended):
            await correct(
                *(morning.book_id, attendance.id, morning.organiser),
                checked_in_at=NINE,
                checked_out_at=NINE + 2 * HOUR,
                breaks=[(NINE + HOUR, NINE + HOUR + 30 * MINUTE)],
                reason="忘记签退",
            )
            await verify(morning.book_id, attendance.id, morning.organiser)
        ids.append(attendance.id)
    assert await points_of(morning, morning.wang) == 0
    assert await holds(morning, chart.pending(morning.wang)) == 15
    assert await minutes_of(morning, morning.wang) == 90
    await arrival.dispute(morning.book_id, ids[1], morning.organiser, "邻居说他没来")
    with pytest.raises(IsDisputed):
        await arrival.dispute(morning.book_id, ids[1], morning.organiser, "邻居说他没来")
    await the_books_hold(morning)

    with clock.frozen(ended + 7 * DAY - 1):
        assert await arrival.let_points_arrive(morning.book_id) == 0
    with clock.frozen(ended + 7 * DAY):
        assert await arrival.let_points_arrive(morning.book_id) == 1
        assert await arrival.let_points_arrive(morning.book_id) == 0
        assert await points_of(morning, morning.wang) == 15
        assert await points_of(morning, morning.li) == 0
        with pytest.raises(NotOnNotice):
            await arrival.dispute(morning.book_id, ids[0], morning.organiser, "晚了")
        await arrival.settle(morning.book_id, ids[1], morning.second_organiser)
        assert await arrival.let_points_arrive(morning.book_id) == 1
    await the_books_hold(morning)


async def test_what_is_taken_back_before_the_notice_ends_leaves_no_debt(database):
    morning = await a_morning()
    await adopted(morning, notice_days=3)
    attendance = await served(morning, morning.wang)
    await verify(morning.book_id, attendance.id, morning.organiser)
    await arrival.dispute(morning.book_id, attendance.id, morning.organiser, "没来")
    await unverify(morning.book_id, attendance.id, morning.organiser, "没来")
    for name in (chart.pending, chart.owed, chart.purse, chart.minutes):
        assert await holds(morning, name(morning.wang)) == 0
    row = await Attendance.get(id=attendance.id)
    assert (row.arrives_at, row.disputed_at, row.dispute) == (None, None, "")
    await the_books_hold(morning)


async def test_clean_scans_verify_themselves_and_everything_else_waits(database):
    morning = await a_morning()
    await adopted(morning, verifies_itself=True)
    fine = await served(morning, morning.wang)
    late = await served(morning, morning.li, minutes=120 + 16)
    typed = await served(morning, morning.organiser)
    await CheckinScan.filter(attendance_id=typed.id).update(way="typed")
    with clock.frozen(NINE + 3 * HOUR):
        assert await clean.verify_clean(morning.book_id) == 1
        assert await clean.verify_clean(morning.book_id) == 0
    row = await Attendance.get(id=fine.id)
    assert (row.state, row.verified_by_rule, row.verifier_id) == ("verified", True, None)
    states = {each.id: each.state for each in await Attendance.filter(book_id=morning.book_id)}
    assert states[late.id] == states[typed.id] == AttendanceState.LEFT
    assert await points_of(morning, morning.wang) == 20
    with pytest.raises(AlreadyVerified):
        await verify(morning.book_id, fine.id, morning.organiser)
    await the_books_hold(morning)
    # A person takes it back, and from then on only a person verifies it.
    await unverify(morning.book_id, fine.id, morning.organiser, "看错人了")
    with clock.frozen(NINE + 3 * HOUR):
        assert await clean.verify_clean(morning.book_id) == 0


async def test_who_forgot_to_check_out_is_asked_and_their_word_waits(database):
    morning = await a_morning()
    await adopted(morning, verifies_itself=True)
    attendance = await came(morning, morning.wang, NINE + 5 * MINUTE)
    with clock.frozen(NINE + 3 * HOUR):
        assert await closing.close_forgotten(morning.book_id) == 0
    with clock.frozen(NINE + 3 * HOUR + MINUTE):
        assert await closing.close_forgotten(morning.book_id) == 1
        assert await clean.verify_clean(morning.book_id) == 0
        row = await Attendance.get(id=attendance.id).select_related("shift")
        assert (row.provenance, row.minutes_worked) == (Provenance.AUTO_CLOSED, 115)
        assert closing.asks(row)
        ends = morning.shift.ends_at
        assert closing.guesses(row) == [ends - 30 * MINUTE, ends, ends + 30 * MINUTE]
        said = await closing.say_when_left(
            morning.book_id, attendance.id, morning.wang, ends - 30 * MINUTE
        )
        assert (said.state, said.minutes_worked) == (AttendanceState.LEFT, 85)
        assert await clean.verify_clean(morning.book_id) == 0
        await verify(morning.book_id, attendance.id, morning.organiser)
        with pytest.raises(NothingToAnswer):
            await closing.say_when_left(morning.book_id, attendance.id, morning.wang, ends)
    await the_books_hold(morning)


async def test_much_entered_by_hand_takes_a_second_person(database):
    morning = await a_morning()
    await adopted(morning)
    with clock.frozen(NINE + 8 * DAY):
        with pytest.raises(OwnHours):
            await back_fill(
                *(morning.book_id, morning.shift.id, morning.organiser, morning.organiser),
                checked_in_at=NINE,
                checked_out_at=NINE + HOUR,
                reason="纸质签到表",
            )
        late = await back_fill(
            *(morning.book_id, morning.shift.id, morning.wang, morning.organiser),
            checked_in_at=NINE,
            checked_out_at=NINE + HOUR,
            reason="纸质签到表",
        )
    assert (late.provenance, late.needs_second) == (Provenance.BACK_FILLED, True)
    with pytest.raises(AnotherMustVerify):
        await verify(morning.book_id, late.id, morning.organiser)
    # The database says so too, whoever writes.
    with pytest.raises(IntegrityError):
        await execute(
            "UPDATE attendance SET state = 'verified', verified_at = 1, verifier_id = $1 WHERE id = $2",
            *(morning.organiser, late.id),
        )
    await verify(morning.book_id, late.id, morning.second_organiser)

    # Two small steps by one person add up.
    short = await served(morning, morning.li, minutes=1)
    for minutes, two in ((61, False), (122, True)):
        with clock.frozen(NINE + 4 * HOUR):
            short = await correct(
                *(morning.book_id, short.id, morning.organiser),
                checked_in_at=NINE,
                checked_out_at=NINE + minutes * MINUTE,
                reason="记错",
            )
        assert short.needs_second is two


async def test_the_database_refuses_attendances_that_overlap(database):
    morning = await a_morning()
    ten = await another_shift(morning, NINE + 2 * HOUR)
    first = await served(morning, morning.wang)
    second = await served(morning, morning.wang, shift=ten)
    for change in (
        "checked_in_at = checked_in_at - 1",
        "state = 'present', checked_out_at = NULL, checked_in_at = 5",
    ):
        with pytest.raises(IntegrityError):
            await execute(f"UPDATE attendance SET {change} WHERE id = $1", second.id)
    # What was not accepted takes no time, until it is again.
    await execute(
        "UPDATE attendance SET state = 'rejected', checked_in_at = 5 WHERE id = $1", first.id
    )
    with pytest.raises(IntegrityError):
        await execute(
            "UPDATE attendance SET state = 'left', checked_out_at = $1 WHERE id = $2",
            *(second.checked_out_at, first.id),
        )


async def test_an_award_that_its_rule_does_not_make_is_found(database):
    morning = await a_morning()
    attendance = await served(morning, morning.wang)
    await verify(morning.book_id, attendance.id, morning.organiser)
    await the_books_hold(morning)
    await execute(
        "UPDATE attendance SET checked_out_at = checked_out_at - 600000000 WHERE id = $1",
        attendance.id,
    )
    await execute("UPDATE award_rule SET points_per_hour = 12")
    said = [str(each) for each in await reconcile(morning.book_id)]
    assert said == [
        f"Attendance {attendance.id}: {what}"
        for what in (
            "minutes is 120, its times and rule make 110",
            "counted minutes is 120, its times and rule make 105",
            "points is 20, its times and rule make 21",
            "no scan shows the departure",
        )
    ]


async def test_a_checkout_after_the_planned_end_was_filled_in_says_it_stands(database):
    morning = await a_morning()
    await came(morning, morning.wang)
    with clock.frozen(NINE + 4 * HOUR):
        await closing.close_forgotten(morning.book_id)
        done = await attending.check_out(
            morning.book_id, morning.wang, claim_of(morning, NINE + 4 * HOUR)
        )
    assert done.already
    assert await went(morning, morning.wang, NINE + 4 * HOUR)
