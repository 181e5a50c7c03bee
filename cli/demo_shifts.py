"""The demo's weeks of service: shifts from the timetable, people who come and go, hours that are verified."""

from functools import partial

from checkin import (
    arriving,
    asking,
    attending,
    board,
    closing,
    correcting,
    shifts,
    venue_codes,
    verification,
)
from checkin.models import Activity, Shift
from cli.demo_community import Demo, Resident
from cli.demo_data import ACTIVITIES, Timetable
from cli.demo_signups import SATURDAY, sign_up_before
from kernel import clock
from kernel.clock import HOUR, MINUTE
from kernel.days import plus_days, to_date
from people.models import Role

WEEK_AHEAD = 7
APART = HOUR
ABSENT, FORGETFUL, TYPING, EARLY = 0.03, 0.04, 0.15, 0.03
CORRECTED_AT, VERIFIED_AT = (9, 0), (9, 30)


async def plan_weeks(demo: Demo) -> None:
    """Plan every shift from the first day until a week from now, and let people come to those that have begun."""
    with clock.frozen(demo.first_moment):
        activities = {table: await plan_activity(demo, table) for table in ACTIVITIES}
    for day in range(-7 * demo.weeks, WEEK_AHEAD + 1):
        weekday = to_date(plus_days(demo.today, day)).weekday()
        for table, activity in activities.items():
            if weekday in table.weekdays:
                await _plan(demo, table, activity, demo.moment(day, table.starts))
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
    )


async def _plan(demo: Demo, table: Timetable, activity: Activity, starts: int) -> None:
    # Shifts under way at this moment are the stage of `demo_today`.
    if starts <= demo.now < starts + table.minutes * MINUTE + HOUR or starts < demo.first_moment:
        return
    ends = starts + table.minutes * MINUTE
    over = ends < demo.now
    people = choose(demo, table.people, starts, ends) if over else []
    leader = people[0].person_id if people else None
    shift = await shifts.plan_shift(
        demo.book, activity.id, starts, ends, leader_id=leader, people=table.people
    )
    if SATURDAY in table.weekdays:
        sign_up_before(demo, shift, people)
    for place, resident in enumerate(people):
        # Of yesterday's shifts somebody always forgot: their first page asks when they left.
        come_and_go(demo, shift, resident, forgets=place == 0 and ends > demo.moment(-1, (0, 0)))


def choose(demo: Demo, count: int, starts: int, ends: int) -> list[Resident]:
    """Return people who are free then; the keen ones come more often."""
    free = [
        each
        for each in demo.residents
        if all(
            end + APART <= starts or ends + APART <= start
            for start, end in demo.busy.get(each.person_id, [])
        )
    ]
    drawn = sorted(free, key=lambda each: -(demo.rng.random() ** (1 / each.keenness)))[:count]
    for each in drawn:
        demo.busy.setdefault(each.person_id, []).append((starts, ends))
    return drawn


def come_and_go(demo: Demo, shift: Shift, resident: Resident, *, forgets: bool) -> None:
    """Let a person come about when a shift starts and go about when it ends; some forget to check out."""
    rng, at = demo.rng, demo.timeline.at
    if rng.random() < ABSENT:
        return
    arrives = shift.starts_at + rng.randint(-10, 4) * MINUTE + rng.randint(0, 59) * clock.SECOND
    leaves = shift.ends_at + rng.randint(-4, 12) * MINUTE + rng.randint(0, 59) * clock.SECOND
    if rng.random() < EARLY:
        at(
            shift.starts_at - 45 * MINUTE, partial(arrive, demo, shift, resident)
        )  # refused: too early
    at(arrives, partial(arrive, demo, shift, resident))
    if rng.random() >= FORGETFUL and not forgets:
        at(leaves, partial(leave, demo, shift, resident))


async def arrive(demo: Demo, shift: Shift, resident: Resident) -> None:
    """Check in the way this person does: with a phone, or by number and the organiser's tap."""
    claim = await _claim(demo, shift, resident)
    if resident.has_phone:
        await attending.check_in(demo.book, resident.person_id, claim)
    else:
        await _ask_and_confirm(demo, claim, resident)


async def leave(demo: Demo, shift: Shift, resident: Resident) -> None:
    """Check out the same way."""
    claim = await _claim(demo, shift, resident)
    if resident.has_phone:
        await attending.check_out(demo.book, resident.person_id, claim)
    else:
        await _ask_and_confirm(demo, claim, resident)


async def _claim(demo: Demo, shift: Shift, resident: Resident) -> venue_codes.Claim:
    if resident.has_phone and demo.rng.random() < TYPING:
        digits = venue_codes.typed(demo.book, shift.id, clock.now())
        return await arriving.type_in(demo.book, digits, resident.person_id)
    return await arriving.look(venue_codes.issue(demo.book, shift.id, clock.now()))


async def _ask_and_confirm(demo: Demo, claim: venue_codes.Claim, resident: Resident) -> None:
    asked = await asking.ask_by_number(claim, f"{resident.number:03d}")
    await asking.confirm(demo.book, asked.attendance.id, demo.one(Role.ORGANISER))


async def _correct(demo: Demo) -> None:
    """Enter the end of those who forgot to check out yesterday; one in five did not stay, say the others."""
    organiser = demo.one(Role.ORGANISER)
    for shift in await shifts.past(demo.book, days=2):
        seen = await board.of_shift(demo.book, shift.id)
        for found in [*seen.present, *filter(closing.asks, seen.left)]:
            if demo.rng.random() < 1 / 5:
                await correcting.reject(demo.book, found.id, organiser, "中途离开，未再回来")
                continue
            await correcting.correct(
                *(demo.book, found.id, organiser),
                checked_in_at=found.checked_in_at or shift.starts_at,
                checked_out_at=shift.ends_at,
                reason="忘记签退，带队人确认做到结束",
            )


async def _verify(demo: Demo) -> None:
    """Verify what ended yesterday or before: the second organiser sees to what the first one confirmed."""
    waiting = await board.to_verify(demo.book)
    ended = [each.id for each in waiting if (each.checked_out_at or 0) < clock.now() - 8 * HOUR]
    await verification.verify_all(demo.book, ended, demo.staff[Role.ORGANISER][1])
