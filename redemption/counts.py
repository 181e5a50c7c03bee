"""Counting the shelves: what was counted beside what the books say, posted once a second person has signed.

A count says how far the shelf was off when it was counted; what is handed out until somebody signs changes nothing
about that, so that the difference is posted and not the count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.database import transaction
from kernel.errors import N_, DomainError
from kernel.ids import new_id
from ledger import chart
from ledger.balances import holdings
from ledger.chart import AccountName, Kind
from ledger.desk import post
from ledger.post import Balances, Decision, Fact, Facts, Insert, Line, Post
from people.approval_rules import Verdict
from people.approvals import Act, Approval
from people.permissions import TABLE, Permission, Viewer
from people.point_acts import OFFICE
from people.requesting import ask, reason_of
from people.two_persons import (
    Acts,
    Effect,
    Outlook,
    TwoPersonAct,
    decided,
    key_of,
    paper_of,
)
from redemption.errors import ItemNotHere, QuantityIsOdd, ShopNotHere
from redemption.models import Item, Shop, StockLot
from redemption.serving import NO_DAY
from redemption.states import Source
from redemption.stock import MOST_RECEIVED
from redemption.stock_errors import CountIsStale, CountNotFound, CountWithoutLot, NothingCounted
from redemption.stock_papers import StockTake, StockTakeLine

COUNTERS = frozenset(TABLE[Permission.COUNT_STOCK])


@dataclass(frozen=True, slots=True)
class Pile:
    """Pieces of one item that lie together: those for relief lie apart from the others."""

    item_id: int
    relief: bool


@dataclass(frozen=True, slots=True)
class CountedLot:
    """One lot in a count: what the books said, and what it is to be."""

    lot_id: int
    item_id: int
    booked: int
    counted: int

    @property
    def difference(self) -> int:
        """Return how many pieces more were found; fewer, if it is negative."""
        return self.counted - self.booked


def spread(counted: int, lots: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Return (lot, booked, counted) of each lot of a pile, given as (lot, booked) in the order in which they go.

    What is missing is missing from the lots that go first; what is too much is of the lot that goes last.
    """
    more = counted - sum(booked for _, booked in lots)
    told = []
    for place, (lot_id, booked) in enumerate(lots):
        change = max(more, -booked) if more < 0 else (more if place == len(lots) - 1 else 0)
        more -= change
        told.append((lot_id, booked, booked + change))
    return told


async def ask_count(
    acts: Acts, viewer: Viewer, shop_id: int, counted: Mapping[Pile, int], reason: str
) -> Approval:
    """Ask that the differences of a count be posted: another person signs it.

    Raises: NothingCounted, QuantityIsOdd, ShopNotHere, ItemNotHere, CountWithoutLot, RequestNeedsReason, TextTooLong,
        and as `ask`.
    """
    if not counted:
        raise NothingCounted
    if not all(type(pieces) is int and 0 <= pieces <= MOST_RECEIVED for pieces in counted.values()):
        raise QuantityIsOdd(most=MOST_RECEIVED, field="quantity")
    if not await Shop.exists(book_id=viewer.book_id, id=shop_id):
        raise ShopNotHere
    ids = {pile.item_id for pile in counted}
    items = await Item.filter(book_id=viewer.book_id, shop_id=shop_id, id__in=sorted(ids))
    if len(items) != len(ids):
        raise ItemNotHere
    piles = await _piles(viewer.book_id, shop_id, items)
    lines = []
    for pile, pieces in counted.items():
        lots = piles.get(pile, [])
        if not lots and pieces:
            raise CountWithoutLot(item=next(i.name for i in items if i.id == pile.item_id))
        lines += [[lot, pile.item_id, was, now] for lot, was, now in spread(pieces, lots)]
    payload = {
        "shop_id": shop_id,
        "lines": sorted(lines),
        "counted_at": clock.now(),
        "reason": reason_of(reason),
    }
    return await ask(acts, viewer, Act.STOCK_COUNT, payload, beneficiary_id=None)


async def _piles(
    book_id: int, shop_id: int, items: Iterable[Item]
) -> dict[Pile, list[tuple[int, int]]]:
    """Return (lot, pieces in the books) of every pile, in the order in which they go; an empty pile keeps its last."""
    lots = await StockLot.filter(book_id=book_id, item_id__in=[item.id for item in items])
    lots.sort(key=lambda lot: (lot.use_by or NO_DAY, lot.received_at, lot.id))
    names = {lot.id: chart.stock_lot(shop_id, lot.item_id, lot.id) for lot in lots}
    held = await holdings(book_id, names.values())
    piles: dict[Pile, list[tuple[int, int]]] = {}
    for lot in lots:
        pile = Pile(lot.item_id, lot.source is Source.DONATED_RELIEF)
        piles.setdefault(pile, []).append((lot.id, held[names[lot.id]].balance))
    return {pile: [each for each in lots if each[1]] or lots[-1:] for pile, lots in piles.items()}


