"""The demo's weeks of service: shifts from the timetable, people who come and go, hours that are verified."""

from dataclasses import dataclass
from functools import partial

from checkin import (
    arriving,
    asking,
    attending,
    board,
    closing,
    correcting,
    rollcall,
    shifts,
    venue_codes,
    verification,
)
from checkin.models import Activity, AttendanceState, Purpose, Shift
from cli import demo_errands
from cli.demo_calendar import storms, takes_place
from cli.demo_community import Demo, Resident
from cli.demo_data import ACTIVITIES, Season, Timetable
from cli.demo_signups import SATURDAY, sign_up_before
from cli.timeline import Act
from kernel import clock
from kernel.clock import HOUR, MINUTE, SECOND
from kernel.days import plus_days, to_date
from people.models import Role

WEEK_AHEAD = 7
ABSENT, TYPING, EARLY, BY_NUMBER = 0.03, 0.15, 0.03, 0.3
FORGETS_EVERY = 40  # at every fortieth shift somebody forgets to check out
A_TAP_LATER = (
    4 * MINUTE
)  # between looking at the code and the tap: as long as a claim holds, nearly
CORRECTED_AT, VERIFIED_AT = (9, 0), (9, 30)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody comes to a code, or goes, at a moment (UTC microseconds), in their own way."""

    who: Resident
    at: int
    typed: bool = False
    by_number: bool = False


async def plan_weeks(demo: Demo) -> None:
    """Plan every shift from the first day until a week from now, and let people come to those that have begun."""
    with clock.frozen(demo.first_moment):
        activities = {table: await plan_activity(demo, table) for table in ACTIVITIES}
        cards = {
            table: await demo_errands.make_card(demo, table)
            for table in ACTIVITIES
            if table.on_call
        }
    days = {
        day: to_date(plus_days(demo.today, day)) for day in range(-7 * demo.weeks, WEEK_AHEAD + 1)
    }
    hard = storms([date for day, date in days.items() if day < -1])
    for day, date in days.items():
        for table, activity in activities.items():
            stormy = table.season is Season.STORMS and date in hard
            starts = demo.moment(day, table.starts)
            if table.on_call and takes_place(table, date):
                demo_errands.plan_errands(demo, table, activity, cards[table], starts)
            elif stormy or takes_place(table, date):
                await _plan(demo, table, activity, starts)
        if day < -1:
            demo.timeline.at(demo.moment(day + 1, CORRECTED_AT), partial(_correct, demo))
            # Hours of yesterday and today still wait: the organiser has something to do.
            demo.timeline.at(demo.moment(day + 1, VERIFIED_AT), partial(_verify, demo))


async def plan_activity(demo: Demo, table: Timetable) -> Activity:
    """Plan an activity of the timetable."""
    return await shifts.plan_activity(
        demo.book,
        table.title,
        table.category,
        place=table.place,
        multiplier_percent=table.multiplier_percent,
        usual_minutes=table.minutes if table.on_call else None,
    )


async def _plan(demo: Demo, table: Timetable, activity: Activity, starts: int) -> None:
    # Shifts under way at this moment are the stage of `demo_today`.
    if starts <= demo.now < starts + table.minutes * MINUTE + HOUR or starts < demo.first_moment:
        return
    ends = starts + table.minutes * MINUTE
    over = ends < demo.now
    people = demo.choose(table.people, starts, ends) if over else []
    leader = people[0].person_id if people else None
    room = table.people + table.people // 4 + 1  # some stay longer: the budget has to allow for it
    shift = await shifts.plan_shift(
        demo.book, activity.id, starts, ends, leader_id=leader, people=room
    )
    if SATURDAY in table.weekdays:
        sign_up_before(demo, shift, people)
    # Of yesterday's shifts somebody always forgot: their first page asks when they left.
    demo.shifts_held += over
    forgets = demo.shifts_held % FORGETS_EVERY == 0 or ends > demo.moment(-1)
    come_and_go(demo, shift, people, forgetful=people[:1] if forgets else [])


def come_and_go(
    demo: Demo, shift: Shift, people: list[Resident], forgetful: list[Resident]
) -> None:
    """Let people come about when a shift starts and go about when it ends; the forgetful do not check out."""
    rng = demo.rng
    coming: list[Visit] = []
    going: list[Visit] = []
    for each in people:
        if rng.random() < ABSENT and each not in forgetful:
            continue
        if rng.random() < EARLY:  # refused: too early
            early = Visit(each, shift.starts_at - 45 * MINUTE)
            demo.timeline.at(early.at, partial(arrive, demo, shift, early))
        arrives, leaves = rng.randint(-10, 4), rng.randint(-4, 12)
        ways = {"typed": rng.random() < TYPING, "by_number": rng.random() < BY_NUMBER}
        second = rng.randint(0, 59) * SECOND
        coming.append(Visit(each, shift.starts_at + arrives * MINUTE + second, **ways))
        if each not in forgetful:
            going.append(Visit(each, shift.ends_at + leaves * MINUTE + second, **ways))
    for visits, act in ((coming, arrive), (going, leave)):
        for moment, few in in_groups(visits).items():
            acts = partial(_all, demo, [partial(act, demo, shift, each) for each in few])
            demo.timeline.at(moment, acts)


def in_groups(visits: list[Visit]) -> dict[int, list[Visit]]:
    """Return who taps at about the same moment, by that moment: each looked at the code a little before."""
    groups: dict[int, list[Visit]] = {}
    for each in visits:
        groups.setdefault(each.at - each.at % A_TAP_LATER + A_TAP_LATER, []).append(each)
    return groups


async def _all(demo: Demo, acts: list[Act]) -> None:
    await demo.timeline.together(act() for act in acts)


async def arrive(demo: Demo, shift: Shift, visit: Visit) -> None:
    """Check in the way this person does: with a phone, by card, or by number and the organiser's tap."""
    if visit.who.has_phone:
        claim = await look(demo, shift, visit)
        await attending.check_in(demo.book, visit.who.person_id, claim)
    else:
        await _be_received(demo, shift, visit, Purpose.ARRIVING)


