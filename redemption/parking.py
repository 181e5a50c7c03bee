"""Sales put aside for a moment, for whoever forgot a card or runs for another thing: parked, recalled, gone at night.

Nothing is reserved: points, prices and pieces are asked for again when the sale goes on. A shop has ten places, which
a row each takes, so that two counters at once cannot park an eleventh.
"""

import json
from collections.abc import Iterable

from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.database import execute, is_duplicate
from kernel.days import day_of
from ledger.books import zone_of
from people.models import Membership
from people.recognition import Way
from redemption.at_hand import items_of
from redemption.counter_papers import CART_LENGTH, MOST_PARKED, ParkedSale
from redemption.errors import NotAMember, QuantityIsOdd
from redemption.exchange_errors import CounterIsFull, ParkedIsGone
from redemption.serving import MOST_PIECES, merged


async def park(
    book_id: int,
    shop_id: int,
    person_id: int | None,
    cart: Iterable[tuple[int, int]],
    by: int,
    way: Way = Way.NAME,
) -> ParkedSale:
    """Put a cart of (item id, pieces) aside, for a member or nobody yet; any clerk of the shop may recall it today.

    Raises: CartIsEmpty, QuantityIsOdd, ShopNotHere, ItemNotHere, NotAMember, CounterIsFull.
    """
    wanted = merged(cart)
    await items_of(book_id, shop_id, wanted)
    if person_id and not await Membership.exists(book_id=book_id, person_id=person_id):
        raise NotAMember
    text = json.dumps([list(pair) for pair in wanted], separators=(",", ":"))
    if len(text) > CART_LENGTH:
        raise QuantityIsOdd(most=MOST_PIECES, field="quantity")
    today = await _today(book_id)
    await ParkedSale.filter(book_id=book_id, shop_id=shop_id, day__lt=today).delete()
    for _ in range(MOST_PARKED + 1):  # Each time another was quicker, a place more is taken.
        taken = {each.place for each in await parked(book_id, shop_id)}
        free = [place for place in range(1, MOST_PARKED + 1) if place not in taken]
        if not free:
            break
        try:
            made = await ParkedSale.create(
                book_id=book_id,
                shop_id=shop_id,
                person_id=person_id or None,
                place=free[0],
                cart=text,
                way=way.value,
                day=today,
                parked_by=by,
                parked_at=clock.now(),
            )
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
        else:
            await made.fetch_related("person")
            return made
    raise CounterIsFull(most=MOST_PARKED)


async def parked(book_id: int, shop_id: int) -> list[ParkedSale]:
    """Return what a shop has parked today, by place."""
    today = await _today(book_id)
    found = ParkedSale.filter(book_id=book_id, shop_id=shop_id, day=today)
    return await found.order_by("place").prefetch_related("person")


async def recall(book_id: int, shop_id: int, parked_id: int) -> ParkedSale:
    """Take a parked sale back to a counter; of two at once, one gets it. Raises: ParkedIsGone."""
    today = await _today(book_id)
    waiting = ParkedSale.filter(book_id=book_id, shop_id=shop_id, id=parked_id, day=today)
    found = await waiting.prefetch_related("person").first()
    gone = "DELETE FROM parked_sale WHERE book_id = $1 AND id = $2"
    if found is None or not await execute(gone, book_id, parked_id):
        raise ParkedIsGone
    return found


async def _today(book_id: int) -> int:
    return day_of(clock.now(), await zone_of(book_id))
