"""Weekly plans: what makes shifts by itself, for whom, on which days not; never twice for one day."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from checkin import occasions, shifts, signing
from checkin.attending import hold_back
from checkin.models import Shift
from checkin.plan_errors import ActivityNotFound
from checkin.signup_errors import (
    OverlappingSignUp,
    SkippedDaysAreImpossible,
    TemplateIsImpossible,
    TemplateNotFound,
)
from checkin.signup_models import (
    ShiftTemplate,
    SignUpSheet,
    SignUpWay,
    SkippedDay,
    StandingSignUp,
)
from kernel import clock
from kernel.database import transaction
from kernel.days import day_of, plus_days
from ledger.books import zone_of
from people import roster

MOST_WEEKS, MOST_SKIPPED, DAY_MINUTES, LONGEST_TITLE = 8, 60, 1440, 40


@dataclass(frozen=True, slots=True)
class Weekly:
    """When a plan's shifts take place, and for how many: `weekdays` from Monday 0, `starts_minute` of the local day.

    `capacity` is the places on the sheet (0 is no limit), `people` what the budget of points is made for.
    """

    weekdays: tuple[int, ...]
    starts_minute: int
    minutes: int
    capacity: int = 0
    people: int = 20
    weeks_ahead: int = 2


async def plan_weekly(
    book_id: int,
    activity_id: int,
    weekly: Weekly,
    *,
    leader_id: int | None = None,
    begins_on: int | None = None,
    by: int | None = None,
) -> ShiftTemplate:
    """Plan a shift on some days of every week from a day on (yyyymmdd; today if None).

    Raises: TemplateIsImpossible, CapacityIsImpossible, ActivityNotFound, NoSuchMember.
    """
    mask = occasions.bits(weekly.weekdays)
    if not mask or not _fits(weekly):
        raise TemplateIsImpossible
    shifts.refuse_capacity(weekly.capacity)
    if activity_id not in {each.id for each in await shifts.activities(book_id)}:
        raise ActivityNotFound
    if leader_id is not None:
        await roster.member(book_id, leader_id)
    return await ShiftTemplate.create(
        book_id=book_id,
        activity_id=activity_id,
        leader_id=leader_id,
        weekdays=mask,
        starts_minute=weekly.starts_minute,
        minutes=weekly.minutes,
        capacity=weekly.capacity,
        people=weekly.people,
        weeks_ahead=weekly.weeks_ahead,
        begins_on=begins_on or day_of(clock.now(), await zone_of(book_id)),
        made_by=by,
    )


def _fits(weekly: Weekly) -> bool:
    return (
        0 <= weekly.starts_minute < DAY_MINUTES
        and 1 <= weekly.minutes <= DAY_MINUTES
        and 1 <= weekly.weeks_ahead <= MOST_WEEKS
        and 1 <= weekly.people <= shifts.MOST_PEOPLE
    )


async def end_weekly(book_id: int, template_id: int) -> ShiftTemplate:
    """Let a plan make no further shifts; those it has made stay. Raises: TemplateNotFound."""
    template = await find(book_id, template_id)
    if template.ended_at is None:
        await ShiftTemplate.filter(book_id=book_id, id=template_id, ended_at__isnull=True).update(
            ended_at=clock.now()
        )
    return await find(book_id, template_id)


async def find(book_id: int, template_id: int) -> ShiftTemplate:
    """Return a plan with its activity and leader. Raises: TemplateNotFound."""
    found = ShiftTemplate.filter(book_id=book_id, id=template_id)
    template = await found.prefetch_related("activity", "leader").first()
    if template is None:
        raise TemplateNotFound
    return template


async def templates(book_id: int) -> list[ShiftTemplate]:
    """Return the plans that are not ended, by activity and time."""
    found = ShiftTemplate.filter(book_id=book_id, ended_at__isnull=True)
    return await found.order_by("activity__title", "starts_minute", "id").prefetch_related(
        "activity", "leader"
    )


async def crew_of(book_id: int, template_id: int) -> list[StandingSignUp]:
    """Return who comes to a plan's shifts every time, with their `person`."""
    found = StandingSignUp.filter(book_id=book_id, template_id=template_id)
    return await found.order_by("since", "id").select_related("person")


async def join_crew(book_id: int, template_id: int, person_id: int) -> None:
    """Sign somebody up for every shift that a plan will make; twice is once. Raises: TemplateNotFound, NoSuchMember."""
    async with transaction():
        await _alone(book_id, template_id)
        await roster.member(book_id, person_id)
        crew = StandingSignUp.filter(book_id=book_id, template_id=template_id, person_id=person_id)
        if not await crew.exists():
            await StandingSignUp.create(
                book_id=book_id, template_id=template_id, person_id=person_id, since=clock.now()
            )


