"""Numbers to wait with on exchange days: taken on the phone or handed out on paper, called in turn, or skipped.

A day's numbers have no gaps: the row of the day counts them in the same commit as the ticket that is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel import clock
from kernel.database import fetch, is_duplicate, transaction
from kernel.days import day_of
from kernel.ids import new_id
from ledger.books import zone_of
from people.closed import require_open
from people.roster import member
from redemption.opening_errors import NobodyWaits, NoQueueToday, TicketNotFound, TicketTaken
from redemption.opening_papers import QueueDay, QueueTicket
from redemption.openings import calendar_of, in_words, minute_of
from redemption.states import TicketState


@dataclass(frozen=True, slots=True)
class Queue:
    """A shop's queue today: who is called, how many wait, and the numbers that were skipped."""

    day: int
    given: int
    called: QueueTicket | None
    waiting: int
    skipped: Sequence[QueueTicket]
    is_open: bool


async def take_number(book_id: int, shop_id: int, person_id: int) -> QueueTicket:
    """Give a member a number for today. Raises: NoSuchMember, RecordIsClosed, NoQueueToday, TicketTaken."""
    await member(book_id, person_id)
    await require_open(book_id, person_id)
    return await _give(book_id, shop_id, person_id)


async def give_paper_number(book_id: int, shop_id: int) -> QueueTicket:
    """Give a paper number to somebody without a phone. Raises: NoQueueToday."""
    return await _give(book_id, shop_id, None)


async def _give(book_id: int, shop_id: int, person_id: int | None) -> QueueTicket:
    now, day = clock.now(), await _require_queue(book_id, shop_id)
    own = await own_ticket(book_id, shop_id, person_id) if person_id else None
    if own is not None:
        raise TicketTaken(number=own.number)
    try:
        async with transaction():
            (row,) = await fetch(
                "INSERT INTO queue_day (id, book_id, shop_id, day, numbers_given) VALUES ($1, $2, $3, $4, 1) "
                "ON CONFLICT (book_id, shop_id, day) DO UPDATE SET numbers_given = queue_day.numbers_given + 1 "
                "RETURNING id, numbers_given",
                *(new_id(), book_id, shop_id, day),
            )
            return await QueueTicket.create(
                book_id=book_id,
                queue_id=row["id"],
                number=row["numbers_given"],
                person_id=person_id,
                taken_at=now,
            )
    except Exception as error:
        if not is_duplicate(error) or person_id is None:
            raise
        own = await own_ticket(book_id, shop_id, person_id)
        raise TicketTaken(number=own.number if own else 0) from None


async def call_next(
    book_id: int, shop_id: int, by: int, *, came: bool = True
) -> QueueTicket | None:
    """Call the next number; the one called before was served, or is skipped if nobody came.

    Returns None if that one was the last. Raises: NobodyWaits if there was none either; then nothing has changed.
    """
    now = clock.now()
    async with transaction():
        queue = await _locked(book_id, shop_id)
        called = await _in_state(queue, TicketState.CALLED)
        if called is not None:
            ended = TicketState.SERVED if came else TicketState.SKIPPED
            await QueueTicket.filter(book_id=book_id, id=called.id).update(state=ended)
        coming = await _in_state(queue, TicketState.WAITING)
        if coming is not None:
            return await _call(coming, by, now)
        if called is None:
            raise NobodyWaits
    return None


async def call_again(book_id: int, shop_id: int, number: int, by: int) -> QueueTicket:
    """Call a number that was skipped, now that they came; the one called before was served. Raises: TicketNotFound."""
    now = clock.now()
    async with transaction():
        queue = await _locked(book_id, shop_id)
        there = QueueTicket.filter(book_id=book_id, queue_id=queue.id if queue else 0)
        found = await there.filter(number=number, state=TicketState.SKIPPED).first()
        if found is None:
            raise TicketNotFound
        await there.filter(state=TicketState.CALLED).update(state=TicketState.SERVED)
        return await _call(found, by, now)


async def _call(ticket: QueueTicket, by: int, now: int) -> QueueTicket:
    called = {"state": TicketState.CALLED, "called_at": now, "called_by": by}
    await QueueTicket.filter(book_id=ticket.book_id, id=ticket.id).update(**called)
    return await ticket.update_from_dict(called)


async def own_ticket(book_id: int, shop_id: int, person_id: int) -> QueueTicket | None:
    """Return a member's number of today, or None."""
    queue = await _today(book_id, shop_id)
    if queue is None:
        return None
    return await QueueTicket.get_or_none(book_id=book_id, queue_id=queue.id, person_id=person_id)


async def ticket(book_id: int, ticket_id: int) -> QueueTicket:
    """Return one number with its day. Raises: TicketNotFound."""
    found = await QueueTicket.get_or_none(book_id=book_id, id=ticket_id).prefetch_related(
        "queue__shop"
    )
    if found is None:
        raise TicketNotFound
    return found


async def queue_of(book_id: int, shop_id: int) -> Queue:
    """Return a shop's queue of today."""
    day = day_of(clock.now(), await zone_of(book_id))
    is_open = await _hours(book_id, shop_id) is not None
    queue = await _today(book_id, shop_id)
    if queue is None:
        return Queue(day, 0, None, 0, [], is_open)
    rows = await QueueTicket.filter(book_id=book_id, queue_id=queue.id).order_by("number")
    called = [each for each in rows if each.state is TicketState.CALLED]
    return Queue(
        day,
        queue.numbers_given,
        called[0] if called else None,
        sum(each.state is TicketState.WAITING for each in rows),
        [each for each in rows if each.state is TicketState.SKIPPED],
        is_open,
    )


async def before(own: QueueTicket) -> int:
    """Return how many numbers wait before one that waits itself."""
    earlier = QueueTicket.filter(
        book_id=own.book_id, queue_id=own.queue_id, state=TicketState.WAITING
    )
    return await earlier.filter(number__lt=own.number).count()


async def _hours(book_id: int, shop_id: int) -> int | None:
    """Return today, if it is an exchange day whose shop has not closed yet."""
    calendar, zone, now = await calendar_of(book_id, shop_id), await zone_of(book_id), clock.now()
    day, minute = day_of(now, zone), minute_of(now, zone)
    open_still = any(each.exchange_day and minute < each.closes for each in calendar.on(day))
    return day if open_still else None


async def _require_queue(book_id: int, shop_id: int) -> int:
    """Return today. Raises: NoQueueToday."""
    day = await _hours(book_id, shop_id)
    if day is not None:
        return day
    calendar, zone, now = await calendar_of(book_id, shop_id), await zone_of(book_id), clock.now()
    day, minute = day_of(now, zone), minute_of(now, zone)
    raise NoQueueToday(next=in_words(calendar.next_after(day, minute, exchange_day=True)))


async def _today(book_id: int, shop_id: int) -> QueueDay | None:
    day = day_of(clock.now(), await zone_of(book_id))
    return await QueueDay.get_or_none(book_id=book_id, shop_id=shop_id, day=day)


async def _locked(book_id: int, shop_id: int) -> QueueDay | None:
    """Lock today's queue, so that two clerks at once call two numbers."""
    day = day_of(clock.now(), await zone_of(book_id))
    found = QueueDay.filter(book_id=book_id, shop_id=shop_id, day=day)
    return await found.select_for_update().first()


async def _in_state(queue: QueueDay | None, state: TicketState) -> QueueTicket | None:
    if queue is None:
        return None
    there = QueueTicket.filter(book_id=queue.book_id, queue_id=queue.id, state=state)
    return await there.order_by("number").first()
