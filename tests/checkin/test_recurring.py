"""Weekly plans: each day once, with the crew, not on holidays, at the same hour of the clock all year."""

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from checkin import recurring
from checkin.occasions import bits, days, times, weekdays_of
from checkin.recurring import Weekly
from checkin.signup_errors import (
    SkippedDaysAreImpossible,
    TemplateIsImpossible,
    TemplateNotFound,
)
from checkin.signup_models import SignUp, SignUpSheet, SignUpWay
from kernel import clock
from kernel.clock import DAY, HOUR
from people.registration import suspend
from tests.checkin.world import NINE, a_morning

SHANGHAI = "Asia/Shanghai"


async def standing(shift_id: int) -> list[tuple[int, str]]:
    rows = await SignUp.filter(shift_id=shift_id).order_by("turn")
    return [(row.person_id, row.state.value) for row in rows]


def test_a_plan_knows_its_days_and_keeps_its_hour_through_summer_time():
    assert weekdays_of(bits([5, 0, 5, 9])) == [0, 5]
    assert days(bits([5]), 20261101, 20261121, 2, {20261128}) == [20261121, 20261205]
    assert days(bits([5]), 20261201, 20261121, 2, set()) == [20261205]
    winter, spring = (times(day, 540, 120, "Europe/Berlin") for day in (20270327, 20270328))
    assert spring[0] - winter[0] == 23 * HOUR
    assert spring[1] - spring[0] == 2 * HOUR
    assert times(20261121, 540, 120, SHANGHAI) == (NINE, NINE + 2 * HOUR)


async def test_a_weekly_plan_makes_each_day_once_with_its_crew_and_skips_holidays(database):
    morning = await a_morning()
    book = morning.book_id
    saturdays = Weekly((5,), 540, 120, capacity=1, weeks_ahead=3)
    with clock.frozen(NINE - DAY):
        plan = await recurring.plan_weekly(book, morning.activity.id, saturdays)
        for person in (morning.wang, morning.li, morning.organiser):
            await recurring.join_crew(book, plan.id, person)
        await recurring.join_crew(book, plan.id, morning.wang)
        await recurring.leave_crew(book, plan.id, morning.organiser)
        await suspend(book, morning.li)
        await recurring.skip_days(book, 20261128, 20261129, "体检日")
        made = await asyncio.gather(*(recurring.make_shifts(book, plan.id) for _ in range(3)))
        assert sorted(len(each) for each in made) == [0, 0, 2]
        sheets = await SignUpSheet.filter(book_id=book, template_id=plan.id).order_by("day")
        assert [sheet.day for sheet in sheets] == [20261121, 20261205]
        assert await standing(sheets[0].shift_id) == [(morning.wang, "signed")]
        assert [row.way for row in await SignUp.all()] == [SignUpWay.STANDING] * 2
        # A holiday that is entered late tells which shifts stand in its way.
        late = await recurring.skip_days(book, 20261205, 20261205)
        assert [shift.id for shift in late] == [sheets[1].shift_id]
        await recurring.keep_days(book, [20261128, 20261129])
        assert await recurring.make_due(book) == 1
        await recurring.end_weekly(book, plan.id)
        assert await recurring.make_due(book) == 0
        assert await recurring.make_shifts(book, plan.id) == []
    with pytest.raises(IntegrityError):
        await SignUpSheet.create(
            book_id=book, shift_id=morning.shift.id, template_id=plan.id, day=20261121
        )


async def test_a_plan_that_cannot_be_is_refused(database):
    morning, other = await a_morning(), await a_morning()
    book, activity = morning.book_id, morning.activity.id
    for impossible in (Weekly((), 540, 120), Weekly((1,), 1440, 60), Weekly((1,), 540, 0)):
        with pytest.raises(TemplateIsImpossible):
            await recurring.plan_weekly(book, activity, impossible)
    plan = await recurring.plan_weekly(other.book_id, other.activity.id, Weekly((1,), 540, 60))
    for verb in (recurring.make_shifts, recurring.end_weekly):
        with pytest.raises(TemplateNotFound):
            await verb(book, plan.id)
    with pytest.raises(SkippedDaysAreImpossible):
        await recurring.skip_days(book, 20261205, 20261204)
