"""What lies in a book for practice: a shop with a few goods, and a few people with points, all of them made up."""

from kernel import clock
from kernel.days import day_of, plus_days
from ledger.books import zone_of
from people import opening, practice
from people.models import Membership
from people.opening_list import Newcomer, OpeningList
from people.sessions import SignedIn
from redemption import day_limits, stock
from redemption.models import Item
from redemption.states import Source

SHOP = "练习超市"
# Number, name, flat, points: easy to type, and one of them has too little for anything.
PEOPLE = (
    (201, "王练习", "1-1-101", 300),
    (202, "李练习", "1-2-202", 120),
    (203, "张练习", "2-1-303", 5),
)
# Barcode, name, price in points, pieces: eight digits that add up, easy to type.
GOODS = (
    ("10000014", "练习大米", 60, 20),
    ("10000021", "练习香皂", 10, 40),
    ("10000038", "练习毛巾", 20, 1),
)
A_YEAR = 365


async def begin(real_book_id: int, by: int | None, device_id: int | None = None) -> SignedIn:
    """Open a book to practise in, put people and goods there, and let a made-up clerk in.

    Raises: NoSuchCommunity, AlreadyPractising, TooMuchPractice.
    """
    book_id = await practice.open_for(real_book_id, by, device_id)
    today = day_of(clock.now(), await zone_of(book_id))
    people = tuple(
        Newcomer(row, name, "", flat, number, points, plus_days(today, A_YEAR), 0)
        for row, (number, name, flat, points) in enumerate(PEOPLE, 1)
    )
    await opening.carry_in(book_id, OpeningList(people, ()), expires_by_rule=None)
    signed = await practice.let_in(book_id)
    await day_limits.set_limits(book_id, day_limits.MOST, day_limits.MOST, signed.person_id)
    shop = await stock.open_shop(book_id, SHOP)
    for barcode, name, price, pieces in GOODS:
        item = await stock.add_item(book_id, shop.id, name, price, barcode=barcode)
        await stock.receive(
            *(book_id, item.id, Source.DONATED_FREE_USE, pieces),
            by=signed.person_id,
            key=f"practice-{barcode}",
        )
    return signed


async def there(book_id: int) -> tuple[list[Membership], list[Item]]:
    """Return who can be served in a book for practice and what there is, to be printed beside the counter."""
    numbers = [number for number, *_ in PEOPLE]
    people = Membership.filter(book_id=book_id, number__in=numbers).order_by("number")
    return await people.select_related("person"), await Item.filter(book_id=book_id).order_by("id")
