"""The shop's shelves: what there is to have, how it came, and how many pieces are left.

What is on the shelf is the balance of the lots' accounts in the books; no paper keeps a count of its own.
"""

from contextlib import suppress
from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.database import transaction
from kernel.days import day_of, to_date
from kernel.ids import new_id
from ledger import chart
from ledger.books import open_asset, zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import Decision, Fact, Insert, Line, Post, RequestKey
from people import shop_choice
from people.codes import SCAN_LIMIT
from people.naming import folded
from redemption import barcodes, slips
from redemption.at_hand import lots_on_shelf
from redemption.errors import (
    BarcodeIsTaken,
    BarcodeIsWrong,
    DayIsOdd,
    ItemNotHere,
    NameIsMissing,
    PriceIsWrong,
    QuantityIsOdd,
    ShopNotHere,
)
from redemption.models import Item, Shop, StockLot
from redemption.serving import may_go, require_confirmed
from redemption.slips import NO_SLIP, LotSlip
from redemption.states import OnOffer, Source
from redemption.stock_errors import LimitIsOdd
from redemption.stock_papers import BoundBarcode

MOST_POINTS = 1_000_000
MOST_FEN = 100_000_000
MOST_RECEIVED = 1_000_000
NAME_LENGTH, CATEGORY_LENGTH = 80, 40
A_FEW = 24


@dataclass(frozen=True, slots=True)
class Kept:
    """Under which category an item stands, and how many pieces of it a household may have in a month."""

    category: str = ""
    household_limit: int | None = None


NOTHING_KEPT = Kept()


@dataclass(frozen=True, slots=True)
class Shelf:
    """One item's pieces: for points today, for relief, and past their day."""

    item: Item
    for_points: int
    relief: int
    past_date: int

    @property
    def on_shelf(self) -> int:
        """Return all pieces that stand there."""
        return self.for_points + self.relief + self.past_date


async def open_shop(book_id: int, name: str) -> Shop:
    """Open a charity shop; opening it again finds it. Raises: NameIsMissing."""
    shop, made = await Shop.get_or_create(book_id=book_id, name=named(name))
    if made and len(there := await shops(book_id)) == 2:  # noqa: PLR2004  from now on there is a choice
        await shop_choice.stay_at(book_id, there[0].id)
    return shop


async def shops(book_id: int) -> list[Shop]:
    """Return a community's shops, oldest first."""
    return await Shop.filter(book_id=book_id).order_by("id")


async def add_item(  # noqa: PLR0913  one thing: where, what it is, what it costs, and who answers for it
    book_id: int,
    shop_id: int,
    name: str,
    price_points: int,
    *,
    barcode: str | None = None,
    price_fen: int = 0,
    unit: str = "",
    kept: Kept = NOTHING_KEPT,
    unconfirmed_by: int | None = None,
) -> Item:
    """Put a new thing into a shop's catalogue; without a maker's barcode it gets one of the shop's own.

    Raises: ShopNotHere, NameIsMissing, PriceIsWrong, LimitIsOdd, BarcodeIsWrong, BarcodeIsTaken.
    """
    if not await Shop.exists(book_id=book_id, id=shop_id):
        raise ShopNotHere
    item_id = new_id()
    code = (
        read_barcode(barcode) if barcode else barcodes.in_store(item_id % barcodes.IN_STORE_NUMBERS)
    )
    item = Item(
        id=item_id,
        book_id=book_id,
        shop_id=shop_id,
        name=named(name),
        barcode=code,
        price_points=priced(price_points),
        price_fen=_price(price_fen, MOST_FEN, "price_fen"),
        unit=folded(unit)[:20],
        category=folded(kept.category)[:CATEGORY_LENGTH],
        household_limit=_limit(kept.household_limit),
        unconfirmed_by=unconfirmed_by,
    )
    with suppress(ItemNotHere):
        taken = await find_item(book_id, shop_id, code)
        raise BarcodeIsTaken(item=taken.name, field="barcode")
    try:
        async with transaction():
            await open_asset(book_id, code=chart.item_asset(item.id), unit="piece", name=item.name)
            await item.save(force_create=True)
    except IntegrityError as taken_meanwhile:
        raise BarcodeIsTaken(item=item.name, field="barcode") from taken_meanwhile
    return item


async def set_on_offer(book_id: int, item_id: int, state: OnOffer) -> None:
    """Withdraw an item from exchange, or offer one again that was confirmed. Raises: ItemNotHere, NotConfirmedYet."""
    found = await Item.get_or_none(book_id=book_id, id=item_id)
    if found is None:
        raise ItemNotHere
    if state is OnOffer.ON_SALE:
        require_confirmed({"name": found.name, "unconfirmed_by": found.unconfirmed_by})
    await Item.filter(book_id=book_id, id=item_id).update(state=state)


async def keep(book_id: int, item_id: int, kept: Kept) -> None:
    """Give an item another category and limit from now on. Raises: ItemNotHere, LimitIsOdd."""
    values = {
        "category": folded(kept.category)[:CATEGORY_LENGTH],
        "household_limit": _limit(kept.household_limit),
    }
    if not await Item.filter(book_id=book_id, id=item_id).update(**values):
        raise ItemNotHere


async def set_price(book_id: int, item_id: int, price_points: int) -> None:
    """Give an item another price from now on. Raises: ItemNotHere, PriceIsWrong."""
    price = priced(price_points)
    if not await Item.filter(book_id=book_id, id=item_id).update(price_points=price):
        raise ItemNotHere


