"""Days in addresses: the day a figure counts until, and the days that a statement lies between."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator

from kernel.days import from_date

FIRST_YEAR, LAST_YEAR = 2000, 2199


def _in_our_time(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"a day is a date from {FIRST_YEAR} to {LAST_YEAR}, such as 2026-11-30")
    return day


AskedDay = Annotated[date, AfterValidator(_in_our_time)]
On = Annotated[
    AskedDay | None,
    Query(
        description="Count what was booked on or before this local day (`booked_on`); leave it out for now.",
        examples=["2026-10-31"],
    ),
]
First = Annotated[
    AskedDay | None,
    Query(description="Only what was booked on or after this local day.", examples=["2026-10-01"]),
]
Last = Annotated[
    AskedDay | None,
    Query(description="Only what was booked on or before this local day.", examples=["2026-10-31"]),
]


@dataclass(frozen=True, slots=True)
class Days:
    """The days a statement was asked for, both included."""

    first: First = None
    last: Last = None

    @property
    def between(self) -> tuple[int | None, int | None]:
        """Return both as day numbers (yyyymmdd); None for no bound."""
        return as_number(self.first), as_number(self.last)


AskedDays = Annotated[Days, Depends()]


def as_number(day: date | None) -> int | None:
    """Return a day as the books count it (yyyymmdd)."""
    return None if day is None else from_date(day)
