"""The PIN for exchanges without the code on one's phone: set, tried, locked after five wrong tries, unlocked."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable

from kernel import clock
from kernel.clock import DAY
from kernel.database import transaction
from kernel.keys import derived_key
from people import passwords
from people.approvals import CARRIED_OUT, Act, Approval
from people.card_errors import (
    NotForOneself,
    PinIsLocked,
    PinIsMissing,
    PinIsOdd,
    PinIsTrivial,
    PinIsWrong,
    PinsDiffer,
    PinTakesTwo,
)
from people.cards import Pin
from people.facts import two_facts
from people.models import Membership
from people.roster import member

LEAST, MOST = 4, 6
TRIES = 5
LOCKED_FOR = DAY

_COMMON = """
    1212 1313 1414 1122 1133 1221 1331 2121 2211 2233 2323 3344 4455 5566 6677 6688 7788 8866 8899 9988 6868 8686 8989
    1010 2020 2580 0852 1357 2468 1314 5200 5210 1990 1949 2008 2000 2024 2025 2026
    12123 52013 13145 11223 12312
    121212 112233 123123 123321 131452 147258 159357 258369 521521 520520 789456 741852 963852 101010 112211 223344
    168168 518518 666888 888666 668866 131420 201314 521314
"""
COMMON = frozenset(_COMMON.split())


def folded_pin(text: str) -> str:
    """Return a PIN as digits, also from a full-width keyboard. Raises: PinIsOdd."""
    pin = unicodedata.normalize("NFKC", text[:20]).strip()
    if not (LEAST <= len(pin) <= MOST and pin.isascii() and pin.isdigit()):
        raise PinIsOdd(field="pin")
    return pin


def check_new_pin(pin: str, phone: str, number: str) -> None:
    """Refuse a PIN that anybody would try first, or that stands on the card or in the telephone book.

    Raises:
        PinIsTrivial
    """
    own = (phone and (phone.endswith(pin) or phone.startswith(pin))) or pin.lstrip("0") == number
    if passwords.is_a_run(pin) or own or pin in COMMON:
        raise PinIsTrivial(field="pin")


def _peppered(book_id: int, person_id: int, pin: str) -> str:
    """Bind ten thousand possibilities to a key that is not in the database: a stolen copy of it tells no PIN."""
    said = f"{book_id}/{person_id}/{pin}".encode()
    return hmac.new(derived_key("pin"), said, hashlib.sha256).hexdigest()


async def set_own_pin(book_id: int, person_id: int, pin: str, again: str, *, old: str = "") -> None:
    """Set one's own PIN on one's own phone; a PIN that is there already must be known.

    Raises:
        PinIsOdd, PinsDiffer, PinIsTrivial, PinIsWrong, PinIsLocked, NoSuchMember
    """
    who = await _checked(book_id, person_id, pin, again)
    if await good_pin(book_id, person_id) is not None:
        await check_pin(book_id, person_id, old, field="old")
    await _set(who, pin, by=person_id, facts="")


async def set_pin_at_desk(
    book_id: int, person_id: int, pin: str, again: str, *, by: int, facts: Iterable[str]
) -> None:
    """Set the PIN that a member typed at the desk, after two facts: the first, or one that two persons let go.

    Raises:
        NotForOneself, TwoFactsNeeded, PinIsOdd, PinsDiffer, PinIsTrivial, PinTakesTwo, NoSuchMember
    """
    if by == person_id:
        raise NotForOneself
    who = await _checked(book_id, person_id, pin, again)
    known = two_facts(who, facts)
    if not await may_be_set_at_desk(book_id, person_id):
        raise PinTakesTwo
    await _set(who, pin, by=by, facts=known)


async def may_be_set_at_desk(book_id: int, person_id: int) -> bool:
    """Say whether one staff member may set a PIN: there never was one, or two persons took the last one off."""
    last = await Pin.get_or_none(book_id=book_id, person_id=person_id)
    if last is None:
        return True
    taken_off = Approval.filter(
        book_id=book_id,
        act=Act.PIN_RESET,
        beneficiary_id=person_id,
        outcome__in=sorted(CARRIED_OUT),
        decided_at__gt=last.set_at,
    )
    return await taken_off.exists()


async def _checked(book_id: int, person_id: int, pin: str, again: str) -> Membership:
    who, digits = await member(book_id, person_id), folded_pin(pin)
    if digits != unicodedata.normalize("NFKC", again[:20]).strip():
        raise PinsDiffer(field="again")
    check_new_pin(digits, who.person.phone, str(who.number))
    return who


async def _set(who: Membership, pin: str, *, by: int, facts: str) -> None:
    hashed = await passwords.hashed(_peppered(who.book_id, who.person_id, folded_pin(pin)))
    await Pin.update_or_create(
        book_id=who.book_id,
        person_id=who.person_id,
        defaults={
            "pin_hash": hashed,
            "set_by": by,
            "set_at": clock.now(),
            "set_on": facts,
            "failures": 0,
            "locked_until": None,
            "off_at": None,
        },
    )


async def good_pin(book_id: int, person_id: int) -> Pin | None:
    """Return a person's PIN, locked or not; None if there is none or it is off."""
    return await Pin.get_or_none(book_id=book_id, person_id=person_id, off_at__isnull=True)


def is_locked(pin: Pin | None) -> bool:
    """Say whether a PIN takes no try at the moment."""
    return pin is not None and pin.locked_until is not None and pin.locked_until > clock.now()


async def check_pin(book_id: int, person_id: int, text: str, *, field: str = "pin") -> None:
    """Accept a person's PIN, or count a wrong try; the fifth locks it for a day.

    Raises:
        PinIsMissing, PinIsLocked, PinIsWrong
    """
    tried = await _count_try(book_id, person_id)
    digits = unicodedata.normalize("NFKC", text[:20]).strip()
    if not await passwords.matches(_peppered(book_id, person_id, digits), tried.pin_hash):
        if tried.failures >= TRIES:
            raise PinIsLocked
        raise PinIsWrong(left=TRIES - tried.failures, field=field)
    await Pin.filter(book_id=book_id, id=tried.id, set_at=tried.set_at).update(
        failures=0, locked_until=None
    )


async def _count_try(book_id: int, person_id: int) -> Pin:
    """Count a try before it is judged, so that many at once do not all go free. Raises: PinIsMissing, PinIsLocked."""
    now = clock.now()
    async with transaction():
        pins = Pin.filter(book_id=book_id, person_id=person_id, off_at__isnull=True)
        pin = await pins.select_for_update().first()
        if pin is None:
            raise PinIsMissing
        if pin.locked_until is not None and pin.locked_until > now:
            raise PinIsLocked
        pin.failures = 1 if pin.locked_until is not None else pin.failures + 1
        pin.locked_until = now + LOCKED_FOR if pin.failures >= TRIES else None
        await pin.save(update_fields=["failures", "locked_until"])
    return pin


async def unlock_pin(book_id: int, person_id: int, *, by: int, facts: Iterable[str]) -> None:
    """Let a locked PIN take tries again, after two facts.

    Raises:
        NotForOneself, TwoFactsNeeded, PinIsMissing, NoSuchMember
    """
    if by == person_id:
        raise NotForOneself
    known = two_facts(await member(book_id, person_id), facts)
    unlocked = await Pin.filter(book_id=book_id, person_id=person_id, off_at__isnull=True).update(
        failures=0, locked_until=None, unlocked_by=by, unlocked_at=clock.now(), unlocked_on=known
    )
    if not unlocked:
        raise PinIsMissing
