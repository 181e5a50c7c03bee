"""When a shop is open: days that come round, days that are otherwise. Where nobody has said so it is always open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kernel import clock
from kernel.clock import MINUTE
from kernel.database import Dialect
from kernel.days import day_of, plus_days, start_of, to_date
from kernel.direct import Ask, Steps
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together
from ledger.books import zone_of
from people.naming import folded
from redemption.errors import ShopNotHere
from redemption.models import Shop
from redemption.opening_errors import (
    DayOfOpeningIsOdd,
    HoursAreOdd,
    OpeningNotFound,
    ReasonOfDayIsMissing,
    ShopIsClosed,
    ShopIsClosedToday,
)
from redemption.opening_papers import OpeningTime, SpecialDay

LOOK_AHEAD = 62  # days: a day of the month that some months do not have comes round within two
LAST_MINUTE = 1440
REASON_LENGTH = 80
WEEKDAYS, MONTH_DAYS = 7, 31


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """Hours on one day (yyyymmdd), in minutes after midnight; on an exchange day people wait with numbers."""

    day: int
    opens: int
    closes: int
    exchange_day: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """The rows that say when a shop is open; `special` is the last word about each day."""

    times: Sequence[OpeningTime]
    special: dict[int, SpecialDay]

    def on(self, day: int) -> list[Hours]:
        """Return the hours of one day, in order."""
        date = to_date(day)
        regular = sorted(
            Hours(day, each.opens, each.closes, each.exchange_day)
            for each in self.times
            if date.isoweekday() == each.weekday or date.day == each.month_day
        )
        otherwise = self.special.get(day)
        if otherwise is None:
            return [Hours(day, 0, LAST_MINUTE)] if self.always_open else regular
        if otherwise.opens is None or otherwise.closes is None:
            return []
        queue = any(each.exchange_day for each in regular)
        return [Hours(day, otherwise.opens, otherwise.closes, queue)]

    def open_at(self, day: int, minute: int) -> Hours | None:
        """Return the hours that a minute of a day lies in."""
        found = (each for each in self.on(day) if each.opens <= minute < each.closes)
        return next(found, None)

    def next_after(self, day: int, minute: int, *, exchange_day: bool = False) -> Hours | None:
        """Return the next hours that end after a minute of a day, of an exchange day if one is asked for."""
        coming = (plus_days(day, ahead) for ahead in range(LOOK_AHEAD))
        found = (each for date in coming for each in self.on(date))
        return next(
            (
                each
                for each in found
                if (each.day, each.closes) > (day, minute)
                and (each.exchange_day or not exchange_day)
            ),
            None,
        )

    @property
    def always_open(self) -> bool:
        """Say whether nobody has said when the shop is open."""
        return not self.times


def minute_of(moment: int, zone: str) -> int:
    """Return how many minutes of its local day have passed at a moment (UTC microseconds)."""
    return (moment - start_of(day_of(moment, zone), zone)) // MINUTE


def in_words(hours: Hours | None) -> str:
    """Return hours as they are written where no page puts them into words: 2026-12-04 9:00-11:30."""
    if hours is None:
        return "-"
    return (
        f"{to_date(hours.day).isoformat()} {clock_words(hours.opens)}–{clock_words(hours.closes)}"
    )


def clock_words(minute: int) -> str:
    """Return a minute of the day as a clock shows it: 9:05."""
    return f"{minute // 60}:{minute % 60:02d}"


async def calendar_of(book_id: int, shop_id: int) -> Calendar:
    """Return when a shop is open, from yesterday on."""
    yesterday = plus_days(day_of(clock.now(), await zone_of(book_id)), -1)
    return await _calendars.ask(book_id, (shop_id, yesterday))


_TIMES = "SELECT * FROM opening_time WHERE book_id = $1 AND ended_at IS NULL AND shop_id "
_DAYS = "SELECT * FROM special_day WHERE book_id = $1 AND day >= $2 AND shop_id "


def read_calendars(
    book_id: int, asked: Sequence[tuple[int, int]], kind: Dialect
) -> Steps[list[Calendar]]:
    """Return for each (shop, first day) when the shop is open from that day on."""
    shops = as_list(kind, {shop_id for shop_id, _ in asked})
    first = min(day for _, day in asked)
    in_order = " ORDER BY weekday, month_day, opens, id"
    rows = yield Ask(_TIMES + among(kind, 2) + in_order, (book_id, shops))
    weekly = [OpeningTime(**dict(row)) for row in rows]
    rows = yield Ask(_DAYS + among(kind, 3) + " ORDER BY made_at, id", (book_id, first, shops))
    special = [SpecialDay(**dict(row)) for row in rows]
    return [
        Calendar(
            [each for each in weekly if each.shop_id == shop_id],
            {each.day: each for each in special if each.shop_id == shop_id and each.day >= day},
        )
        for shop_id, day in asked
    ]


_calendars = Together(talked(read_calendars))


async def closed_now(book_id: int, shop_id: int, now: int) -> ShopIsClosed | None:
    """Return what the counter says outside the hours of a shop, or None while it is open."""
    return closed_at(await calendar_of(book_id, shop_id), now, await zone_of(book_id))


def closed_at(calendar: Calendar, now: int, zone: str) -> ShopIsClosed | None:
    """Return the same by a calendar that was read already."""
    day, minute = day_of(now, zone), minute_of(now, zone)
    if calendar.open_at(day, minute):
        return None
    told = in_words(calendar.next_after(day, minute))
    otherwise = calendar.special.get(day)
    if otherwise is None:
        return ShopIsClosed(next=told)
    return ShopIsClosedToday(next=told, reason=otherwise.reason)


async def closed_on(book_id: int, shop_id: int, day: int) -> ShopIsClosed | None:
    """Return what speaks against a day (yyyymmdd) on which a shop was not open at all, or None."""
    times = OpeningTime.filter(book_id=book_id, shop_id=shop_id, ended_at__isnull=True)
    words = SpecialDay.filter(book_id=book_id, shop_id=shop_id, day=day)
    special = {each.day: each for each in await words.order_by("made_at", "id")}
    calendar = Calendar(await times, special)
    return None if calendar.on(day) else ShopIsClosed(next=in_words(None))


async def next_opening(book_id: int, shop_id: int, *, exchange_day: bool = False) -> Hours | None:
    """Return when the shop is open next, or until when it is; None if nobody has said."""
    calendar, zone = await calendar_of(book_id, shop_id), await zone_of(book_id)
    now = clock.now()
    return calendar.next_after(day_of(now, zone), minute_of(now, zone), exchange_day=exchange_day)


async def add_hours(
    book_id: int,
    shop_id: int,
    hours: tuple[int, int],
    by: int,
    *,
    weekday: int | None = None,
    month_day: int | None = None,
    exchange_day: bool = False,
) -> OpeningTime:
    """Let a shop be open on a weekday (1 is Monday) or a day of the month, in minutes after midnight.

    Raises: ShopNotHere, HoursAreOdd, DayOfOpeningIsOdd.
    """
    await _require(book_id, shop_id, hours)
    if (weekday is None) == (month_day is None):
        raise DayOfOpeningIsOdd(field="day")
    if not (1 <= (weekday or 1) <= WEEKDAYS and 1 <= (month_day or 1) <= MONTH_DAYS):
        raise DayOfOpeningIsOdd(field="day")
    return await OpeningTime.create(
        book_id=book_id,
        shop_id=shop_id,
        weekday=weekday,
        month_day=month_day,
        opens=hours[0],
        closes=hours[1],
        exchange_day=exchange_day,
        made_by=by,
        made_at=clock.now(),
    )


async def end_hours(book_id: int, time_id: int, by: int) -> None:
    """Let hours come round no more. Raises: OpeningNotFound."""
    standing = OpeningTime.filter(book_id=book_id, id=time_id, ended_at__isnull=True)
    if not await standing.update(ended_at=clock.now(), ended_by=by):
        raise OpeningNotFound


async def set_day(
    book_id: int, shop_id: int, day: int, hours: tuple[int, int] | None, reason: str, by: int
) -> SpecialDay:
    """Say that a day (yyyymmdd) is otherwise: closed (None), or open at these hours, by exception; and why.

    Raises: ShopNotHere, HoursAreOdd, DayOfOpeningIsOdd, ReasonOfDayIsMissing.
    """
    await _require(book_id, shop_id, hours or (0, LAST_MINUTE))
    today = day_of(clock.now(), await zone_of(book_id))
    if day < today:
        raise DayOfOpeningIsOdd(field="day")
    why = folded(reason)
    if not 1 <= len(why) <= REASON_LENGTH:
        raise ReasonOfDayIsMissing(most=REASON_LENGTH, field="reason")
    opens, closes = hours or (None, None)
    return await SpecialDay.create(
        book_id=book_id,
        shop_id=shop_id,
        day=day,
        opens=opens,
        closes=closes,
        reason=why,
        made_by=by,
        made_at=clock.now(),
    )


def coming(calendar: Calendar, today: int, days: int = 14) -> Iterable[tuple[int, list[Hours]]]:
    """Yield the days that come with their hours."""
    for ahead in range(days):
        day = plus_days(today, ahead)
        yield day, calendar.on(day)


async def _require(book_id: int, shop_id: int, hours: tuple[int, int]) -> None:
    opens, closes = hours
    if not 0 <= opens < closes <= LAST_MINUTE:
        raise HoursAreOdd(field="opens")
    if not await Shop.exists(book_id=book_id, id=shop_id):
        raise ShopNotHere
