"""What comes back to the shop, and whose points return: pure decisions over plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger import chart, purse
from ledger.paper import Require
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Line, Lot
from redemption import shares
from redemption.errors import (
    AlreadyUndone,
    PartlyReturned,
    ReturnNeedsApproval,
    ReturnsTooMuch,
    UndoTimeIsOver,
)
from redemption.household_limits import NOTHING_BACK, GivenBack
from redemption.models import UNDO_WITHIN
from redemption.serving import Cart
from redemption.spending import uncounted
from redemption.states import RedemptionState

MOST_POINTS_BACK = 300  # that one clerk gives back in one return, on the day of the sale


@dataclass(frozen=True, slots=True)
class Return:
    """Parts of a redemption that come back: (line id, pieces), what each payer once gave, and the day of the sale.

    `purses` are the parts of those who paid together, in the order of paying, as they never change. `require` says
    that somebody else has approved it, and writes so. `counted_in` names the allowance it was counted in. What comes
    back `damaged`, by line id, is written off at once.
    """

    redemption_id: int
    shop_id: int
    person_id: int
    parts: Cart
    taken: Mapping[int, Sequence[Lot]]
    today: int
    sold_on: int
    require: Require | None = None
    counted_in: tuple[Fact, ...] = ()
    purses: tuple[Mapping[str, Any], ...] = ()
    damaged: frozenset[int] = frozenset()
    household: GivenBack = NOTHING_BACK


@dataclass(frozen=True, slots=True)
class Undo:
    """A redemption about to be undone as a whole: the lines that undo it, and the parts of those who paid together.

    `counted_in` names the allowance it was counted in on `counted_on`.
    """

    redemption_id: int
    lines: Sequence[Line]
    now: int
    purses: tuple[Mapping[str, Any], ...] = ()
    counted_in: tuple[Fact, ...] = ()
    counted_on: int = 0
    household: GivenBack = NOTHING_BACK


def undone(undo: Undo, facts: Facts, _: Balances) -> Decision:
    """Decide an undo of the whole within minutes. Raises: AlreadyUndone, UndoTimeIsOver, PartlyReturned."""
    redemption = facts[Fact("redemption", undo.redemption_id)]
    if redemption["state"] == RedemptionState.UNDONE:
        raise AlreadyUndone
    if redemption["points_refunded"]:
        raise PartlyReturned
    if undo.now - sold_at(redemption) > UNDO_WITHIN:
        raise UndoTimeIsOver
    state = {"state": RedemptionState.UNDONE.value, "undone_at": undo.now, "points_counted": 0}
    back = {part["person_id"]: part["points"] for part in undo.purses}
    writes: list[Insert | Change] = [Change("redemption", undo.redemption_id, state)]
    writes += [
        Change(shares.PART, part["id"], {"points_refunded": part["points"]}) for part in undo.purses
    ]
    writes += shares.allowed_again(undo.purses, back, facts)
    writes += uncounted(undo.counted_in, undo.counted_on, redemption["points_counted"], facts)
    writes += undo.household.changes(facts)
    return Decision(tuple(undo.lines), tuple(writes))


def sold_at(redemption: Mapping[str, Any]) -> int:
    """Return when the goods of a receipt went over the counter, however often the sale was moved since."""
    return int(redemption["first_sold_at"] or redemption["redeemed_at"])


def of_the_day(redemption: Mapping[str, Any], points: int) -> int:
    """Return what of points that come back had been counted against the day: never more than was."""
    return min(points, int(redemption["points_counted"]))


def back_on_the_shelf(
    person_id: int, lines: Sequence[Line], shop_id: int, today: int
) -> list[Line]:
    """Return the lines that undo a pick-up: points into the purse and goods on the shelf; nothing is held again."""
    source, lots, goods = chart.redeemed(shop_id), [], []
    for line in lines:
        if line.credit == source and line.expires_on is not None:
            lots.append(Lot(line.expires_on, line.amount))
        elif ":handed-out:" in line.debit.path:
            item_id = int(line.debit.asset.removeprefix("item:"))
            lot_id = int(line.credit.path.rpartition(":")[2])
            goods.append(Line(chart.stock_lot(shop_id, item_id, lot_id), line.debit, line.amount))
    return [*purse.given_back(source, chart.purse(person_id), lots, today), *goods]


def needs_approval(points: int, sold_on: int, today: int) -> bool:
    """Say whether a return takes a second person: after the day of the sale, or of many points."""
    return today != sold_on or points > MOST_POINTS_BACK


def returned(back: Return, facts: Facts, balances: Balances) -> Decision:
    """Decide a return in parts: pieces to their lots, points to theirs, latest-expiring first.

    Raises: AlreadyUndone, ReturnsTooMuch, ReturnNeedsApproval, and what its approval is refused for.
    """
    approved = back.require(facts, balances) if back.require else ()
    stock, writes, points = came_back(back, facts)
    if not back.require and needs_approval(points, back.sold_on, back.today):
        raise ReturnNeedsApproval(most=MOST_POINTS_BACK, points=points)
    row = facts[Fact("redemption", back.redemption_id)]
    repaid, papers = _repaid(back, row["points_refunded"], points, facts)
    again = uncounted(back.counted_in, back.sold_on, of_the_day(row, points), facts)
    again += back.household.changes(facts)
    return Decision((*repaid, *stock), (*approved, *writes, *again, *papers))


def came_back(back: Return, facts: Facts) -> tuple[list[Line], list[Change], int]:
    """Return the pieces that come back, what is written on the receipt and its lines, and the points they are worth.

    Raises: AlreadyUndone, ReturnsTooMuch.
    """
    redemption = facts[Fact("redemption", back.redemption_id)]
    if redemption["state"] == RedemptionState.UNDONE:
        raise AlreadyUndone
    stock: list[Line] = []
    writes: list[Change] = []
    points = 0
    for line_id, pieces in back.parts:
        line = facts[Fact("redemption_line", line_id)]
        left = line["quantity"] - line["quantity_refunded"]
        if pieces > left:
            raise ReturnsTooMuch(left=left)
        points += pieces * line["price_points"]
        shelf = chart.stock_lot(back.shop_id, line["item_id"], line["lot_id"])
        gone = chart.handed_out(back.shop_id, line["item_id"], "for-points")
        stock.append(Line(shelf, gone, pieces))
        refunded = {"quantity_refunded": line["quantity_refunded"] + pieces}
        if line_id in back.damaged:
            stock.append(Line(chart.written_off(back.shop_id, line["item_id"]), shelf, pieces))
            refunded["quantity_damaged"] = line["quantity_damaged"] + pieces
        writes.append(Change("redemption_line", line_id, refunded))
    refunded = {
        "points_refunded": redemption["points_refunded"] + points,
        "points_counted": redemption["points_counted"] - of_the_day(redemption, points),
    }
    writes.append(Change("redemption", back.redemption_id, refunded))
    return stock, writes, points


def _repaid(
    back: Return, already: int, points: int, facts: Facts
) -> tuple[list[Line], list[Change]]:
    """Return the lines that give points back to whom they came from, and what is written on the payers' parts."""
    source = chart.redeemed(back.shop_id)
    if not back.purses:
        lots = purse.latest(back.taken[back.person_id], already, points)
        return purse.given_back(source, chart.purse(back.person_id), lots, back.today), []
    lines: list[Line] = []
    changes: list[Change] = []
    got: dict[int, int] = {}
    ids = [part["id"] for part in back.purses]
    for payer, amount, lots, change in shares.given_back(ids, back.taken, facts, points):
        lines += purse.given_back(source, chart.purse(payer), lots, back.today)
        changes.append(change)
        got[payer] = amount
    return lines, changes + shares.allowed_again(back.purses, got, facts)
