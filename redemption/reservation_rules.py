"""What is reserved, collected and let go: pure decisions over plain values, on top of those of the hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.hold_rules import Capturing, Goods, Hold, Placing, Releasing
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert
from redemption.allowances import MOST_OPEN
from redemption.errors import PriceHasChanged, ReturnsTooMuch
from redemption.household_limits import Counting, GivenBack, counted
from redemption.opening_errors import ShopIsClosed
from redemption.reservation_errors import ReservationHasEnded, TooManyReservations
from redemption.serving import Cart, ShelfLot, chosen, require_confirmed
from redemption.spending import OneCode, Recognised
from redemption.states import RedemptionState, ReservationState

TABLE, LINE = "reservation", "reservation_line"


@dataclass(frozen=True, slots=True)
class Wish:
    """One member's cart about to be reserved. `expected_total` is what they were shown, if anything.

    `counted_in` is the row that counts the person's open reservations: two at once meet in it.
    """

    id: int
    shop_id: int
    person_id: int
    number: str
    cart: Cart
    shelf: tuple[ShelfLot, ...]
    now: int
    today: int
    expires_at: int
    household: Counting
    counted_in: Fact
    expected_total: int | None = None

    @property
    def paper(self) -> Fact:
        """Name its row."""
        return Fact(TABLE, self.id)


def reserved(wish: Wish, facts: Facts, balances: Balances) -> Decision:
    """Decide a reservation: prices are the items' own; points and pieces are set aside together, with its paper.

    Raises: TooManyReservations, NotConfirmedYet, ItemIsWithdrawn, ReliefOnly, OutOfStock, PriceHasChanged,
        PointsAreOwed, NotEnoughPoints, and what `household_limits.counted` refuses.
    """
    if facts[wish.counted_in]["open_reservations"] >= MOST_OPEN:
        raise TooManyReservations(most=MOST_OPEN)
    goods, rows, total = [], [], 0
    for item, lot, pieces in chosen(
        wish.shop_id, wish.cart, wish.shelf, wish.today, facts, balances
    ):
        require_confirmed(item)
        total += item["price_points"] * pieces
        goods.append(Goods(wish.shop_id, lot.item_id, lot.lot_id, pieces))
        rows.append(Insert(LINE, _line_row(wish, lot, pieces, item["price_points"])))
    if wish.expected_total not in (None, total):
        raise PriceHasChanged(total=total, expected=wish.expected_total)
    hold = Hold(wish.id, wish.person_id, tuple(goods))
    placed = Placing(hold, total, wish.now, wish.expires_at, wish.today).decide(facts, balances)
    household = counted(wish.household, wish.cart, facts)
    row, one_more = Insert(TABLE, _row(wish, total)), _counted(wish.counted_in, 1, facts)
    return Decision(placed.lines, (*placed.writes, row, *rows, *household, one_more))


def _counted(counted_in: Fact, more: int, facts: Facts) -> Change:
    number = facts[counted_in]["open_reservations"] + more
    return Change(counted_in.table, counted_in.id, {"open_reservations": number})


@dataclass(frozen=True, slots=True)
class PickUp:
    """A reservation about to be collected: which pieces of its lines are taken, by line; the rest goes back.

    `lines` are the reservation's lines, `line_ids` the ids that the redemption's lines will have.
    """

    hold: Hold
    redemption_id: int
    shop_id: int
    clerk_id: int
    lines: tuple[Mapping[str, Any], ...]
    taken: Mapping[int, int]
    line_ids: Mapping[int, int]
    now: int
    today: int
    recognised: Recognised
    counted_in: Fact
    code: OneCode | None = None  # that was read meanwhile: it opens nothing more after this
    closed: ShopIsClosed | None = None

    @property
    def total(self) -> int:
        """Return what is taken, in points."""
        return sum(line["price_points"] * self.taken.get(line["id"], 0) for line in self.lines)

    @property
    def goods(self) -> tuple[Goods, ...]:
        """Return what is taken."""
        return tuple(
            Goods(self.shop_id, line["item_id"], line["lot_id"], self.taken[line["id"]])
            for line in self.lines
            if self.taken.get(line["id"])
        )

    @property
    def rest(self) -> GivenBack:
        """Return what the household does not have after all."""
        left = (
            (line["month_count_id"], line["quantity"] - self.taken.get(line["id"], 0))
            for line in self.lines
        )
        months = tuple(pair for pair in left if pair[1])
        return GivenBack(months, self.lines[0]["day_count_id"] if months else None)

    @property
    def capturing(self) -> Capturing:
        """Return what the books do."""
        return Capturing(
            self.hold, self.total, self.shop_id, self.goods, self.now, ends_on=self.today
        )


def collected(pick_up: PickUp, facts: Facts, balances: Balances) -> Decision:
    """Decide a pick-up: what is taken is a redemption, the rest goes back, and the reservation is over.

    Raises: ReservationHasEnded, ShopIsClosed, ReturnsTooMuch for more than is reserved.
    """
    reservation = facts[Fact(TABLE, pick_up.hold.id)]
    if reservation["state"] != ReservationState.OPEN or pick_up.now >= reservation["expires_at"]:
        raise ReservationHasEnded
    if pick_up.closed is not None:
        raise pick_up.closed
    for line in pick_up.lines:
        if pick_up.taken.get(line["id"], 0) > line["quantity"]:
            raise ReturnsTooMuch(left=line["quantity"])
    captured = pick_up.capturing.decide(facts, balances)
    number = facts[Fact("shop", pick_up.shop_id)]["receipts_issued"] + 1
    ended = {
        "state": ReservationState.COLLECTED.value,
        "ended_at": pick_up.now,
        "ended_by": pick_up.clerk_id,
        "redemption_id": pick_up.redemption_id,
    }
    writes: list[Insert | Change] = [
        _counted(pick_up.counted_in, -1, facts),
        Change("shop", pick_up.shop_id, {"receipts_issued": number}),
        Insert("redemption", _redemption_row(pick_up, number, reservation)),
        Change(TABLE, pick_up.hold.id, ended),
    ]
    if pick_up.code is not None and facts[pick_up.code.fact]["spent_at"] is None:
        writes.append(pick_up.code.changed(0, facts[pick_up.code.fact])[0])
    for line in pick_up.lines:
        if pieces := pick_up.taken.get(line["id"], 0):
            writes.append(Insert("redemption_line", _redemption_line(pick_up, line, pieces)))
            writes.append(Change(LINE, line["id"], {"quantity_collected": pieces}))
    return Decision(captured.lines, (*captured.writes, *writes, *pick_up.rest.changes(facts)))


@dataclass(frozen=True, slots=True)
class LettingGo:
    """A reservation about to be cancelled, or let go because its time is over."""

    releasing: Releasing
    state: ReservationState
    by: int | None
    given_back: GivenBack
    counted_in: Fact

    @property
    def paper(self) -> Fact:
        """Name the reservation."""
        return Fact(TABLE, self.releasing.hold.id)


def let_go(letting: LettingGo, facts: Facts, balances: Balances) -> Decision:
    """Decide that points and pieces go back where they came from. Raises: ReservationHasEnded, HoldHasEnded."""
    if facts[letting.paper]["state"] != ReservationState.OPEN:
        raise ReservationHasEnded
    released = letting.releasing.decide(facts, balances)
    ended = {
        "state": letting.state.value,
        "ended_at": letting.releasing.at,
        "ended_by": letting.by,
    }
    one_less = _counted(letting.counted_in, -1, facts)
    writes = (Change(TABLE, letting.paper.id, ended), *letting.given_back.changes(facts))
    return Decision(released.lines, (*released.writes, *writes, one_less))


def _row(wish: Wish, total: int) -> dict[str, Any]:
    return {
        "id": wish.id,
        "shop_id": wish.shop_id,
        "person_id": wish.person_id,
        "number": wish.number,
        "state": ReservationState.OPEN.value,
        "points_total": total,
        "reserved_at": wish.now,
        "expires_at": wish.expires_at,
        "ended_at": None,
        "ended_by": None,
        "redemption_id": None,
        "day_count_id": wish.household.day_row,
    }


def _line_row(wish: Wish, lot: ShelfLot, pieces: int, price_points: int) -> dict[str, Any]:
    return {
        "id": lot.line_id,
        "reservation_id": wish.id,
        "item_id": lot.item_id,
        "lot_id": lot.lot_id,
        "quantity": pieces,
        "quantity_collected": 0,
        "price_points": price_points,
        "month_count_id": wish.household.month_row(lot.item_id),
    }


def _redemption_row(pick_up: PickUp, number: int, reservation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": pick_up.redemption_id,
        "shop_id": pick_up.shop_id,
        "person_id": pick_up.hold.person_id,
        "clerk_id": pick_up.clerk_id,
        "number": number,
        "state": RedemptionState.DONE.value,
        "points_total": pick_up.total,
        "points_refunded": 0,
        "redeemed_at": pick_up.now,
        "undone_at": None,
        "recognised": pick_up.recognised.way.value,
        "with_pin": pick_up.recognised.with_pin,
        "approved_by": None,
        "day_count_id": reservation["day_count_id"],
    }


def _redemption_line(pick_up: PickUp, line: Mapping[str, Any], pieces: int) -> dict[str, Any]:
    return {
        "id": pick_up.line_ids[line["id"]],
        "redemption_id": pick_up.redemption_id,
        "item_id": line["item_id"],
        "lot_id": line["lot_id"],
        "quantity": pieces,
        "quantity_refunded": 0,
        "price_points": line["price_points"],
        "month_count_id": line["month_count_id"],
    }
