"""A community's shops: one of them by number, and another name for it."""

from tortoise.exceptions import IntegrityError

from kernel.database import is_duplicate
from redemption import stock
from redemption.errors import ShopNotHere
from redemption.models import Shop
from redemption.stock_errors import ShopNameIsTaken


async def shop_of(book_id: int, shop_id: int) -> Shop:
    """Return a shop of a community. Raises: ShopNotHere, also for another community's."""
    found = await Shop.get_or_none(book_id=book_id, id=shop_id)
    if found is None:
        raise ShopNotHere
    return found


async def rename_shop(book_id: int, shop_id: int, name: str) -> Shop:
    """Give a shop another name; what was posted stays the same shop's.

    Raises: ShopNotHere, NameIsMissing, ShopNameIsTaken.
    """
    shop = await shop_of(book_id, shop_id)
    shop.name = stock.named(name)
    try:
        await Shop.filter(book_id=book_id, id=shop_id).update(name=shop.name)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise ShopNameIsTaken(name=shop.name, field="name") from None
    return shop
