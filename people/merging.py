"""Two records of one person become one: lots, hours and debts are carried over as they are.

The old record keeps its history and its number; both lead to the surviving one.
"""

from dataclasses import dataclass

from ledger import chart
from ledger.chart import AccountName
from ledger.post import Balances, Insert, Line
from people.endings import Ending
from people.household_errors import PointsOnNotice
from people.lives import LifeKind
from people.recording import TABLE, event_row


@dataclass(frozen=True, slots=True)
class Merging:
    """A record about to be joined into the surviving one, on the word of two members of staff."""

    event_id: int
    person_id: int
    survivor_id: int
    proof: str
    made_by: int
    approved_by: int
    now: int
    endings: tuple[Ending, ...]

    @property
    def accounts(self) -> tuple[AccountName, ...]:
        """Name what is carried over between."""
        names = (chart.purse, chart.owed, chart.minutes)
        both = (self.person_id, self.survivor_id)
        return (chart.pending(self.person_id), *(name(each) for each in both for name in names))


def merged(merging: Merging, balances: Balances) -> tuple[list[Line], list[Insert]]:
    """Decide what is carried over. Raises: PointsOnNotice."""
    old, new = merging.person_id, merging.survivor_id
    waiting = balances[chart.pending(old)].balance
    if waiting:
        raise PointsOnNotice(points=waiting)
    lots = balances[chart.purse(old)].lots
    debt, served = balances[chart.owed(old)].balance, balances[chart.minutes(old)].balance
    lines = [Line(chart.purse(old), chart.purse(new), lot.amount, lot.expires_on) for lot in lots]
    if debt:
        lines.append(Line(chart.owed(new), chart.owed(old), debt))
    if served:
        lines.append(Line(chart.minutes(old), chart.minutes(new), served))
    row = event_row(
        merging.event_id,
        LifeKind.MERGED,
        old,
        merging.now,
        other_id=new,
        points_moved=sum(lot.amount for lot in lots),
        points_owed_moved=debt,
        minutes_moved=served,
        proof=merging.proof,
        made_by=merging.made_by,
        approved_by=merging.approved_by,
    )
    return lines, [Insert(TABLE, row)]
