"""Calendar days as whole numbers, 20261130 for 30 November 2026: they sort, store and hash alike everywhere."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def day_of(moment: int, zone: str) -> int:
    """Return the local calendar day of a moment (UTC microseconds) in an IANA zone."""
    seconds, micros = divmod(moment, 1_000_000)
    local = datetime.fromtimestamp(seconds, ZoneInfo(zone)) + timedelta(microseconds=micros)
    return from_date(local.date())


def from_date(value: date) -> int:
    """Return a date as a day number."""
    return value.year * 10_000 + value.month * 100 + value.day


def to_date(day: int) -> date:
    """Return a day number as a date."""
    return date(day // 10_000, day // 100 % 100, day % 100)


def plus_days(day: int, count: int) -> int:
    """Return the day `count` days later."""
    return from_date(to_date(day) + timedelta(days=count))


def month_end(day: int) -> int:
    """Return the last day of the month that `day` lies in."""
    year, month = day // 10_000, day // 100 % 100
    return year * 10_000 + month * 100 + calendar.monthrange(year, month)[1]


def plus_months(day: int, count: int) -> int:
    """Return the last day of the month `count` months after the month of `day`."""
    months = day // 10_000 * 12 + day // 100 % 100 - 1 + count
    return month_end(months // 12 * 10_000 + (months % 12 + 1) * 100 + 1)


def start_of(day: int, zone: str) -> int:
    """Return the first moment (UTC microseconds) of a local calendar day."""
    local = datetime.combine(to_date(day), datetime.min.time(), ZoneInfo(zone))
    return int(local.astimezone(UTC).timestamp()) * 1_000_000
