"""Mark a household as being in hardship, with its consent and until a day, and end the mark."""

from kernel import clock
from kernel.database import is_duplicate
from kernel.days import day_of, plus_days, to_date
from ledger.books import zone_of
from people import households
from people.hardship_errors import AlreadyMarked, MarkDayIsOdd, MarksOwnHousehold, NotMarked
from people.hardship_marks import HardshipMark
from people.household_errors import NoSuchHousehold
from people.lives import ConsentGiven

LONGEST = 366  # days: hardship is looked at again every year


async def mark(
    book_id: int, person_id: int, how: ConsentGiven, valid_until: int, by: int
) -> HardshipMark:
    """Mark the household of a member who agreed, until a day (yyyymmdd).

    Raises:
        NoSuchHousehold, MarkDayIsOdd, MarksOwnHousehold, AlreadyMarked
    """
    household = await households.of_person(book_id, person_id)
    if household is None:
        raise NoSuchHousehold
    now = clock.now()
    _require_day(valid_until, day_of(now, await zone_of(book_id)))
    if await households.share_a_household(book_id, person_id, {by}):
        raise MarksOwnHousehold
    try:
        return await HardshipMark.create(
            book_id=book_id,
            household=household,
            agreed_id=person_id,
            agreed_how=how,
            valid_until=valid_until,
            marked_by=by,
            marked_at=now,
        )
    except Exception as error:
        if is_duplicate(error):
            raise AlreadyMarked from None
        raise


async def end(book_id: int, person_id: int, by: int) -> None:
    """End the mark of a member's household: from now on it gets no relief goods. Raises: NotMarked."""
    found = await marked(book_id, person_id)
    if found is None or not await HardshipMark.filter(
        book_id=book_id, id=found.id, ended_at__isnull=True
    ).update(ended_at=clock.now(), ended_by=by):
        raise NotMarked


async def marked(book_id: int, person_id: int) -> HardshipMark | None:
    """Return the mark of a person's household that was not ended, also one that lapsed, or None."""
    household = await households.of_person(book_id, person_id)
    if household is None:
        return None
    return await HardshipMark.get_or_none(
        book_id=book_id, household_id=household.id, ended_at__isnull=True
    )


def _require_day(day: int, today: int) -> None:
    try:
        to_date(day)
    except (ValueError, OverflowError) as no_such_day:
        raise MarkDayIsOdd(field="valid_until") from no_such_day
    if not today <= day <= plus_days(today, LONGEST):
        raise MarkDayIsOdd(field="valid_until")
