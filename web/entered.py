"""Figures, money, days and times as people type them into forms; what cannot be read is refused in words."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from kernel.clock import SECOND
from kernel.days import from_date, to_date
from kernel.errors import N_, DomainError, Invalid, Refused
from web.errors import status_of

LONGEST_NUMBER = 12
FIRST_YEAR, LAST_YEAR = 2000, 2199
OK = 200
REFUSALS = (
    Refused,
    Invalid,
)  # what a form shows beside what was typed; the rest is a page of its own


class NumberIsOdd(Invalid):
    """A whole number was asked for. The member `field` names the input."""

    slug = "whole-number-needed"
    title = N_("Please check this figure")
    detail = N_("Please enter a whole number, such as 20.")


class MoneyIsOdd(Invalid):
    """An amount in yuan was asked for. The member `field` names the input."""

    slug = "yuan-needed"
    title = N_("Please check the amount")
    detail = N_("Please enter an amount in yuan, such as 20 or 12.50.")


class DateIsOdd(Invalid):
    """A calendar day was asked for. The member `field` names the input."""

    slug = "date-needed"
    title = N_("Please check the date")
    detail = N_("Please enter a date such as 2026-11-21.")


class TimeIsOdd(Invalid):
    """A time of day was asked for. The member `field` names the input."""

    slug = "time-needed"
    title = N_("Please check the time")
    detail = N_("Please enter a time such as 9:30.")


def plain(text: str) -> str:
    """Return a text without signs that nobody sees; punctuation stays as it was typed."""
    return "".join(
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    ).strip()


Prose = Annotated[str, AfterValidator(plain)]


def whole(text: str, field: str) -> int:
    """Return a whole number, also in full-width digits and with thousands. Raises: NumberIsOdd."""
    digits = _folded(text).replace(",", "")
    if not re.fullmatch(rf"[0-9]{{1,{LONGEST_NUMBER}}}", digits):
        raise NumberIsOdd(field=field)
    return int(digits)


def fen(text: str, field: str) -> int:
    """Return an amount given in yuan as fen. Raises: MoneyIsOdd."""
    found = re.fullmatch(
        rf"[¥¥]?([0-9]{{1,{LONGEST_NUMBER}}})(?:\.([0-9]{{1,2}}))?元?",
        _folded(text).replace(",", ""),
    )
    if found is None:
        raise MoneyIsOdd(field=field)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def date(text: str, field: str) -> int:
    """Return a calendar day (yyyymmdd). Raises: DateIsOdd."""
    found = re.fullmatch(r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?", _folded(text))
    try:
        if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            raise DateIsOdd(field=field)
        return from_date(to_date(int(found[1]) * 10_000 + int(found[2]) * 100 + int(found[3])))
    except ValueError:
        raise DateIsOdd(field=field) from None


def time_of_day(text: str, field: str) -> tuple[int, int]:
    """Return hour and minute of 9:30, 09:30, 9.30 or 0930. Raises: TimeIsOdd."""
    found = re.fullmatch(r"([0-9]{1,2})[:.点时]?([0-9]{2})(?::[0-9]{2})?分?", _folded(text))
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:  # noqa: PLR2004  a clock's face
        raise TimeIsOdd(field=field)
    return int(found[1]), int(found[2])


def moment(day: int, time: tuple[int, int], zone: str) -> int:
    """Return a local day and time as a moment (UTC microseconds)."""
    there = datetime(day // 10_000, day // 100 % 100, day % 100, *time, tzinfo=ZoneInfo(zone))
    return int(there.timestamp()) * SECOND


def status(refusal: DomainError | None) -> int:
    """Return the status of a form's page: shown, or shown again with a refusal."""
    return OK if refusal is None else status_of(refusal)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text[:200]).split())
