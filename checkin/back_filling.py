"""Enter somebody who served and was never checked in: that there are no scans stays visible."""

from checkin.attending import alone, refuse_elsewhere
from checkin.correcting import Breaks, enter, given
from checkin.errors import OwnHours, ShiftNotFound
from checkin.hours_errors import AlreadyThere
from checkin.models import Attendance, AttendanceState, Provenance, Shift
from checkin.presence import refuse_breaks, refuse_cancelled, refuse_times
from kernel import clock
from kernel.database import transaction


async def back_fill(
    book_id: int,
    shift_id: int,
    person_id: int,
    by: int,
    *,
    checked_in_at: int,
    checked_out_at: int,
    reason: str,
    breaks: Breaks = (),
) -> Attendance:
    """Enter a member who was at a shift and is not on its list (UTC microseconds); it waits for verification.

    Raises: OwnHours, ReasonIsMissing, ShiftNotFound, ShiftIsCancelled, NotAMember, AlreadyThere, TimesAreImpossible,
    BreaksAreImpossible, PresentElsewhere, TimesOverlap.
    """
    times = (checked_in_at, checked_out_at)
    return await _fill((book_id, shift_id, person_id), by, times, breaks, reason)


async def bring_in(
    book_id: int, shift_id: int, person_id: int, by: int, times: tuple[int, int], source: str
) -> Attendance:
    """Enter a member from a community's earlier records, of which `source` says where they stand.

    Somebody else always verifies it. Raises: what `back_fill` does.
    """
    who = (book_id, shift_id, person_id)
    return await _fill(who, by, times, (), source, Provenance.IMPORTED)


async def _fill(
    who: tuple[int, int, int],
    by: int,
    times: tuple[int, int],
    breaks: Breaks,
    reason: str,
    provenance: Provenance = Provenance.BACK_FILLED,
) -> Attendance:
    book_id, shift_id, person_id = who
    if person_id == by:
        raise OwnHours
    reason = given(reason)
    async with transaction():
        rows = Shift.filter(book_id=book_id, id=shift_id, on_call=False)
        shift = await rows.select_related("activity").first()
        if shift is None:
            raise ShiftNotFound
        await alone(book_id, person_id)
        found = await Attendance.filter(
            book_id=book_id, shift_id=shift_id, person_id=person_id
        ).first()
        if found is not None and found.checked_in_at is not None:
            raise AlreadyThere
        refuse_cancelled(shift)
        refuse_times(shift.starts_at, shift.ends_at, *times, clock.now())
        refuse_breaks(*times, breaks)
        await refuse_elsewhere(book_id, person_id, shift_id, *times)
        found = found or Attendance(
            book_id=book_id, shift_id=shift_id, person_id=person_id, state=AttendanceState.WAITING
        )
        found.provenance, found.minutes_recorded = provenance, 0
        found.needs_second = provenance is Provenance.IMPORTED
        await enter(found, shift, times, breaks, by, reason)
    return found
