"""Pure calendar of a weekly plan: on which days it makes shifts, and when those begin and end. DST is the zone's."""

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from kernel.clock import MINUTE, SECOND
from kernel.days import plus_days, to_date

WEEK = 7


def bits(weekdays: Iterable[int]) -> int:
    """Return days of the week (Monday 0) as bits."""
    return sum(1 << day for day in set(weekdays) if 0 <= day < WEEK)


def weekdays_of(mask: int) -> list[int]:
    """Return the days of the week (Monday 0) that bits stand for."""
    return [day for day in range(WEEK) if mask >> day & 1]


def days(
    mask: int, begins_on: int, today: int, weeks_ahead: int, skipped: Collection[int]
) -> list[int]:
    """Return the days (yyyymmdd) from today until some weeks ahead on which shifts take place."""
    wanted = weekdays_of(mask)
    coming = (plus_days(today, ahead) for ahead in range(weeks_ahead * WEEK + 1))
    return [
        day
        for day in coming
        if day >= begins_on and to_date(day).weekday() in wanted and day not in skipped
    ]


def times(day: int, starts_minute: int, minutes: int, zone: str) -> tuple[int, int]:
    """Return when a shift of a day begins and ends (UTC microseconds); it lasts as long on a day that is longer."""
    there = datetime.combine(to_date(day), time(0), ZoneInfo(zone))
    local = there + timedelta(minutes=starts_minute)
    starts = int(local.timestamp()) * SECOND
    return starts, starts + minutes * MINUTE
