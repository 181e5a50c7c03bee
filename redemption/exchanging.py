"""Goods swapped for others, and a sale moved to its right owner: the posts, each one entry with both legs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from kernel import clock
from kernel.days import day_of
from kernel.ids import new_id
from ledger import chart
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.paper import Paper
from ledger.post import DocumentKey, Fact, Post, RequestKey
from people import collecting
from people.joined import post_for_survivors
from people.recognition import Way
from redemption import household_limits
from redemption.counter import goods_of, sale_of
from redemption.errors import AlreadyUndone, ReturnsTooMuch
from redemption.exchange_errors import ExchangeIsOver, PaidTogether, SamePerson
from redemption.exchange_rules import Exchange, Move, exchanged, moved
from redemption.family import near, require_may_serve
from redemption.ground import Wanted, ground_of
from redemption.household_limits import GivenBack
from redemption.models import Redemption, RedemptionLine
from redemption.receipts import Receipt, receipt
from redemption.returning import (
    accounts_back,
    lines_of,
    purses_of,
    redemption_for,
    return_of,
    taken_for,
)
from redemption.serving import Cart, Sale, merged
from redemption.shop_rules import rule_of
from redemption.spending import BY_CODE, Recognised, counted_in, counting, recognised
from redemption.states import RedemptionState


@dataclass(frozen=True, slots=True)
class Swap:
    """What a customer brings back of one receipt, (line id, pieces), which of it is damaged, and what they take.

    `cart` are (item id, pieces); `expected_total` is what the new goods cost as the customer was shown.
    """

    redemption_id: int
    parts: Cart
    cart: Cart
    damaged: frozenset[int] = frozenset()
    expected_total: int | None = None


def swap_of(
    redemption_id: int,
    parts: Iterable[tuple[int, int]],
    cart: Iterable[tuple[int, int]],
    damaged: Iterable[int] = (),
    expected_total: int | None = None,
) -> Swap:
    """Return a swap with each thing once. Raises: CartIsEmpty, QuantityIsOdd."""
    return Swap(redemption_id, merged(parts), merged(cart), frozenset(damaged), expected_total)


async def exchange_may_begin(
    book_id: int, redemption_id: int, parts: Iterable[tuple[int, int]], by: int
) -> Redemption:
    """Return a receipt of today of which these pieces may be swapped; the decision asks again.

    Raises: CartIsEmpty, QuantityIsOdd, RedemptionNotFound, ServesOneself, ServesOwnFamily, PaidTogether,
        ExchangeIsOver, AlreadyUndone, ReturnsTooMuch.
    """
    wanted = merged(parts)
    redemption = await redemption_for(book_id, redemption_id, by)
    await _require_own_purse(redemption)
    zone = await zone_of(book_id)
    if day_of(redemption.redeemed_at, zone) != day_of(clock.now(), zone):
        raise ExchangeIsOver
    if redemption.state is RedemptionState.UNDONE:
        raise AlreadyUndone
    lines = await lines_of(redemption, wanted)
    for line_id, pieces in wanted:
        left = lines[line_id].quantity - lines[line_id].quantity_refunded
        if pieces > left:
            raise ReturnsTooMuch(left=left)
    return redemption


async def exchange(book_id: int, swap: Swap, by: int, key: str, *, pin: str = "") -> Receipt:
    """Swap goods of today for others in one entry, and return the new receipt, which names the old one.

    What the first goods were handed out by opens nothing more: dearer goods are counted against the day unless a code
    was read again, and `pin` is what the customer typed for them.

    Raises: RedemptionNotFound, ServesOneself, ServesOwnFamily, ItemNotHere, PinIsMissing, PinIsLocked, PinIsWrong,
        KeyReused, and as `exchanged`.
    """
    redemption = await redemption_for(book_id, swap.redemption_id, by)
    way = Way(redemption.recognised)
    known = await recognised(book_id, redemption.person_id, by, way, pin)
    asked = [
        *("exchange", swap.redemption_id, [list(pair) for pair in swap.parts]),
        *([list(pair) for pair in swap.cart], sorted(swap.damaged), swap.expected_total),
    ]
    asked_on = day_of(clock.now(), await zone_of(book_id))
    request = RequestKey(f"person:{by}", key, asked)
    posted = await post_for_survivors(
        await to_exchange(redemption, swap, by, request, asked_on, known=known)
    )
    return await receipt(book_id, posted.document_id)


async def to_exchange(
    redemption: Redemption,
    swap: Swap,
    by: int,
    key: RequestKey | DocumentKey,
    asked_on: int,
    *,
    known: Recognised | None = None,
    approval: Paper | None = None,
    approver_id: int | None = None,
) -> Post:
    """Return the post of a swap by a customer who is `known`, or of any points with somebody else's approval.

    Raises: RedemptionNotFound, PaidTogether.
    """
    book_id, person_id = redemption.book_id, redemption.person_id
    await _require_own_purse(redemption)
    lines = await lines_of(redemption, swap.parts)
    wanted = Wanted(redemption.shop_id, person_id, by, swap.cart, clock.now(), known)
    ground = await ground_of(book_id, wanted)
    sale = await sale_of(book_id, wanted, ground, swap.expected_total)
    if known is None:
        before = Recognised(Way(redemption.recognised), with_pin=redemption.with_pin)
        sale = replace(sale, recognised=before)
    back = await return_of(redemption, lines, swap.parts, sale.now, approval, swap.damaged)
    exchange = Exchange(back, sale, {line: new_id() for line, _ in swap.parts}, asked_on)
    facts = (
        *(Fact("redemption", redemption.id), Fact("shop", redemption.shop_id)),
        *(Fact("redemption_line", line) for line in lines),
        *{*back.counted_in, *back.household.facts, *sale.facts},
        *(approval.facts if approval else ()),
    )
    names = {*accounts_back(back, list(lines.values())), *goods_of(sale)}
    return Post(
        book_id=book_id,
        kind=Kind.GOODS_EXCHANGED,
        key=key,
        document=Fact("redemption", sale.redemption_id),
        facts=facts,
        accounts=(*names, chart.owed(person_id)),
        decide=partial(exchanged, exchange),
        actor_id=by,
        approver_id=approver_id,
        occurred_at=sale.now,
    )


async def move_sale(
    book_id: int,
    redemption_id: int,
    person_id: int,
    by: int,
    key: str,
    *,
    recognised: Recognised = BY_CODE,
) -> Receipt:
    """Let another member pay for a sale of the last 15 minutes: the wrong purse is as before, in the same entry.

    Raises: RedemptionNotFound, SamePerson, PaidTogether, ServesOneself, ServesOwnFamily, NotAMember, KeyReused, and as
        `moved`.
    """
    redemption = await redemption_for(book_id, redemption_id, by)
    if person_id == redemption.person_id:
        raise SamePerson(field="person")
    await require_may_serve(book_id, by, person_id)
    await _require_own_purse(redemption)
    move = await _move(redemption, person_id, by, recognised)
    sale = move.sale
    owners = (person_id, redemption.person_id)
    facts = {
        *(Fact("redemption", redemption_id), Fact("shop", redemption.shop_id)),
        *move.counted_in,
        *((sale.counted.fact,) if sale.counted else ()),
        *(*move.household.facts, *sale.household.facts),
        *(Fact("item", item_id) for item_id, _ in sale.cart),
    }
    posted = await post_for_survivors(
        Post(
            book_id=book_id,
            kind=Kind.SALE_MOVED,
            key=RequestKey(f"person:{by}", key, ["move-sale", redemption_id, person_id]),
            document=Fact("redemption", sale.redemption_id),
            facts=tuple(facts),
            accounts=(
                chart.redeemed(redemption.shop_id),
                *(name(owner) for owner in owners for name in (chart.purse, chart.owed)),
            ),
            decide=partial(moved, move),
            actor_id=by,
            occurred_at=sale.now,
        )
    )
    return await receipt(book_id, posted.document_id)


async def _move(redemption: Redemption, person_id: int, by: int, recognised: Recognised) -> Move:
    book_id, zone = redemption.book_id, await zone_of(redemption.book_id)
    of_sale = RedemptionLine.filter(book_id=book_id, redemption_id=redemption.id)
    rows = await of_sale.order_by("id").select_related("item")
    fields = ("id", "item_id", "lot_id", "quantity", "price_points")
    lines = tuple(
        (new_id(), new_id(), {name: getattr(row, name) for name in fields}) for row in rows
    )
    now = clock.now()
    today = day_of(now, zone)
    counted = await counting(book_id, person_id, by, today, recognised)
    limited = [row.item_id for row in rows if row.item.household_limit is not None]
    cart = merged((row.item_id, row.quantity) for row in rows)
    sale = Sale(
        *(new_id(), redemption.shop_id, person_id, by, cart, (), now, today),
        recognised=recognised,
        counted=counted,
        household=await household_limits.counting(
            *(book_id, redemption.shop_id, person_id, limited, today),
            await rule_of(book_id, redemption.shop_id),
        ),
        near=await near(book_id, person_id, [row.item for row in rows]),
    )
    taken = (await taken_for(redemption))[redemption.person_id]
    return Move(
        *(redemption.id, redemption.person_id, tuple(taken), lines, sale),
        counted_in=await counted_in(redemption),
        counted_on=day_of(redemption.redeemed_at, zone),
        household=GivenBack(
            tuple((row.month_count_id, row.quantity) for row in rows),
            redemption.day_count_id,
            # Who swapped goods did not come once more: that receipt was not counted as a visit.
            exchanges=0 if await _was_swapped(redemption) else 1,
        ),
    )


async def _was_swapped(redemption: Redemption) -> bool:
    """Say whether a receipt stands in the place of another one of the same person."""
    if redemption.follows_id is None:
        return False
    before = await Redemption.get(book_id=redemption.book_id, id=redemption.follows_id)
    return bool(before.person_id == redemption.person_id)


async def _require_own_purse(redemption: Redemption) -> None:
    """Refuse what more than the one purse, or nobody's own hand, was part of. Raises: PaidTogether."""
    if await purses_of(redemption.book_id, redemption.id):
        raise PaidTogether
    if await collecting.used_for(redemption.book_id, redemption.id):
        raise PaidTogether
