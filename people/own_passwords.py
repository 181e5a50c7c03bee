"""A volunteer's own password: set on one's own pages, used with the phone or the member number."""

import re

from kernel import clock
from kernel.clock import MINUTE
from kernel.database import transaction
from kernel.errors import DomainError
from people.browser_errors import OldPasswordNeeded, SeveralFit, WrongNumberOrPassword
from people.browsers import knows
from people.codes import read_number, read_scanned
from people.events import Happening, happened
from people.limits import Purpose
from people.models import Membership, Session
from people.naming import folded_phone
from people.passwords import check_password, hashed, matches
from people.phones import whole_index
from people.proofs import OwnPassword
from people.roster import active, member
from people.sessions import SignedIn, begin, token_hash
from people.tallies import NOWHERE, Guess, Whence, count, forget, guess_at

FRESH = 15 * MINUTE  # so long a session that was just opened stands for the old password
HASHED_AT_LEAST = (
    3  # as many as a family has on one phone: an unknown number takes as long to refuse
)


async def has_own_password(person_id: int) -> bool:
    """Say whether a person has set a password of their own."""
    return await OwnPassword.filter(person_id=person_id).exists()


async def needs_old_password(book_id: int, person_id: int, session_id: int) -> bool:
    """Say whether changing the password takes the old one: not in a session that was opened a moment ago."""
    if not await has_own_password(person_id):
        return False
    fresh = Session.filter(
        book_id=book_id,
        person_id=person_id,
        id=session_id,
        ended_at__isnull=True,
        begun_at__gt=clock.now() - FRESH,
    )
    return not await fresh.exists()


async def set_own_password(
    book_id: int, person_id: int, password: str, *, session_id: int, old: str = ""
) -> None:
    """Give oneself a password, or change it.

    Raises:
        NoSuchMember, PasswordTooShort, PasswordTooLong, PasswordTooCommon, OldPasswordNeeded, TooManyTries
    """
    own = await member(book_id, person_id)
    check_password(password, own.person.phone)
    if await needs_old_password(book_id, person_id, session_id):
        await _check_old(person_id, old)
    password_hash, now = await hashed(password), clock.now()
    async with transaction():
        await OwnPassword.update_or_create(
            person_id=person_id, defaults={"password_hash": password_hash, "changed_at": now}
        )
        await happened(
            Happening.PASSWORD_SET,
            *(book_id, person_id),
            by=person_id,
            session_id=session_id,
            detail="own",
        )


async def _check_old(person_id: int, old: str) -> None:
    await count(Purpose.PASSWORD_CHANGE, str(person_id))
    kept = await OwnPassword.get_or_none(person_id=person_id)
    if not await matches(old, kept.password_hash if kept else None):
        raise OldPasswordNeeded(field="old")
    await forget(Purpose.PASSWORD_CHANGE, str(person_id))


async def sign_in_by_number(
    book_id: int, text: str, password: str, *, whence: Whence = NOWHERE
) -> SignedIn:
    """Sign a volunteer in by phone or member number; where several share a phone, the password decides which.

    Raises:
        WrongNumberOrPassword, SeveralFit, TooManyTries
    """
    digits = re.sub(r"[\s\-]", "", read_scanned(text))
    people = [each.person_id for each in await _meant(book_id, text)]
    name = token_hash(f"{book_id}/{digits}")
    guess = await guess_at(name, whence, known=await knows(whence.browser, *people))
    fitting = await _whose(people, password)
    if not fitting:
        await _refused(book_id, people, guess)
        raise WrongNumberOrPassword
    await guess.was_good()
    if len(fitting) > 1:
        raise SeveralFit
    signed = await begin(book_id, fitting[0], staff=False)
    await happened(
        Happening.SIGNED_IN,
        *(book_id, fitting[0]),
        session_id=signed.session_id,
        detail="own-password",
    )
    return signed


async def _meant(book_id: int, text: str) -> list[Membership]:
    """Return the members whose number or whole phone this is."""
    number = read_number(text)
    found = await active(book_id).filter(number=number) if number else []
    try:
        phone = folded_phone(text)
    except DomainError:
        return found
    same = (
        await active(book_id).filter(person__phone_index=whole_index(phone)).order_by("number")
        if phone
        else []
    )
    seen = {each.id for each in found}
    return found + [each for each in same if each.id not in seen]


async def _whose(people: list[int], password: str) -> list[int]:
    """Return those whose password it is; the work is the same whether few, one or none of them has one."""
    kept = await OwnPassword.filter(person_id__in=people)
    hashes: list[tuple[int, str | None]] = [(each.person_id, each.password_hash) for each in kept]
    hashes += [(0, None)] * (HASHED_AT_LEAST - len(hashes))
    return [person_id for person_id, each in hashes if await matches(password, each)]


async def _refused(book_id: int, people: list[int], guess: Guess) -> None:
    person_id = people[0] if len(people) == 1 else None
    await happened(Happening.REFUSED, book_id, person_id, detail="own-password")
    if guess.rests:
        await happened(Happening.LOCKED, book_id, person_id, detail="own-password")
