"""The leader's own hours: checked in by another member who is there, and verified by somebody else again.

Three people stand behind them: the leader served, a member saw them come, and a third verifies. Were the member and the
verifier one, a friendly pair would be enough (docs/without-an-organiser.md).
"""

from checkin.alone_errors import NoLeader, OnlyThoseHere
from checkin.alone_models import About, How, Witness
from checkin.attending import GONE, Attended, alone, leave, refuse_coming, refuse_leaving
from checkin.errors import OwnHours
from checkin.models import (
    Attendance,
    AttendanceState,
    CheckinScan,
    Provenance,
    Purpose,
    Shift,
)
from checkin.shifts import find
from checkin.venue_codes import claim
from kernel import clock
from kernel.database import transaction


async def check_leader_in(book_id: int, shift_id: int, by: int) -> Attended:
    """Say, as a member who is checked in at a shift, that its leader is there; twice is once.

    Raises: ShiftNotFound, NoLeader, OwnHours, OnlyThoseHere, ShiftIsClosed, TooEarly, TooLate, PresentElsewhere,
    TimesOverlap, AlreadyLeft, WasRejected.
    """
    async with transaction():
        shift, leader_id, found = await _leader_of(book_id, shift_id, by)
        if found is not None and found.state is AttendanceState.PRESENT:
            return Attended(found, already=True)
        now = clock.now()
        await refuse_coming(shift, leader_id, found, now)
        came = found or Attendance(book_id=book_id, shift_id=shift_id, person_id=leader_id)
        came.state, came.checked_in_at = AttendanceState.PRESENT, now
        came.asked_at, came.asked_with, came.reason = None, "", ""
        _seen_by(came, by)
        await came.save()
        await _note(came, Purpose.ARRIVING, by, now)
    return Attended(came)


async def check_leader_out(book_id: int, shift_id: int, by: int) -> Attended:
    """Say, as a member who is checked in at a shift, that its leader leaves; twice is once.

    Raises: ShiftNotFound, NoLeader, OwnHours, OnlyThoseHere, NotCheckedIn, ScanAgainToLeave, TooLate, WasRejected.
    """
    async with transaction():
        shift, _, found = await _leader_of(book_id, shift_id, by)
        if found is not None and found.state in GONE:
            return Attended(found, already=True)
        now = clock.now()
        leaving = refuse_leaving(shift, found, claim(book_id, shift_id, now))
        if not leaving.needs_second:
            _seen_by(leaving, by)
        await leave(leaving, now)
        await _note(leaving, Purpose.LEAVING, by, now)
    return Attended(leaving)


async def tellers(book_id: int, attendance_id: int) -> set[int]:
    """Return the members who checked a leader in or out: none of them verifies these hours."""
    rows = Witness.filter(book_id=book_id, attendance_id=attendance_id, how=How.MEMBER)
    return {row.teller_id for row in await rows if row.teller_id}


async def leader_standing(book_id: int, shift: Shift, viewer_id: int) -> str:
    """Return what a member may do for the leader of a shift (with its `leader`) now: `in`, `out`, or nothing."""
    if shift.leader_id in (None, viewer_id) or shift.on_call:
        return ""
    rows = Attendance.filter(book_id=book_id, shift_id=shift.id, person_id=shift.leader_id)
    found = await rows.first()
    if found is not None and found.state is AttendanceState.PRESENT:
        return "out"
    gone = found is not None and (found.state in GONE or found.checked_in_at is not None)
    return "" if gone else "in"


async def _leader_of(book_id: int, shift_id: int, by: int) -> tuple[Shift, int, Attendance | None]:
    """Return a shift, its leader, and the leader's attendance, nobody else's until the transaction ends."""
    shift = await find(book_id, shift_id)
    if shift.leader_id is None:
        raise NoLeader
    if shift.leader_id == by:
        raise OwnHours
    here = Attendance.filter(
        book_id=book_id, shift_id=shift_id, person_id=by, state=AttendanceState.PRESENT
    )
    if not await here.exists():
        raise OnlyThoseHere
    await alone(book_id, shift.leader_id)
    own = Attendance.filter(book_id=book_id, shift_id=shift_id, person_id=shift.leader_id)
    return shift, shift.leader_id, await own.first()


def _seen_by(attendance: Attendance, by: int) -> None:
    """The database then refuses that the same person verifies them, and that the rule does."""
    attendance.provenance, attendance.confirmed_by = Provenance.CONFIRMED, by
    attendance.needs_second = True


async def _note(attendance: Attendance, purpose: Purpose, by: int, at: int) -> None:
    await CheckinScan.create(
        book_id=attendance.book_id,
        shift_id=attendance.shift_id,
        person_id=attendance.person_id,
        attendance=attendance,
        purpose=purpose,
        way="member",
        scanned_at=at,
    )
    await Witness.create(
        book_id=attendance.book_id,
        attendance=attendance,
        person_id=attendance.person_id,
        about=About(purpose.value),
        how=How.MEMBER,
        teller_id=by,
        said_at=at,
    )
