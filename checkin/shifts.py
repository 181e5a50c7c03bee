"""Plan activities and shifts, open and close them, and list them for a day."""

from tortoise.exceptions import IntegrityError

from checkin import awards, rules
from checkin.alone_errors import UsualTimeIsImpossible
from checkin.errors import ShiftNotFound
from checkin.models import Activity, CodeMode, Shift, ShiftState
from checkin.plan_errors import (
    ActivityExists,
    ActivityIsImpossible,
    ActivityNotFound,
    BudgetIsImpossible,
    ShiftIsImpossible,
)
from checkin.presence import refuse_cancelled
from checkin.signup_errors import CapacityIsImpossible
from checkin.signup_models import SignUpSheet
from kernel import clock
from kernel.database import transaction
from kernel.days import day_of, plus_days, start_of
from ledger.books import zone_of
from people import roster

LONGEST, LONGEST_CATEGORY, MOST_PERCENT, MOST_PEOPLE = 80, 40, 1000, 10_000
MOST_MINUTES = 1440


async def plan_activity(
    book_id: int,
    title: str,
    category: str,
    *,
    place: str = "",
    multiplier_percent: int = 100,
    usual_minutes: int | None = None,
) -> Activity:
    """Plan something volunteers will do again and again; with `usual_minutes` it is on call and has no shifts.

    Raises: ActivityIsImpossible, ActivityExists, UsualTimeIsImpossible.
    """
    title, category = title.strip(), category.strip()
    fits = len(title) <= LONGEST and len(category) <= LONGEST_CATEGORY and len(place) <= LONGEST
    if not (title and category and fits and 0 <= multiplier_percent <= MOST_PERCENT):
        raise ActivityIsImpossible
    if usual_minutes is not None and not 1 <= usual_minutes <= MOST_MINUTES:
        raise UsualTimeIsImpossible(field="usual_minutes")
    try:
        return await Activity.create(
            book_id=book_id,
            title=title,
            category=category,
            place=place.strip(),
            multiplier_percent=multiplier_percent,
            planned_at=clock.now(),
            on_call=usual_minutes is not None,
            usual_minutes=usual_minutes,
        )
    except IntegrityError:
        raise ActivityExists(activity=title) from None


async def plan_shift(
    book_id: int,
    activity_id: int,
    starts_at: int,
    ends_at: int,
    *,
    leader_id: int | None = None,
    people: int = 20,
    points_budget: int | None = None,
    capacity: int = 0,
) -> Shift:
    """Plan one occasion of an activity (UTC microseconds); its budget covers `people` for its whole length.

    `capacity` is the number of places on its sign-up sheet; 0 is no limit.

    Raises: ActivityNotFound, NoSuchMember, ShiftIsImpossible, CapacityIsImpossible, NoAwardRule.
    """
    if not (starts_at < ends_at <= starts_at + clock.DAY and 1 <= people <= MOST_PEOPLE):
        raise ShiftIsImpossible
    refuse_capacity(capacity)
    activity = await Activity.get_or_none(book_id=book_id, id=activity_id, on_call=False)
    if activity is None:
        raise ActivityNotFound
    if leader_id is not None:
        await roster.member(book_id, leader_id)
    if points_budget is None:
        rule = await rules.in_force(book_id, starts_at, activity.category)
        minutes = awards.minutes_between(starts_at, ends_at)
        points_budget = awards.budget(
            people, minutes, rule.points_per_hour, activity.multiplier_percent
        )
        points_budget += 0 if leader_id is None else rule.leader_bonus_points
    async with transaction():
        shift = await Shift.create(
            book_id=book_id,
            activity=activity,
            leader_id=leader_id,
            starts_at=starts_at,
            ends_at=ends_at,
            multiplier_percent=activity.multiplier_percent,
            points_budget=points_budget,
        )
        if capacity:
            await SignUpSheet.create(book_id=book_id, shift_id=shift.id, capacity=capacity)
    return shift


def refuse_capacity(capacity: int) -> None:
    """Refuse a number of places that cannot be. Raises: CapacityIsImpossible."""
    if not 0 <= capacity <= MOST_PEOPLE:
        raise CapacityIsImpossible


async def open_shift(book_id: int, shift_id: int) -> Shift:
    """Let people check in again. Raises: ShiftNotFound, ShiftIsCancelled."""
    return await _put(book_id, shift_id, ShiftState.OPEN)


async def close_shift(book_id: int, shift_id: int) -> Shift:
    """End check-in; those who are present can still check out. Raises: ShiftNotFound, ShiftIsCancelled."""
    return await _put(book_id, shift_id, ShiftState.CLOSED)


async def set_budget(book_id: int, shift_id: int, points_budget: int) -> Shift:
    """Give a shift another budget of points. Raises: ShiftNotFound, BudgetIsImpossible."""
    async with transaction():
        rows = Shift.filter(book_id=book_id, id=shift_id)
        shift = await rows.select_for_update().first()
        if shift is None:
            raise ShiftNotFound
        if not shift.points_awarded <= points_budget < 1 << 31:
            raise BudgetIsImpossible(awarded=shift.points_awarded)
        await rows.update(points_budget=points_budget)
    return await find(book_id, shift_id)


async def set_code_mode(book_id: int, shift_id: int, mode: CodeMode) -> Shift:
    """Say who may use one code of a shift: several people, one alone, or a queue. Raises: ShiftNotFound."""
    await Shift.filter(book_id=book_id, id=shift_id).update(code_mode=mode)
    return await find(book_id, shift_id)


async def find(book_id: int, shift_id: int) -> Shift:
    """Return a planned shift with its activity and leader; that of an errand is none. Raises: ShiftNotFound."""
    found = Shift.filter(book_id=book_id, id=shift_id, on_call=False)
    shift = await found.prefetch_related("activity", "leader").first()
    if shift is None:
        raise ShiftNotFound
    return shift


async def activities(book_id: int) -> list[Activity]:
    """Return the activities that have shifts, by category and title; those on call have none."""
    return await Activity.filter(book_id=book_id, on_call=False).order_by("category", "title")


async def of_day(book_id: int, day: int | None = None) -> list[Shift]:
    """Return the shifts that start on a local day (yyyymmdd; today if None), earliest first."""
    zone = await zone_of(book_id)
    day = day_of(clock.now(), zone) if day is None else day
    return await _between(book_id, start_of(day, zone), start_of(plus_days(day, 1), zone))


async def coming(book_id: int, days: int = 14) -> list[Shift]:
    """Return the shifts that have not ended and start within some days, earliest first."""
    now = clock.now()
    shifts = await _between(book_id, now - clock.DAY, now + days * clock.DAY)
    return [shift for shift in shifts if shift.ends_at > now]


async def past(book_id: int, days: int = 31) -> list[Shift]:
    """Return the shifts that ended within the last days, latest first."""
    now = clock.now()
    shifts = await _between(book_id, now - (days + 1) * clock.DAY, now)
    return [shift for shift in reversed(shifts) if now - days * clock.DAY <= shift.ends_at <= now]


async def _between(book_id: int, start: int, end: int) -> list[Shift]:
    found = Shift.filter(book_id=book_id, on_call=False, starts_at__gte=start, starts_at__lt=end)
    return await found.order_by("starts_at", "id").prefetch_related("activity", "leader")


async def _put(book_id: int, shift_id: int, state: ShiftState) -> Shift:
    rows = Shift.filter(book_id=book_id, id=shift_id).exclude(state=ShiftState.CANCELLED)
    await rows.update(state=state)
    shift = await find(book_id, shift_id)
    refuse_cancelled(shift)
    return shift
