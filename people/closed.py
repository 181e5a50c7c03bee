"""Records that are closed: joined with another one, or closed for good. Nothing begins for them any more."""

from collections.abc import Iterable

from people.erased import require_not_erased
from people.household_errors import RecordIsClosed
from people.lives import LifeEvent, LifeKind

CLOSING = (LifeKind.MERGED, LifeKind.CLOSED)
MOST_STEPS = 16


async def closing_of(book_id: int, person_id: int) -> LifeEvent | None:
    """Return the event that closed a record, or None while it is open."""
    return await LifeEvent.get_or_none(
        book_id=book_id, person_id=person_id, kind__in=CLOSING, reversed_at__isnull=True
    )


async def closed_among(book_id: int, person_ids: Iterable[int]) -> frozenset[int]:
    """Return those of some people whose records are closed: nobody writes to them or reminds them of anything."""
    wanted = sorted(set(person_ids))
    if not wanted:
        return frozenset()
    found = LifeEvent.filter(
        book_id=book_id, person_id__in=wanted, kind__in=CLOSING, reversed_at__isnull=True
    )
    return frozenset(event.person_id for event in await found)


async def require_open(book_id: int, person_id: int) -> None:
    """Refuse what begins something for a closed record, or one whose data were removed.

    Raises:
        PersonIsErased, RecordIsClosed
    """
    await require_not_erased(book_id, person_id)
    if await closing_of(book_id, person_id) is not None:
        raise RecordIsClosed


async def survivor_of(book_id: int, person_id: int) -> int:
    """Return who a record belongs to now: the surviving one if it was joined with another, else itself."""
    for _ in range(MOST_STEPS):
        event = await closing_of(book_id, person_id)
        if event is None or event.kind is not LifeKind.MERGED or event.other_id is None:
            return person_id
        person_id = event.other_id
    return person_id


async def joined_into(book_id: int, person_id: int) -> list[int]:
    """Return the records that were joined into this one, and into those, the latest joined first."""
    found: list[int] = []
    todo = [person_id]
    while todo:
        merged = LifeEvent.filter(
            book_id=book_id, other_id__in=todo, kind=LifeKind.MERGED, reversed_at__isnull=True
        )
        todo = [event.person_id for event in await merged.order_by("-recorded_at")]
        todo = [each for each in todo if each not in found]
        found += todo
    return found


async def events_of(book_id: int, person_id: int) -> list[LifeEvent]:
    """Return what happened to a record, latest first, with the other person of each event."""
    found = LifeEvent.filter(book_id=book_id, person_id=person_id)
    return await found.order_by("-recorded_at", "-id").prefetch_related("other")
