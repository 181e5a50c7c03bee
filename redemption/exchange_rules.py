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
from redemption.spending import Counted, OneCode, uncounted
from redemption.states import RedemptionState
from redemption.taking_back import MOST_POINTS_BACK, Return, came_back, of_the_day, sold_at


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
    old = facts[Fact("redemption", back.redemption_id)]
    returned, writes, points = came_back(back, facts)
    stock, rows, total = handed_over(sale, facts, balances)
    if not back.require and max(points, total) > MOST_POINTS_BACK:
        raise ExchangeNeedsApproval(most=MOST_POINTS_BACK, points=max(points, total))
    till, wallet = chart.redeemed(back.shop_id), chart.purse(back.person_id)
    lots = purse.latest(back.taken[back.person_id], old["points_refunded"], points)
    repaid = purse.given_back(till, wallet, lots, back.today)
    paid = purse.spent_again(back.person_id, till, total, repaid, balances, back.today)
    if total > points and sale.closed is not None:
        raise sale.closed
    day, approver, counted = _counted(back, sale, (points, total), facts)
    household = had_instead(back.household, sale.household, sale.cart, facts, came=0)
    follows = {"follows_id": back.redemption_id, "points_back": points, "points_counted": counted}
    receipt = papers_of(sale, (total, approver), rows, facts, **follows)
    said = [
        _exchanged_row(exchange.rows[line], sale.redemption_id, line, pieces, line in back.damaged)
        for line, pieces in back.parts
    ]
    return Decision(
        (*repaid, *returned, *paid, *stock), (*approved, *writes, *receipt, *said, *day, *household)
    )


def _counted(
    back: Return, sale: Sale, points: tuple[int, int], facts: Facts
) -> tuple[tuple[Change, ...], int | None, int]:
    """Count against the day what a swap takes more than comes back, or give back what it takes less.

    Return with it who approved that, and what then counts of the new goods: that of the old ones goes over to them. A
    code that was read is spent in any case.
    """
    came, total = points
    went_over = of_the_day(facts[Fact("redemption", back.redemption_id)], came)
    if total > came:
        changes, approver = counted_in_day(sale, total - came, facts)
        more = total - came if isinstance(sale.counted, Counted) else 0
        return changes, approver, went_over + more
    spent, _ = counted_in_day(sale, 0, facts) if isinstance(sale.counted, OneCode) else ((), None)
    less = min(went_over, came - total)
    again = uncounted(back.counted_in, back.sold_on, less, facts)
    return (*spent, *again), None, went_over - less


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
    if sale.now - sold_at(old) > UNDO_WITHIN:
        raise UndoTimeIsOver
    for item_id, _ in sale.cart:
        require_added_by_another(facts[Fact("item", item_id)], sale.near)
    total, till = old["points_total"], chart.redeemed(sale.shop_id)
    repaid = purse.given_back(till, chart.purse(move.person_id), move.taken, sale.today)
    paid = purse.spent(sale.person_id, till, total, balances, sale.today)
    day, approver = counted_in_day(sale, total, facts)
    follows = {
        "follows_id": move.redemption_id,
        "points_back": total,
        "first_sold_at": sold_at(old),  # moving it gives nobody more time
    }
    rows = [line_row(sale, _lot_of(line, new), line["quantity"], line["price_points"])
            for new, _, line in move.lines]  # fmt: skip
    receipt = papers_of(sale, (total, approver), rows, facts, **follows)
    said = [
        _exchanged_row(row, sale.redemption_id, line["id"], line["quantity"], damaged=False)
        for _, row, line in move.lines
    ]
    undone = {
        "state": RedemptionState.UNDONE.value,
        "undone_at": sale.now,
        "points_counted": 0,
    }
    again = uncounted(move.counted_in, move.counted_on, old["points_counted"], facts)
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
