"""What a sale at a counter rests on, read for many customers at once: one question, answered by a few statements.

Each thing stands in a module of its own, with the way to ask for it alone; here all are asked for in one go.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.database import Dialect
from kernel.days import day_of
from kernel.direct import Ask, Steps
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together
from ledger.books import zone_of
from people.recognition import Way
from redemption import at_hand, day_limits, openings, shop_rules, spending
from redemption.day_limits import Limits
from redemption.errors import ItemNotHere
from redemption.family import Serving, read_serving
from redemption.opening_errors import ShopIsClosed
from redemption.serving import Cart, ShelfLot
from redemption.shop_rules import Rule
from redemption.spending import Counted, CountedIn, Recognised


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who wants what of which shop, now, served by whom; not counted if nothing says how they are known."""

    shop_id: int
    person_id: int
    clerk_id: int
    cart: Cart
    now: int
    recognised: Recognised | None

    @property
    def items(self) -> tuple[int, ...]:
        """Name the items."""
        return tuple(item_id for item_id, _ in self.cart)

    @property
    def counts_the_day(self) -> bool:
        """Say whether it is counted against the day: the code on one's own phone is not."""
        return self.recognised is not None and self.recognised.way is not Way.CODE


@dataclass(frozen=True, slots=True)
class ItemRule:
    """How many pieces of an item a household may have in a month, and who added it, until somebody confirms it."""

    item_id: int
    household_limit: int | None
    unconfirmed_by: int | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What is there, what is said outside the shop's hours, its rules, who may serve whom, what it is counted against.

    `today` is the community's own day (yyyymmdd). Nothing is there to count somebody against who is no member.
    """

    today: int
    items: tuple[ItemRule, ...]
    lots: dict[ShelfLot, int]
    closed: ShopIsClosed | None
    rule: Rule
    serving: Serving
    counted: CountedIn | None

    @property
    def limited(self) -> list[int]:
        """Return the items of which a household may not have any number."""
        return [item.item_id for item in self.items if item.household_limit is not None]


async def ground_of(book_id: int, wanted: Wanted) -> Ground:
    """Return what a sale rests on. Raises: ShopNotHere, ItemNotHere."""
    ground = await _together.ask((book_id, await zone_of(book_id)), wanted)
    if len(ground.items) != len(wanted.cart):
        await at_hand.require_shop(book_id, wanted.shop_id)
        raise ItemNotHere
    return ground


def _read(place: tuple[int, str], asked: Sequence[Wanted], kind: Dialect) -> Steps[list[Ground]]:
    book_id, zone = place
    days = [day_of(each.now, zone) for each in asked]
    goods = [(each.shop_id, each.items) for each in asked]
    items = yield from _items(book_id, goods, kind)
    lots = yield from at_hand.read_lots(book_id, goods, kind)
    shops = [each.shop_id for each in asked]
    since = list(zip(shops, days, strict=True))
    calendars = yield from openings.read_calendars(book_id, since, kind)
    closed = [
        openings.closed_at(calendar, each.now, zone)
        for calendar, each in zip(calendars, asked, strict=True)
    ]
    rules = yield from shop_rules.read_rules(book_id, shops, kind)
    pairs = [(each.clerk_id, each.person_id) for each in asked]
    serving = yield from read_serving(book_id, pairs, kind)
    counted = yield from _counted(book_id, list(zip(asked, days, serving, strict=True)), kind)
    every = zip(days, items, lots, closed, rules, serving, counted, strict=True)
    return [Ground(*each) for each in every]


def _items(
    book_id: int, asked: Sequence[at_hand.Goods], kind: Dialect
) -> Steps[list[tuple[ItemRule, ...]]]:
    every = as_list(kind, {item_id for _, ids in asked for item_id in ids})
    rows = yield Ask(_ITEMS + among(kind, 2), (book_id, every))
    known = {
        (row["shop_id"], row["id"]): ItemRule(
            row["id"], row["household_limit"], row["unconfirmed_by"]
        )
        for row in rows
    }
    return [
        tuple(known[shop_id, one] for one in ids if (shop_id, one) in known)
        for shop_id, ids in asked
    ]


_ITEMS = "SELECT id, shop_id, household_limit, unconfirmed_by FROM item WHERE book_id = $1 AND id "


def _counted(
    book_id: int, asked: Sequence[tuple[Wanted, int, Serving]], kind: Dialect
) -> Steps[list[CountedIn | None]]:
    # A row for somebody who is no member would be refused by the database, and with it everybody's question.
    counting = {each.person_id for each, _, may in asked if each.counts_the_day and may.is_member}
    rows = (yield from spending.opened_rows(book_id, counting, kind)) if counting else {}
    found = (yield from day_limits.read_limits(None, [book_id], kind)) if counting else ()
    limits = found[0] if found else Limits()

    def of(each: Wanted, today: int) -> CountedIn | None:
        if each.recognised is None:
            return None
        if not each.counts_the_day:
            return spending.code_spent_by(each.recognised, each.now)
        if each.person_id not in rows:
            return None
        own = (rows[each.person_id], each.clerk_id, today)
        return Counted(*own, limits, each.recognised.with_pin)

    return [of(each, today) for each, today, _ in asked]


_together = Together(talked(_read))
