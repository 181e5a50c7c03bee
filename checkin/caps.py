"""How many points a person may still get for a day and a month of service: rows that the posts themselves count in."""

from dataclasses import dataclass

from checkin.hours_models import AwardRule, PointsTally
from kernel.database import execute
from kernel.ids import new_id
from ledger.post import Change, Fact, Facts

TABLE = "points_tally"


@dataclass(frozen=True, slots=True)
class Caps:
    """The local day (yyyymmdd) of service, and the rows of its caps where the rule has any."""

    day: int | None
    day_id: int | None = None
    month_id: int | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows that a post counts in."""
        return tuple(Fact(TABLE, each) for each in (self.day_id, self.month_id) if each)

    def left(self, rule: AwardRule, facts: Facts) -> tuple[int | None, int | None]:
        """Return the points left of the day and of the month; None knows no cap."""
        return (
            _left(rule.points_per_day, self.day_id, facts),
            _left(rule.points_per_month, self.month_id, facts),
        )

    def counted(self, points: int, facts: Facts) -> tuple[Change, ...]:
        """Return what counts so many points more, or fewer."""
        return tuple(
            Change(each.table, each.id, {"points": facts[each]["points"] + points})
            for each in self.facts
        )


def _left(cap: int | None, row_id: int | None, facts: Facts) -> int | None:
    if cap is None or row_id is None:
        return None
    return max(0, cap - int(facts[Fact(TABLE, row_id)]["points"]))


async def caps_of(book_id: int, person_id: int, day: int | None, rule: AwardRule | None) -> Caps:
    """Return the rows of a person's day and month that a rule caps, made where there are none yet."""
    if day is None or rule is None or not rule.is_capped:
        return Caps(day)
    ids = [
        None if cap is None else await _row_of(book_id, person_id, period)
        for cap, period in ((rule.points_per_day, day), (rule.points_per_month, day // 100))
    ]
    return Caps(day, *ids)


async def _row_of(book_id: int, person_id: int, period: int) -> int:
    """Return the id of a tally that may begin at nothing; making it promises nobody anything."""
    await execute(
        "INSERT INTO points_tally (id, book_id, person_id, period, points) VALUES ($1, $2, $3, $4, 0) "
        "ON CONFLICT (book_id, person_id, period) DO NOTHING",
        *(new_id(), book_id, person_id, period),
    )
    row = await PointsTally.get(book_id=book_id, person_id=person_id, period=period)
    return int(row.id)
