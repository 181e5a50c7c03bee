"""Come and go on a claim: check in, check out. A refused try is kept for the organiser's help list."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from checkin import awards
from checkin.arriving import refuse_lapsed
from checkin.errors import (
    AlreadyLeft,
    NotAMember,
    NotCheckedIn,
    OtherCommunity,
    PresentElsewhere,
    ScanAgainToLeave,
    TimesOverlap,
    WasRejected,
)
from checkin.gate import Arrival, come_together
from checkin.models import Attendance, AttendanceState, CheckinScan, Provenance, Purpose, Shift
from checkin.presence import refuse_arrival, refuse_cancelled, refuse_departure
from checkin.sharing import flag_for
from checkin.single_use import use_up
from checkin.venue_codes import Claim
from kernel import clock
from kernel.database import transaction
from kernel.errors import DomainError
from people.models import Membership

GONE = (AttendanceState.LEFT, AttendanceState.VERIFIED)


@dataclass(frozen=True, slots=True)
class Attended:
    """An attendance after a verb; `already` says that it stood so before, and nothing was done."""

    attendance: Attendance
    already: bool = False


async def check_in(book_id: int, person_id: int, claim: Claim, *, browser: str = "") -> Attended:
    """Check a person in at the moment of their scan; a second try answers with the first.

    `browser` is the hash of the scanning browser's mark: two who share one are shown together, more are pointed out.

    Raises: ClaimExpired, OtherCommunity, NotAMember, ShiftIsClosed, TooEarly, TooLate, PresentElsewhere,
    TimesOverlap, AlreadyLeft, WasRejected, CodeIsUsed.
    """
    if claim.book_id == book_id:
        arrival = Arrival(person_id, claim, browser)
        if (came := await come_together(arrival)) is not None:
            return Attended(came)
    return await _check_in_alone(book_id, person_id, claim, browser)


async def _check_in_alone(book_id: int, person_id: int, claim: Claim, browser: str) -> Attended:
    async with noted(claim, Purpose.ARRIVING, person_id), transaction():
        shift, found = await standing(book_id, person_id, claim)
        if found is not None and found.state is AttendanceState.PRESENT:
            return Attended(found, already=True)
        await refuse_coming(shift, person_id, found, claim.seen_at)
        await use_up(shift, claim)
        came = found or Attendance(book_id=book_id, shift_id=shift.id, person_id=person_id)
        came.state = AttendanceState.PRESENT
        came.provenance = Provenance.SCANNED
        came.checked_in_at = claim.seen_at
        came.asked_at, came.asked_with, came.reason = None, "", ""
        await came.save()
        await note(claim, Purpose.ARRIVING, came, browser=browser)
    return Attended(came)


async def check_out(book_id: int, person_id: int, claim: Claim, *, browser: str = "") -> Attended:
    """Check a person out at the moment of a later scan: the minutes become a fact.

    Raises: ClaimExpired, OtherCommunity, NotAMember, NotCheckedIn, ScanAgainToLeave, TooLate, WasRejected,
    CodeIsUsed.
    """
    async with noted(claim, Purpose.LEAVING, person_id), transaction():
        shift, found = await standing(book_id, person_id, claim)
        if found is not None and found.state in GONE:
            return Attended(found, already=True)
        leaving = refuse_leaving(shift, found, claim)
        await use_up(shift, claim)
        await leave(leaving, claim.seen_at)
        await note(claim, Purpose.LEAVING, leaving, browser=browser)
    return Attended(leaving)


async def standing(book_id: int, person_id: int, claim: Claim) -> tuple[Shift, Attendance | None]:
    """Return the shift of a claim and the person's attendance there, with the person's acts held back.

    Raises: ClaimExpired, OtherCommunity, NotAMember.
    """
    refuse_lapsed(claim)
    if claim.book_id != book_id:
        raise OtherCommunity
    await alone(book_id, person_id)
    shift = await Shift.get(book_id=book_id, id=claim.shift_id)
    found = await Attendance.filter(book_id=book_id, shift_id=shift.id, person_id=person_id).first()
    return shift, found


async def alone(book_id: int, person_id: int) -> None:
    """Let one act at a time move a person about in a community. Raises: NotAMember."""
    members = Membership.filter(book_id=book_id, person_id=person_id)
    if await members.select_for_update().first() is None:
        raise NotAMember


async def hold_back(book_id: int, person_ids: Iterable[int]) -> None:
    """Let nobody else move some people about meanwhile; always in one order, as two acts may have people in common."""
    members = Membership.filter(book_id=book_id, person_id__in=sorted(set(person_ids)) or [0])
    await members.order_by("id").select_for_update()


async def refuse_coming(shift: Shift, person_id: int, found: Attendance | None, at: int) -> None:
    """Refuse an arrival that the shift, the past or another place speaks against.

    Raises: ShiftIsCancelled, ShiftIsClosed, TooEarly, TooLate, PresentElsewhere, TimesOverlap, AlreadyLeft,
    WasRejected.
    """
    if found is not None and found.state in GONE:
        raise AlreadyLeft
    if found is not None and found.state is AttendanceState.REJECTED and found.checked_in_at:
        # Somebody who never came in was only mistaken for somebody else: they may still come.
        raise WasRejected(reason=found.reason)
    refuse_cancelled(shift)
    refuse_arrival(shift.state, shift.starts_at, shift.ends_at, at)
    await refuse_elsewhere(shift.book_id, person_id, shift.id, at, None)


def refuse_leaving(shift: Shift, found: Attendance | None, claim: Claim) -> Attendance:
    """Return the attendance that may end with this scan.

    Raises: NotCheckedIn, ScanAgainToLeave, TooLate, WasRejected.
    """
    if found is not None and found.state is AttendanceState.REJECTED:
        raise WasRejected(reason=found.reason)
    if found is None or found.state is not AttendanceState.PRESENT:
        raise NotCheckedIn
    if claim.seen_at <= (found.checked_in_at or 0):
        raise ScanAgainToLeave
    refuse_departure(shift.ends_at, claim.seen_at)
    return found


async def refuse_elsewhere(
    book_id: int, person_id: int, shift_id: int, came: int, went: int | None
) -> None:
    """Refuse times that meet another attendance of the same person. Raises: PresentElsewhere, TimesOverlap."""
    others = Attendance.filter(book_id=book_id, person_id=person_id).exclude(shift_id=shift_id)
    others = others.select_related("shift__activity")
    present = await others.filter(state=AttendanceState.PRESENT).first()
    if present is not None and (went is None or (present.checked_in_at or 0) < went):
        raise PresentElsewhere(activity=present.shift.activity.title)
    meeting = others.filter(state__in=GONE, checked_out_at__gt=came)
    if went is not None:
        meeting = meeting.filter(checked_in_at__lt=went)
    overlap = await meeting.first()
    if overlap is not None:
        raise TimesOverlap(activity=overlap.shift.activity.title)


async def leave(attendance: Attendance, at: int) -> None:
    """End an attendance at a moment."""
    attendance.state = AttendanceState.LEFT
    attendance.checked_out_at = at
    attendance.minutes_worked = awards.minutes_between(attendance.checked_in_at or at, at)
    attendance.asked_at, attendance.asked_with = None, ""
    await attendance.save()


@asynccontextmanager
async def noted(claim: Claim, purpose: Purpose, person_id: int | None) -> AsyncIterator[None]:
    """Keep a refused try after its transaction is undone, and tell the refusal on."""
    try:
        yield
    except DomainError as refusal:
        shift = await Shift.get_or_none(book_id=claim.book_id, id=claim.shift_id)
        if shift is not None:
            await CheckinScan.create(
                book_id=claim.book_id,
                shift=shift,
                person_id=person_id,
                purpose=purpose,
                way=claim.way,
                refusal=refusal.slug,
                scanned_at=clock.now(),
            )
        raise


async def note(
    claim: Claim,
    purpose: Purpose,
    attendance: Attendance,
    way: str | None = None,
    *,
    browser: str = "",
) -> None:
    """Keep an accepted try beside what it led to, with what is odd about who else came on that browser."""
    book_id, shift_id, person_id = attendance.book_id, attendance.shift_id, attendance.person_id
    await CheckinScan.create(
        book_id=book_id,
        shift_id=shift_id,
        person_id=person_id,
        attendance=attendance,
        purpose=purpose,
        way=way or claim.way,
        browser=browser,
        flag=await flag_for(book_id, shift_id, person_id, browser),
        scanned_at=claim.seen_at,
    )
