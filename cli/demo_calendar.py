"""The demo's year: in which weeks there is school, what falls on a holiday, and when it storms or snows."""

from collections.abc import Sequence
from datetime import date

from cli.demo_data import Season, Timetable

QUARTER_WEEKS, A_WEEK = 13, 7
# First and last day (month, day), both included.
HOLIDAYS = (((1, 1), (1, 1)), ((5, 1), (5, 5)), ((10, 1), (10, 7)))
NO_SCHOOL = (*HOLIDAYS, ((7, 1), (8, 31)), ((1, 20), (2, 20)))
STORMY = (6, 7, 8, 12, 1, 2)
STORMS = 2


def takes_place(table: Timetable, day: date) -> bool:
    """Say whether an activity of every week takes place on a day."""
    if (
        day.weekday() not in table.weekdays
        or day.toordinal() // A_WEEK % QUARTER_WEEKS in table.quiet
    ):
        return False
    if table.season is Season.SCHOOL:
        return not _is_within(day, NO_SCHOOL)
    if table.season is Season.MONTHLY:
        return day.day <= A_WEEK and not _is_within(day, HOLIDAYS)
    return True


def storms(days: Sequence[date]) -> list[date]:
    """Return the days of a time on which it rains or snows so hard that everybody is called."""
    hard = [day for day in days if day.month in STORMY]
    if len(hard) < STORMS * A_WEEK:
        return []
    return [hard[len(hard) * (2 * place + 1) // (2 * STORMS)] for place in range(STORMS)]


def _is_within(day: date, times: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> bool:
    return any(first <= (day.month, day.day) <= last for first, last in times)
