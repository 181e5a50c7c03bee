"""Confirming an errand afterwards: the person served says so, by card or on their own phone, or an organiser does."""

from checkin import service_cards
from checkin.alone_errors import NothingToConfirm, OwnServiceCard, PlacesSayNothing
from checkin.alone_models import About, Errand, How, Witness
from checkin.asking import held
from checkin.correcting import given
from checkin.errands import speak, speaks_for_served
from checkin.errors import AttendanceNotFound
from checkin.models import Attendance, AttendanceState, Provenance
from checkin.service_cards import Shown
from kernel import clock
from kernel.database import transaction
from kernel.errors import N_

DENIED = N_("The person helped says that it was not so")


async def confirm_by_card(
    book_id: int, attendance_id: int, person_id: int, shown: Shown
) -> Attendance:
    """Let the person served confirm with their card, or its number, on the volunteer's phone.

    Raises: AttendanceNotFound, NothingToConfirm, PlacesSayNothing, OwnServiceCard, ServiceCardUnknown,
    ServiceCardDead.
    """
    async with transaction():
        found = await _waiting(book_id, attendance_id)
        if found.person_id != person_id:
            raise AttendanceNotFound
        card = await service_cards.held(book_id, shown.text)
        if card.person_id == person_id:
            raise OwnServiceCard
        if not await speaks_for_served(found, card):
            raise PlacesSayNothing
        await speak(found, About.WHOLE, card, shown)
        return await _confirmed(found)


async def confirm_as_served(book_id: int, attendance_id: int, by: int) -> Attendance:
    """Say, as the member who was served, that it was so. Raises: AttendanceNotFound, NothingToConfirm."""
    async with transaction():
        found = await _waiting(book_id, attendance_id)
        await _errand_of(found, by)
        await _tell(found, How.PHONE, by)
        return await _confirmed(found)


async def deny(book_id: int, attendance_id: int, by: int) -> Attendance:
    """Say, as the member who was served, that it was not so: an organiser looks at it.

    Raises: AttendanceNotFound, NothingToConfirm.
    """
    async with transaction():
        found = await _waiting(book_id, attendance_id)
        errand = await _errand_of(found, by)
        errand.denied_at = clock.now()
        await errand.save(update_fields=["denied_at"])
        found.reason = DENIED
        await found.save(update_fields=["reason"])
    return found


async def confirm_as_organiser(book_id: int, attendance_id: int, by: int, note: str) -> Attendance:
    """Say, as an organiser, that it was so, and how one knows: whom one rang, and when.

    Raises: AttendanceNotFound, OwnHours, NothingToConfirm, ReasonIsMissing.
    """
    note = given(note)
    async with transaction():
        found = await _waiting(book_id, attendance_id, by)
        await _tell(found, How.ORGANISER, by, note)
        return await _confirmed(found)


async def _waiting(book_id: int, attendance_id: int, by: int | None = None) -> Attendance:
    found = await held(book_id, attendance_id, by)
    said = found.provenance is Provenance.SELF_REPORTED
    if not (found.state is AttendanceState.LEFT and found.needs_word and said):
        raise NothingToConfirm
    return found


async def _errand_of(found: Attendance, by: int) -> Errand:
    errand = await Errand.get(book_id=found.book_id, shift_id=found.shift_id)
    if errand.served_id != by or errand.denied_at is not None:
        raise AttendanceNotFound
    return errand


async def _tell(found: Attendance, how: How, by: int, note: str = "") -> None:
    await Witness.create(
        book_id=found.book_id,
        attendance=found,
        person_id=found.person_id,
        about=About.WHOLE,
        how=how,
        teller_id=by,
        note=note,
        said_at=clock.now(),
    )


async def _confirmed(found: Attendance) -> Attendance:
    found.needs_word = False
    await found.save(update_fields=["needs_word"])
    return found