async def find_item(book_id: int, shop_id: int, scanned: str) -> Item:
    """Return the item of a scanned or typed barcode. Raises: BarcodeIsWrong, ItemNotHere."""
    code = read_barcode(scanned)
    item = await Item.get_or_none(book_id=book_id, shop_id=shop_id, barcode=code)
    if item is None:
        bound = BoundBarcode.filter(book_id=book_id, shop_id=shop_id, barcode=code)
        found = await bound.prefetch_related("item").first()
        if found is None:
            raise ItemNotHere
        return found.item
    return item


async def by_name(book_id: int, shop_id: int, text: str) -> list[Item]:
    """Return the items on offer whose name holds a text, a few at most."""
    wanted = folded(text[: 20 * NAME_LENGTH])
    if not wanted:
        return []
    found = Item.filter(book_id=book_id, shop_id=shop_id, state=OnOffer.ON_SALE)
    return await found.filter(name__icontains=wanted).order_by("name", "id").limit(A_FEW)


async def without_barcode(book_id: int, shop_id: int) -> list[Item]:
    """Return the items on offer for points that have no maker's barcode, a few at most: a page lists these."""
    found = Item.filter(book_id=book_id, shop_id=shop_id, state=OnOffer.ON_SALE)
    own = found.filter(price_points__gt=0, barcode__startswith=barcodes.IN_STORE)
    return await own.order_by("name", "id").limit(A_FEW)


async def receive(  # noqa: PLR0913  one lot: what came, from whom, to whom, and its paper
    book_id: int,
    item_id: int,
    source: Source,
    quantity: int,
    *,
    by: int,
    key: str,
    use_by: int | None = None,
    donor: str = "",
    slip: LotSlip = NO_SLIP,
) -> StockLot:
    """Take in a lot of an item: pieces from one source, good until `use_by` (yyyymmdd) if they spoil.

    Raises: QuantityIsOdd, DayIsOdd, CostIsOdd, BuyerIsMissing, BuyerReceives, NotAMember, ItemNotHere, KeyReused.
    """
    if type(quantity) is not int or not 1 <= quantity <= MOST_RECEIVED:
        raise QuantityIsOdd(most=MOST_RECEIVED, field="quantity")
    _require_day(use_by)
    slip = await slips.accepted(book_id, slip, source, by)
    item = await Item.get_or_none(book_id=book_id, id=item_id)
    if item is None:
        raise ItemNotHere
    now, lot_id = clock.now(), new_id()
    shelf = chart.stock_lot(item.shop_id, item_id, lot_id)
    came_from = chart.received(item.shop_id, item_id, source.value)
    said = {
        "item_id": item_id,
        "source": source.value,
        "quantity_received": quantity,
        "use_by": use_by,
        "donor": folded(donor)[:NAME_LENGTH],
        **slip.columns,
    }
    row = {"id": lot_id, "received_at": now, "receiver_id": by, **said}
    decision = Decision((Line(shelf, came_from, quantity),), (Insert("stock_lot", row),))
    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.STOCK_RECEIVED,
            key=RequestKey(f"person:{by}", key, ["receive", *said.values()]),
            document=Fact("stock_lot", lot_id),
            facts=(Fact("item", item_id),),
            accounts=(shelf, came_from),
            decide=lambda _facts, _balances: decision,
            actor_id=by,
            occurred_at=now,
        )
    )
    return await StockLot.get(book_id=book_id, id=posted.document_id)


async def shelves(book_id: int, shop_id: int) -> list[Shelf]:
    """Return every item of a shop with what is left of it, by name."""
    today = day_of(clock.now(), await zone_of(book_id))
    items = await Item.filter(book_id=book_id, shop_id=shop_id).order_by("name", "id")
    lots = await lots_on_shelf(book_id, shop_id, [item.id for item in items])
    counted = []
    for item in items:
        own = {lot: pieces for lot, pieces in lots.items() if lot.item_id == item.id}
        relief = sum(own[lot] for lot in own if lot.source == Source.DONATED_RELIEF)
        going = sum(own[lot] for lot in own if may_go(lot, today))
        counted.append(Shelf(item, going, relief, sum(own.values()) - relief - going))
    return counted


def read_barcode(text: str) -> str:
    """Return a barcode as it is kept. Raises: BarcodeIsWrong."""
    code = barcodes.read(text[:SCAN_LIMIT])
    if code is None:
        raise BarcodeIsWrong(field="barcode")
    return code


def named(text: str) -> str:
    """Return the name of a thing or shop as it is kept. Raises: NameIsMissing."""
    name = folded(text[: 20 * NAME_LENGTH])
    if not 1 <= len(name) <= NAME_LENGTH:
        raise NameIsMissing(most=NAME_LENGTH, field="name")
    return name


def priced(points: int) -> int:
    """Return a price in points as it is kept. Raises: PriceIsWrong."""
    return _price(points, MOST_POINTS, "price_points")


def _price(value: int, most: int, field: str) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise PriceIsWrong(most=most, field=field)
    return value


def _limit(pieces: int | None) -> int | None:
    if pieces is not None and not (type(pieces) is int and 1 <= pieces <= MOST_RECEIVED):
        raise LimitIsOdd(most=MOST_RECEIVED, field="household_limit")
    return pieces


def _require_day(day: int | None) -> None:
    try:
        if day is not None:
            to_date(day)
    except (ValueError, OverflowError) as no_such_day:
        raise DayIsOdd(field="use_by") from no_such_day
