"""Taking turns at a counter: each clerk taps their name and types a PIN of their own. There are no shared accounts."""

import re

from kernel import clock
from kernel.database import transaction
from people.counter_devices import takers
from people.errors import NoSuchMember, TooManyTries
from people.events import Happening, happened
from people.factor_errors import (
    ClerkPinIsOdd,
    ClerkPinTooSimple,
    FullSignInNeeded,
    NotAtACounter,
    TooManyClerkPins,
    WrongClerkPin,
)
from people.factors import ClerkPin, CounterDevice
from people.limits import Purpose
from people.models import Membership, RoleGrant
from people.naming import folded
from people.passwords import hashed, is_a_run, matches
from people.permissions import Viewer
from people.second_factor import note_refused
from people.sessions import SignedIn, begin
from people.tallies import count, forget

COMMON = frozenset(
    {"1004", "1122", "1212", "1313", "2000", "2580", "6969"}
    | {"112233", "121212", "123123", "131313", "520520"}
)


def read_pin(text: str) -> str:
    """Return a PIN of 4 to 6 digits, full-width ones folded.

    Raises:
        ClerkPinIsOdd
    """
    pin = folded(text[:50])
    if not re.fullmatch(r"[0-9]{4,6}", pin):
        raise ClerkPinIsOdd(field="pin")
    return pin


def check_pin(text: str) -> str:
    """Return a new PIN, unless it is one that everybody would try first.

    Raises:
        ClerkPinIsOdd, ClerkPinTooSimple
    """
    pin = read_pin(text)
    if is_a_run(pin) or pin in COMMON:
        raise ClerkPinTooSimple(field="pin")
    return pin


async def set_pin(viewer: Viewer, text: str) -> None:
    """Set the PIN of a clerk who has signed in fully.

    Raises:
        FullSignInNeeded, ClerkPinIsOdd, ClerkPinTooSimple
    """
    if viewer.device_id is not None:
        raise FullSignInNeeded
    pin_hash = await hashed(check_pin(text))
    async with transaction():
        await ClerkPin.update_or_create(
            book_id=viewer.book_id,
            person_id=viewer.person_id,
            defaults={"pin_hash": pin_hash, "set_at": clock.now()},
        )
        await forget_tries(viewer.book_id, viewer.person_id)
        await happened(Happening.CLERK_PIN_SET, viewer.book_id, viewer.person_id)


async def has_pin(book_id: int, person_id: int) -> bool:
    """Say whether a clerk has set a PIN."""
    return await ClerkPin.filter(book_id=book_id, person_id=person_id).exists()


async def clerk_at(device: CounterDevice, person_id: int) -> Membership | RoleGrant:
    """Return somebody who may take a turn at a counter or desk.

    Raises:
        NoSuchMember
    """
    for clerk in await takers(device.book_id, device.company_id):
        if clerk.person_id == person_id:
            return clerk
    raise NoSuchMember


async def take_turn(device: CounterDevice, person_id: int, text: str) -> SignedIn:
    """Sign somebody in at a counter or desk by PIN, for one shift and for that work alone.

    Raises:
        NoSuchMember, ClerkPinIsOdd, WrongClerkPin, TooManyClerkPins, NotAtACounter
    """
    await proven(device.book_id, person_id, text, device.company_id)
    return await turn_of(device, person_id)


async def proven(book_id: int, person_id: int, text: str, company_id: int | None) -> None:
    """Prove one of a counter's clerks or a partner's people by PIN.

    Raises:
        NoSuchMember, ClerkPinIsOdd, WrongClerkPin, TooManyClerkPins
    """
    pin = read_pin(text)
    if person_id not in {each.person_id for each in await takers(book_id, company_id)}:
        raise NoSuchMember
    rests = await _count_try(book_id, person_id)
    kept = await ClerkPin.get_or_none(book_id=book_id, person_id=person_id)
    if not await matches(pin, kept.pin_hash if kept else None):
        await note_refused(book_id, person_id, "clerk-pin", rests=rests)
        raise WrongClerkPin(field="pin")
    await forget_tries(book_id, person_id)


async def turn_of(device: CounterDevice, person_id: int) -> SignedIn:
    """Begin the turn of somebody whose PIN fitted. Raises: NotAtACounter."""
    async with transaction():
        await _still_listed(device)
        signed = await begin(device.book_id, person_id, staff=True, device_id=device.id)
        await happened(
            Happening.SIGNED_IN,
            *(device.book_id, person_id),
            session_id=signed.session_id,
            detail="clerk-pin",
        )
    return signed


async def forget_tries(book_id: int, person_id: int) -> None:
    """Forgive all wrong tries at a person's PIN."""
    await forget(Purpose.CLERK_PIN, _subject(book_id, person_id))


def _subject(book_id: int, person_id: int) -> str:
    return f"{book_id}/{person_id}"


async def _count_try(book_id: int, person_id: int) -> bool:
    """Count a try at a clerk's PIN before it is judged; say whether a rest begins with it. Raises: TooManyClerkPins."""
    try:
        return await count(Purpose.CLERK_PIN, _subject(book_id, person_id))
    except TooManyTries as rest:
        raise TooManyClerkPins(**rest.members) from None


async def _still_listed(device: CounterDevice) -> None:
    """Keep the device's row until the session is written, so that taking it off the list misses none."""
    listed = CounterDevice.filter(book_id=device.book_id, id=device.id, revoked_at__isnull=True)
    if await listed.select_for_update().first() is None:
        raise NotAtACounter
