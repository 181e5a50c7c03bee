"""New items at the counter: added at once, exchanged at once, and confirmed by somebody else by the next evening.

Item and pieces arrive as any other do. Until another person confirms, whoever added the item, and their household, have
none of it. What is refused, or confirmed by nobody in time, is withdrawn: what was exchanged stands, and the pieces
left stay in the books of the shelf until a count or a write-off.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from tortoise.expressions import Q

from kernel import clock
from kernel.database import transaction
from ledger.errors import KeyReused
from people.naming import folded
from redemption import at_hand, bindings, stock
from redemption.errors import BarcodeIsTaken
from redemption.models import Item, RedemptionLine
from redemption.new_item_errors import (
    ConfirmsOwnItem,
    NewItemComesFrom,
    NewItemIsDear,
    NewItemNotFound,
    NewItemsAreMany,
)
from redemption.new_item_papers import MOST_NEW_PIECES, MOST_NEW_POINTS, NewItem
from redemption.states import OnOffer, Source

A_FEW = 24
GIVEN = (Source.DONATED_FREE_USE, Source.SPONSOR)


@dataclass(frozen=True, slots=True)
class Brought:
    """What stands on the counter: its name, points a piece, pieces, and who gave it; with a maker's barcode or none."""

    name: str
    price_points: int
    pieces: int
    source: Source
    donor: str = ""
    barcode: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A new item with what became of its pieces so far: what is left, and who was given some, by whom."""

    paper: NewItem
    left: int
    handed_out: list[RedemptionLine]


def checked(brought: Brought) -> Brought:
    """Return what was brought as it is kept. Raises: NewItemIsDear, NewItemsAreMany, NewItemComesFrom."""
    if type(brought.price_points) is not int or not 1 <= brought.price_points <= MOST_NEW_POINTS:
        raise NewItemIsDear(most=MOST_NEW_POINTS, field="price_points")
    if type(brought.pieces) is not int or not 1 <= brought.pieces <= MOST_NEW_PIECES:
        raise NewItemsAreMany(most=MOST_NEW_PIECES, field="pieces")
    if brought.source not in GIVEN:
        raise NewItemComesFrom(field="source")
    donor = folded(brought.donor)[: stock.NAME_LENGTH]
    return Brought(
        *(stock.named(brought.name), brought.price_points, brought.pieces, brought.source),
        donor=donor,
        barcode=stock.read_barcode(brought.barcode) if brought.barcode else None,
    )


async def add(book_id: int, shop_id: int, brought: Brought, by: int, key: str) -> NewItem:
    """Add an item with its pieces, once for each key.

    Raises: ShopNotHere, NameIsMissing, BarcodeIsWrong, BarcodeIsTaken, KeyReused, and as `checked`.
    """
    brought = checked(brought)
    paper = await _of_key(book_id, by, key)
    if paper is None:
        try:
            paper = await _written(book_id, shop_id, brought, by, key)
        except BarcodeIsTaken:
            # The same form was sent twice at once: the other one was quicker.
            paper = await _of_key(book_id, by, key)
            if paper is None:
                raise
    if any(getattr(paper, name) != value for name, value in _said(brought, shop_id).items()):
        raise KeyReused
    # The paper is there before its pieces: after a power cut the same form finds it and brings them once.
    await stock.receive(
        *(book_id, paper.item_id, paper.source, paper.pieces),
        by=by,
        key=f"new-item-{paper.id}",
        donor=paper.donor,
    )
    return paper


async def _written(book_id: int, shop_id: int, brought: Brought, by: int, key: str) -> NewItem:
    async with transaction():
        item = await stock.add_item(
            *(book_id, shop_id, brought.name, brought.price_points),
            barcode=brought.barcode,
            unconfirmed_by=by,
        )
        return await NewItem.create(
            book_id=book_id,
            item=item,
            key=key,
            added_by=by,
            added_at=clock.now(),
            **_said(brought, shop_id),
        )


def _said(brought: Brought, shop_id: int) -> Mapping[str, Any]:
    return {
        "shop_id": shop_id,
        **{name: value for name, value in asdict(brought).items() if name != "barcode"},
    }


async def _of_key(book_id: int, by: int, key: str) -> NewItem | None:
    return await NewItem.get_or_none(book_id=book_id, added_by=by, key=key).prefetch_related("item")


async def waiting(book_id: int, shop_id: int | None = None) -> list[NewItem]:
    """Return what waits to be confirmed, in a community or one of its shops, oldest first."""
    found = NewItem.filter(
        book_id=book_id,
        confirmed_at__isnull=True,
        refused_at__isnull=True,
        lapsed_at__isnull=True,
        **({} if shop_id is None else {"shop_id": shop_id}),
    )
    return await found.order_by("added_at", "id").prefetch_related("item", "shop")


async def withdrawn(book_id: int) -> list[NewItem]:
    """Return what was refused, or confirmed by nobody in time, and still could be, latest first, a few at most."""
    found = NewItem.filter(book_id=book_id, confirmed_at__isnull=True)
    over = found.filter(Q(refused_at__isnull=False) | Q(lapsed_at__isnull=False))
    return await over.order_by("-added_at", "-id").limit(A_FEW).prefetch_related("item", "shop")


async def one(book_id: int, paper_id: int) -> Waiting:
    """Return a new item that nobody has confirmed, with what became of its pieces. Raises: NewItemNotFound."""
    paper = await NewItem.get_or_none(
        book_id=book_id, id=paper_id, confirmed_at__isnull=True
    ).prefetch_related("item", "shop")
    if paper is None:
        raise NewItemNotFound
    return await told(paper)


async def told(paper: NewItem) -> Waiting:
    """Return a new item with what became of its pieces."""
    book_id, item_id = paper.book_id, paper.item_id
    left = await at_hand.lots_on_shelf(book_id, paper.shop_id, [item_id])
    lines = RedemptionLine.filter(book_id=book_id, item_id=item_id).order_by("id")
    gone = await lines.prefetch_related("redemption__person", "redemption__clerk")
    return Waiting(paper, sum(left.values()), gone)


async def confirm(
    book_id: int, paper_id: int, by: int, name: str | None = None, price_points: int | None = None
) -> NewItem:
    """Confirm an item that somebody else added, its name and price put right; also late, then it is on offer again.

    Raises: NewItemNotFound, ConfirmsOwnItem, NameIsMissing, PriceIsWrong.
    """
    paper = (await one(book_id, paper_id)).paper
    if paper.added_by == by:
        raise ConfirmsOwnItem
    said = {
        "name": stock.named(paper.item.name if name is None else name),
        "price_points": stock.priced(
            paper.item.price_points if price_points is None else price_points
        ),
    }
    done = {"confirmed_by": by, "confirmed_at": clock.now()}
    await _end(paper, done, {**said, "unconfirmed_by": None, "state": OnOffer.ON_SALE})
    return await NewItem.get(book_id=book_id, id=paper_id).prefetch_related("item", "shop")


async def refuse(book_id: int, paper_id: int, by: int) -> NewItem:
    """Withdraw a new item from exchange; what was exchanged stands. Raises: NewItemNotFound."""
    paper = (await one(book_id, paper_id)).paper
    if not paper.waits:
        raise NewItemNotFound
    await _end(paper, {"refused_by": by, "refused_at": clock.now()}, {"state": OnOffer.WITHDRAWN})
    return await NewItem.get(book_id=book_id, id=paper_id).prefetch_related("item", "shop")


async def let_unconfirmed_go(book_id: int) -> int:
    """Withdraw what nobody confirmed by the end of the day after it was added; return how many items that were."""
    over, gone = await bindings.over_since(book_id, clock.now()), 0
    for paper in await waiting(book_id):
        if paper.added_at < over:
            with suppress(NewItemNotFound):  # Somebody decided this very moment.
                await _end(paper, {"lapsed_at": clock.now()}, {"state": OnOffer.WITHDRAWN})
                gone += 1
    return gone


async def _end(paper: NewItem, end: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    """Write how the waiting ended on paper and item, unless it ended otherwise meanwhile. Raises: NewItemNotFound."""
    before = {
        f"{name}__isnull": getattr(paper, name) is None
        for name in ("confirmed_at", "refused_at", "lapsed_at")
    }
    async with transaction():
        still = NewItem.filter(book_id=paper.book_id, id=paper.id, **before)
        if not await still.update(**end):
            raise NewItemNotFound
        await Item.filter(book_id=paper.book_id, id=paper.item_id).update(**item)