async def leave(demo: Demo, shift: Shift, visit: Visit) -> None:
    """Check out the same way."""
    if visit.who.has_phone:
        claim = await look(demo, shift, visit)
        await attending.check_out(demo.book, visit.who.person_id, claim)
    else:
        await _be_received(demo, shift, visit, Purpose.LEAVING)


async def look(demo: Demo, shift: Shift, visit: Visit) -> venue_codes.Claim:
    """Look at the code on the screen, or type its digits, at the moment of the visit."""
    with clock.frozen(visit.at):
        if visit.typed:
            digits = venue_codes.typed(demo.book, shift.id, clock.now())
            return await arriving.type_in(demo.book, digits, visit.who.person_id)
        return await arriving.look(venue_codes.issue(demo.book, shift.id, clock.now()))


async def _be_received(demo: Demo, shift: Shift, visit: Visit, purpose: Purpose) -> None:
    organiser = demo.one(Role.ORGANISER)
    if not visit.by_number and visit.who.card:
        await rollcall.call(demo.book, shift.id, visit.who.card, purpose, by=organiser)
        return
    claim = await look(demo, shift, Visit(visit.who, visit.at))
    asked = await asking.ask_by_number(claim, f"{visit.who.number:03d}")
    await asking.confirm(demo.book, asked.attendance.id, organiser)


async def _correct(demo: Demo) -> None:
    """Enter the end of those who forgot to check out yesterday; one in five did not stay, say the others."""
    organiser = demo.one(Role.ORGANISER)
    forgotten = [
        *await board.attendances(demo.book, state=AttendanceState.PRESENT),
        *filter(closing.asks, await board.to_verify(demo.book)),
    ]
    for found in sorted(forgotten, key=lambda each: (each.checked_in_at or 0, each.person.name)):
        if found.shift.ends_at > clock.now():
            continue
        if demo.rng.random() < 1 / 5:
            await correcting.reject(demo.book, found.id, organiser, "中途离开，未再回来")
            continue
        await correcting.correct(
            *(demo.book, found.id, organiser),
            checked_in_at=found.checked_in_at or found.shift.starts_at,
            checked_out_at=found.shift.ends_at,
            reason="忘记签退，带队人确认做到结束",
        )


async def _verify(demo: Demo) -> None:
    """Verify what ended yesterday or before: the second organiser sees to what the first one confirmed."""
    waiting = await board.to_verify(demo.book)
    before, second = clock.now() - 8 * HOUR, demo.staff[Role.ORGANISER][1]
    await demo.timeline.together(
        verification.verify(demo.book, each.id, second)
        for each in waiting
        if (each.checked_out_at or 0) < before
    )
