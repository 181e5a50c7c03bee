"""What may leave the shop for points: pure decisions over plain values.

Lots that must be used soonest go first, then those that came first. Relief lots and lots past their day never go.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger import chart
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Line
from redemption import shares
from redemption.errors import (
    CartIsEmpty,
    ItemIsWithdrawn,
    OutOfStock,
    PriceHasChanged,
    QuantityIsOdd,
    ReliefOnly,
    ServesOneself,
)
from redemption.household_limits import NOTHING_COUNTED, Counting, counted
from redemption.new_item_errors import AddedItOneself, NotConfirmedYet
from redemption.opening_errors import ShopIsClosed
from redemption.shares import ALONE, Paying, Together
from redemption.spending import BY_CODE, Counted, CountedIn, Recognised
from redemption.states import OnOffer, RedemptionState, Source

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
    recognised: Recognised = BY_CODE
    counted: CountedIn | None = None
    how: Together = ALONE
    household: Counting = NOTHING_COUNTED
    closed: ShopIsClosed | None = None  # what is said outside the shop's hours
    near: frozenset[int] = frozenset()  # the customer's household, where nobody confirmed an item

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows that the goods, the household's limits and the day rest on."""
        items = (Fact("item", item_id) for item_id, _ in self.cart)
        return (*items, *self.household.facts, *((self.counted.fact,) if self.counted else ()))


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


def require_added_by_another(item: Mapping[str, Any], near: frozenset[int]) -> None:
    """Refuse an item that nobody has confirmed to whoever added it, and to their household. Raises: AddedItOneself."""
    if item["unconfirmed_by"] in near:
        raise AddedItOneself(item=item["name"])


def require_confirmed(item: Mapping[str, Any]) -> None:
    """Refuse an item that nobody has confirmed: the counter alone exchanges it. Raises: NotConfirmedYet."""
    if item["unconfirmed_by"] is not None:
        raise NotConfirmedYet(item=item["name"])


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


def chosen(
    shop_id: int,
    cart: Cart,
    shelf: Iterable[ShelfLot],
    today: int,
    facts: Facts,
    balances: Balances,
) -> Iterator[tuple[Mapping[str, Any], ShelfLot, int]]:
    """Yield each item with a lot of it and the pieces that this lot gives.

    Raises: ItemIsWithdrawn, ReliefOnly, OutOfStock.
    """
    going = in_turn(shelf, today)
    for item_id, quantity in cart:
        item = facts[Fact("item", item_id)]
        require_for_points(item)
        lots = [lot for lot in going if lot.item_id == item_id]
        names = {lot.lot_id: chart.stock_lot(shop_id, item_id, lot.lot_id) for lot in lots}
        left = {lot_id: balances[name].balance for lot_id, name in names.items()}
        for lot, pieces in picked(item, quantity, lots, left):
            yield item, lot, pieces


def served(sale: Sale, facts: Facts, balances: Balances) -> Decision:
    """Decide a redemption: prices are the items' own, points and pieces leave together.

    Raises: ServesOneself, ShopIsClosed, AddedItOneself, ItemIsWithdrawn, ReliefOnly, OutOfStock, PriceHasChanged,
        PinNeeded, OverDayLimit, and what `household_limits.counted` and `shares.paid` refuse.
    """
    if sale.clerk_id == sale.person_id:
        raise ServesOneself
    if sale.closed is not None:
        raise sale.closed
    stock, rows, total = handed_over(sale, facts, balances)
    paying = Paying(
        *(sale.redemption_id, sale.person_id, chart.redeemed(sale.shop_id)),
        *(total, sale.now, sale.today),
    )
    paid, papers = shares.paid(paying, sale.how, facts, balances)
    day, approver = counted_in_day(sale, total, facts)
    household = counted(sale.household, sale.cart, facts)
    receipt = papers_of(sale, (total, approver), rows, facts)
    return Decision((*paid, *stock), (*receipt, *day, *household, *papers))


def handed_over(
    sale: Sale, facts: Facts, balances: Balances
) -> tuple[list[Line], list[dict[str, Any]], int]:
    """Return the pieces that leave, the rows of their lines, and what they cost.

    Raises: AddedItOneself, ItemIsWithdrawn, ReliefOnly, OutOfStock, PriceHasChanged.
    """
    stock, rows, total = [], [], 0
    for item, lot, pieces in chosen(
        sale.shop_id, sale.cart, sale.shelf, sale.today, facts, balances
    ):
        require_added_by_another(item, sale.near)
        total += item["price_points"] * pieces
        gone = chart.handed_out(sale.shop_id, lot.item_id, "for-points")
        stock.append(Line(gone, chart.stock_lot(sale.shop_id, lot.item_id, lot.lot_id), pieces))
        rows.append(line_row(sale, lot, pieces, item["price_points"]))
    if sale.expected_total not in (None, total):
        raise PriceHasChanged(total=total, expected=sale.expected_total)
    return stock, rows, total


def papers_of(
    sale: Sale,
    agreed: tuple[int, int | None],
    rows: Iterable[Mapping[str, Any]],
    facts: Facts,
    **follows: int | None,
) -> tuple[Insert | Change, ...]:
    """Return the receipt as it is written: with its points and who approved them, its lines, and what it follows."""
    number = facts[Fact("shop", sale.shop_id)]["receipts_issued"] + 1
    return (
        Change("shop", sale.shop_id, {"receipts_issued": number}),
        Insert("redemption", {**_redemption_row(sale, number, *agreed), **follows}),
        *(Insert("redemption_line", row) for row in rows),
    )


def counted_in_day(sale: Sale, total: int, facts: Facts) -> tuple[tuple[Change, ...], int | None]:
    """Count a sale against the day, unless the code on the phone was read. Raises: PinNeeded, OverDayLimit."""
    if sale.counted is None:
        return (), None
    change, approver = sale.counted.changed(total, facts[sale.counted.fact])
    return (change,), approver


def _redemption_row(sale: Sale, number: int, total: int, approver: int | None) -> dict[str, Any]:
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
        "recognised": sale.recognised.way.value,
        "with_pin": sale.recognised.with_pin,
        "approved_by": approver,
        "points_counted": total if isinstance(sale.counted, Counted) else 0,
        "day_count_id": sale.household.day_row,
    }


def line_row(sale: Sale, lot: ShelfLot, pieces: int, price_points: int) -> dict[str, Any]:
    return {
        "id": lot.line_id,
        "redemption_id": sale.redemption_id,
        "item_id": lot.item_id,
        "lot_id": lot.lot_id,
        "quantity": pieces,
        "quantity_refunded": 0,
        "price_points": price_points,
        "month_count_id": sale.household.month_row(lot.item_id),
    }
