"""A partner's own desk: its code and a PIN bring a browser there, and from then on its people take turns by PIN."""

from kernel import clock
from kernel.database import transaction
from people.clerk_pins import check_pin, forget_tries, proven, turn_of
from people.counter_devices import desk_people, enrol, this_device
from people.errors import NoSuchMember
from people.events import Happening, happened
from people.factor_errors import FullSignInNeeded, NoSuchPartner, PinOpensMore
from people.factors import ClerkPin
from people.models import PropertyCompany, Role, RoleGrant
from people.passwords import hashed
from people.permissions import Permission, Viewer
from people.sessions import SignedIn, end_turns


async def come_to(
    company: PropertyCompany, person_id: int, pin: str, name: str
) -> tuple[str, SignedIn]:
    """Bring a browser to the desk of a partner whose code was typed; return the browser's token and the session.

    Raises: NoSuchMember, ClerkPinIsOdd, WrongClerkPin, TooManyClerkPins.
    """
    await proven(company.book_id, person_id, pin, company.id)
    token = await enrol(company.book_id, name, person_id, company.id)
    return token, await turn_of(await this_device(token, desk=True), person_id)


def own_desk(viewer: Viewer) -> int | None:
    """Return the partner whose desk somebody keeps as one of its people; None for the office, which keeps them all."""
    return None if viewer.may(Permission.SET_UP_COUNTERS) else viewer.company_id


def kept_desk(viewer: Viewer, company_id: int) -> int:
    """Return the partner whose desk is to be kept, if this person may. Raises: NoSuchPartner, as for an unknown one."""
    if own_desk(viewer) not in (None, company_id):
        raise NoSuchPartner
    return company_id


async def set_pin_of(viewer: Viewer, company_id: int, person_id: int, text: str) -> None:
    """Set the PIN of one of a partner's people; `viewer` keeps that desk and has signed in fully.

    Raises: FullSignInNeeded, NoSuchMember, PinOpensMore, ClerkPinIsOdd, ClerkPinTooSimple.
    """
    await _require(viewer, company_id, person_id)
    pin_hash = await hashed(check_pin(text))
    async with transaction():
        await ClerkPin.update_or_create(
            book_id=viewer.book_id,
            person_id=person_id,
            defaults={"pin_hash": pin_hash, "set_at": clock.now()},
        )
        await forget_tries(viewer.book_id, person_id)
        await happened(Happening.CLERK_PIN_SET, viewer.book_id, person_id, by=viewer.person_id)


async def drop_pin_of(viewer: Viewer, company_id: int, person_id: int) -> None:
    """Drop the PIN of one of a partner's people, who is signed out wherever that PIN let them in.

    Raises: FullSignInNeeded, NoSuchMember, PinOpensMore.
    """
    await _require(viewer, company_id, person_id)
    async with transaction():
        await ClerkPin.filter(book_id=viewer.book_id, person_id=person_id).delete()
        await end_turns(viewer.book_id, person_id)
        await happened(Happening.CLERK_PIN_DROPPED, viewer.book_id, person_id, by=viewer.person_id)


async def _require(viewer: Viewer, company_id: int, person_id: int) -> None:
    if viewer.device_id is not None:
        raise FullSignInNeeded
    if person_id not in {each.person_id for each in await desk_people(viewer.book_id, company_id)}:
        raise NoSuchMember
    if own_desk(viewer) is None or person_id == viewer.person_id:
        return
    elsewhere = RoleGrant.filter(
        book_id=viewer.book_id, person_id=person_id, revoked_at__isnull=True
    ).exclude(role=Role.VOLUNTEER)
    if any(grant.company_id != company_id for grant in await elsewhere):
        raise PinOpensMore
