"""Come and go without a session: a visitor gives a short number, and the organiser says yes or no with one tap."""

from collections.abc import Iterable
from contextlib import suppress

from tortoise.queryset import QuerySet

from checkin.arriving import BOOK_TRIES, TRIES_WITHIN
from checkin.attending import (
    Attended,
    alone,
    leave,
    note,
    noted,
    refuse_coming,
    refuse_elsewhere,
    refuse_leaving,
    standing,
)
from checkin.errors import (
    AlreadyAsking,
    AttendanceNotFound,
    NobodyAsks,
    OwnHours,
    SeveralPeople,
    TooManyTries,
)
from checkin.models import Attendance, AttendanceState, CheckinScan, Provenance, Purpose
from checkin.single_use import use_up
from checkin.venue_codes import CLAIM_LIVES, Claim, claim_holds
from kernel import clock
from kernel.database import transaction
from kernel.errors import N_, Refused
from people.errors import NoSuchMember
from people.lookup import by_number_or_phone

NOT_HERE = N_("Not here")


async def ask_by_number(claim: Claim, number: str, *, browser: str = "") -> Attended:
    """Ask the organiser to let the member with this short number come in, or go; nothing holds until they say yes.

    Raises: ClaimExpired, TooManyTries, NoSuchMember, SeveralPeople, AlreadyAsking, AlreadyLeft, ScanAgainToLeave,
    ShiftIsClosed, TooEarly, TooLate, PresentElsewhere, TimesOverlap, WasRejected, CodeIsUsed.
    """
    await _refuse_guessing(claim)
    async with noted(claim, Purpose.ARRIVING, None), transaction():
        members = await by_number_or_phone(claim.book_id, number)
        if len(members) > 1:
            raise SeveralPeople
        person_id = members[0].person_id
        shift, found = await standing(claim.book_id, person_id, claim)
        if found is not None and found.asked_with == claim.fingerprint:
            return Attended(found, already=True)
        # One browser asks for one person: nobody may fish for a yes with every number of the community.
        if await _asked_with(claim).exists():
            raise AlreadyAsking(number=number)
        _refuse_rival(found, number)
        if found is not None and found.state is AttendanceState.PRESENT:
            refuse_leaving(shift, found, claim)
            purpose = Purpose.LEAVING
        else:
            await refuse_coming(shift, person_id, found, claim.seen_at)
            found = found or Attendance(
                book_id=claim.book_id, shift_id=shift.id, person_id=person_id
            )
            found.state = AttendanceState.WAITING
            purpose = Purpose.ARRIVING
        await use_up(shift, claim)
        found.asked_at, found.asked_with = claim.seen_at, claim.fingerprint
        await found.save()
        await note(claim, purpose, found, way="number", browser=browser)
    return Attended(found)


async def _refuse_guessing(claim: Claim) -> None:
    """Too many unknown numbers at a shift end the asking there for a while; the organiser checks people in."""
    wrong = CheckinScan.filter(
        book_id=claim.book_id,
        shift_id=claim.shift_id,
        person_id=None,
        refusal=NoSuchMember.slug,
        scanned_at__gt=clock.now() - TRIES_WITHIN,
    )
    if await wrong.count() >= BOOK_TRIES:
        raise TooManyTries


def _refuse_rival(found: Attendance | None, number: str) -> None:
    """The organiser's yes enrols the browser that asked, so a second one must not slip into its place."""
    asked_at = None if found is None else found.asked_at
    if asked_at is not None and clock.now() - asked_at <= CLAIM_LIVES:
        raise AlreadyAsking(number=number)


async def confirm(book_id: int, attendance_id: int, by: int) -> Attendance:
    """Say that the one who asks is who they say: they come in, or go, at the moment they scanned.

    Raises: AttendanceNotFound, NobodyAsks, OwnHours, PresentElsewhere, TimesOverlap.
    """
    async with transaction():
        found = await held(book_id, attendance_id, by)
        asked_at, asked_with = found.asked_at, found.asked_with
        if asked_at is None:
            raise NobodyAsks
        if found.state is AttendanceState.WAITING:
            await refuse_elsewhere(book_id, found.person_id, found.shift_id, asked_at, None)
            found.state = AttendanceState.PRESENT
            found.checked_in_at = asked_at
        elif found.state is AttendanceState.PRESENT:
            await leave(found, asked_at)
        else:
            raise NobodyAsks
        found.provenance = Provenance.CONFIRMED
        found.confirmed_by = by
        # The fingerprint stays, so that the browser that asked can be told and enrolled.
        found.asked_at, found.asked_with = None, asked_with
        await found.save()
    return found


async def confirm_all(book_id: int, attendance_ids: Iterable[int], by: int) -> int:
    """Say yes to each of those who were ticked, and return to how many; one refusal leaves the others as they are."""
    count = 0
    for attendance_id in attendance_ids:
        with suppress(AttendanceNotFound, Refused):
            await confirm(book_id, attendance_id, by)
            count += 1
    return count


async def not_here(book_id: int, attendance_id: int, by: int) -> Attendance:
    """Say that the one who asks, or is shown as present, is not here.

    Raises: AttendanceNotFound, NobodyAsks, OwnHours.
    """
    async with transaction():
        found = await held(book_id, attendance_id, by)
        asks_to_leave = found.is_asking and found.state is AttendanceState.PRESENT
        if not asks_to_leave:
            if found.state not in (AttendanceState.WAITING, AttendanceState.PRESENT):
                raise NobodyAsks
            found.state = AttendanceState.REJECTED
            found.reason = NOT_HERE
        found.asked_at, found.asked_with = None, ""
        await found.save()
    return found


async def answer_to(claim: Claim) -> Attendance | None:
    """Return what became of this browser's question, with its person; None once forgotten or refused."""
    return await _asked_with(claim).select_related("person", "shift__activity").first()


async def enrol(claim: Claim) -> int | None:
    """Return the person whom the organiser recognised, once, so that this browser may be signed in for them."""
    if not claim_holds(claim, clock.now()):
        return None
    async with transaction():
        found = await _asked_with(claim).select_for_update().first()
        if found is None or found.is_asking or found.confirmed_by is None:
            return None
        await Attendance.filter(book_id=found.book_id, id=found.id).update(asked_with="")
    return found.person_id


async def held(book_id: int, attendance_id: int, by: int | None) -> Attendance:
    """Return an attendance that nobody else can change until the transaction ends.

    Raises: AttendanceNotFound, OwnHours.
    """
    rows = Attendance.filter(book_id=book_id, id=attendance_id)
    seen = await rows.first()
    if seen is None:
        raise AttendanceNotFound
    if seen.person_id == by:
        raise OwnHours
    # First the person, then the row: the order of every verb that moves somebody about.
    await alone(book_id, seen.person_id)
    return await rows.select_for_update().get()


def _asked_with(claim: Claim) -> QuerySet[Attendance]:
    return Attendance.filter(
        book_id=claim.book_id, shift_id=claim.shift_id, asked_with=claim.fingerprint
    )
