"""Times of day as they are typed for a shift: each falls into the shift's window, also past midnight."""

from checkin.models import Shift
from checkin.presence import CLOSES_AFTER, OPENS_BEFORE
from kernel import days
from web import entered, i18n


def moment_near(shift: Shift, zone: str, text: str, field: str, recorded: int | None = None) -> int:
    """Return a typed time of day as a moment in the shift's window, seconds kept where they were. Raises: TimeIsOdd."""
    if recorded is not None and text == i18n.clock(recorded, zone):
        return recorded
    time = entered.time_of_day(text, field)
    first = days.day_of(shift.starts_at, zone)
    moments = [entered.moment(days.plus_days(first, offset), time, zone) for offset in (0, 1, -1)]
    begin, end = shift.starts_at - OPENS_BEFORE, shift.ends_at + CLOSES_AFTER
    return next((each for each in moments if begin <= each <= end), moments[0])
