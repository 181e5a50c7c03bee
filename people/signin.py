"""Signing in: staff by name and password, volunteers by a one-time link or a staff member's tap."""

import secrets

from kernel import clock
from kernel.clock import DAY, MINUTE
from kernel.database import fetch, transaction
from kernel.errors import DomainError
from kernel.keys import base32
from people.codes import read_scanned
from people.credentials import folded_sign_in_name
from people.errors import (
    LinkHasExpired,
    LinkIsUnknown,
    LinkIsUsed,
    NoSuchMember,
    TooManyTries,
    WrongNameOrPassword,
)
from people.models import Credential, Invite, Role, RoleGrant, SignInTry
from people.passwords import matches
from people.permissions import STAFF
from people.sessions import SignedIn, begin, token_hash

FREE_TRIES = 5
LONGEST_WAIT = 15 * MINUTE
FORGOTTEN_AFTER = DAY
INVITE_LIFE = DAY
INVITE_BYTES = 16


def wait_after(failures: int) -> int:
    """Return how long (microseconds) a name rests after so many wrong tries: 1, 2, 4, 8, then 15 minutes."""
    if failures < FREE_TRIES:
        return 0
    return min(MINUTE << min(failures - FREE_TRIES, 8), LONGEST_WAIT)


async def sign_in(name: str, password: str, book_id: int | None = None) -> SignedIn:
    """Sign a staff member in, in the community named or the first in which they work.

    Raises:
        WrongNameOrPassword, TooManyTries
    """
    work = await _recognised(name, password, book_id, STAFF)
    return await begin(work.book_id, work.person_id, staff=True)


async def recognise(name: str, password: str, book_id: int) -> int:
    """Return who of the community's office this is, to answer for an act beside whoever is signed in.

    Raises:
        WrongNameOrPassword, TooManyTries
    """
    office = frozenset({Role.ADMIN, Role.ORGANISER})
    return (await _recognised(name, password, book_id, office)).person_id


async def _recognised(
    name: str, password: str, book_id: int | None, roles: frozenset[Role]
) -> RoleGrant:
    """Return the role, of some, of whoever has this name and password; tries are counted."""
    try:
        name = folded_sign_in_name(name)
    except DomainError:
        raise WrongNameOrPassword from None
    await _count_try(name)
    credential = await Credential.get_or_none(sign_in_name=name)
    fits = await matches(password, credential.password_hash if credential else None)
    if credential is None or not fits:
        raise WrongNameOrPassword
    work = await _place_of_work(credential.person_id, book_id, roles)
    if work is None:
        raise WrongNameOrPassword
    await SignInTry.filter(name_hash=token_hash(name)).delete()
    return work


async def _count_try(name: str) -> None:
    """Count a try before it is judged, so that many at once do not all go free; success forgives it.

    Raises:
        TooManyTries
    """
    key, now = token_hash(name), clock.now()
    async with transaction():
        await fetch(
            "INSERT INTO sign_in_try (name_hash, failures, locked_until, tried_at) VALUES ($1, 0, 0, $2)"
            " ON CONFLICT (name_hash) DO UPDATE SET name_hash = excluded.name_hash RETURNING name_hash",
            key,
            now,
        )
        tries = await SignInTry.get(name_hash=key)  # Ours alone until commit: the row is locked.
        if tries.locked_until > now:
            raise TooManyTries(minutes=-(-(tries.locked_until - now) // MINUTE))
        before = 0 if now - tries.tried_at > FORGOTTEN_AFTER else tries.failures
        tries.failures, tries.tried_at = before + 1, now
        tries.locked_until = now + wait_after(tries.failures)
        await tries.save(update_fields=["failures", "tried_at", "locked_until"])


async def _place_of_work(
    person_id: int, book_id: int | None, roles: frozenset[Role]
) -> RoleGrant | None:
    grants = RoleGrant.filter(person_id=person_id, revoked_at__isnull=True, role__in=sorted(roles))
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
    await Invite.create(
        book_id=book_id,
        person_id=person_id,
        token_hash=token_hash(token),
        made_by=by,
        made_at=now,
        expires_at=now + INVITE_LIFE,
    )
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


async def find_invite(token: str) -> Invite:
    """Return the one-time link of a token without using it, for the page that asks before it signs in.

    Raises:
        LinkIsUnknown, LinkIsUsed, LinkHasExpired
    """
    found = await Invite.get_or_none(token_hash=token_hash(read_scanned(token))).select_related(
        "person"
    )
    if found is None:
        raise LinkIsUnknown
    if found.used_at is not None:
        raise LinkIsUsed
    if found.expires_at <= clock.now():
        raise LinkHasExpired
    return found


async def accept_invite(token: str) -> SignedIn:
    """Use a one-time link, once, and sign its browser in.

    Raises:
        LinkIsUnknown, LinkIsUsed, LinkHasExpired, NoSuchMember
    """
    found = await find_invite(token)
    roles = await _roles(found.book_id, found.person_id, console=found.made_by is None)
    async with transaction():
        won = await Invite.filter(id=found.id, book_id=found.book_id, used_at__isnull=True).update(
            used_at=clock.now()
        )
        if not won:
            raise LinkIsUsed
        return await begin(found.book_id, found.person_id, staff=bool(roles & STAFF))


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
        return await begin(book_id, person_id, staff=False)
