"""The counter: what a cart costs, and goods for points in one entry; what is taken back stands in `refunds`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from kernel import clock
from kernel.days import day_of
from kernel.errors import DomainError
from kernel.ids import new_id
from ledger import chart, purse
from ledger.balances import holdings
from ledger.books import zone_of
from ledger.chart import AccountName, Kind
from ledger.desk import post
from ledger.post import Fact, Post, RequestKey
from people.models import Membership
from redemption import household_limits
from redemption.at_hand import items_of, lots_on_shelf
from redemption.errors import (
    NotAMember,
)
from redemption.family import near, together
from redemption.ground import Ground, Wanted, ground_of
from redemption.models import Item
from redemption.receipts import Receipt, receipt
from redemption.serving import (
    Sale,
    ShelfLot,
    in_turn,
    merged,
    picked,
    require_added_by_another,
    require_for_points,
    served,
)
from redemption.spending import BY_CODE, Recognised


@dataclass(frozen=True, slots=True)
class Payment:
    """Who pays beside the customer, by person, and the code by which somebody else collects."""

    family: frozenset[int] = frozenset()
    code_id: int | None = None


OWN_POINTS = Payment()


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One thing in a cart: what it costs, how many there are, and what speaks against it, if anything."""

    item: Item
    quantity: int
    points: int
    on_shelf: int
    refusal: DomainError | None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a cart would cost a person now. Nothing is reserved."""

    lines: tuple[QuoteLine, ...]
    total: int
    available: int
    owed: int
    family: int = 0  # what those who were ticked would add
    back: int = 0  # what comes back first, of goods that are swapped

    @property
    def more(self) -> int:
        """Return what is taken off beyond what comes back first."""
        return max(0, self.total - self.back)

    @property
    def family_pays(self) -> int:
        """Return what the family's purses would pay."""
        return min(self.family, max(0, self.more - self.available))

    @property
    def missing(self) -> int:
        """Return how many points are missing."""
        return max(0, self.more - self.available - self.family)

    @property
    def left(self) -> int:
        """Return what the customer's own purse would hold afterwards."""
        return max(0, self.available + self.back - self.total)

    def line_of(self, item_id: int) -> QuoteLine | None:
        """Return the line of an item, if it is in the cart."""
        return next((line for line in self.lines if line.item.id == item_id), None)

    @property
    def can_confirm(self) -> bool:
        """Say whether it would go through as things stand."""
        return not (self.missing or self.owed or any(line.refusal for line in self.lines))


async def quote(
    book_id: int, shop_id: int, person_id: int | None, cart: Iterable[tuple[int, int]]
) -> Quote:
    """Return what the page shows before anybody confirms; an empty cart costs nothing, and nobody has no points.

    Raises: QuantityIsOdd, ShopNotHere, ItemNotHere, NotAMember.
    """
    pairs = tuple(cart)
    wanted = merged(pairs) if pairs else ()
    items = await items_of(book_id, shop_id, wanted)
    today = day_of(clock.now(), await zone_of(book_id))
    lots = await lots_on_shelf(book_id, shop_id, list(items))
    limited = [item.id for item in items.values() if item.household_limit and person_id]
    had = await household_limits.had_this_month(book_id, shop_id, person_id or 0, limited, today)
    takers = await near(book_id, person_id, items.values())
    lines = tuple(
        _quoted(items[item_id], quantity, lots, today, had.get(item_id, 0), takers)
        for item_id, quantity in wanted
    )
    total = sum(line.points for line in lines)
    if person_id is None:
        return Quote(lines, total, available=0, owed=0)
    await _require_member(book_id, person_id)
    wallet, debt = chart.purse(person_id), chart.owed(person_id)
    held = await holdings(book_id, (wallet, debt))
    return Quote(lines, total, purse.available(held[wallet], today), held[debt].balance)


def _quoted(
    item: Item,
    quantity: int,
    lots: dict[ShelfLot, int],
    today: int,
    had: int,
    near_to: frozenset[int],
) -> QuoteLine:
    going = [lot for lot in in_turn(lots, today) if lot.item_id == item.id]
    left = {lot.lot_id: lots[lot] for lot in going}
    names = ("id", "name", "state", "price_points", "household_limit", "unconfirmed_by")
    row = {name: getattr(item, name) for name in names}
    refusal: DomainError | None = None
    try:
        require_for_points(row)
        require_added_by_another(row, near_to)
        picked(row, quantity, going, left)
        household_limits.require_within(row, had, quantity)
    except DomainError as refused:
        refusal = refused
    return QuoteLine(item, quantity, item.price_points * quantity, sum(left.values()), refusal)


