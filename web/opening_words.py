"""Opening hours in the reader's words: Fri 12-04, 9:00–11:30."""

from redemption.opening_papers import OpeningTime
from redemption.openings import LAST_MINUTE, Hours, clock_words
from web.i18n import gettext, short_day, weekday

A_SUNDAY = 20_261_122


def span(opens: int, closes: int) -> str:
    """Return hours of a day."""
    if (opens, closes) == (0, LAST_MINUTE):
        return gettext("all day")
    return f"{clock_words(opens)}–{clock_words(closes)}"


def hours_words(hours: Hours) -> str:
    """Return the hours of one day with the day."""
    day = f"{short_day(hours.day)} {weekday(hours.day)}"
    return f"{day} {span(hours.opens, hours.closes)}"


def rhythm_words(time: OpeningTime) -> str:
    """Return on which days hours come round."""
    if time.weekday is not None:
        return gettext("Every %(weekday)s", weekday=weekday(A_SUNDAY + time.weekday))
    return gettext("On the %(day)s. of the month", day=time.month_day)
