"""One receipt in another's place, in one entry: goods swapped for others, or a sale moved to its right owner.

Pure decisions over plain values. What came back is spent again lot by lot, so only the difference touches the purse.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger import chart, purse
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Lot
from redemption.errors import AlreadyUndone, PartlyReturned, UndoTimeIsOver
from redemption.exchange_errors import ExchangeIsOver, ExchangeNeedsApproval, PaidTogether
from redemption.household_limits import NOTHING_BACK, GivenBack, had_instead
from redemption.models import UNDO_WITHIN
from redemption.serving import (
    Sale,
    ShelfLot,
    counted_in_day,
    handed_over,
    line_row,
    papers_of,
    require_added_by_another,
)
from redemption.spending import uncounted
from redemption.states import RedemptionState
from redemption.taking_back import MOST_POINTS_BACK, Return, came_back


@dataclass(frozen=True, slots=True)
class Exchange:
    """What comes back of one receipt and what goes out instead; `asked_on` is the day the customer stood there.

    `rows` are ids for the lines that say what came back, by the id of the receipt's line.
    """

    back: Return
    sale: Sale
    rows: Mapping[int, int]
    asked_on: int


@dataclass(frozen=True, slots=True)
class Move:
    """A whole sale and to whom it goes: the lots that the wrong purse gave, and the lines as they were sold.

    A line is (ids of its two rows to come, the line).
    """

    redemption_id: int
    person_id: int
    taken: tuple[Lot, ...]
    lines: tuple[tuple[int, int, Mapping[str, Any]], ...]
    sale: Sale
    counted_in: tuple[Fact, ...]
    counted_on: int
    household: GivenBack = NOTHING_BACK


def exchanged(exchange: Exchange, facts: Facts, balances: Balances) -> Decision:
    """Decide that goods are swapped: pieces to their lot or written off, others out, and the difference in points.

    Raises: AlreadyUndone, ReturnsTooMuch, PaidTogether, ExchangeIsOver, ExchangeNeedsApproval, PointsAreOwed,
        NotEnoughPoints, what its approval is refused for, and what `handed_over` and `count` refuse.
    """
    back, sale = exchange.back, exchange.sale
    approved = back.require(facts, balances) if back.require else ()
    if back.purses:
        raise PaidTogether
    if exchange.asked_on != back.sold_on:
        raise ExchangeIsOver
    already = facts[Fact("redemption", back.redemption_id)]["points_refunded"]
    returned, writes, points = came_back(back, facts)
    stock, rows, total = handed_over(sale, facts, balances)
    if not back.require and max(points, total) > MOST_POINTS_BACK:
        raise ExchangeNeedsApproval(most=MOST_POINTS_BACK, points=max(points, total))
    till, wallet = chart.redeemed(back.shop_id), chart.purse(back.person_id)
    lots = purse.latest(back.taken[back.person_id], already, points)
    repaid = purse.given_back(till, wallet, lots, back.today)
    paid = purse.spent_again(back.person_id, till, total, repaid, balances, back.today)
    if total > points and sale.closed is not None:
        raise sale.closed
    day, approver = _counted(back, sale, total - points, facts)
    household = had_instead(back.household, sale.household, sale.cart, facts, came=0)
    follows = {"follows_id": back.redemption_id, "points_back": points}
    receipt = papers_of(sale, (total, approver), rows, facts, **follows)
    said = [
        _exchanged_row(exchange.rows[line], sale.redemption_id, line, pieces, line in back.damaged)
        for line, pieces in back.parts
    ]
    return Decision(
        (*repaid, *returned, *paid, *stock), (*approved, *writes, *receipt, *said, *day, *household)
    )


def _counted(
    back: Return, sale: Sale, more: int, facts: Facts
) -> tuple[tuple[Change, ...], int | None]:
    """Count the points that a swap takes more against the day, or give those back that it takes less."""
    if more > 0:
        return counted_in_day(sale, more, facts)
    return uncounted(back.counted_in, back.sold_on, -more, facts), None


def moved(move: Move, facts: Facts, balances: Balances) -> Decision:
    """Decide that another member's purse pays for a sale of the last minutes; the goods stay where they are.

    Raises: AlreadyUndone, PartlyReturned, UndoTimeIsOver, AddedItOneself, PointsAreOwed, NotEnoughPoints, PinNeeded,
        OverDayLimit, and what `household_limits.counted` refuses.
    """
    sale = move.sale
    old = facts[Fact("redemption", move.redemption_id)]
    if old["state"] == RedemptionState.UNDONE:
        raise AlreadyUndone
    if old["points_refunded"]:
        raise PartlyReturned
    if sale.now - old["redeemed_at"] > UNDO_WITHIN:
        raise UndoTimeIsOver
    for item_id, _ in sale.cart:
        require_added_by_another(facts[Fact("item", item_id)], sale.near)
    total, till = old["points_total"], chart.redeemed(sale.shop_id)
    repaid = purse.given_back(till, chart.purse(move.person_id), move.taken, sale.today)
    paid = purse.spent(sale.person_id, till, total, balances, sale.today)
    day, approver = counted_in_day(sale, total, facts)
    follows = {"follows_id": move.redemption_id, "points_back": total}
    rows = [line_row(sale, _lot_of(line, new), line["quantity"], line["price_points"])
            for new, _, line in move.lines]  # fmt: skip
    receipt = papers_of(sale, (total, approver), rows, facts, **follows)
    said = [
        _exchanged_row(row, sale.redemption_id, line["id"], line["quantity"], damaged=False)
        for _, row, line in move.lines
    ]
    undone = {"state": RedemptionState.UNDONE.value, "undone_at": sale.now}
    again = uncounted(move.counted_in, move.counted_on, total, facts)
    household = had_instead(move.household, sale.household, sale.cart, facts, came=1)
    old_paper = Change("redemption", move.redemption_id, undone)
    writes = (old_paper, *receipt, *said, *again, *day, *household)
    return Decision((*repaid, *paid), writes)


def _lot_of(line: Mapping[str, Any], line_id: int) -> ShelfLot:
    return ShelfLot(line["item_id"], line["lot_id"], "", 0, None, line_id)


def _exchanged_row(
    row_id: int, redemption_id: int, line_id: int, pieces: int, damaged: bool
) -> Insert:
    row = {
        "id": row_id,
        "redemption_id": redemption_id,
        "line_id": line_id,
        "quantity": pieces,
        "quantity_damaged": pieces if damaged else 0,
    }
    return Insert("exchanged_line", row)
