"""What may leave the shop for points, and what comes back: pure decisions over plain values.

Lots that must be used soonest go first, then those that came first. Relief lots and lots past their day never go.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger import chart, purse
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Line, Lot
from redemption import shares
from redemption.errors import (
    AlreadyUndone,
    CartIsEmpty,
    ItemIsWithdrawn,
    OutOfStock,
    PartlyReturned,
    PriceHasChanged,
    QuantityIsOdd,
    ReliefOnly,
    ReturnsTooMuch,
    ServesOneself,
    UndoTimeIsOver,
)
from redemption.models import UNDO_WITHIN, OnOffer, RedemptionState, Source
from redemption.shares import ALONE, Paying, Together

MOST_PIECES = 999
MOST_ITEMS = 60
NO_DAY = 99991231

Cart = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ShelfLot:
    """A stock lot as a decision sees it; `line_id` is the id its line will have if it is used."""

    item_id: int
    lot_id: int
    source: str
    received_at: int
    use_by: int | None
    line_id: int = 0


@dataclass(frozen=True, slots=True)
class Sale:
    """One person's cart at one counter. `expected_total` is what the customer was shown, if anything."""

    redemption_id: int
    shop_id: int
    person_id: int
    clerk_id: int
    cart: Cart
    shelf: tuple[ShelfLot, ...]
    now: int
    today: int
    expected_total: int | None = None
    how: Together = ALONE


@dataclass(frozen=True, slots=True)
class Return:
    """Parts of a redemption that come back: (line id, pieces), and the points lots that each payer once gave.

    `purses` are the parts of those who paid together, in the order of paying, as they never change.
    """

    redemption_id: int
    shop_id: int
    person_id: int
    parts: Cart
    taken: Mapping[int, Sequence[Lot]]
    today: int
    purses: tuple[Mapping[str, Any], ...] = ()


def merged(cart: Iterable[tuple[int, int]]) -> Cart:
    """Return a cart with each thing once, in the order of scanning. Raises: CartIsEmpty, QuantityIsOdd."""
    together: dict[int, int] = {}
    for thing, quantity in cart:
        if type(quantity) is not int or not 1 <= quantity <= MOST_PIECES:
            raise QuantityIsOdd(most=MOST_PIECES, field="quantity")
        together[thing] = together.get(thing, 0) + quantity
        if together[thing] > MOST_PIECES or len(together) > MOST_ITEMS:
            raise QuantityIsOdd(most=MOST_PIECES, field="quantity")
    if not together:
        raise CartIsEmpty
    return tuple(together.items())


def may_go(lot: ShelfLot, today: int) -> bool:
    """Say whether a lot may be exchanged for points today."""
    return lot.source != Source.DONATED_RELIEF and (lot.use_by is None or lot.use_by >= today)


def in_turn(shelf: Iterable[ShelfLot], today: int) -> list[ShelfLot]:
    """Return the lots that may go, in the order in which they go."""
    going = [lot for lot in shelf if may_go(lot, today)]
    return sorted(going, key=lambda lot: (lot.use_by or NO_DAY, lot.received_at, lot.lot_id))


def require_for_points(item: Mapping[str, Any]) -> None:
    """Refuse what is not exchanged for points at all. Raises: ItemIsWithdrawn, ReliefOnly."""
    if item["state"] != OnOffer.ON_SALE:
        raise ItemIsWithdrawn(item=item["name"])
    if item["price_points"] < 1:
        raise ReliefOnly(item=item["name"])


def picked(
    item: Mapping[str, Any], quantity: int, lots: Sequence[ShelfLot], on_shelf: Mapping[int, int]
) -> list[tuple[ShelfLot, int]]:
    """Return how many pieces each lot gives, in turn. Raises: OutOfStock."""
    picks: list[tuple[ShelfLot, int]] = []
    needed = quantity
    for lot in lots:
        part = min(needed, on_shelf[lot.lot_id])
        if part:
            picks.append((lot, part))
            needed -= part
    if needed:
        raise OutOfStock(item=item["name"], left=quantity - needed, item_id=item["id"])
    return picks


