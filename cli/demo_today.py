"""The demo's present: a shift that runs now, so that check-in can be tried on whichever day the demo is opened."""

from functools import partial
from random import Random

from checkin import board, correcting, shifts
from checkin.awards import QUARTER
from checkin.models import Activity, Shift
from cli import demo_data, demo_shifts
from cli.demo_community import Demo, Resident
from cli.demo_data import Timetable
from cli.demo_shifts import Visit
from kernel import clock
from kernel.clock import HOUR, MINUTE
from kernel.errors import DomainError
from ledger import chart
from ledger.balances import holdings
from ledger.books import zone_of
from people import roster
from people.models import Role

STARTED_AGO = 40 * MINUTE
HAVE_COME = 4


async def plan_today(demo: Demo) -> None:
    """Plan a shift that has just ended and waits for verification, and the one that runs now."""
    with clock.frozen(demo.first_moment):
        earlier = await demo_shifts.plan_activity(demo, demo_data.EARLIER_TODAY)
        running = await demo_shifts.plan_activity(demo, demo_data.NOW)
    table = demo_data.EARLIER_TODAY
    ended = on_the_quarter(demo.now - 50 * MINUTE)
    starts = ended - table.minutes * MINUTE
    people = demo.choose(table.people, starts, ended)
    shift = await _plan(demo.book, earlier, table, starts, people)
    for each in people:
        came, went = Visit(each, starts - MINUTE), Visit(each, ended + MINUTE)
        demo.timeline.at(came.at, partial(demo_shifts.arrive, demo, shift, came))
        demo.timeline.at(went.at, partial(demo_shifts.leave, demo, shift, went))
    await _run_one_now(demo, running)


async def _run_one_now(demo: Demo, activity: Activity) -> None:
    starts = on_the_quarter(demo.now - STARTED_AGO)
    table = demo_data.NOW
    people = demo.choose(HAVE_COME, starts, starts + table.minutes * MINUTE)
    shift = await _plan(demo.book, activity, table, starts, people)
    for place, each in enumerate(people):
        came = Visit(each, starts + (2 + 5 * place) * MINUTE)
        demo.timeline.at(came.at, partial(demo_shifts.arrive, demo, shift, came))


def on_the_quarter(moment: int) -> int:
    """Return the quarter of an hour that a moment lies in: people do not meet at 7:44."""
    return moment - moment % (QUARTER * MINUTE)


async def _plan(
    book_id: int, activity: Activity, table: Timetable, starts: int, people: list[Resident]
) -> Shift:
    leader = people[0].person_id if people else None
    ends = starts + table.minutes * MINUTE
    return await shifts.plan_shift(
        book_id, activity.id, starts, ends, leader_id=leader, people=table.people
    )


async def refresh(book_id: int) -> None:
    """See to it that a shift runs now; those who were still present at an older one have gone home meanwhile."""
    now = clock.now()
    around = await shifts.past(book_id, days=31) + await shifts.coming(book_id, days=1)
    title = demo_data.NOW.title
    if any(
        each.activity.title == title and each.starts_at <= now < each.ends_at - HOUR
        for each in around
    ):
        return
    organiser = await _organiser(book_id)
    for shift in around:
        if shift.ends_at <= now or shift.activity.title == title:
            await _send_home(book_id, shift, organiser)
    demo = Demo(book=book_id, zone=await zone_of(book_id), rng=Random(now), now=now, weeks=0)  # noqa: S311
    demo.staff = {Role.ORGANISER: [organiser]}
    demo.residents = await _residents(book_id)
    activity = next(each for each in await shifts.activities(book_id) if each.title == title)
    await _run_one_now(demo, activity)
    await demo.timeline.live(until=now)


async def _send_home(book_id: int, shift: Shift, organiser: int) -> None:
    for each in (await board.of_shift(book_id, shift.id)).present:
        came = each.checked_in_at or shift.starts_at
        went = max(came, min(shift.ends_at, clock.now()))
        try:
            await correcting.correct(
                *(book_id, each.id, organiser),
                checked_in_at=came,
                checked_out_at=went,
                reason="忘记签退，带队人确认做到结束",
            )
        except DomainError:
            continue  # an old shift's loose end is no reason not to open the demo


async def _organiser(book_id: int) -> int:
    staff = await roster.staff(book_id)
    return next(each.person_id for each in staff if each.role is Role.ORGANISER)


async def _residents(book_id: int) -> list[Resident]:
    """Return the members as far as a check-in needs to know them: here everybody has a phone."""
    return [
        Resident(each.person_id, each.number, each.person.name, 0, has_phone=True, keenness=1.0)
        for each in await roster.members(book_id)
    ]


async def points_of(book_id: int, person_ids: list[int]) -> dict[int, int]:
    """Return what is in each purse."""
    names = {chart.purse(each): each for each in person_ids}
    held = await holdings(book_id, names)
    return {each: held[name].balance for name, each in names.items()}
