"""What becomes of a row of a paper sheet: pure decisions over plain values.

The goods have left. As far as the rules let it, a row is an exchange like any other, of its own day. What they do not
let waits for somebody who did not type it in, who may book it in spite of limits and hours, and who says who bears the
points that the purse lacks: the member owes them, or the community gives them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ledger import chart, purse
from ledger.post import Balances, Change, Decision, Fact, Facts, Line
from redemption.household_limits import counted
from redemption.limit_errors import OverDayLimit
from redemption.serving import Sale, handed_over, papers_of
from redemption.sheet_errors import SheetRowDecided
from redemption.sheet_papers import Bearing, RowState
from redemption.shop_rules import NO_DAY_LIMIT

WRITTEN = ("cart", "person_id", "happened_at", "entered_at")


@dataclass(frozen=True, slots=True)
class Decided:
    """Who says, and when, that a row is booked in spite of limits and hours; without `borne` the purse pays it all."""

    by: int
    at: int
    borne: Bearing | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A row as it was read when its booking began, and the most points it may cost with nobody's word."""

    row_id: int
    said: Mapping[str, Any]
    most: int
    decided: Decided | None = None

    @property
    def fact(self) -> Fact:
        """Name the row."""
        return Fact("sheet_row", self.row_id)


def booked(sale: Sale, written: Written, facts: Facts, balances: Balances) -> Decision:
    """Decide that a row becomes an exchange of its day.

    Raises: SheetRowDecided, ShopIsClosed, OverDayLimit, PointsAreOwed, NotEnoughPoints, and as `handed_over` and
        `household_limits.counted`.
    """
    row = facts[written.fact]
    if row["state"] != RowState.WAITING or any(row[name] != written.said[name] for name in WRITTEN):
        raise SheetRowDecided
    stock, rows, total = handed_over(sale, facts, balances)
    decided, missing = written.decided, 0
    if decided is None:
        if sale.closed is not None:
            raise sale.closed
        if total > written.most:
            raise OverDayLimit(limit=written.most, left=written.most)
        household = counted(sale.household, sale.cart, facts)
    else:
        household = counted(
            replace(sale.household, rule=NO_DAY_LIMIT), sale.cart, _without_limits(sale, facts)
        )
    if decided is None or decided.borne is None:
        to = chart.redeemed(sale.shop_id)
        paid = purse.spent(sale.person_id, to, total, balances, sale.today)
    else:
        paid, missing = paid_as_far_as_it_goes(sale, total, decided.borne, balances)
    receipt = papers_of(sale, (total, decided.by if decided else None), rows, facts)
    after = {"state": RowState.BOOKED.value, "refusal": "", "redemption_id": sale.redemption_id}
    if decided is not None:
        after |= {"decided_by": decided.by, "decided_at": decided.at, "note": decided.note}
        after |= {"missing_points": missing, "borne": decided.borne if missing else None}
    return Decision(
        (*paid, *stock), (*receipt, *household, Change("sheet_row", written.row_id, after))
    )


def paid_as_far_as_it_goes(
    sale: Sale, total: int, borne: Bearing, balances: Balances
) -> tuple[list[Line], int]:
    """Return the lines that pay with what is in the purse and let the rest be owed or given, and that rest."""
    to = chart.redeemed(sale.shop_id)
    there = purse.available(balances[chart.purse(sale.person_id)], sale.today)
    own = min(there, total)
    lines = purse.taken_out(sale.person_id, to, own, balances, sale.today) if own else []
    missing = total - own
    if missing:
        bears = chart.owed(sale.person_id) if borne is Bearing.OWED else chart.POINTS_ISSUED
        lines.append(Line(bears, to, missing))
    return lines, missing


def _without_limits(sale: Sale, facts: Facts) -> Facts:
    """Return the facts with no limit on any item: what was had in spite of it is counted all the same."""
    items = {Fact("item", item_id) for item_id, _ in sale.cart}
    return {
        fact: {**row, "household_limit": None} if fact in items else row
        for fact, row in facts.items()
    }
