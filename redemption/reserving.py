"""Reserving goods from one's phone: points and pieces are set aside in one entry, together with its paper."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from kernel import clock
from kernel.database import is_duplicate
from kernel.days import day_of, plus_days, start_of
from kernel.ids import new_id
from ledger import chart
from ledger.books import zone_of
from ledger.chart import AccountName, Kind
from ledger.desk import post
from ledger.hold_rules import TABLE as HOLD
from ledger.post import Fact, Post, RequestKey
from people.closed import require_open
from people.guardians import require_guardian
from people.roster import member
from redemption import household_limits
from redemption.at_hand import items_of, lots_on_shelf
from redemption.pickup_codes import new_number
from redemption.reservation_papers import Reservation
from redemption.reservation_rules import Wish, reserved
from redemption.reservations import reservation
from redemption.serving import may_go, merged
from redemption.shop_rules import rule_of
from redemption.spending import allowance_of

TRIES = 5


async def reserve(
    book_id: int,
    shop_id: int,
    person_id: int,
    cart: Iterable[tuple[int, int]],
    by: int,
    key: str,
    expected_total: int | None = None,
) -> Reservation:
    """Set a cart of (item id, pieces) aside for a member until the shop's days are over; points are held with it.

    Raises: CartIsEmpty, QuantityIsOdd, ShopNotHere, ItemNotHere, NoSuchMember, RecordIsClosed, GuardianNeeded,
        TooManyReservations, ItemIsWithdrawn, ReliefOnly, OutOfStock, PriceHasChanged, PointsAreOwed, NotEnoughPoints,
        KeyReused, and what `household_limits.counted` refuses.
    """
    wanted = merged(cart)
    await member(book_id, person_id)
    await require_open(book_id, person_id)
    await require_guardian(book_id, person_id)
    asked = ["reserve", shop_id, person_id, [list(pair) for pair in wanted], expected_total]
    request = RequestKey(f"person:{by}", key, asked)
    for attempt in range(TRIES):
        wish = await _wish(book_id, shop_id, person_id, wanted, expected_total)
        try:
            posted = await post(_to_reserve(book_id, wish, request, by))
        except Exception as error:
            # Another open reservation has drawn the same number this very moment.
            if is_duplicate(error) and attempt < TRIES - 1:
                continue
            raise
        return await reservation(book_id, posted.document_id)
    raise AssertionError("no numbers are left")


def _to_reserve(book_id: int, wish: Wish, key: RequestKey, by: int) -> Post:
    return Post(
        book_id=book_id,
        kind=Kind.HOLD_PLACED,
        key=key,
        document=Fact(HOLD, wish.id),
        facts=(
            Fact("shop", wish.shop_id),
            *(Fact("item", item_id) for item_id, _ in wish.cart),
            *wish.household.facts,
            wish.counted_in,
        ),
        accounts=_accounts_of(wish),
        decide=partial(reserved, wish),
        actor_id=by,
        occurred_at=wish.now,
    )


async def _wish(
    book_id: int,
    shop_id: int,
    person_id: int,
    cart: tuple[tuple[int, int], ...],
    expected_total: int | None,
) -> Wish:
    items = await items_of(book_id, shop_id, cart)
    now, zone = clock.now(), await zone_of(book_id)
    today = day_of(now, zone)
    limited = [item.id for item in items.values() if item.household_limit is not None]
    rule = await rule_of(book_id, shop_id)
    household = await household_limits.counting(
        *(book_id, shop_id, person_id, limited, today), rule
    )
    shelf = await lots_on_shelf(book_id, shop_id, list(items))
    return Wish(
        *(new_id(), shop_id, person_id, new_number(), cart),
        shelf=tuple(replace(lot, line_id=new_id()) for lot in shelf if may_go(lot, today)),
        now=now,
        today=today,
        # Until the end of the last day: nobody has to count hours.
        expires_at=start_of(plus_days(today, rule.reservation_days + 1), zone),
        household=household,
        counted_in=await allowance_of(book_id, person_id),
        expected_total=expected_total,
    )


def _accounts_of(wish: Wish) -> tuple[AccountName, ...]:
    own = (chart.purse(wish.person_id), chart.owed(wish.person_id), chart.hold(wish.id))
    shelf = (chart.stock_lot(wish.shop_id, lot.item_id, lot.lot_id) for lot in wish.shelf)
    kept = (chart.held_lot(wish.id, lot.item_id, lot.lot_id) for lot in wish.shelf)
    return (*own, *shelf, *kept)
