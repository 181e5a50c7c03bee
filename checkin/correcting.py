"""Put an attendance right, with a reason: forgotten scans, wrong times, hours that were not served."""

from checkin import awards
from checkin.asking import held
from checkin.attending import refuse_elsewhere
from checkin.errors import AlreadyVerified, ReasonIsMissing
from checkin.models import Attendance, AttendanceState, Provenance, Shift
from checkin.presence import refuse_times
from kernel import clock
from kernel.database import transaction

LONGEST_REASON = 200


async def correct(
    book_id: int,
    attendance_id: int,
    by: int,
    *,
    checked_in_at: int,
    checked_out_at: int | None,
    reason: str,
) -> Attendance:
    """Enter the times that an organiser knows (UTC microseconds); without an end, the person is still present.

    Raises: AttendanceNotFound, OwnHours, AlreadyVerified, ReasonIsMissing, TimesAreImpossible, PresentElsewhere,
    TimesOverlap.
    """
    reason = given(reason)
    async with transaction():
        found = await held(book_id, attendance_id, by)
        if found.state is AttendanceState.VERIFIED:
            raise AlreadyVerified
        shift = await Shift.get(book_id=book_id, id=found.shift_id)
        refuse_times(shift.starts_at, shift.ends_at, checked_in_at, checked_out_at, clock.now())
        await refuse_elsewhere(
            book_id, found.person_id, found.shift_id, checked_in_at, checked_out_at
        )
        left = checked_out_at is not None
        found.state = AttendanceState.LEFT if left else AttendanceState.PRESENT
        found.checked_in_at, found.checked_out_at = checked_in_at, checked_out_at
        found.minutes_worked = awards.minutes_between(
            checked_in_at, checked_out_at or checked_in_at
        )
        found.provenance, found.confirmed_by, found.reason = Provenance.CORRECTED, by, reason
        found.verifier_id, found.verified_at = None, None
        found.asked_at, found.asked_with = None, ""
        await found.save()
    return found


async def reject(book_id: int, attendance_id: int, by: int, reason: str) -> Attendance:
    """Say that these hours do not count, and why; a correction can take that back.

    Raises: AttendanceNotFound, OwnHours, AlreadyVerified, ReasonIsMissing.
    """
    reason = given(reason)
    async with transaction():
        found = await held(book_id, attendance_id, by)
        if found.state is AttendanceState.VERIFIED:
            raise AlreadyVerified
        found.state, found.reason = AttendanceState.REJECTED, reason
        found.verifier_id, found.verified_at = by, clock.now()
        found.asked_at, found.asked_with = None, ""
        await found.save()
    return found


def given(reason: str) -> str:
    """Return a reason that says something. Raises: ReasonIsMissing."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonIsMissing(field="reason")
    return reason
