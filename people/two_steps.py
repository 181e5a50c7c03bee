"""A sign-in in two steps: the password or a console's link first, then a second factor. Between them is half a session.

A half session lives five minutes, or half an hour where something has to be set up first. It opens nothing but its own
second step, and only once.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kernel import clock
from kernel.clock import MINUTE, SECOND
from kernel.database import transaction
from kernel.settings import settings
from people import authenticators, code_sheets, second_factor, signin
from people.credentials import set_password
from people.events import Happening, happened
from people.factor_errors import (
    SecondFactorIsSet,
    SecondFactorNeeded,
    SecondFactorNotSet,
    SignInRanOut,
)
from people.factors import HalfSession
from people.models import Person
from people.sessions import SignedIn, begin, token_hash
from people.tallies import NOWHERE, Whence

CODE_LIFE = 5 * MINUTE
SET_UP_LIFE = 30 * MINUTE


class Step(StrEnum):
    """What a half session still asks for."""

    PASSWORD = "password"  # noqa: S105  the name of a step
    SET_UP = "set-up"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Half:
    """A sign-in that waits for its second step: the token for the browser, how long, and what is asked for next."""

    token: str
    seconds: int
    step: Step


async def start(
    name: str, password: str, book_id: int | None = None, *, whence: Whence = NOWHERE
) -> SignedIn | Half:
    """Check name and password, and ask for the second factor where this installation has one.

    Raises:
        WrongNameOrPassword, TooManyTries
    """
    if not settings().second_factor:
        return await signin.sign_in(name, password, book_id, whence=whence)
    work = (await signin.prove(name, password, book_id, whence=whence)).work
    return await begin_half(work.book_id, work.person_id)


async def start_by_link(token: str, whence: Whence = NOWHERE) -> SignedIn | Half:
    """Use a one-time link up: a volunteer is in, staff go on to a password of their own and a second factor.

    Raises:
        LinkIsUnknown, LinkIsUsed, LinkHasExpired, NoSuchMember, TooManyTries
    """
    found = await signin.find_invite(token, whence)
    if not settings().second_factor or not await signin.opens_staff(found):
        return await signin.accept_invite(token)
    async with transaction():
        await signin.use_up(found)
        await signin.note_used(found)
        return await begin_half(found.book_id, found.person_id, needs_password=True)


async def at_once(
    name: str, password: str, code: str | None, *, whence: Whence = NOWHERE
) -> SignedIn:
    """Sign a program in with everything in one request.

    Raises:
        WrongNameOrPassword, TooManyTries, SecondFactorNotSet, SecondFactorNeeded, WrongCode, TooManyWrongCodes
    """
    begun = await start(name, password, whence=whence)
    if isinstance(begun, SignedIn):
        return begun
    if begun.step is not Step.CODE:
        raise SecondFactorNotSet
    if not code:
        raise SecondFactorNeeded
    return await with_code(begun.token, code)


async def link_for_program(token: str, whence: Whence = NOWHERE) -> SignedIn:
    """Use a volunteer's one-time link up; one that leads to staff roles is for the pages.

    Raises:
        LinkIsUnknown, LinkIsUsed, LinkHasExpired, NoSuchMember, TooManyTries, SecondFactorNotSet
    """
    found = await signin.find_invite(token, whence)
    if settings().second_factor and await signin.opens_staff(found):
        raise SecondFactorNotSet
    return await signin.accept_invite(token)


async def begin_half(book_id: int, person_id: int, *, needs_password: bool = False) -> Half:
    """Begin half a session for somebody who has shown the first of two proofs."""
    token, now = secrets.token_urlsafe(32), clock.now()
    has_one = (await second_factor.factors_of(person_id)).any
    life = CODE_LIFE if has_one and not needs_password else SET_UP_LIFE
    await HalfSession.filter(person_id=person_id, expires_at__lt=now).delete()
    half = await HalfSession.create(
        token_hash=token_hash(token),
        book_id=book_id,
        person_id=person_id,
        needs_password=needs_password,
        made_at=now,
        expires_at=now + life,
    )
    return Half(token, life // SECOND, await step_of(half))


async def find(token: str | None) -> HalfSession:
    """Return the living half session of a token, with its `person`.

    Raises:
        SignInRanOut
    """
    found = await HalfSession.get_or_none(token_hash=token_hash(token or "")).select_related(
        "person"
    )
    if found is None or found.ended_at is not None or found.expires_at <= clock.now():
        raise SignInRanOut
    return found


async def step_of(half: HalfSession) -> Step:
    """Return what a half session asks for next."""
    if half.needs_password:
        return Step.PASSWORD
    return Step.CODE if (await second_factor.factors_of(half.person_id)).any else Step.SET_UP


async def _at(token: str | None, step: Step) -> HalfSession:
    half = await find(token)
    if await step_of(half) is not step:
        raise SecondFactorIsSet if step is Step.SET_UP else SignInRanOut
    return half


async def with_code(token: str | None, code: str) -> SignedIn:
    """Finish a sign-in with a code of the app or the sheet.

    Raises:
        SignInRanOut, WrongCode, TooManyWrongCodes
    """
    half = await _at(token, Step.CODE)
    await second_factor.use_code(half.book_id, half.person_id, code)
    return await finish(half, "second-code")


async def choose_password(token: str | None, sign_in_name: str, password: str) -> Step:
    """Set the password of somebody who came by a link, and return what is asked for next.

    Raises:
        SignInRanOut, NameIsEmpty, TextTooLong, PasswordTooShort, PasswordTooLong, PasswordTooCommon, SignInNameTaken
    """
    half = await _at(token, Step.PASSWORD)
    await set_password(half.person_id, sign_in_name, password)
    await HalfSession.filter(id=half.id).update(needs_password=False)
    return await step_of(await find(token))


async def set_up_app(token: str | None, secret: str, code: str) -> tuple[SignedIn, tuple[str, ...]]:
    """Set an authenticator app up, finish the sign-in, and return it with a fresh sheet of codes.

    Raises:
        SignInRanOut, SecondFactorIsSet, WrongCode
    """
    half = await _at(token, Step.SET_UP)
    codes = code_sheets.new_codes()
    async with transaction():
        await _still_without(half.person_id)
        await authenticators.keep(half.person_id, secret, code)
        await code_sheets.keep(half.person_id, codes)
        return await finish(half, "app"), codes


async def set_up_sheet(token: str | None, codes: Sequence[str], typed: str) -> SignedIn:
    """Set a sheet of codes up, one of which is typed to show that it was kept, and finish the sign-in.

    Raises:
        SignInRanOut, SecondFactorIsSet, WrongCode
    """
    half = await _at(token, Step.SET_UP)
    async with transaction():
        await _still_without(half.person_id)
        await code_sheets.keep(half.person_id, codes, typed)
        return await finish(half, "sheet")


async def _still_without(person_id: int) -> None:
    """Let one at a time set a first factor up: the second to come finds that there is one."""
    await Person.filter(id=person_id).select_for_update().first()
    if (await second_factor.factors_of(person_id)).any:
        raise SecondFactorIsSet


async def finish(half: HalfSession, way: str) -> SignedIn:
    """Use a half session up, once, and begin the whole one under a token of its own.

    Raises:
        SignInRanOut
    """
    now = clock.now()
    async with transaction():
        living = HalfSession.filter(id=half.id, ended_at__isnull=True, expires_at__gt=now)
        if not await living.update(ended_at=now):
            raise SignInRanOut
        signed = await begin(half.book_id, half.person_id, staff=True)
        await happened(
            Happening.SIGNED_IN,
            *(half.book_id, half.person_id),
            session_id=signed.session_id,
            detail=way,
        )
    return signed
