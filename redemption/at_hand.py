"""What stands on the shelves and in the catalogue now, read for many customers at once.

At every counter of a community the same is asked at the same moment.
"""

from collections.abc import Iterable, Sequence

from kernel.database import Dialect
from kernel.direct import Ask, Steps
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together
from redemption.errors import ItemNotHere, ShopNotHere
from redemption.models import Item, Shop
from redemption.serving import Cart, ShelfLot

Goods = tuple[int, tuple[int, ...]]  # a shop and some of its items
_OF_LOT = ("item_id", "lot_id", "source", "received_at", "use_by")
_ON_SHELF = """
SELECT l.item_id, l.id AS lot_id, l.source, l.received_at, l.use_by, i.shop_id, b.debits - b.credits AS pieces
  FROM stock_lot l JOIN item i ON i.book_id = l.book_id AND i.id = l.item_id
  JOIN account a ON a.book_id = l.book_id AND a.path = 'shop:' || i.shop_id || ':lot:' || l.id
       AND a.asset = 'item:' || l.item_id
  JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id AND b.debits > b.credits
 WHERE l.book_id = $1 AND l.item_id """


async def items_of(book_id: int, shop_id: int, cart: Cart) -> dict[int, Item]:
    """Return the items of a cart by id. Raises: ShopNotHere, ItemNotHere."""
    ids = tuple(item_id for item_id, _ in cart)
    found = await _items.ask(book_id, (shop_id, ids))
    if len(found) == len(ids) and ids:
        return found
    await require_shop(book_id, shop_id)
    if len(found) != len(ids):
        raise ItemNotHere
    return found


async def require_shop(book_id: int, shop_id: int) -> None:
    """Refuse a shop that is none of this community's. Raises: ShopNotHere."""
    if not await Shop.exists(book_id=book_id, id=shop_id):
        raise ShopNotHere


async def lots_on_shelf(book_id: int, shop_id: int, item_ids: Iterable[int]) -> dict[ShelfLot, int]:
    """Return the lots of some items that have pieces at this moment, with how many."""
    return await _lots.ask(book_id, (shop_id, tuple(item_ids)))


async def _read_items(book_id: int, asked: Sequence[Goods]) -> list[dict[int, Item]]:
    every = {item_id for _, ids in asked for item_id in ids}
    known = {item.id: item for item in await Item.filter(book_id=book_id, id__in=every)}
    return [
        {one: known[one] for one in ids if one in known and known[one].shop_id == shop_id}
        for shop_id, ids in asked
    ]


def read_lots(
    book_id: int, asked: Sequence[Goods], kind: Dialect
) -> Steps[list[dict[ShelfLot, int]]]:
    """Return for each (shop, items) the lots that have pieces now, with how many."""
    every = as_list(kind, {item_id for _, ids in asked for item_id in ids})
    own: dict[tuple[int, int], list[tuple[ShelfLot, int]]] = {}
    for row in (yield Ask(f"{_ON_SHELF}{among(kind, 2)} ORDER BY l.id", (book_id, every))):
        lot = ShelfLot(*(row[name] for name in _OF_LOT))
        own.setdefault((row["shop_id"], lot.item_id), []).append((lot, int(row["pieces"])))
    return [
        {lot: pieces for one in ids for lot, pieces in own.get((shop_id, one), ())}
        for shop_id, ids in asked
    ]


_items, _lots = Together(_read_items), Together(talked(read_lots))
