"""One person at one place at a time, already on the sheets; and shifts that do not take place."""

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from checkin import cancelling, recurring, shifts, signing, signup_lists
from checkin.back_filling import back_fill
from checkin.errors import ReasonIsMissing
from checkin.models import Attendance, Shift, ShiftState
from checkin.recurring import Weekly
from checkin.signup_errors import OverlappingSignUp, ShiftHasBegun, ShiftIsCancelled
from checkin.signup_models import SignUp, Standing
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import execute
from tests.checkin.world import NINE, a_morning, came

EARLY = NINE - 3 * DAY


async def another(morning, starts_at, hours=2):
    return await shifts.plan_shift(
        morning.book_id, morning.activity.id, starts_at, starts_at + hours * HOUR
    )


async def test_who_is_on_one_sheet_or_waits_there_is_on_no_other_at_that_time(database):
    morning = await a_morning()
    book, wang = morning.book_id, morning.wang
    ten, eleven = await another(morning, NINE + HOUR), await another(morning, NINE + 2 * HOUR)
    with clock.frozen(EARLY):
        await signing.set_capacity(book, ten.id, 1)
        await signing.sign_up(book, ten.id, morning.li)
        assert (await signing.sign_up(book, ten.id, wang)).state is Standing.WAITING
        for shift in (morning.shift, eleven):
            with pytest.raises(OverlappingSignUp) as refused:
                await signing.sign_up(book, shift.id, wang)
            assert refused.value.members == {"activity": "周六清洁家园"}
        answers = await signing.sign_up_all(
            book, eleven.id, [wang, morning.organiser], morning.organiser
        )
        assert [type(each.refusal).__name__ for each in answers] == [
            "OverlappingSignUp",
            "NoneType",
        ]
        # One after the other is no overlap, and who has withdrawn is free.
        await signing.withdraw(book, ten.id, wang)
        for shift in (morning.shift, eleven):
            assert (await signing.sign_up(book, shift.id, wang)).state is Standing.SIGNED


@pytest.mark.concurrency
async def test_of_fifty_sign_ups_for_two_shifts_at_once_one_sheet_keeps_the_person(database):
    morning = await a_morning()
    ten = await another(morning, NINE + HOUR)
    two = [morning.shift.id, ten.id]
    with clock.frozen(EARLY):
        answers = await asyncio.gather(
            *(signing.sign_up(morning.book_id, two[each % 2], morning.wang) for each in range(50)),
            return_exceptions=True,
        )
    assert {type(each).__name__ for each in answers} == {"SignUp", "OverlappingSignUp"}
    assert await SignUp.filter(book_id=morning.book_id, state=Standing.SIGNED).count() == 1


async def test_a_weekly_crew_is_signed_up_except_for_who_is_elsewhere(database):
    morning = await a_morning()
    book = morning.book_id
    with clock.frozen(EARLY):
        await signing.sign_up(book, morning.shift.id, morning.wang)
        plan = await recurring.plan_weekly(
            book, morning.activity.id, Weekly((5,), 10 * 60, 60, 0, weeks_ahead=1)
        )
        for person in (morning.wang, morning.li):
            await recurring.join_crew(book, plan.id, person)
        (made,) = await recurring.make_shifts(book, plan.id)
        sheet = await signup_lists.of_shift(book, made.id)
    assert [line.sign_up.person_id for line in sheet.coming] == [morning.li]


async def test_a_cancelled_shift_says_why_and_nobody_comes_to_it(database):
    morning = await a_morning()
    book, shift, wang = morning.book_id, morning.shift, morning.wang
    ten = await another(morning, NINE + HOUR)
    with clock.frozen(EARLY):
        await signing.set_capacity(book, shift.id, 1)
        for person in (wang, morning.li):
            await signing.sign_up(book, shift.id, person)
        await signing.withdraw(book, shift.id, wang)
        with pytest.raises(ReasonIsMissing):
            await cancelling.cancel_shift(book, shift.id, morning.organiser, " ")
        done = await cancelling.cancel_shift(book, shift.id, morning.organiser, "暴雨")
        assert (done.state, done.cancelled_because) == (ShiftState.CANCELLED, "暴雨")
        # Who had been asked waits no more for an answer, and stays on the list of those to be told.
        row = await SignUp.get(shift_id=shift.id, person_id=morning.li)
        assert (row.state, row.answer_by) == (Standing.WAITING, None)
        (own,) = await signup_lists.own(book, morning.li)
        assert own.shift.state is ShiftState.CANCELLED
        assert shift.id not in [each.shift.id for each in await signup_lists.openings(book, wang)]
        assert (await signing.sign_up(book, ten.id, morning.li)).state is Standing.SIGNED
        for refused in (
            cancelling.cancel_shift(book, shift.id, morning.organiser, "暴雨"),
            signing.sign_up(book, shift.id, wang),
            shifts.open_shift(book, shift.id),
            shifts.close_shift(book, shift.id),
        ):
            with pytest.raises(ShiftIsCancelled) as said:
                await refused
            assert said.value.members == {"reason": "暴雨"}
    with pytest.raises(ShiftIsCancelled):
        await came(morning, wang)
    with clock.frozen(NINE + 3 * HOUR), pytest.raises(ShiftIsCancelled):
        await back_fill(
            *(book, shift.id, wang, morning.organiser),
            checked_in_at=NINE,
            checked_out_at=NINE + HOUR,
            reason="纸质签到表",
        )


async def test_a_shift_that_somebody_came_to_is_not_cancelled_whoever_writes_it(database):
    morning = await a_morning()
    await came(morning, morning.wang)
    with pytest.raises(ShiftHasBegun):
        await cancelling.cancel_shift(morning.book_id, morning.shift.id, morning.organiser, "暴雨")
    said = "UPDATE shift SET state = 'cancelled', cancelled_at = 1, cancelled_because = '雨' WHERE id = $1"
    with pytest.raises(IntegrityError):
        await execute(said, morning.shift.id)
    ten = await another(morning, NINE + HOUR)
    with pytest.raises(IntegrityError):
        await execute("UPDATE shift SET state = 'cancelled' WHERE id = $1", ten.id)
    await execute(said, ten.id)
    with pytest.raises(IntegrityError):
        await Attendance.create(
            book_id=morning.book_id, shift_id=ten.id, person_id=morning.li,
            state="present", checked_in_at=NINE + HOUR,
        )  # fmt: skip


@pytest.mark.concurrency
async def test_of_cancelling_and_coming_at_once_one_happens(database):
    morning = await a_morning()
    people = [morning.wang, morning.li, morning.second_organiser]
    await asyncio.gather(
        *(came(morning, each) for each in people),
        cancelling.cancel_shift(morning.book_id, morning.shift.id, morning.organiser, "暴雨"),
        return_exceptions=True,
    )
    shift = await Shift.get(id=morning.shift.id)
    there = await Attendance.filter(shift_id=shift.id, state="present").count()
    assert (shift.state is ShiftState.CANCELLED) == (there == 0)
