"""Goods for households in hardship: what may be given and what comes back, as pure decisions over plain values.

What a decision reads is a row: the mark that was ended, or the household that was left, a moment ago refuses it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ledger import chart
from ledger.chart import AccountName
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Line
from redemption.errors import ItemIsWithdrawn, ServesOneself
from redemption.giving import require_open
from redemption.models import UNDO_WITHIN
from redemption.serving import (
    NO_DAY,
    Cart,
    ShelfLot,
    may_go,
    picked,
    require_confirmed,
    require_for_points,
)
from redemption.states import OnOffer, RedemptionState, Source
from redemption.stock_errors import (
    FundHasTooLittle,
    HandoutIsOver,
    HandoutIsUndone,
    MarkedByOneself,
    NotInHardship,
)

Why = Literal["relief", "fund"]


@dataclass(frozen=True, slots=True)
class Gift:
    """What a decision closes over: who takes what home from which lots, by which mark, and which fund pays, if any."""

    handout_id: int
    shop_id: int
    person_id: int
    clerk_id: int
    mark_id: int
    living_id: int
    cart: Cart
    shelf: tuple[ShelfLot, ...]
    now: int
    today: int
    fund_id: int | None = None

    @property
    def why(self) -> Why:
        """Say as what the goods leave the shelf."""
        return "relief" if self.fund_id is None else "fund"


def is_relief(lot: ShelfLot, today: int) -> bool:
    """Say whether a lot may be given as relief today: nothing else may."""
    return lot.source == Source.DONATED_RELIEF and (lot.use_by is None or lot.use_by >= today)


def may_be_given(lot: ShelfLot, today: int, why: Why) -> bool:
    """Say whether a lot may be given today: relief as relief alone, and what a fund pays for is never relief."""
    return is_relief(lot, today) if why == "relief" else may_go(lot, today)


def given(gift: Gift, facts: Facts, balances: Balances) -> Decision:
    """Decide a hand-out.

    Raises: ServesOneself, NotInHardship, ItemIsWithdrawn, OutOfStock, and for a fund ReliefOnly, NotConfirmedYet,
    FundIsClosed, MarkedByOneself, FundHasTooLittle.
    """
    if gift.clerk_id == gift.person_id:
        raise ServesOneself
    mark, living = (
        facts[Fact("hardship_mark", gift.mark_id)],
        facts[Fact("household_member", gift.living_id)],
    )
    _require_in_hardship(mark, living, gift.today)
    if gift.fund_id is not None and mark["marked_by"] == gift.clerk_id:
        raise MarkedByOneself
    going = [lot for lot in gift.shelf if may_be_given(lot, gift.today, gift.why)]
    going.sort(key=lambda lot: (lot.use_by or NO_DAY, lot.received_at, lot.lot_id))
    lines, rows = [], []
    points = 0
    for item_id, quantity in gift.cart:
        item = facts[Fact("item", item_id)]
        if item["state"] != OnOffer.ON_SALE:
            raise ItemIsWithdrawn(item=item["name"])
        if gift.fund_id is not None:
            require_for_points(item)
            require_confirmed(item)
        price = item["price_points"] if gift.fund_id is not None else 0
        points += price * quantity
        lots = [lot for lot in going if lot.item_id == item_id]
        names = {lot.lot_id: chart.stock_lot(gift.shop_id, item_id, lot.lot_id) for lot in lots}
        left = {lot_id: balances[name].balance for lot_id, name in names.items()}
        for lot, pieces in picked(item, quantity, lots, left):
            gone = chart.handed_out(gift.shop_id, item_id, gift.why)
            lines.append(Line(gone, names[lot.lot_id], pieces))
            rows.append(Insert("relief_line", _line_row(gift, lot, pieces, price)))
    if gift.fund_id is not None:
        lines.append(_paid_by(gift.fund_id, gift.shop_id, points, facts, balances))
    return Decision(tuple(lines), (Insert("relief_handout", _handout_row(gift, points)), *rows))


def _paid_by(fund_id: int, shop_id: int, points: int, facts: Facts, balances: Balances) -> Line:
    require_open(facts[Fact("fund", fund_id)])
    name = chart.fund(fund_id)
    left = balances[name].balance
    if left < points:
        raise FundHasTooLittle(left=left, needed=points)
    return Line(name, chart.redeemed(shop_id), points)


def _require_in_hardship(mark: Mapping[str, Any], living: Mapping[str, Any], today: int) -> None:
    """Refuse a mark that ended or lapsed, and who left the household. Raises: NotInHardship."""
    stands = mark["ended_at"] is None and mark["valid_until"] >= today
    if not stands or living["left_at"] is not None:
        raise NotInHardship
    if living["household_id"] != mark["household_id"]:
        raise NotInHardship


def taken_back(
    handout_id: int, lines: tuple[Line, ...], by: int, now: int, facts: Facts
) -> Decision:
    """Decide that a hand-out is undone: all of it is back on the shelf, and what a fund paid is in the fund again.

    Raises: HandoutIsUndone, HandoutIsOver, FundIsClosed.
    """
    row = facts[Fact("relief_handout", handout_id)]
    if row["fund_id"] is not None:
        require_open(facts[Fact("fund", row["fund_id"])])
    if row["state"] == RedemptionState.UNDONE:
        raise HandoutIsUndone
    if now > row["handed_at"] + UNDO_WITHIN:
        raise HandoutIsOver
    undone = {"state": RedemptionState.UNDONE.value, "undone_at": now, "undone_by": by}
    return Decision(lines, (Change("relief_handout", handout_id, undone),))


def accounts_of(gift: Gift) -> tuple[AccountName, ...]:
    """Name what a hand-out may move between."""
    shelf = (chart.stock_lot(gift.shop_id, lot.item_id, lot.lot_id) for lot in gift.shelf)
    gone = (chart.handed_out(gift.shop_id, item_id, gift.why) for item_id, _ in gift.cart)
    if gift.fund_id is None:
        return (*shelf, *gone)
    return (*shelf, *gone, chart.fund(gift.fund_id), chart.redeemed(gift.shop_id))


def _handout_row(gift: Gift, points: int) -> dict[str, Any]:
    return {
        "id": gift.handout_id,
        "shop_id": gift.shop_id,
        "person_id": gift.person_id,
        "mark_id": gift.mark_id,
        "clerk_id": gift.clerk_id,
        "day": gift.today,
        "handed_at": gift.now,
        "state": RedemptionState.DONE.value,
        "undone_at": None,
        "undone_by": None,
        "fund_id": gift.fund_id,
        "points_total": points,
    }


def _line_row(gift: Gift, lot: ShelfLot, pieces: int, price: int) -> dict[str, Any]:
    return {
        "id": lot.line_id,
        "handout_id": gift.handout_id,
        "item_id": lot.item_id,
        "lot_id": lot.lot_id,
        "quantity": pieces,
        "price_points": price,
    }
