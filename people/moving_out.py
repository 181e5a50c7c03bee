"""Moving out: work here ends, the household is left; points stay as they are until their use-by dates."""

from kernel import clock
from kernel.database import is_duplicate, transaction
from kernel.ids import new_id
from people.closed import require_open
from people.endings import ON_MOVING_OUT, ended, ended_rows, open_rows, write
from people.erased import require_not_erased
from people.household_errors import HasMovedOut, InAHousehold, NoSuchEvent
from people.lives import LifeEvent, LifeKind
from people.recording import event_row
from people.roster import member


async def move_out(book_id: int, person_id: int, made_by: int) -> LifeEvent:
    """Record that a person moved out of the community; roles of staff end, points can be spent until they lapse.

    Raises:
        NoSuchMember, RecordIsClosed, HasMovedOut
    """
    found = await member(book_id, person_id)
    await require_open(book_id, person_id)
    now, event_id = clock.now(), new_id()
    row = event_row(
        event_id,
        LifeKind.MOVED_OUT,
        person_id,
        now,
        flat_before=found.flat,
        made_by=made_by,
    )
    try:
        async with transaction():
            await LifeEvent.create(book_id=book_id, **row)
            await write(book_id, ended(await open_rows(book_id, person_id, ON_MOVING_OUT), now))
            found.flat = ""
            await found.save(update_fields=["flat"])
    except Exception as error:
        if is_duplicate(error):
            raise HasMovedOut from None
        raise
    return await LifeEvent.get(book_id=book_id, id=event_id)


async def moved_out(book_id: int, person_id: int) -> LifeEvent | None:
    """Return the event of a person who has moved out, or None."""
    return await LifeEvent.get_or_none(
        book_id=book_id, person_id=person_id, kind=LifeKind.MOVED_OUT, reversed_at__isnull=True
    )


async def come_back(book_id: int, person_id: int, made_by: int) -> None:
    """Take moving out back: roles, household and flat are as they were, as far as nothing else took their place.

    Raises:
        NoSuchEvent, InAHousehold, PersonIsErased
    """
    event = await moved_out(book_id, person_id)
    if event is None:
        raise NoSuchEvent
    await require_not_erased(book_id, person_id)
    try:
        await _come_back(event, made_by)
    except Exception as error:
        if is_duplicate(error):
            raise InAHousehold from None
        raise


async def _come_back(event: LifeEvent, made_by: int) -> None:
    book_id, person_id, now = event.book_id, event.person_id, clock.now()
    async with transaction():
        won = await LifeEvent.filter(book_id=book_id, id=event.id, reversed_at__isnull=True).update(
            reversed_at=now, reversed_by=made_by
        )
        if not won:
            raise NoSuchEvent
        rows = await ended_rows(book_id, person_id, ON_MOVING_OUT, event.recorded_at)
        await write(book_id, ended(rows, None))
        found = await member(book_id, person_id)
        if not found.flat:
            found.flat = event.flat_before
            await found.save(update_fields=["flat"])