def served(sale: Sale, facts: Facts, balances: Balances) -> Decision:
    """Decide a redemption: prices are the items' own, points and pieces leave together.

    Raises: ServesOneself, ItemIsWithdrawn, ReliefOnly, OutOfStock, PriceHasChanged, and what `shares.paid` refuses.
    """
    if sale.clerk_id == sale.person_id:
        raise ServesOneself
    going = in_turn(sale.shelf, sale.today)
    stock, rows, total = [], [], 0
    for item_id, quantity in sale.cart:
        item = facts[Fact("item", item_id)]
        require_for_points(item)
        total += item["price_points"] * quantity
        lots = [lot for lot in going if lot.item_id == item_id]
        names = {lot.lot_id: chart.stock_lot(sale.shop_id, item_id, lot.lot_id) for lot in lots}
        left = {lot_id: balances[name].balance for lot_id, name in names.items()}
        gone = chart.handed_out(sale.shop_id, item_id, "for-points")
        for lot, pieces in picked(item, quantity, lots, left):
            stock.append(Line(gone, names[lot.lot_id], pieces))
            rows.append(_line_row(sale, lot, pieces, item["price_points"]))
    if sale.expected_total not in (None, total):
        raise PriceHasChanged(total=total, expected=sale.expected_total)
    paying = Paying(
        *(sale.redemption_id, sale.person_id, chart.redeemed(sale.shop_id)),
        *(total, sale.now, sale.today),
    )
    paid, papers = shares.paid(paying, sale.how, facts, balances)
    number = facts[Fact("shop", sale.shop_id)]["receipts_issued"] + 1
    writes: tuple[Insert | Change, ...] = (
        Change("shop", sale.shop_id, {"receipts_issued": number}),
        Insert("redemption", _redemption_row(sale, number, total)),
        *(Insert("redemption_line", row) for row in rows),
        *papers,
    )
    return Decision((*paid, *stock), writes)


def _redemption_row(sale: Sale, number: int, total: int) -> dict[str, Any]:
    return {
        "id": sale.redemption_id,
        "shop_id": sale.shop_id,
        "person_id": sale.person_id,
        "clerk_id": sale.clerk_id,
        "number": number,
        "state": RedemptionState.DONE.value,
        "points_total": total,
        "points_refunded": 0,
        "redeemed_at": sale.now,
        "undone_at": None,
    }


def _line_row(sale: Sale, lot: ShelfLot, pieces: int, price_points: int) -> dict[str, Any]:
    return {
        "id": lot.line_id,
        "redemption_id": sale.redemption_id,
        "item_id": lot.item_id,
        "lot_id": lot.lot_id,
        "quantity": pieces,
        "quantity_refunded": 0,
        "price_points": price_points,
    }


@dataclass(frozen=True, slots=True)
class Undo:
    """A redemption about to be undone as a whole: what its entry moved, and the parts of those who paid together."""

    redemption_id: int
    lines: tuple[Line, ...]
    now: int
    today: int
    purses: tuple[Mapping[str, Any], ...] = ()


def undone(undo: Undo, facts: Facts, _: Balances) -> Decision:
    """Decide an undo of the whole within minutes. Raises: AlreadyUndone, UndoTimeIsOver, PartlyReturned."""
    redemption_id, now = undo.redemption_id, undo.now
    redemption = facts[Fact("redemption", redemption_id)]
    if redemption["state"] == RedemptionState.UNDONE:
        raise AlreadyUndone
    if redemption["points_refunded"]:
        raise PartlyReturned
    if now - redemption["redeemed_at"] > UNDO_WITHIN:
        raise UndoTimeIsOver
    state = {"state": RedemptionState.UNDONE.value, "undone_at": now}
    back = {part["person_id"]: part["points"] for part in undo.purses}
    writes: list[Insert | Change] = [Change("redemption", redemption_id, state)]
    writes += [
        Change(shares.PART, part["id"], {"points_refunded": part["points"]}) for part in undo.purses
    ]
    writes += shares.allowed_again(undo.purses, back, facts)
    return Decision(tuple(purse.swapped(undo.lines, undo.today)), tuple(writes))


def returned(back: Return, facts: Facts, _: Balances) -> Decision:
    """Decide a return in parts: pieces to their lots, points to theirs, latest-expiring first.

    Raises: AlreadyUndone, ReturnsTooMuch.
    """
    redemption = facts[Fact("redemption", back.redemption_id)]
    if redemption["state"] == RedemptionState.UNDONE:
        raise AlreadyUndone
    stock: list[Line] = []
    writes: list[Insert | Change] = []
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
        writes.append(Change("redemption_line", line_id, refunded))
    already = redemption["points_refunded"]
    repaid, papers = _repaid(back, already, points, facts)
    writes.append(Change("redemption", back.redemption_id, {"points_refunded": already + points}))
    return Decision((*repaid, *stock), (*writes, *papers))


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
