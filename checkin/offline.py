"""Roll-call without a network: what a device may keep, and what becomes of the scans that it sends later.

A device keeps the beginning of each card's SHA-256 beside a masked name, so that its file names nobody whose card is
not before it. It sends facts: what was scanned, when by its own clock, and a nonce; they are judged here, once.
"""

from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from checkin.attending import GONE, alone, leave, refuse_elsewhere
from checkin.code_papers import Outcome, StoredScan
from checkin.errors import NotCheckedIn, OwnHours, WasRejected
from checkin.models import (
    Attendance,
    AttendanceState,
    CheckinScan,
    Provenance,
    Purpose,
    Shift,
    ShiftState,
)
from checkin.offline_clocks import Clocks, refuse_doubtful
from checkin.presence import CLOSES_AFTER, refuse_arrival, refuse_cancelled, refuse_departure
from checkin.rollcall_errors import ScanFromTheFuture, ScannedTwice, SeveralFit, StoredScanNotFound
from checkin.shifts import find
from kernel import clock
from kernel.database import transaction
from kernel.errors import DomainError
from people import lookup, recognition
from people.cards import Card
from people.models import Membership
from people.recognition import Way
from people.roster import active

PREFIX_SIGNS = 16  # of 64: a card is told from others, and no token can be made from it
WAY = "offline"


@dataclass(frozen=True, slots=True)
class Roster:
    """What a device keeps of a community for one shift: masked names by the beginning of their card's hash."""

    names: dict[str, str]
    kept_until: int


@dataclass(frozen=True, slots=True)
class SentScan:
    """A scan as a device sends it: a card's SHA-256, or the text of a code or number."""

    nonce: str
    purpose: Purpose
    card_hash: str
    text: str
    device_at: int
    offset: (
        int | None
    )  # ours minus the device's, in microseconds, as known when the page was loaded


async def roster(book_id: int, shift_id: int) -> Roster:
    """Return what a device may keep for a shift, until check-out ends there. Raises: ShiftNotFound."""
    shift = await find(book_id, shift_id)
    members = {member.person_id: member.person async for member in active(book_id)}
    good = Card.filter(book_id=book_id, revoked_at__isnull=True).order_by("token_hash")
    return Roster(
        {
            card.token_hash[:PREFIX_SIGNS]: members[card.person_id].masked_name
            async for card in good
            if card.person_id in members
        },
        shift.ends_at + CLOSES_AFTER,
    )


async def take_in(
    book_id: int, shift_id: int, sent: list[SentScan], sent_at: int, *, by: int
) -> list[StoredScan]:
    """Judge scans in the order of their times, each once however often it is sent; `sent_at` is the device's clock.

    Raises: ShiftNotFound.
    """
    shift = await find(book_id, shift_id)
    clocks = Clocks(now=clock.now(), sent_at=sent_at)
    in_order = sorted(sent, key=lambda each: clocks.moment(each.device_at, each.offset))
    return [await _taken(shift, each, clocks, by) for each in in_order]


async def doubtful(book_id: int, shift_id: int) -> list[StoredScan]:
    """Return the scans of a shift that somebody should look at, with their persons."""
    waiting = StoredScan.filter(
        book_id=book_id, shift_id=shift_id, outcome=Outcome.DOUBTFUL, settled_at__isnull=True
    )
    return await waiting.order_by("scanned_at", "id").select_related("person")


async def settle(book_id: int, scan_id: int, *, by: int, take: bool) -> StoredScan:
    """Put a doubtful scan aside, or with `take` believe its time and take it in.

    Raises: StoredScanNotFound, ScanFromTheFuture, OwnHours, ScannedTwice, NotCheckedIn, WasRejected, TooEarly, TooLate,
    PresentElsewhere, TimesOverlap.
    """
    async with transaction():
        rows = StoredScan.filter(book_id=book_id, id=scan_id, settled_at__isnull=True)
        scan = await rows.select_for_update().first()
        if scan is None or scan.outcome is not Outcome.DOUBTFUL:
            raise StoredScanNotFound
        if take:
            if scan.person_id is None:
                raise StoredScanNotFound
            if scan.scanned_at > clock.now():
                raise ScanFromTheFuture
            shift = await Shift.get(book_id=book_id, id=scan.shift_id)
            found = await _applied(shift, scan.person_id, scan.purpose, scan.scanned_at, by)
            scan.attendance_id = found.id
        scan.settled_at, scan.settled_by = clock.now(), by
        await scan.save()
    return scan


