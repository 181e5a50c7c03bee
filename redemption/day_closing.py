"""Closing a shop's day: what was done and not signed off yet is counted, signed and kept; parked carts are gone."""

from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.database import is_duplicate, transaction
from kernel.days import day_of, month_end
from ledger.books import zone_of
from people.naming import within
from redemption.counter_papers import ParkedSale
from redemption.day_errors import ClosedMeanwhile, ClosingNotFound, DayIsNotOver, NothingToClose
from redemption.day_figures import Done, Figures, by_clerk, done_in, figures
from redemption.day_papers import NOTE_LIMIT, DayClose, DayCloseEntry
from redemption.models import Shop
from redemption.shops import shop_of


@dataclass(frozen=True, slots=True)
class Day:
    """A shop's day as it stands now: all that was done, its closings, and what came after the last of them."""

    shop: Shop
    day: int
    done: tuple[Done, ...]
    closings: tuple[DayClose, ...]
    carts: int = 0  # that are parked now

    @property
    def figures(self) -> Figures:
        """Return what was done in all."""
        return figures(self.done)

    @property
    def clerks(self) -> dict[int, Figures]:
        """Return who did what."""
        return by_clerk(self.done)

    @property
    def after_closing(self) -> tuple[Done, ...]:
        """Return what nobody has signed off yet."""
        return tuple(each for each in self.done if each.closing_id is None)

    @property
    def left_open(self) -> bool:
        """Say whether something was done and nobody closed the day."""
        return bool(self.done) and not self.closings


async def day_at(book_id: int, shop_id: int, day: int) -> Day:
    """Return a shop's day. Raises: ShopNotHere."""
    shop = await shop_of(book_id, shop_id)
    found = DayClose.filter(book_id=book_id, shop_id=shop_id, day=day).order_by("number")
    carts = await ParkedSale.filter(book_id=book_id, shop_id=shop_id, day=day).count()
    done = await done_in(book_id, shop_id, day, day)
    return Day(shop, day, tuple(done), tuple(await found), carts)


async def days_of_month(book_id: int, shop_id: int, month: int) -> list[Day]:
    """Return the days of a month (any day of it) on which a shop did something, latest first. Raises: ShopNotHere."""
    shop = await shop_of(book_id, shop_id)
    first, last = month_end(month) // 100 * 100 + 1, month_end(month)
    done = await done_in(book_id, shop_id, first, last)
    found = DayClose.filter(book_id=book_id, shop_id=shop_id, day__gte=first, day__lte=last)
    closings = await found.order_by("number")
    return [
        Day(
            *(shop, day),
            tuple(each for each in done if each.day == day),
            tuple(each for each in closings if each.day == day),
        )
        for day in sorted({each.day for each in done}, reverse=True)
    ]


async def close_day(book_id: int, shop_id: int, day: int, by: int, note: str = "") -> DayClose:
    """Sign off what a shop did on a day (yyyymmdd) and nobody signed off yet; its parked carts are gone.

    Raises: ShopNotHere, DayIsNotOver, NothingToClose, ClosedMeanwhile, TextTooLong.
    """
    now = clock.now()
    if day > day_of(now, await zone_of(book_id)):
        raise DayIsNotOver(field="day")
    note = within(note, NOTE_LIMIT, "note")
    try:
        async with transaction():
            found = await day_at(book_id, shop_id, day)
            if not (loose := found.after_closing):
                raise NothingToClose
            gone = await ParkedSale.filter(book_id=book_id, shop_id=shop_id, day__lte=day).delete()
            made = DayClose(
                book_id=book_id,
                shop_id=shop_id,
                day=day,
                number=len(found.closings) + 1,
                closed_by=by,
                closed_at=now,
                carts_gone=gone,
                note=note,
                **figures(loose).columns,
            )
            await made.save(force_create=True)
            entries = [
                DayCloseEntry(book_id=book_id, closing_id=made.id, entry_id=each.entry_id)
                for each in loose
            ]
            await DayCloseEntry.bulk_create(entries)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise ClosedMeanwhile from None
    return made


async def closing_of(book_id: int, closing_id: int) -> tuple[DayClose, Day]:
    """Return a closing, and of its day only what it stands for. Raises: ClosingNotFound."""
    made = await DayClose.get_or_none(book_id=book_id, id=closing_id)
    if made is None:
        raise ClosingNotFound
    whole = await day_at(book_id, made.shop_id, made.day)
    own = tuple(each for each in whole.done if each.closing_id == made.id)
    return made, Day(whole.shop, made.day, own, (made,))
