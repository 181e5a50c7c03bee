"""Numbered paper sheets: printed as a pack before a bad day, found by number, put away when they are done with."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel import clock
from kernel.clock import DAY
from kernel.database import fetch, transaction
from kernel.days import day_of
from kernel.ids import new_id
from ledger import chart, purse
from ledger.balances import holdings
from ledger.books import zone_of
from people.models import Membership
from redemption.errors import ShopNotHere
from redemption.models import Shop
from redemption.sheet_errors import SheetIsEnded, SheetNotFound, SheetsAreOdd
from redemption.sheet_papers import PaperSheet, SheetEnd

MOST_SHEETS = 20  # 240 exchanges: more than any exchange day has
LATELY = 90 * DAY
MOST_LISTED = 120

_LIKELY = """
SELECT person_id FROM redemption WHERE book_id = $1 AND shop_id = $2 AND redeemed_at > $3
UNION SELECT person_id FROM reservation WHERE book_id = $1 AND shop_id = $2 AND state = 'open'
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One member who is likely to come, and the points that they may spend at the moment of printing."""

    member: Membership
    points: int


async def print_pack(book_id: int, shop_id: int, sheets: int, by: int) -> list[PaperSheet]:
    """Number a pack of sheets for today, on from the last one without gaps. Raises: SheetsAreOdd, ShopNotHere."""
    if type(sheets) is not int or not 1 <= sheets <= MOST_SHEETS:
        raise SheetsAreOdd(most=MOST_SHEETS, field="sheets")
    now, pack_id = clock.now(), new_id()
    today = day_of(now, await zone_of(book_id))
    async with transaction():
        # One pack at a time. SQLite ignores the lock and needs none.
        if await Shop.filter(book_id=book_id, id=shop_id).select_for_update().first() is None:
            raise ShopNotHere
        last = await PaperSheet.filter(book_id=book_id, shop_id=shop_id).order_by("-number").first()
        first = last.number + 1 if last else 1
        return [
            await PaperSheet.create(
                book_id=book_id,
                shop_id=shop_id,
                number=number,
                pack_id=pack_id,
                day=today,
                printed_by=by,
                printed_at=now,
            )
            for number in range(first, first + sheets)
        ]


async def pack(book_id: int, pack_id: int) -> list[PaperSheet]:
    """Return the sheets of a pack by number. Raises: SheetNotFound."""
    found = await PaperSheet.filter(book_id=book_id, pack_id=pack_id).order_by("number")
    if not found:
        raise SheetNotFound
    return found


async def sheet_of(book_id: int, shop_id: int, number: int) -> PaperSheet:
    """Return a sheet of a shop by the number at its top. Raises: SheetNotFound."""
    found = await PaperSheet.get_or_none(book_id=book_id, shop_id=shop_id, number=number)
    if found is None:
        raise SheetNotFound(field="sheet")
    return found


async def not_entered(book_id: int, shop_id: int) -> list[PaperSheet]:
    """Return the sheets that were printed and not put away, by number, with the rows that were typed in so far."""
    found = PaperSheet.filter(book_id=book_id, shop_id=shop_id, ended_at__isnull=True)
    return await found.order_by("number").prefetch_related("rows")


async def put_away(book_id: int, sheet_id: int, end: SheetEnd, by: int) -> None:
    """Say what became of a sheet. Raises: SheetNotFound, SheetIsEnded."""
    if not await PaperSheet.exists(book_id=book_id, id=sheet_id):
        raise SheetNotFound
    standing = PaperSheet.filter(book_id=book_id, id=sheet_id, ended_at__isnull=True)
    if not await standing.update(end=end, ended_by=by, ended_at=clock.now()):
        raise SheetIsEnded


async def likely_to_come(book_id: int, shop_id: int) -> list[Standing]:
    """Return who was here in the last three months or has something reserved, by number, with their points of now."""
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    rows = await fetch(_LIKELY, book_id, shop_id, now - LATELY)
    ids = sorted(int(row["person_id"]) for row in rows)
    members = Membership.filter(book_id=book_id, person_id__in=ids).order_by("number")
    found: Sequence[Membership] = await members.limit(MOST_LISTED).select_related("person")
    names = [name(each.person_id) for each in found for name in (chart.purse, chart.owed)]
    held = await holdings(book_id, names)

    def points_of(person_id: int) -> int:
        if held[chart.owed(person_id)].balance:
            return 0  # While anything is owed, nothing is spent.
        return purse.available(held[chart.purse(person_id)], today)

    return [Standing(each, points_of(each.person_id)) for each in found]
