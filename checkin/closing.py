"""Forgotten check-outs: the planned end stands in after a shift's window, and the volunteer says when they left."""

from collections.abc import Sequence

from checkin import awards
from checkin.attending import alone, refuse_elsewhere
from checkin.errors import AttendanceNotFound
from checkin.hours_errors import NothingToAnswer
from checkin.models import Attendance, AttendanceState, Provenance, Shift
from checkin.presence import CLOSES_AFTER, refuse_times
from kernel import clock
from kernel.clock import MINUTE
from kernel.database import transaction

AT_ONCE = 200
EITHER_WAY = 30 * MINUTE
ASKS = (Provenance.AUTO_CLOSED, Provenance.SELF_REPORTED)


async def close_forgotten(book_id: int) -> int:
    """Let those leave at the planned end who never checked out, and return how many; nobody is paid by that."""
    forgotten = Attendance.filter(
        book_id=book_id,
        state=AttendanceState.PRESENT,
        shift__ends_at__lt=clock.now() - CLOSES_AFTER,
    )
    rows = await forgotten.order_by("id").limit(AT_ONCE)
    return sum([await _close(each) for each in rows])


async def _close(seen: Attendance) -> bool:
    async with transaction():
        await alone(seen.book_id, seen.person_id)
        rows = Attendance.filter(book_id=seen.book_id, id=seen.id, state=AttendanceState.PRESENT)
        found = await rows.select_for_update().first()
        if found is None:
            return False
        shift = await Shift.get(book_id=found.book_id, id=found.shift_id)
        came = found.checked_in_at or shift.starts_at
        _left_at(found, max(came, shift.ends_at), Provenance.AUTO_CLOSED)
        await found.save()
    return True


def guesses(attendance: Attendance) -> Sequence[int]:
    """Return the moments to choose from for when somebody left: the planned end, half an hour either way.

    `attendance` carries its shift.
    """
    ends, came = attendance.shift.ends_at, attendance.checked_in_at or 0
    last = min(ends + CLOSES_AFTER, clock.now())
    return [at for at in (ends - EITHER_WAY, ends, ends + EITHER_WAY) if came < at <= last]


def asks(attendance: Attendance) -> bool:
    """Say whether the volunteer is still to say when they left."""
    closed = attendance.provenance is Provenance.AUTO_CLOSED
    return attendance.state is AttendanceState.LEFT and closed


async def say_when_left(
    book_id: int, attendance_id: int, person_id: int, left_at: int
) -> Attendance:
    """Keep a volunteer's own word for when they left (UTC microseconds); it waits for verification like the suggestion.

    Raises: AttendanceNotFound, NothingToAnswer, TimesAreImpossible, PresentElsewhere, TimesOverlap.
    """
    async with transaction():
        await alone(book_id, person_id)
        rows = Attendance.filter(book_id=book_id, id=attendance_id, person_id=person_id)
        found = await rows.select_for_update().first()
        if found is None:
            raise AttendanceNotFound
        if found.state is not AttendanceState.LEFT or found.provenance not in ASKS:
            raise NothingToAnswer
        shift = await Shift.get(book_id=book_id, id=found.shift_id)
        if shift.on_call and not found.needs_word:
            raise NothingToAnswer  # somebody has spoken for these times already
        came = found.checked_in_at or shift.starts_at
        refuse_times(shift.starts_at, shift.ends_at, came, left_at, clock.now())
        await refuse_elsewhere(book_id, person_id, found.shift_id, came, left_at)
        _left_at(found, left_at, Provenance.SELF_REPORTED)
        await found.save()
    return found


def _left_at(found: Attendance, at: int, provenance: Provenance) -> None:
    found.state, found.checked_out_at, found.provenance = AttendanceState.LEFT, at, provenance
    found.minutes_worked = awards.minutes_between(found.checked_in_at or at, at)
    found.asked_at, found.asked_with = None, ""
