"""The demo's sign-ups: the Saturday clean-up's sheets, a weekly plan with its crew, and a full shift with a line."""

from functools import partial

from checkin import recurring, shifts, signing
from checkin.models import Shift
from checkin.places import ANSWER_BEFORE
from checkin.recurring import Weekly
from checkin.signup_models import SignUpWay
from cli.demo_community import Demo, Resident
from kernel.clock import DAY, HOUR
from kernel.days import plus_days
from people.models import Role

WEEKEND_READING = ("周末读书会", "文化", "社区图书角")
SATURDAY, SUNDAY = 5, 6
CREW, PLACES, WISH = 2, 3, 6
YESTERDAY_EVENING = (19, 0)


def sign_up_before(demo: Demo, shift: Shift, people: list[Resident]) -> None:
    """Let those who mean to come sign up the day before; who then stays at home is on the sheet all the same."""
    for place, resident in enumerate(people):
        moment = max(demo.first_moment, shift.starts_at - DAY + place * HOUR // 4)
        demo.timeline.at(moment, partial(_sign_up, demo, shift.id, resident))


def plan_signups(demo: Demo) -> None:
    """Plan what was done yesterday evening for the days to come."""
    evening = demo.moment(-1, YESTERDAY_EVENING)
    demo.timeline.at(evening, partial(_plan_weekly, demo))
    demo.timeline.at(evening + HOUR, partial(_fill_one, demo))


async def _sign_up(demo: Demo, shift_id: int, resident: Resident) -> None:
    if resident.has_phone:
        await signing.sign_up(demo.book, shift_id, resident.person_id)
    else:
        await signing.sign_up(
            *(demo.book, shift_id, resident.person_id),
            by=demo.one(Role.ORGANISER),
            way=SignUpWay.ORGANISER,
        )


async def _plan_weekly(demo: Demo) -> None:
    """A reading circle every weekend, but not on the next holiday."""
    title, category, place = WEEKEND_READING
    activity = await shifts.plan_activity(demo.book, title, category, place=place)
    holiday = plus_days(demo.today, 30)
    await recurring.skip_days(demo.book, holiday, plus_days(holiday, 2), "社区放假")
    plan = await recurring.plan_weekly(
        *(demo.book, activity.id, Weekly((SATURDAY, SUNDAY), 14 * 60, 90, PLACES, people=PLACES)),
        begins_on=plus_days(demo.today, 1),
        by=demo.one(Role.ORGANISER),
    )
    for resident in demo.residents[:CREW]:
        await recurring.join_crew(demo.book, plan.id, resident.person_id)
    await recurring.make_shifts(demo.book, plan.id)


async def _fill_one(demo: Demo) -> None:
    """More people want to come than there are places; one withdraws, and the first in line is asked."""
    in_time = demo.now + ANSWER_BEFORE + 2 * HOUR
    coming = [each for each in await shifts.coming(demo.book) if each.starts_at > in_time]
    shift = next(each for each in coming if each.activity.title != WEEKEND_READING[0])
    await signing.set_capacity(demo.book, shift.id, PLACES)
    wanting = demo.residents[CREW : CREW + WISH]
    for resident in wanting:
        await _sign_up(demo, shift.id, resident)
    await signing.withdraw(demo.book, shift.id, wanting[0].person_id)
