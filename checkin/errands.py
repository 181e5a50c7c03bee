"""An errand: work on call that a volunteer begins and ends without an organiser, by a card or on their own phone.

Each errand makes a shift of its own, as long as such work usually takes and with the points for it, so that windows,
budgets, forgotten ends and overlaps follow the same rules as everywhere else.
"""

from dataclasses import dataclass

from checkin import awards, rules, service_cards
from checkin.alone_errors import (
    ErrandNeedsSomebody,
    NothingStarted,
    OwnServiceCard,
)
from checkin.alone_models import About, CardKind, Errand, ServiceCard, Witness
from checkin.attending import GONE, Attended, alone, leave, refuse_elsewhere
from checkin.errors import AttendanceNotFound, ClaimExpired, ScanAgainToLeave
from checkin.models import (
    Activity,
    Attendance,
    AttendanceState,
    CheckinScan,
    Provenance,
    Purpose,
    Shift,
)
from checkin.plan_errors import ActivityNotFound
from checkin.presence import CLOSES_AFTER, refuse_departure
from checkin.service_cards import Shown
from checkin.venue_codes import CLAIM_LIVES
from kernel import clock
from kernel.clock import MINUTE
from kernel.database import transaction
from people.lookup import by_number

LONGEST = 40


@dataclass(frozen=True, slots=True)
class Served:
    """Whom an errand is for: a member, or only a name."""

    person_id: int | None = None
    name: str = ""


async def whom(book_id: int, text: str) -> Served:
    """Return whom a volunteer means: a member by number, or else a name.

    Raises: ErrandNeedsSomebody, NoSuchMember.
    """
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        raise ErrandNeedsSomebody(field="whom")
    if text.isdecimal():
        return Served((await by_number(book_id, text)).person_id)
    return Served(name=text)


async def start(
    book_id: int,
    person_id: int,
    activity_id: int,
    *,
    served: Served | None = None,
    shown: Shown | None = None,
) -> Attended:
    """Begin an errand now, or at the moment a card was scanned; a second try answers with the first.

    Raises: NotAMember, ActivityNotFound, NoAwardRule, PresentElsewhere, TimesOverlap, OwnServiceCard, ClaimExpired,
    ServiceCardUnknown, ServiceCardDead, ErrandNeedsSomebody.
    """
    at = _moment(shown)
    async with transaction():
        await alone(book_id, person_id)
        card = await _card(book_id, person_id, shown)
        own = Attendance.filter(book_id=book_id, person_id=person_id, state=AttendanceState.PRESENT)
        begun = await own.filter(shift__on_call=True, shift__activity_id=activity_id).first()
        if begun is not None:
            return Attended(begun, already=True)
        activity = await Activity.get_or_none(book_id=book_id, id=activity_id, on_call=True)
        if activity is None:
            raise ActivityNotFound
        await refuse_elsewhere(book_id, person_id, 0, at, None)
        shift = await _shift(activity, at)
        await _for_whom(shift, person_id, served, card)
        came = await Attendance.create(
            book_id=book_id,
            shift_id=shift.id,
            person_id=person_id,
            state=AttendanceState.PRESENT,
            provenance=Provenance.SELF_REPORTED,
            needs_word=True,
            checked_in_at=at,
        )
        await _note(came, Purpose.ARRIVING, shown, at)
        if card is not None and shown is not None:
            await speak(came, About.ARRIVING, card, shown)
    return Attended(came)


async def stop(
    book_id: int, person_id: int, *, attendance_id: int | None = None, shown: Shown | None = None
) -> Attended:
    """End the errand that a volunteer has begun; the same card at both ends makes its minutes a fact.

    Raises: NotAMember, NothingStarted, AttendanceNotFound, ScanAgainToLeave, TooLate, OwnServiceCard, ClaimExpired,
    ServiceCardUnknown, ServiceCardDead.
    """
    at = _moment(shown)
    async with transaction():
        await alone(book_id, person_id)
        card = await _card(book_id, person_id, shown)
        found = await _running(book_id, person_id, attendance_id)
        if found.state in GONE:
            return Attended(found, already=True)
        if at <= (found.checked_in_at or 0):
            raise ScanAgainToLeave
        shift = await Shift.get(book_id=book_id, id=found.shift_id)
        refuse_departure(shift.ends_at, at)
        if card is not None and shown is not None:
            await _end_by(found, card)
            await speak(found, About.LEAVING, card, shown)
        await leave(found, at)
        await _note(found, Purpose.LEAVING, shown, at)
    return Attended(found)