async def redeem(  # noqa: PLR0913  one exchange: where, whose, what, by whom, how recognised and how paid
    book_id: int,
    shop_id: int,
    person_id: int,
    cart: Iterable[tuple[int, int]],
    clerk_id: int,
    key: str,
    *,
    expected_total: int | None = None,
    recognised: Recognised = BY_CODE,
    payment: Payment = OWN_POINTS,
) -> Receipt:
    """Hand out a cart of (item id, pieces) for points: points and stock leave in one entry.

    `expected_total` is the total that the customer was shown: another price is refused rather than taken. `recognised`
    is what `spending.recognised` found; by card, number or name the limits of the day hold.

    Raises: CartIsEmpty, QuantityIsOdd, ShopNotHere, ItemNotHere, NotAMember, ServesOneself, ServesOwnFamily,
        ShopIsClosed, AddedItOneself, ItemIsWithdrawn, ReliefOnly, OutOfStock, PriceHasChanged, PinNeeded, OverDayLimit,
        KeyReused, and what `household_limits.counted` and `shares.paid` refuse.
    """
    goods = merged(cart)
    wanted = Wanted(shop_id, person_id, clerk_id, goods, clock.now(), recognised)
    ground = await ground_of(book_id, wanted)
    ground.serving.require({person_id, *payment.family})
    sale = await sale_of(book_id, wanted, ground, expected_total)
    asked = ["redeem", shop_id, person_id, [list(pair) for pair in goods], expected_total]
    if payment != OWN_POINTS:
        how = await together(book_id, person_id, payment.family, payment.code_id)
        sale = replace(sale, how=how)
        asked += [sorted(payment.family), payment.code_id]
    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.GOODS_REDEEMED,
            key=RequestKey(principal=f"person:{clerk_id}", key=key, request=asked),
            document=Fact("redemption", sale.redemption_id),
            facts=(Fact("shop", shop_id), *sale.facts, *sale.how.facts),
            accounts=_accounts_of(sale),
            decide=partial(served, sale),
            actor_id=clerk_id,
            occurred_at=sale.now,
        )
    )
    return await receipt(book_id, posted.document_id)


async def sale_of(book_id: int, wanted: Wanted, ground: Ground, expected_total: int | None) -> Sale:
    """Gather what the decision closes over: ids drawn beforehand, the lots it may take from, the day, who is near.

    Raises: NotAMember.
    """
    shop_id, person_id = wanted.shop_id, wanted.person_id
    if wanted.counts_the_day and ground.counted is None:
        raise NotAMember
    return Sale(
        redemption_id=new_id(),
        shop_id=shop_id,
        person_id=person_id,
        clerk_id=wanted.clerk_id,
        cart=wanted.cart,
        # Only lots with pieces are named. A piece that comes back this very moment is missed, never counted twice.
        shelf=tuple(replace(lot, line_id=new_id()) for lot in ground.lots),
        now=wanted.now,
        today=ground.today,
        expected_total=expected_total,
        recognised=wanted.recognised or BY_CODE,
        counted=ground.counted,
        household=await household_limits.counting(
            *(book_id, shop_id, person_id, ground.limited, ground.today), ground.rule
        ),
        closed=ground.closed,
        near=await near(book_id, person_id, ground.items),
    )


def _accounts_of(sale: Sale) -> tuple[AccountName, ...]:
    own = (chart.purse(sale.person_id), chart.owed(sale.person_id), chart.redeemed(sale.shop_id))
    return (*own, *sale.how.accounts, *goods_of(sale))


def goods_of(sale: Sale) -> tuple[AccountName, ...]:
    """Name the accounts between which a sale's pieces move."""
    shelf = (chart.stock_lot(sale.shop_id, lot.item_id, lot.lot_id) for lot in sale.shelf)
    gone = (chart.handed_out(sale.shop_id, item_id, "for-points") for item_id, _ in sale.cart)
    return (*shelf, *gone)


async def _require_member(book_id: int, person_id: int) -> None:
    if not await Membership.exists(book_id=book_id, person_id=person_id):
        raise NotAMember
