"""What service is worth: pure arithmetic from times to minutes and from minutes to points."""

from dataclasses import dataclass

from kernel.clock import MINUTE
from kernel.days import day_of, plus_months

QUARTER = 15
SHORT_OF_A_QUARTER = "under-a-quarter-hour"
RULE_GIVES_NONE = "rule-gives-no-points"
SPARE_PERCENT = 110  # a shift's budget leaves room for those who stay longer


@dataclass(frozen=True, slots=True)
class Award:
    """Minutes for the books, minutes that count, and points; `reason_code` says why there are none."""

    minutes_worked: int
    minutes_counted: int
    points: int

    @property
    def reason_code(self) -> str | None:
        """Return why no points were given, or None."""
        if self.points:
            return None
        return RULE_GIVES_NONE if self.minutes_counted else SHORT_OF_A_QUARTER


def minutes_between(checked_in_at: int, checked_out_at: int) -> int:
    """Return the whole minutes between two moments (UTC microseconds)."""
    return max(0, checked_out_at - checked_in_at) // MINUTE


def award(minutes_worked: int, points_per_hour: int, multiplier_percent: int) -> Award:
    """Return what some minutes of service bring: quarter hours count, and points are rounded down once."""
    counted = minutes_worked // QUARTER * QUARTER
    return Award(minutes_worked, counted, counted * points_per_hour * multiplier_percent // 6000)


def budget(people: int, minutes: int, points_per_hour: int, multiplier_percent: int) -> int:
    """Return the points a shift may award: its planned people for its whole length, and a tenth more."""
    whole = award(minutes, points_per_hour, multiplier_percent).points
    return -(-people * whole * SPARE_PERCENT // 100)


def expiry(served_at: int, zone: str, months_valid: int) -> int:
    """Return the month's end (yyyymmdd) until which points for service at that moment are valid."""
    return plus_months(day_of(served_at, zone), months_valid)
