"""Signing in: staff by name and password, volunteers by a one-time link or a staff member's tap."""

import secrets
from dataclasses import dataclass

from kernel import clock
from kernel.clock import DAY
from kernel.database import transaction
from kernel.errors import DomainError
from kernel.keys import base32
from people.browsers import knows
from people.codes import read_scanned
from people.credentials import folded_sign_in_name
from people.errors import (
    LinkHasExpired,
    LinkIsUnknown,
    LinkIsUsed,
    NoSuchMember,
    WrongNameOrPassword,
)
from people.events import Happening, happened
from people.household_errors import SecondPersonNeeded
from people.limits import Purpose
from people.models import Credential, Invite, Role, RoleGrant
from people.passwords import matches
from people.permissions import STAFF
from people.sessions import SignedIn, begin, token_hash
from people.tallies import NOWHERE, Guess, Whence, count, guess_at, take_back

INVITE_LIFE = DAY
INVITE_BYTES = 16
SECONDS = (Role.ORGANISER, Role.ADMIN)  # who may be the second person of an act that needs two


@dataclass(frozen=True, slots=True)
class Proven:
    """A name and password that belong together, where their owner works, and the try that was counted for them."""

    credential: Credential
    work: RoleGrant
    guess: Guess


async def sign_in(
    name: str, password: str, book_id: int | None = None, *, whence: Whence = NOWHERE
) -> SignedIn:
    """Sign a staff member in by password alone, as where no second factor is asked for:
    in the community named or the first in which they work.

    Raises:
        WrongNameOrPassword, TooManyTries
    """
    proven = await prove(name, password, book_id, whence=whence)
    where = (proven.work.book_id, proven.credential.person_id)
    signed = await begin(*where, staff=True)
    await happened(Happening.SIGNED_IN, *where, session_id=signed.session_id, detail="password")
    return signed


async def vouch(book_id: int, name: str, password: str, *, whence: Whence = NOWHERE) -> int:
    """Return the member of staff who confirms another's act with their own name and password; no browser signs in.

    Raises:
        WrongNameOrPassword, TooManyTries, SecondPersonNeeded
    """
    person_id = (await prove(name, password, book_id, whence=whence)).credential.person_id
    may = RoleGrant.filter(
        book_id=book_id, person_id=person_id, role__in=SECONDS, revoked_at__isnull=True
    )
    if not await may.exists():
        raise SecondPersonNeeded
    return person_id


async def prove(
    name: str, password: str, book_id: int | None = None, *, whence: Whence = NOWHERE
) -> Proven:
    """Judge the sign-in name and password of somebody who works here; a right one forgives the tries before.

    Raises:
        WrongNameOrPassword, TooManyTries
    """
    try:
        name = folded_sign_in_name(name)
    except DomainError:
        raise WrongNameOrPassword from None
    credential = await Credential.get_or_none(sign_in_name=name)
    person_id = credential.person_id if credential else 0
    guess = await guess_at(token_hash(name), whence, known=await knows(whence.browser, person_id))
    fits = await matches(password, credential.password_hash if credential else None)
    work = await _place_of_work(person_id, book_id)
    if credential is None or not fits or work is None:
        await _refused(work.book_id if work else None, person_id or None, guess)
        raise WrongNameOrPassword
    await guess.was_good()
    return Proven(credential, work, guess)


async def _refused(book_id: int | None, person_id: int | None, guess: Guess) -> None:
    await happened(Happening.REFUSED, book_id, person_id, detail="password")
    if guess.rests:
        await happened(Happening.LOCKED, book_id, person_id, detail="password")


async def _place_of_work(person_id: int, book_id: int | None) -> RoleGrant | None:
    grants = RoleGrant.filter(person_id=person_id, revoked_at__isnull=True, role__in=list(STAFF))
    if book_id is not None:
        grants = grants.filter(book_id=book_id)
    return await grants.order_by("granted_at", "id").first()


async def invite(book_id: int, person_id: int, by: int) -> str:
    """Make a one-time link for a volunteer and return its token, which is kept nowhere else.

    Raises:
        NoSuchMember
    """
    return await _invite(book_id, person_id, by)


async def invite_from_console(book_id: int, person_id: int) -> str:
    """Make a one-time link on the server's own console; for staff it opens a staff session, as a way back in.

    Raises:
        NoSuchMember
    """
    return await _invite(book_id, person_id, None)


