"""Who is due tomorrow, shift by shift; and which shifts the group is still to be told of, each once."""

from dataclasses import dataclass

from checkin import shifts, signup_lists
from checkin.signing import alone_on_sheet
from checkin.signup_lists import Sheet
from checkin.signup_models import SignUpSheet
from kernel import clock
from kernel.database import transaction
from kernel.days import day_of, plus_days, start_of
from ledger.books import zone_of

FROM_HOUR = 9


@dataclass(frozen=True, slots=True)
class Due:
    """A day (yyyymmdd) and the sheets of its shifts, earliest first."""

    day: int
    sheets: list[Sheet]


async def due_tomorrow(book_id: int) -> Due:
    """Return the open shifts of tomorrow and who signed up for each."""
    zone = await zone_of(book_id)
    day = plus_days(day_of(clock.now(), zone), 1)
    found = [each for each in await shifts.of_day(book_id, day) if each.state == "open"]
    return Due(day, [await signup_lists.of_shift(book_id, each.id) for each in found])


def may_remind(now: int, today: int, zone: str) -> bool:
    """Say whether it is late enough in the day to remind a group of the next one."""
    return now >= start_of(today, zone) + FROM_HOUR * clock.HOUR


async def claim(book_id: int, shift_id: int) -> bool:
    """Take it upon oneself to remind of a shift; only one ever does. Raises: ShiftNotFound."""
    async with transaction():
        await alone_on_sheet(book_id, shift_id)
        rows = SignUpSheet.filter(book_id=book_id, shift_id=shift_id)
        sheet = await rows.first() or SignUpSheet(book_id=book_id, shift_id=shift_id)
        if sheet.reminded_at is not None:
            return False
        sheet.reminded_at = clock.now()
        await sheet.save()
    return True


async def give_back(book_id: int, shift_id: int) -> None:
    """Let somebody else remind of a shift, because it was not sent."""
    await SignUpSheet.filter(book_id=book_id, shift_id=shift_id).update(reminded_at=None)
