"""A roll-call: the organiser reads one card after the other, and each is in, was in already, or is out again."""

from dataclasses import dataclass

from checkin import receiving
from checkin.attending import GONE
from checkin.errors import AttendanceNotFound
from checkin.models import Attendance, AttendanceState, Purpose
from checkin.rollcall_errors import SeveralFit
from checkin.shifts import find
from kernel import clock
from kernel.errors import DomainError
from people import recognition
from people.models import Membership


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody whose card was read: how they stand now, and whether that changed anything."""

    attendance: Attendance
    member: Membership
    already: bool


@dataclass(frozen=True, slots=True)
class EverybodyOut:
    """How many were checked out at once, and who could not be (person by refusal)."""

    count: int
    left_behind: list[tuple[int, DomainError]]


async def call(book_id: int, shift_id: int, text: str, purpose: Purpose, *, by: int) -> Called:
    """Let in, or out, whoever this card, code, number or name means; twice is once.

    Raises: SeveralFit, NoSuchMember, CodeIsUnknown, MemberCodeExpired, MemberCodeUsed, CardIsDead, OwnHours,
    ShiftNotFound, NotAMember, ShiftIsClosed, TooEarly, TooLate, PresentElsewhere, TimesOverlap, AlreadyLeft,
    WasRejected, NotCheckedIn.
    """
    await find(book_id, shift_id)
    found = await recognition.look_for(book_id, text, clock.now(), by)
    if len(found) > 1:
        raise SeveralFit
    [look] = found
    await recognition.use(book_id, look, by)
    person_id = look.member.person_id
    if purpose is Purpose.ARRIVING:
        gone = await Attendance.filter(
            book_id=book_id, shift_id=shift_id, person_id=person_id, state__in=GONE
        ).first()
        if gone is not None:
            return Called(gone, look.member, already=True)
    done = await receiving.receive(
        *(book_id, shift_id, person_id, purpose), by=by, way=look.way.value
    )
    return Called(done.attendance, look.member, done.already)


async def let_go(book_id: int, attendance_id: int, by: int) -> Attendance:
    """Check one person of the list out.

    Raises: AttendanceNotFound, OwnHours, NotCheckedIn, ScanAgainToLeave, TooLate, WasRejected.
    """
    seen = await Attendance.get_or_none(book_id=book_id, id=attendance_id)
    if seen is None:
        raise AttendanceNotFound
    done = await receiving.receive(
        *(book_id, seen.shift_id, seen.person_id, Purpose.LEAVING), by=by, way="list"
    )
    return done.attendance


async def everybody_out(book_id: int, shift_id: int, by: int) -> EverybodyOut:
    """Check everybody out who is present; whoever cannot be stays, and the others go all the same.

    Raises: ShiftNotFound.
    """
    await find(book_id, shift_id)
    count, left_behind = 0, list[tuple[int, DomainError]]()
    for person_id in await present(book_id, shift_id):
        try:
            await receiving.receive(
                *(book_id, shift_id, person_id, Purpose.LEAVING), by=by, way="list"
            )
            count += 1
        except DomainError as refusal:
            left_behind.append((person_id, refusal))
    return EverybodyOut(count, left_behind)


async def present(book_id: int, shift_id: int) -> list[int]:
    """Return who is at a shift now, the one who came first first."""
    there = Attendance.filter(book_id=book_id, shift_id=shift_id, state=AttendanceState.PRESENT)
    return [row.person_id for row in await there.order_by("checked_in_at", "id")]
