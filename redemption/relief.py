"""Goods for households in hardship alone, for nothing: from relief lots, or from the others if a fund pays.

What a decision reads is a row: the mark that was ended, or the household that was left, a moment ago refuses it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from kernel import clock
from kernel.days import day_of
from kernel.ids import new_id
from ledger import chart
from ledger.books import zone_of
from ledger.chart import AccountName, Kind
from ledger.desk import post
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Line, Post, RequestKey
from people import funds, hardship
from people.lives import HouseholdMember
from redemption.errors import ItemIsWithdrawn, ItemNotHere, ServesOneself, ShopNotHere
from redemption.family import require_may_serve
from redemption.giving import require_open
from redemption.models import UNDO_WITHIN, Item, Shop
from redemption.serving import (
    NO_DAY,
    Cart,
    ShelfLot,
    may_go,
    merged,
    picked,
    require_for_points,
)
from redemption.states import OnOffer, RedemptionState, Source
from redemption.stock import lots_on_shelf
from redemption.stock_errors import (
    FundHasTooLittle,
    HandoutIsOver,
    HandoutIsUndone,
    HandoutNotFound,
    MarkedByOneself,
    NotInHardship,
)
from redemption.stock_papers import ReliefHandout

Why = Literal["relief", "fund"]


@dataclass(frozen=True, slots=True)
class Gift:
    """What a decision closes over: who takes what home from which lots, by which mark, and which fund pays, if any."""

    handout_id: int
    shop_id: int
    person_id: int
    clerk_id: int
    mark_id: int
    living_id: int
    cart: Cart
    shelf: tuple[ShelfLot, ...]
    now: int
    today: int
    fund_id: int | None = None

    @property
    def why(self) -> Why:
        """Say as what the goods leave the shelf."""
        return "relief" if self.fund_id is None else "fund"


def is_relief(lot: ShelfLot, today: int) -> bool:
    """Say whether a lot may be given as relief today: nothing else may."""
    return lot.source == Source.DONATED_RELIEF and (lot.use_by is None or lot.use_by >= today)


def may_be_given(lot: ShelfLot, today: int, why: Why) -> bool:
    """Say whether a lot may be given today: relief as relief alone, and what a fund pays for is never relief."""
    return is_relief(lot, today) if why == "relief" else may_go(lot, today)


def given(gift: Gift, facts: Facts, balances: Balances) -> Decision:
    """Decide a hand-out.

    Raises: ServesOneself, NotInHardship, ItemIsWithdrawn, OutOfStock, and for a fund ReliefOnly, FundIsClosed,
    MarkedByOneself, FundHasTooLittle.
    """
    if gift.clerk_id == gift.person_id:
        raise ServesOneself
    mark, living = (
        facts[Fact("hardship_mark", gift.mark_id)],
        facts[Fact("household_member", gift.living_id)],
    )
    _require_in_hardship(mark, living, gift.today)
    if gift.fund_id is not None and mark["marked_by"] == gift.clerk_id:
        raise MarkedByOneself
    going = [lot for lot in gift.shelf if may_be_given(lot, gift.today, gift.why)]
    going.sort(key=lambda lot: (lot.use_by or NO_DAY, lot.received_at, lot.lot_id))
    lines, rows = [], []
    points = 0
    for item_id, quantity in gift.cart:
        item = facts[Fact("item", item_id)]
        if item["state"] != OnOffer.ON_SALE:
            raise ItemIsWithdrawn(item=item["name"])
        if gift.fund_id is not None:
            require_for_points(item)
        price = item["price_points"] if gift.fund_id is not None else 0
        points += price * quantity
        lots = [lot for lot in going if lot.item_id == item_id]
        names = {lot.lot_id: chart.stock_lot(gift.shop_id, item_id, lot.lot_id) for lot in lots}
        left = {lot_id: balances[name].balance for lot_id, name in names.items()}
        for lot, pieces in picked(item, quantity, lots, left):
            gone = chart.handed_out(gift.shop_id, item_id, gift.why)
            lines.append(Line(gone, names[lot.lot_id], pieces))
            rows.append(Insert("relief_line", _line_row(gift, lot, pieces, price)))
    if gift.fund_id is not None:
        lines.append(_paid_by(gift.fund_id, gift.shop_id, points, facts, balances))
    return Decision(tuple(lines), (Insert("relief_handout", _handout_row(gift, points)), *rows))


def _paid_by(fund_id: int, shop_id: int, points: int, facts: Facts, balances: Balances) -> Line:
    require_open(facts[Fact("fund", fund_id)])
    name = chart.fund(fund_id)
    left = balances[name].balance
    if left < points:
        raise FundHasTooLittle(left=left, needed=points)
    return Line(name, chart.redeemed(shop_id), points)


def _require_in_hardship(mark: Mapping[str, Any], living: Mapping[str, Any], today: int) -> None:
    """Refuse a mark that ended or lapsed, and who left the household. Raises: NotInHardship."""
    stands = mark["ended_at"] is None and mark["valid_until"] >= today
    if not stands or living["left_at"] is not None:
        raise NotInHardship
    if living["household_id"] != mark["household_id"]:
        raise NotInHardship


def taken_back(
    handout_id: int, lines: tuple[Line, ...], by: int, now: int, facts: Facts
) -> Decision:
    """Decide that a hand-out is undone: all of it is back on the shelf, and what a fund paid is in the fund again.

    Raises: HandoutIsUndone, HandoutIsOver, FundIsClosed.
    """
    row = facts[Fact("relief_handout", handout_id)]
    if row["fund_id"] is not None:
        require_open(facts[Fact("fund", row["fund_id"])])
    if row["state"] == RedemptionState.UNDONE:
        raise HandoutIsUndone
    if now > row["handed_at"] + UNDO_WITHIN:
        raise HandoutIsOver
    undone = {"state": RedemptionState.UNDONE.value, "undone_at": now, "undone_by": by}
    return Decision(lines, (Change("relief_handout", handout_id, undone),))


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
            accounts=_accounts_of(gift),
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


def _accounts_of(gift: Gift) -> tuple[AccountName, ...]:
    shelf = (chart.stock_lot(gift.shop_id, lot.item_id, lot.lot_id) for lot in gift.shelf)
    gone = (chart.handed_out(gift.shop_id, item_id, gift.why) for item_id, _ in gift.cart)
    if gift.fund_id is None:
        return (*shelf, *gone)
    return (*shelf, *gone, chart.fund(gift.fund_id), chart.redeemed(gift.shop_id))


def _handout_row(gift: Gift, points: int) -> dict[str, Any]:
    return {
        "id": gift.handout_id,
        "shop_id": gift.shop_id,
        "person_id": gift.person_id,
        "mark_id": gift.mark_id,
        "clerk_id": gift.clerk_id,
        "day": gift.today,
        "handed_at": gift.now,
        "state": RedemptionState.DONE.value,
        "undone_at": None,
        "undone_by": None,
        "fund_id": gift.fund_id,
        "points_total": points,
    }


def _line_row(gift: Gift, lot: ShelfLot, pieces: int, price: int) -> dict[str, Any]:
    return {
        "id": lot.line_id,
        "handout_id": gift.handout_id,
        "item_id": lot.item_id,
        "lot_id": lot.lot_id,
        "quantity": pieces,
        "price_points": price,
    }
