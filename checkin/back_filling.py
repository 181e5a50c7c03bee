"""Enter somebody who served and was never checked in: that there are no scans stays visible."""

from checkin.attending import alone, refuse_elsewhere
from checkin.correcting import Breaks, enter, given
from checkin.errors import OwnHours, ShiftNotFound
from checkin.hours_errors import AlreadyThere
from checkin.models import Attendance, AttendanceState, Provenance, Shift
from checkin.presence import refuse_breaks, refuse_times
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

    Raises: OwnHours, ReasonIsMissing, ShiftNotFound, NotAMember, AlreadyThere, TimesAreImpossible, BreaksAreImpossible,
    PresentElsewhere, TimesOverlap.
    """
    if person_id == by:
        raise OwnHours
    reason = given(reason)
    times = (checked_in_at, checked_out_at)
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
        refuse_times(shift.starts_at, shift.ends_at, *times, clock.now())
        refuse_breaks(*times, breaks)
        await refuse_elsewhere(book_id, person_id, shift_id, *times)
        found = found or Attendance(
            book_id=book_id, shift_id=shift_id, person_id=person_id, state=AttendanceState.WAITING
        )
        found.provenance, found.minutes_recorded = Provenance.BACK_FILLED, 0
        await enter(found, shift, times, breaks, by, reason)
    return found
