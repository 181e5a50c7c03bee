"""An organiser receives somebody whose card or code they have read: in, or out, with one tap."""

from checkin.attending import (
    Attended,
    leave,
    note,
    noted,
    refuse_coming,
    refuse_leaving,
    standing,
)
from checkin.errors import OwnHours
from checkin.models import Attendance, AttendanceState, Provenance, Purpose, Shift
from checkin.presence import CLOSES_AFTER, OPENS_BEFORE
from checkin.shifts import find
from checkin.venue_codes import Claim, claim
from kernel import clock
from kernel.database import transaction


async def running(book_id: int) -> list[Shift]:
    """Return the shifts at which somebody could come or go at this moment, the one that began last first."""
    now = clock.now()
    found = Shift.filter(
        book_id=book_id,
        on_call=False,
        starts_at__lte=now + OPENS_BEFORE,
        ends_at__gte=now - CLOSES_AFTER,
    )
    return await found.order_by("-starts_at", "-id").prefetch_related("activity")


async def receive(
    book_id: int, shift_id: int, person_id: int, purpose: Purpose, *, by: int, way: str
) -> Attended:
    """Let somebody come in, or go, on the word of the organiser who read their card; twice is once.

    Raises: OwnHours, ShiftNotFound, NotAMember, ShiftIsClosed, TooEarly, TooLate, PresentElsewhere, TimesOverlap,
    AlreadyLeft, WasRejected, NotCheckedIn.
    """
    if person_id == by:
        raise OwnHours
    await find(book_id, shift_id)
    here = claim(book_id, shift_id, clock.now())
    async with noted(here, purpose, person_id), transaction():
        shift, found = await standing(book_id, person_id, here)
        if purpose is Purpose.ARRIVING:
            attended = await _come(shift, person_id, found, here)
        else:
            attended = await _go(shift, found, here)
        if not attended.already:
            attended.attendance.provenance = Provenance.CONFIRMED
            attended.attendance.confirmed_by = by
            await attended.attendance.save()
            await note(here, purpose, attended.attendance, way=way)
    return attended


async def _come(shift: Shift, person_id: int, found: Attendance | None, here: Claim) -> Attended:
    if found is not None and found.state is AttendanceState.PRESENT:
        return Attended(found, already=True)
    await refuse_coming(shift, person_id, found, here.seen_at)
    came = found or Attendance(book_id=shift.book_id, shift_id=shift.id, person_id=person_id)
    came.state, came.checked_in_at = AttendanceState.PRESENT, here.seen_at
    came.asked_at, came.asked_with, came.reason = None, "", ""
    return Attended(came)


async def _go(shift: Shift, found: Attendance | None, here: Claim) -> Attended:
    if found is not None and found.state in (AttendanceState.LEFT, AttendanceState.VERIFIED):
        return Attended(found, already=True)
    leaving = refuse_leaving(shift, found, here)
    await leave(leaving, here.seen_at)
    return Attended(leaving)