async def _invite(book_id: int, person_id: int, by: int | None) -> str:
    await _roles(book_id, person_id, console=by is None)
    token, now = base32(secrets.token_bytes(INVITE_BYTES)), clock.now()
    async with transaction():
        await Invite.create(
            book_id=book_id,
            person_id=person_id,
            token_hash=token_hash(token),
            made_by=by,
            made_at=now,
            expires_at=now + INVITE_LIFE,
        )
        await happened(Happening.INVITE_MADE, book_id, person_id, by=by)
    return token


async def _roles(book_id: int, person_id: int, *, console: bool) -> set[Role]:
    """Return the roles that a link opens: only the console's opens staff roles.

    Raises:
        NoSuchMember
    """
    grants = await RoleGrant.filter(book_id=book_id, person_id=person_id, revoked_at__isnull=True)
    roles = {grant.role for grant in grants}
    if not console:
        roles &= {Role.VOLUNTEER}
    if not roles:
        raise NoSuchMember
    return roles


async def find_invite(token: str, whence: Whence = NOWHERE) -> Invite:
    """Return the one-time link of a token without using it, for the page that asks before it signs in.

    Raises:
        LinkIsUnknown, LinkIsUsed, LinkHasExpired, TooManyTries
    """
    if whence.network:
        await count(Purpose.INVITE, whence.network)
    found = await Invite.get_or_none(token_hash=token_hash(read_scanned(token))).select_related(
        "person"
    )
    if found is None:
        raise LinkIsUnknown
    if whence.network:  # A link that exists was not guessed.
        await take_back(Purpose.INVITE, whence.network)
    if found.used_at is not None:
        raise LinkIsUsed
    if found.expires_at <= clock.now():
        raise LinkHasExpired
    return found


async def accept_invite(token: str, whence: Whence = NOWHERE) -> SignedIn:
    """Use a one-time link, once, and sign its browser in.

    Raises:
        LinkIsUnknown, LinkIsUsed, LinkHasExpired, NoSuchMember, TooManyTries
    """
    found = await find_invite(token, whence)
    staff = await opens_staff(found)
    async with transaction():
        await use_up(found)
        signed = await begin(found.book_id, found.person_id, staff=staff)
        await note_used(found, signed.session_id)
    return signed


async def opens_staff(found: Invite) -> bool:
    """Say whether a link leads to staff roles, as only one of the console may.

    Raises:
        NoSuchMember
    """
    roles = await _roles(found.book_id, found.person_id, console=found.made_by is None)
    return bool(roles & STAFF)


async def use_up(found: Invite) -> None:
    """Use a one-time link up, within the transaction of what it opens.

    Raises:
        LinkIsUsed
    """
    unused = Invite.filter(id=found.id, book_id=found.book_id, used_at__isnull=True)
    if not await unused.update(used_at=clock.now()):
        raise LinkIsUsed


async def note_used(found: Invite, session_id: int | None = None) -> None:
    """Write down that a one-time link was used; by whom it was made stands with it."""
    await happened(
        Happening.INVITE_USED,
        *(found.book_id, found.person_id),
        by=found.made_by,
        session_id=session_id,
    )


async def end_invites(person_id: int) -> None:
    """Make every link of a person that was not used yet worthless."""
    now = clock.now()
    await Invite.filter(person_id=person_id, used_at__isnull=True, expires_at__gt=now).update(
        expires_at=now
    )


async def enrol(book_id: int, person_id: int, by: int) -> SignedIn:
    """Sign in the browser of a volunteer whom the staff member `by` has just recognised in person.

    Raises:
        NoSuchMember
    """
    now = clock.now()
    await _roles(book_id, person_id, console=False)
    async with transaction():
        # Kept as a link used at once, so that the books of sign-ins name who vouched for this browser.
        await Invite.create(
            book_id=book_id,
            person_id=person_id,
            token_hash=token_hash(secrets.token_hex(INVITE_BYTES)),
            made_by=by,
            made_at=now,
            expires_at=now,
            used_at=now,
        )
        signed = await begin(book_id, person_id, staff=False)
        await happened(
            Happening.RECOGNISED, book_id, person_id, by=by, session_id=signed.session_id
        )
    return signed