async def leave_crew(book_id: int, template_id: int, person_id: int) -> None:
    """Sign somebody up no more; what they are signed up for stays. Raises: TemplateNotFound."""
    await find(book_id, template_id)
    await StandingSignUp.filter(
        book_id=book_id, template_id=template_id, person_id=person_id
    ).delete()


async def make_shifts(book_id: int, template_id: int) -> list[Shift]:
    """Make the shifts of a plan that are due and not there yet, with its crew signed up, and return them.

    Raises: TemplateNotFound, NoAwardRule.
    """
    zone = await zone_of(book_id)
    made = []
    async with transaction():
        template = await _alone(book_id, template_id)
        if template.ended_at is not None:
            return []
        crew = await crew_of(book_id, template_id)
        await hold_back(book_id, (each.person_id for each in crew))
        today = day_of(clock.now(), zone)
        skipped = {each.day for each in await skipped_days(book_id)}
        wanted = occasions.days(
            template.weekdays, template.begins_on, today, template.weeks_ahead, skipped
        )
        there = SignUpSheet.filter(book_id=book_id, template_id=template_id, day__gte=today)
        done = {each.day for each in await there}
        for day in wanted:
            starts, ends = occasions.times(day, template.starts_minute, template.minutes, zone)
            if day not in done and starts > clock.now():
                made.append(await _make(template, day, starts, ends))
    return made


async def make_due(book_id: int) -> int:
    """Make what is due of every plan of a community, and return how many shifts. Raises: NoAwardRule."""
    return sum([len(await make_shifts(book_id, each.id)) for each in await templates(book_id)])


async def _make(template: ShiftTemplate, day: int, starts: int, ends: int) -> Shift:
    shift = await shifts.plan_shift(
        template.book_id,
        template.activity_id,
        starts,
        ends,
        leader_id=template.leader_id,
        people=template.people,
    )
    # The unique key of plan and day stands behind the lock: nothing goes round it.
    await SignUpSheet.create(
        book_id=template.book_id,
        shift_id=shift.id,
        capacity=template.capacity,
        template_id=template.id,
        day=day,
    )
    crew = [each.person_id for each in await crew_of(template.book_id, template.id)]
    active = {
        each.person_id
        for each in await roster.active(template.book_id).filter(person_id__in=crew or [0])
    }
    for person_id in crew:
        # Who is on another sheet at that time, or waits there, comes there; the place goes to somebody else.
        with suppress(OverlappingSignUp):
            if person_id in active:
                await signing.enter(
                    shift, template.capacity, person_id, by=None, way=SignUpWay.STANDING
                )
    return shift


async def _alone(book_id: int, template_id: int) -> ShiftTemplate:
    rows = ShiftTemplate.filter(book_id=book_id, id=template_id)
    template = await rows.select_for_update().first()
    if template is None:
        raise TemplateNotFound
    return template


async def skipped_days(book_id: int) -> list[SkippedDay]:
    """Return the days from today on that plans skip, earliest first."""
    today = day_of(clock.now(), await zone_of(book_id))
    return await SkippedDay.filter(book_id=book_id, day__gte=today).order_by("day")


async def skip_days(book_id: int, first: int, last: int, title: str = "") -> list[Shift]:
    """Let plans skip some days, and return the shifts that were made for them already; those stay.

    Raises: SkippedDaysAreImpossible.
    """
    title = title.strip()[:LONGEST_TITLE]
    if not first <= last <= plus_days(first, MOST_SKIPPED):
        raise SkippedDaysAreImpossible
    wanted = [first]
    while wanted[-1] < last:
        wanted.append(plus_days(wanted[-1], 1))
    for day in wanted:
        await _skip(book_id, day, title)
    made = SignUpSheet.filter(book_id=book_id, template_id__isnull=False, day__in=wanted)
    rows = await made.order_by("day").prefetch_related("shift__activity", "shift__leader")
    return [row.shift for row in rows if row.shift.ends_at > clock.now()]


async def keep_days(book_id: int, skipped: Iterable[int]) -> None:
    """Let plans make shifts on some days after all."""
    await SkippedDay.filter(book_id=book_id, day__in=list(skipped)).delete()


async def _skip(book_id: int, day: int, title: str) -> None:
    rows = SkippedDay.filter(book_id=book_id, day=day)
    if await rows.update(title=title):
        return
    try:
        await SkippedDay.create(book_id=book_id, day=day, title=title)
    except IntegrityError:
        await rows.update(title=title)  # somebody else entered it at the same moment