async def speak(
    attendance: Attendance,
    about: About,
    card: ServiceCard,
    shown: Shown,
) -> None:
    """Keep that a card was shown."""
    await Witness.create(
        book_id=attendance.book_id,
        attendance=attendance,
        person_id=attendance.person_id,
        about=about,
        how=shown.how,
        card=card,
        said_at=shown.at,
    )


async def speaks_for_served(attendance: Attendance, card: ServiceCard) -> bool:
    """Say whether a card is that of the person whom an errand is for; it is, where the errand names no other member."""
    if card.kind is not CardKind.PERSON:
        return False
    errand = await Errand.get(book_id=attendance.book_id, shift_id=attendance.shift_id)
    return errand.denied_at is None and errand.served_id in (None, card.person_id)


def _moment(shown: Shown | None) -> int:
    """Return the moment that counts: that of the scan for five minutes, then one has to scan again."""
    now = clock.now()
    if shown is None:
        return now
    if not 0 <= now - shown.at <= CLAIM_LIVES:
        raise ClaimExpired
    return shown.at


async def _card(book_id: int, person_id: int, shown: Shown | None) -> ServiceCard | None:
    if shown is None:
        return None
    card = await service_cards.held(book_id, shown.text)
    if card.person_id == person_id:
        raise OwnServiceCard
    return card


async def _shift(activity: Activity, at: int) -> Shift:
    """Its points suffice for whoever ends within the shift's window."""
    minutes = activity.usual_minutes or 1
    rule = await rules.in_force(activity.book_id, at, activity.category)
    longest = minutes + CLOSES_AFTER // MINUTE
    budget = awards.budget(1, longest, rule.points_per_hour, activity.multiplier_percent)
    return await Shift.create(
        book_id=activity.book_id,
        activity=activity,
        starts_at=at,
        ends_at=at + minutes * MINUTE,
        multiplier_percent=activity.multiplier_percent,
        points_budget=budget,
        on_call=True,
    )


async def _for_whom(
    shift: Shift, person_id: int, served: Served | None, card: ServiceCard | None
) -> None:
    if served is None and card is None:
        raise ErrandNeedsSomebody(field="whom")
    if served is None and card is not None:
        served = Served(card.person_id, "" if card.person_id else card.label)
    if served is not None and served.person_id == person_id:
        raise OwnServiceCard
    await Errand.create(
        book_id=shift.book_id,
        shift=shift,
        served_id=served.person_id if served else None,
        served_name=served.name if served else "",
    )


async def _running(book_id: int, person_id: int, attendance_id: int | None) -> Attendance:
    rows = Attendance.filter(book_id=book_id, person_id=person_id, shift__on_call=True)
    if attendance_id is None:
        found = await rows.filter(state=AttendanceState.PRESENT).first()
    else:
        found = await rows.filter(id=attendance_id).first()
        if found is None:
            raise AttendanceNotFound
    if found is None or found.state not in (AttendanceState.PRESENT, *GONE):
        raise NothingStarted
    return found


async def _end_by(found: Attendance, card: ServiceCard) -> None:
    """One card at both ends is more than a word; the served person's card at the end alone is their word."""
    both = await Witness.exists(
        book_id=found.book_id, attendance_id=found.id, about=About.ARRIVING, card_id=card.id
    )
    if both:
        found.provenance, found.needs_word = Provenance.TWO_ENDED, False
    elif await speaks_for_served(found, card):
        found.needs_word = False


async def _note(attendance: Attendance, purpose: Purpose, shown: Shown | None, at: int) -> None:
    await CheckinScan.create(
        book_id=attendance.book_id,
        shift_id=attendance.shift_id,
        person_id=attendance.person_id,
        attendance=attendance,
        purpose=purpose,
        way="place" if shown else "own",
        scanned_at=at,
    )