def differences(shop_id: int, lines: Iterable[CountedLot], balances: Balances) -> tuple[Line, ...]:
    """Return what a count moves. Raises: CountIsStale, if a lot has less left than is missing of it."""
    moves = []
    for line in lines:
        shelf = chart.stock_lot(shop_id, line.item_id, line.lot_id)
        unexplained = chart.count_difference(shop_id, line.item_id)
        if line.difference > 0:
            moves.append(Line(shelf, unexplained, line.difference))
        elif line.difference < 0:
            if balances[shelf].balance < -line.difference:
                raise CountIsStale
            moves.append(Line(unexplained, shelf, -line.difference))
    return tuple(moves)


async def sign(request: Approval, verdict: Verdict) -> None:
    """Post the differences in both names; a count that found none is kept without an entry. Raises: CountIsStale."""
    lines, take = _lines(request), _take(request, verdict)
    rows = [_row(take["id"], line) for line in lines]
    if not any(line.difference for line in lines):
        async with transaction():
            await decided(request.book_id, request.id, verdict)
            await StockTake.create(book_id=request.book_id, **take)
            for row in rows:
                await StockTakeLine.create(book_id=request.book_id, **row)
        return
    paper = paper_of(request, verdict)
    writes = (Insert("stock_take", take), *(Insert("stock_take_line", row) for row in rows))

    def decide(facts: Facts, balances: Balances) -> Decision:
        signed = paper.require(facts, balances)
        moves = differences(take["shop_id"], lines, balances)
        return Decision(moves, (*signed, *writes))

    await post(
        Post(
            book_id=request.book_id,
            kind=Kind.STOCK_COUNTED,
            key=key_of(request),
            document=Fact("stock_take", take["id"]),
            facts=paper.facts,
            accounts=_accounts(take["shop_id"], lines),
            decide=decide,
            actor_id=request.made_by,
            approver_id=verdict.by,
            occurred_at=verdict.at,
        )
    )


async def look(request: Approval) -> Outlook:
    """Say how many pieces each item would have more or fewer, and whether the count is still good."""
    lines = _lines(request)
    shop_id = request.told["shop_id"]
    names = {line.lot_id: chart.stock_lot(shop_id, line.item_id, line.lot_id) for line in lines}
    held = await holdings(request.book_id, names.values())
    items = await Item.filter(book_id=request.book_id, id__in=[line.item_id for line in lines])
    called = {item.id: item.name for item in items}
    refusal: DomainError | None = None
    before: dict[int, int] = {}
    change: dict[int, int] = {}
    for line in lines:
        there = held[names[line.lot_id]].balance
        if there + line.difference < 0:
            refusal = CountIsStale()
        before[line.item_id] = before.get(line.item_id, 0) + there
        change[line.item_id] = change.get(line.item_id, 0) + line.difference
    words = N_("Pieces of %(about)s on the shelf")
    effects = [
        Effect(words, count, max(count + change[item_id], 0), "pieces", called[item_id])
        for item_id, count in before.items()
    ]
    return Outlook(tuple(effects), refusal)


async def take_of(book_id: int, take_id: int) -> StockTake:
    """Return a count with its lines. Raises: CountNotFound."""
    found = await StockTake.get_or_none(book_id=book_id, id=take_id)
    if found is None:
        raise CountNotFound
    await found.fetch_related("lines__item", "lines__lot", "shop")
    return found


async def takes(book_id: int, shop_id: int, limit: int = 24) -> list[StockTake]:
    """Return the counts of a shop that were signed, latest first."""
    found = StockTake.filter(book_id=book_id, shop_id=shop_id).order_by("-counted_at", "-id")
    return await found.limit(limit).prefetch_related("lines__item")


def _lines(request: Approval) -> list[CountedLot]:
    return [CountedLot(*line) for line in request.told["lines"]]


def _take(request: Approval, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": new_id(),
        "shop_id": request.told["shop_id"],
        "approval_id": request.id,
        "counted_by": request.made_by,
        "counted_at": request.told["counted_at"],
        "signed_by": verdict.by,
        "signed_at": verdict.at,
        "note": request.why,
    }


def _row(take_id: int, line: CountedLot) -> dict[str, Any]:
    return {
        "id": new_id(),
        "take_id": take_id,
        "item_id": line.item_id,
        "lot_id": line.lot_id,
        "booked": line.booked,
        "counted": line.counted,
    }


def _accounts(shop_id: int, lines: Iterable[CountedLot]) -> tuple[AccountName, ...]:
    names = {chart.stock_lot(shop_id, line.item_id, line.lot_id) for line in lines}
    names |= {chart.count_difference(shop_id, line.item_id) for line in lines}
    return tuple(sorted(names))


ACTS = (
    TwoPersonAct(
        Act.STOCK_COUNT,
        N_("Post a count of the shelves"),
        asked_by=COUNTERS,
        decided_by=OFFICE,
        look=look,
        carry_out=sign,
    ),
)
