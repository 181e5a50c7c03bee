"""Pure decisions over points set aside, and goods with them: place, capture, release, and a capture taken back.

The row of a hold counts what it captured and released; its account keeps the lots. Points do not expire while held. A
hold ends with its last point, and then goods that nobody took go back to the shelf.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger import chart, purse
from ledger.chart import AccountName
from ledger.errors import (
    AmountIsOdd,
    HoldEndsTooEarly,
    HoldGivesNoMore,
    HoldHasEnded,
    HoldHasExpired,
)
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Line

TABLE = "hold"


@dataclass(frozen=True, slots=True)
class Goods:
    """Pieces of one stock lot that a hold keeps off the shelf."""

    shop_id: int
    item_id: int
    lot_id: int
    quantity: int

    @property
    def shelf(self) -> AccountName:
        """Name where they stand while nobody has reserved them."""
        return chart.stock_lot(self.shop_id, self.item_id, self.lot_id)

    @property
    def gone(self) -> AccountName:
        """Name where they are counted once they are handed out for points."""
        return chart.handed_out(self.shop_id, self.item_id, "for-points")

    def kept(self, hold_id: int) -> AccountName:
        """Name where they are counted while they are reserved."""
        return chart.held_lot(hold_id, self.item_id, self.lot_id)


@dataclass(frozen=True, slots=True)
class Hold:
    """What of a hold never changes: whose points, and which goods are reserved with them."""

    id: int
    person_id: int
    goods: tuple[Goods, ...] = ()

    @property
    def paper(self) -> Fact:
        """Name its row."""
        return Fact(TABLE, self.id)

    @property
    def accounts(self) -> tuple[AccountName, ...]:
        """Name the accounts that anything about it may touch."""
        return (chart.hold(self.id), chart.purse(self.person_id), *self.goods_accounts)

    @property
    def goods_accounts(self) -> tuple[AccountName, ...]:
        """Name where its goods are kept, and where they go back to."""
        return tuple(name for each in self.goods for name in (each.kept(self.id), each.shelf))


def require_amount(amount: int) -> None:
    """Refuse what is no number of points. Raises: AmountIsOdd."""
    if type(amount) is not int or amount < 1:
        raise AmountIsOdd(field="points")


def require_later(expires_at: int, now: int) -> None:
    """Refuse a hold that would be over at once (UTC microseconds). Raises: HoldEndsTooEarly."""
    if expires_at <= now:
        raise HoldEndsTooEarly(field="expires_at")


@dataclass(frozen=True, slots=True)
class Placing:
    """The decision to set points aside, and goods with them."""

    hold: Hold
    amount: int
    placed_at: int
    expires_at: int
    today: int

    def decide(self, _: Facts, balances: Balances) -> Decision:
        """Return the entry.

        Raises: HoldEndsTooEarly, PointsAreOwed, NotEnoughPoints; WouldOverdraw for goods that are not there.
        """
        # Here, and not when the post is made: a request that comes again when its hold is over has its answer.
        require_later(self.expires_at, self.placed_at)
        held = chart.hold(self.hold.id)
        lines = purse.spent(self.hold.person_id, held, self.amount, balances, self.today)
        lines += [Line(g.kept(self.hold.id), g.shelf, g.quantity) for g in self.hold.goods]
        row = {
            "id": self.hold.id,
            "person_id": self.hold.person_id,
            "amount": self.amount,
            "captured": 0,
            "released": 0,
            "placed_at": self.placed_at,
            "expires_at": self.expires_at,
            "ended_at": None,
        }
        return Decision(tuple(lines), (Insert(TABLE, row),))


@dataclass(frozen=True, slots=True)
class Capturing:
    """The decision to take held points for goods, earliest lots first.

    With `ends_on`, a day (yyyymmdd), the hold ends with it: what is not taken goes back in the same entry.
    """

    hold: Hold
    amount: int
    shop_id: int
    goods: tuple[Goods, ...]
    at: int
    ends_on: int | None = None

    def decide(self, facts: Facts, balances: Balances) -> Decision:
        """Return the entry. Raises: HoldHasEnded, HoldHasExpired, HoldGivesNoMore, WouldOverdraw for goods."""
        row = facts[self.hold.paper]
        left = _left(row, self.amount)
        if self.at >= row["expires_at"]:
            raise HoldHasExpired
        held, shop = chart.hold(self.hold.id), chart.redeemed(self.shop_id)
        lots = purse.earliest(balances[held].lots, self.amount)
        lines = [Line(held, shop, lot.amount, lot.expires_on) for lot in lots]
        ends = self.amount == left or self.ends_on is not None
        counted = {"captured": row["captured"] + self.amount, "ended_at": self.at if ends else None}
        if self.ends_on is not None:
            rest = purse.latest(balances[held].lots, 0, left - self.amount)
            lines += purse.released(held, chart.purse(self.hold.person_id), rest, self.ends_on)
            counted["released"] = row["released"] + left - self.amount
        lines += _goods_moved(self.hold, self.goods, lambda g: g.gone, balances, ends=ends)
        return Decision(tuple(lines), (Change(TABLE, self.hold.id, counted),))


@dataclass(frozen=True, slots=True)
class Releasing:
    """The decision to give held points back: a part, latest lots first, or all that is left (`amount` None)."""

    hold: Hold
    amount: int | None
    goods: tuple[Goods, ...]
    at: int
    today: int
    expired: bool = False

    def decide(self, facts: Facts, balances: Balances) -> Decision:
        """Return the entry. Raises: HoldHasEnded, HoldGivesNoMore, WouldOverdraw for goods."""
        row = facts[self.hold.paper]
        left = _left(row, self.amount or 0)
        if self.expired and self.at < row["expires_at"]:
            raise HoldHasEnded  # Its end was moved after the job had looked.
        part = left if self.amount is None else self.amount
        held, wallet = chart.hold(self.hold.id), chart.purse(self.hold.person_id)
        lots = purse.latest(balances[held].lots, 0, part)
        lines = purse.released(held, wallet, lots, self.today)
        ends = part == left
        lines += _goods_moved(self.hold, self.goods, lambda g: g.shelf, balances, ends=ends)
        counted = {"released": row["released"] + part, "ended_at": self.at if ends else None}
        return Decision(tuple(lines), (Change(TABLE, self.hold.id, counted),))


def reopened(
    hold_id: int, captured: Sequence[Line], facts: Facts, _: Balances
) -> tuple[Insert | Change, ...]:
    """Return what a capture that is taken back writes on the hold: it is open again."""
    back = sum(line.amount for line in captured if line.debit == chart.hold(hold_id))
    row = facts[Fact(TABLE, hold_id)]
    return (Change(TABLE, hold_id, {"captured": row["captured"] - back, "ended_at": None}),)


def _left(row: Mapping[str, Any], needed: int) -> int:
    """Return the points that a hold can still give. Raises: HoldHasEnded, HoldGivesNoMore."""
    left: int = row["amount"] - row["captured"] - row["released"]
    if not left:
        raise HoldHasEnded
    if needed > left:
        raise HoldGivesNoMore(left=left, needed=needed)
    return left


def _goods_moved(
    hold: Hold,
    goods: Sequence[Goods],
    to: Callable[[Goods], AccountName],
    balances: Balances,
    *,
    ends: bool,
) -> list[Line]:
    """Return the lines that move reserved pieces on; when the hold ends, the rest of them goes back to the shelf."""
    lines = [Line(to(each), each.kept(hold.id), each.quantity) for each in goods]
    if ends:
        for each in hold.goods:
            name = each.kept(hold.id)
            rest = balances[name].balance - sum(
                line.amount for line in lines if line.credit == name
            )
            if rest > 0:
                lines.append(Line(each.shelf, name, rest))
    return lines
