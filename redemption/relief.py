"""Goods for households in hardship alone, for nothing: from relief lots, or from the others if a fund pays.

What a decision reads is a row: the mark that was ended, or the household that was left, a moment ago refuses it.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from kernel import clock
from kernel.days import day_of
from kernel.ids import new_id
from ledger import chart
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import Fact, Line, Post, RequestKey
from people import funds, hardship
from people.lives import HouseholdMember
from redemption.at_hand import lots_on_shelf
from redemption.errors import ItemNotHere, ShopNotHere
from redemption.family import require_may_serve
from redemption.models import Item, Shop
from redemption.relief_rules import Gift, Why, accounts_of, given, may_be_given, taken_back
from redemption.serving import (
    Cart,
    merged,
)
from redemption.states import OnOffer
from redemption.stock_errors import (
    HandoutNotFound,
    NotInHardship,
)
from redemption.stock_papers import ReliefHandout


async def hand_out(
    book_id: int,
    shop_id: int,
    person_id: int,
    cart: Iterable[tuple[int, int]],
    clerk_id: int,
    key: str,
    *,
    fund_id: int | None = None,
) -> ReliefHandout:
    """Give (item id, pieces) to somebody of a household in hardship: relief goods, or other goods that a fund pays for.

    Raises: CartIsEmpty, QuantityIsOdd, ShopNotHere, ItemNotHere, NotAMember, ServesOneself, ServesOwnFamily,
        FundNotFound, KeyReused, and as `given`.
    """
    wanted = merged(cart)
    await require_may_serve(book_id, clerk_id, person_id)
    if fund_id is not None:
        await funds.fund(book_id, fund_id)
    gift = await _gift(book_id, shop_id, person_id, clerk_id, wanted, fund_id)
    facts = (
        *(() if fund_id is None else (Fact("fund", fund_id),)),
        Fact("hardship_mark", gift.mark_id),
        Fact("household_member", gift.living_id),
        *(Fact("item", item_id) for item_id, _ in wanted),
    )
    asked: list[object] = ["relief", shop_id, person_id, [list(pair) for pair in wanted]]
    if fund_id is not None:
        asked.append(fund_id)
    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.GOODS_GIVEN,
            key=RequestKey(f"person:{clerk_id}", key, asked),
            document=Fact("relief_handout", gift.handout_id),
            facts=facts,
            accounts=accounts_of(gift),
            decide=partial(given, gift),
            actor_id=clerk_id,
            occurred_at=gift.now,
        )
    )
    return await handout(book_id, posted.document_id)


async def undo(book_id: int, handout_id: int, by: int, key: str) -> ReliefHandout:
    """Undo a hand-out within 15 minutes. Raises: HandoutNotFound, HandoutIsUndone, HandoutIsOver, as `hand_out`."""
    found = await handout(book_id, handout_id)
    await require_may_serve(book_id, by, found.person_id)
    why: Why = "relief" if found.fund_id is None else "fund"
    lines = [
        Line(
            chart.stock_lot(found.shop_id, line.item_id, line.lot_id),
            chart.handed_out(found.shop_id, line.item_id, why),
            line.quantity,
        )
        for line in found.lines
    ]
    rows: tuple[Fact, ...] = ()
    if found.fund_id is not None:
        back = chart.fund(found.fund_id)
        lines.append(Line(chart.redeemed(found.shop_id), back, found.points_total))
        rows = (Fact("fund", found.fund_id),)
    paper, now = Fact("relief_handout", handout_id), clock.now()
    await post(
        Post(
            book_id=book_id,
            kind=Kind.GOODS_RETURNED,
            key=RequestKey(f"person:{by}", key, ["undo-relief", handout_id]),
            document=paper,
            facts=(paper, *rows),
            accounts=tuple({name for line in lines for name in (line.debit, line.credit)}),
            decide=lambda facts, _: taken_back(handout_id, tuple(lines), by, now, facts),
            actor_id=by,
            occurred_at=now,
        )
    )
    return await handout(book_id, handout_id)


async def handout(book_id: int, handout_id: int) -> ReliefHandout:
    """Return a hand-out with its lines and who took it home. Raises: HandoutNotFound."""
    found = await ReliefHandout.get_or_none(book_id=book_id, id=handout_id).prefetch_related(
        "lines__item", "lines__lot", "person", "shop", "fund"
    )
    if found is None:
        raise HandoutNotFound
    return found


async def relief_shelf(book_id: int, shop_id: int, why: Why = "relief") -> list[tuple[Item, int]]:
    """Return what a shop has to give today, as relief or for a fund's points, by name, with how many pieces."""
    today = day_of(clock.now(), await zone_of(book_id))
    items = await Item.filter(book_id=book_id, shop_id=shop_id, state=OnOffer.ON_SALE)
    lots = await lots_on_shelf(book_id, shop_id, [item.id for item in items])
    pieces: dict[int, int] = {}
    for lot, count in lots.items():
        if may_be_given(lot, today, why):
            pieces[lot.item_id] = pieces.get(lot.item_id, 0) + count
    there = [
        (item, pieces[item.id])
        for item in items
        if item.id in pieces and (why == "relief" or item.price_points)
    ]
    return sorted(there, key=lambda pair: pair[0].name)


async def may_have(book_id: int, person_id: int) -> bool:
    """Say whether a person's household has a mark of hardship that stands today."""
    mark = await hardship.marked(book_id, person_id)
    return mark is not None and mark.valid_until >= day_of(clock.now(), await zone_of(book_id))


async def _gift(
    book_id: int, shop_id: int, person_id: int, clerk_id: int, cart: Cart, fund_id: int | None
) -> Gift:
    if not await Shop.exists(book_id=book_id, id=shop_id):
        raise ShopNotHere
    ids = [item_id for item_id, _ in cart]
    if await Item.filter(book_id=book_id, shop_id=shop_id, id__in=ids).count() != len(ids):
        raise ItemNotHere
    mark = await hardship.marked(book_id, person_id)
    living = await HouseholdMember.get_or_none(
        book_id=book_id, person_id=person_id, left_at__isnull=True
    )
    if mark is None or living is None:
        raise NotInHardship
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    lots = await lots_on_shelf(book_id, shop_id, ids)
    why: Why = "relief" if fund_id is None else "fund"
    going = (lot for lot in lots if may_be_given(lot, today, why))
    shelf = tuple(replace(lot, line_id=new_id()) for lot in going)
    who = (new_id(), shop_id, person_id, clerk_id, mark.id, living.id)
    return Gift(*who, cart, shelf, now, today, fund_id)