async def _taken(shift: Shift, sent: SentScan, clocks: Clocks, by: int) -> StoredScan:
    same = StoredScan.filter(book_id=shift.book_id, shift_id=shift.id, nonce=sent.nonce)
    if known := await same.first():
        return known
    at = clocks.moment(sent.device_at, sent.offset)
    way = Way.CARD if sent.card_hash else recognition.way_of(sent.text)
    scan = StoredScan(
        book_id=shift.book_id,
        shift_id=shift.id,
        nonce=sent.nonce,
        purpose=sent.purpose,
        way=way.value,
        device_at=sent.device_at,
        scanned_at=at,
        outcome=Outcome.ACCEPTED,
        uploaded_at=clocks.now,
        uploaded_by=by,
    )
    try:
        member = await _owner(shift.book_id, sent, at, by)
        scan.person_id = member.person_id
        refuse_doubtful(clocks, sent.device_at, sent.offset)
        async with transaction():
            found = await _applied(shift, member.person_id, sent.purpose, at, by)
            scan.attendance_id = found.id
            await scan.save()
    except DomainError as refusal:
        scan.outcome, scan.reason, scan.attendance_id = Outcome.DOUBTFUL, refusal.slug, None
        return await _kept(scan)
    except IntegrityError:  # the same scan came twice at once: one of the two was first
        return await same.get()
    return scan


async def _kept(scan: StoredScan) -> StoredScan:
    try:
        await scan.save()
    except IntegrityError:
        return await StoredScan.get(book_id=scan.book_id, shift_id=scan.shift_id, nonce=scan.nonce)
    return scan


async def _owner(book_id: int, sent: SentScan, at: int, by: int) -> Membership:
    """Return whose card, code or number it was, as of the moment it was scanned."""
    if sent.card_hash:
        return await lookup.by_card_hash(book_id, sent.card_hash)
    found = await recognition.look_for(book_id, sent.text, at, by)
    if len(found) > 1:
        raise SeveralFit
    await recognition.use(book_id, found[0], by)
    return found[0].member


async def _applied(shift: Shift, person_id: int, purpose: Purpose, at: int, by: int) -> Attendance:
    """Let somebody have come, or gone, at a moment that is over."""
    if person_id == by:
        raise OwnHours
    await alone(shift.book_id, person_id)
    found = await Attendance.filter(
        book_id=shift.book_id, shift_id=shift.id, person_id=person_id
    ).first()
    if found is not None and found.state is AttendanceState.REJECTED and found.checked_in_at:
        raise WasRejected(reason=found.reason)
    if purpose is Purpose.ARRIVING:
        found = await _came(shift, person_id, found, at)
    else:
        found = await _went(shift, found, at)
    found.provenance, found.confirmed_by = Provenance.OFFLINE, by
    await found.save()
    await CheckinScan.create(
        book_id=shift.book_id,
        shift_id=shift.id,
        person_id=person_id,
        attendance_id=found.id,
        purpose=purpose,
        way=WAY,
        scanned_at=at,
    )
    return found


async def _came(shift: Shift, person_id: int, found: Attendance | None, at: int) -> Attendance:
    if found is not None and found.state in (AttendanceState.PRESENT, *GONE):
        raise ScannedTwice
    # Whether the shift was closed at that moment is not known; its times are.
    refuse_cancelled(shift)
    refuse_arrival(ShiftState.OPEN, shift.starts_at, shift.ends_at, at)
    await refuse_elsewhere(shift.book_id, person_id, shift.id, at, None)
    came = found or Attendance(book_id=shift.book_id, shift_id=shift.id, person_id=person_id)
    came.state, came.checked_in_at = AttendanceState.PRESENT, at
    came.asked_at, came.asked_with, came.reason = None, "", ""
    return came


async def _went(shift: Shift, found: Attendance | None, at: int) -> Attendance:
    if found is not None and found.state in GONE:
        raise ScannedTwice
    if found is None or found.state is not AttendanceState.PRESENT:
        raise NotCheckedIn
    if at <= (found.checked_in_at or 0):
        raise NotCheckedIn
    refuse_departure(shift.ends_at, at)
    await leave(found, at)
    return found
