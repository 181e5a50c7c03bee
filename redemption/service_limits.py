"""How often a service may be had: a day and a month for one person, a month for the household.

Everybody has a row for each service, and a service looks at the rows of all who live together. So what was had goes
with people, whoever they live with; what is taken back gives no more than was counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.database import fetch
from kernel.ids import new_id
from ledger.post import Change, Fact, Facts
from people.households import counted_along
from redemption.cost_shares import Terms
from redemption.service_errors import HadEnoughThisMonth, HadEnoughToday, HouseholdHadEnough

TALLY = "service_tally"


@dataclass(frozen=True, slots=True)
class Tallied:
    """What a service is counted in: the row of whoever has it, the rows of the household, and the day (yyyymmdd)."""

    own: Fact
    others: tuple[Fact, ...]
    day: int

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows."""
        return (self.own, *self.others)


def on_day(row: Mapping[str, Any], day: int) -> int:
    """Return how often a row says that the service was had on a day."""
    return int(row["on_day"]) if row["day"] == day else 0


def in_month(row: Mapping[str, Any], day: int) -> int:
    """Return how often a row says that the service was had in the month of a day."""
    return int(row["in_month"]) if row["month"] == day // 100 else 0


def counted(tallied: Tallied, terms: Terms, service: str, facts: Facts) -> Change:
    """Return how a person's row stands after one more.

    Raises: HadEnoughToday, HadEnoughThisMonth, HouseholdHadEnough.
    """
    day = tallied.day
    row = facts[tallied.own]
    today, month = on_day(row, day) + 1, in_month(row, day) + 1
    together = sum(in_month(facts[each], day) for each in tallied.facts) + 1
    for had, limit, refusal in (
        (today, terms.a_day, HadEnoughToday),
        (month, terms.a_month, HadEnoughThisMonth),
        (together, terms.household_a_month, HouseholdHadEnough),
    ):
        if limit is not None and had > limit:
            raise refusal(service=service, limit=limit)
    said = {"day": day, "on_day": today, "month": day // 100, "in_month": month}
    return Change(TALLY, tallied.own.id, said)


def uncounted(row: Fact, used_on: int, facts: Facts) -> Change:
    """Return how a person's row stands after a service of a day was taken back, if its month is still counted."""
    known = facts[row]
    month = max(0, known["in_month"] - 1) if known["month"] == used_on // 100 else known["in_month"]
    day = max(0, known["on_day"] - 1) if known["day"] == used_on else known["on_day"]
    return Change(TALLY, row.id, {"on_day": min(day, month), "in_month": month})


async def tallied_of(book_id: int, service_id: int, person_id: int, today: int) -> Tallied:
    """Return what a service for a person is counted in today."""
    others = await counted_along(book_id, person_id)
    rows = [Fact(TALLY, await row_of(book_id, service_id, each)) for each in (person_id, *others)]
    return Tallied(rows[0], tuple(rows[1:]), today)


async def row_of(book_id: int, service_id: int, person_id: int) -> int:
    """Return the id of a person's row for a service, which is made on first use."""
    rows = await fetch(
        "INSERT INTO service_tally (id, book_id, service_id, person_id, day, on_day, month, in_month)"
        " VALUES ($1, $2, $3, $4, 0, 0, 0, 0) ON CONFLICT (book_id, service_id, person_id)"
        " DO UPDATE SET person_id = service_tally.person_id RETURNING id",
        *(new_id(), book_id, service_id, person_id),
    )
    return int(rows[0]["id"])
