"""What service is worth: pure arithmetic from times to minutes and from minutes to points."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kernel.clock import MINUTE
from kernel.days import day_of, plus_months

QUARTER = 15
SHORT_OF_A_QUARTER = "under-a-quarter-hour"
RULE_GIVES_NONE = "rule-gives-no-points"
UNDER_MINIMUM = "under-the-minimum"
LONGEST = "longest-shift"
DAY_CAP = "day-cap"
MONTH_CAP = "month-cap"
SPARE_PERCENT = 110  # a shift's budget leaves room for those who stay longer


@dataclass(frozen=True, slots=True)
class Counting:
    """Which minutes of an attendance count: whole steps of so many, none under a minimum, none over the longest."""

    rounding_minutes: int = QUARTER
    minimum_minutes: int = 0
    longest_minutes: int | None = None


QUARTERS = Counting()


@dataclass(frozen=True, slots=True)
class Award:
    """Minutes for the books, minutes that count, and points; `stopped_by` names the limit that left some out."""

    minutes_worked: int
    minutes_counted: int
    points: int
    stopped_by: str = ""

    @property
    def reason_code(self) -> str | None:
        """Return why there are no points, or fewer, or None."""
        if self.stopped_by:
            return self.stopped_by
        if self.points:
            return None
        return RULE_GIVES_NONE if self.minutes_counted else SHORT_OF_A_QUARTER


def minutes_between(checked_in_at: int, checked_out_at: int) -> int:
    """Return the whole minutes between two moments (UTC microseconds)."""
    return max(0, checked_out_at - checked_in_at) // MINUTE


def minutes_served(
    checked_in_at: int, checked_out_at: int, breaks: Iterable[tuple[int, int]] = ()
) -> int:
    """Return the whole minutes between two moments, without breaks that lie apart between them."""
    rested = sum(ends - begins for begins, ends in breaks)
    return minutes_between(checked_in_at, checked_out_at - rested)


def award(
    minutes_worked: int,
    points_per_hour: int,
    multiplier_percent: int,
    counting: Counting = QUARTERS,
) -> Award:
    """Return what some minutes of service bring: whole steps count, and points are rounded down once."""
    step, longest = counting.rounding_minutes, counting.longest_minutes
    if minutes_worked < counting.minimum_minutes:
        return Award(minutes_worked, 0, 0, UNDER_MINIMUM)
    whole = minutes_worked // step * step
    counted = whole if longest is None else min(whole, longest // step * step)
    points = counted * points_per_hour * multiplier_percent // 6000
    return Award(minutes_worked, counted, points, LONGEST if counted < whole else "")


def capped(worth: Award, left_today: int | None, left_this_month: int | None) -> Award:
    """Return an award within what is left of the day's and the month's points; the minutes are kept."""
    by_month = left_this_month is not None and (left_today is None or left_this_month < left_today)
    left = left_this_month if by_month else left_today
    if left is None or worth.points <= left:
        return worth
    return replace(worth, points=max(0, left), stopped_by=MONTH_CAP if by_month else DAY_CAP)


def for_leading(minutes_counted: int, leader_bonus_points: int, *, leads: bool) -> int:
    """Return the points above the hours that a rule gives for leading a shift; none if no time of it counts."""
    return leader_bonus_points if leads and minutes_counted else 0


def budget(people: int, minutes: int, points_per_hour: int, multiplier_percent: int) -> int:
    """Return the points a shift may award: its planned people for its whole length, and a tenth more."""
    whole = award(minutes, points_per_hour, multiplier_percent).points
    return -(-people * whole * SPARE_PERCENT // 100)


def expiry(served_at: int, zone: str, months_valid: int) -> int:
    """Return the month's end (yyyymmdd) until which points for service at that moment are valid."""
    return plus_months(day_of(served_at, zone), months_valid)
