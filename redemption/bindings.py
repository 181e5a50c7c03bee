"""Barcodes that the counter did not know: bound to an item at once, confirmed by somebody else by the evening.

Until then the goods can be exchanged. What the office refuses, or nobody confirms by the end of the next day, is gone:
the code is unknown again, and what was exchanged meanwhile stands, for the item and its price are the shop's own.
"""

from kernel import clock
from kernel.database import is_duplicate
from kernel.days import day_of, plus_days, start_of
from ledger.books import zone_of
from redemption import stock
from redemption.errors import BarcodeIsTaken, ItemNotHere
from redemption.models import Item
from redemption.states import OnOffer
from redemption.stock_errors import BindingNotFound, ConfirmsOwnBinding
from redemption.stock_papers import BoundBarcode


async def bind(book_id: int, item_id: int, scanned: str, by: int) -> BoundBarcode:
    """Bind an unknown barcode to an item on offer. Raises: BarcodeIsWrong, ItemNotHere, BarcodeIsTaken."""
    item = await Item.get_or_none(book_id=book_id, id=item_id, state=OnOffer.ON_SALE)
    if item is None:
        raise ItemNotHere
    code = stock.read_barcode(scanned)
    taken = await Item.get_or_none(book_id=book_id, shop_id=item.shop_id, barcode=code)
    if taken is not None:
        raise BarcodeIsTaken(item=taken.name, field="code")
    try:
        return await BoundBarcode.create(
            book_id=book_id,
            shop_id=item.shop_id,
            item=item,
            barcode=code,
            bound_by=by,
            bound_at=clock.now(),
        )
    except Exception as error:
        if is_duplicate(error):
            raise BarcodeIsTaken(item=item.name, field="code") from None
        raise


async def waiting(book_id: int) -> list[BoundBarcode]:
    """Return what nobody has confirmed yet, oldest first."""
    found = BoundBarcode.filter(book_id=book_id, confirmed_at__isnull=True)
    return await found.order_by("bound_at", "id").prefetch_related("item", "shop")


async def confirm(book_id: int, binding_id: int, by: int) -> BoundBarcode:
    """Confirm a binding that somebody else made. Raises: BindingNotFound, ConfirmsOwnBinding."""
    found = await _waiting(book_id, binding_id, by)
    found.confirmed_by, found.confirmed_at = by, clock.now()
    open_still = BoundBarcode.filter(book_id=book_id, id=binding_id, confirmed_at__isnull=True)
    if not await open_still.update(confirmed_by=by, confirmed_at=found.confirmed_at):
        raise BindingNotFound
    return found


async def refuse(book_id: int, binding_id: int) -> None:
    """Take a binding away: its barcode is unknown again. Raises: BindingNotFound."""
    gone = BoundBarcode.filter(book_id=book_id, id=binding_id, confirmed_at__isnull=True)
    if not await gone.delete():
        raise BindingNotFound


async def let_unconfirmed_go(book_id: int) -> int:
    """Take away what nobody confirmed by the end of the day after it was bound; return how many that were."""
    over = await over_since(book_id, clock.now())
    late = BoundBarcode.filter(book_id=book_id, confirmed_at__isnull=True, bound_at__lt=over)
    return await late.delete()


async def over_since(book_id: int, at: int) -> int:
    """Return the moment before which what a counter did is too old to wait at a moment: the day before began then."""
    zone = await zone_of(book_id)
    return start_of(plus_days(day_of(at, zone), -1), zone)


async def _waiting(book_id: int, binding_id: int, by: int) -> BoundBarcode:
    found = await BoundBarcode.get_or_none(
        book_id=book_id, id=binding_id, confirmed_at__isnull=True
    ).prefetch_related("item", "shop")
    if found is None:
        raise BindingNotFound
    if found.bound_by == by:
        raise ConfirmsOwnBinding
    return found
