"""Codes with which somebody else collects for a member: one day, once, up to a limit.

The code on paper or screen is a random token; the eight digits are the same permission for saying aloud. Neither is
kept: of the token its SHA-256, of the digits, which could be tried out, a keyed one.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from kernel import clock
from kernel.database import is_duplicate
from kernel.days import day_of
from kernel.keys import base32, derived_key
from ledger.books import zone_of
from people.closed import require_open
from people.codes import read_scanned
from people.consents import require_limit
from people.guardians import require_guardian
from people.household_errors import CollectCodeUnknown, TooManyCollectCodes
from people.lives import CollectCode
from people.roster import member
from people.sessions import token_hash

COLLECT_CODE = 0x22
TOKEN_BYTES = 16
TOKEN_SIGNS = 28
DIGITS = 8
MOST_OPEN = 3
TRIES = 5


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A fresh code: the one time that its token and digits are known."""

    id: int
    token: str
    digits: str
    points_limit: int
    valid_on: int


async def make(book_id: int, person_id: int, points_limit: int, by: int) -> MadeCode:
    """Make a code for today; `by` is the member, or a member of staff.

    Raises:
        LimitIsOdd, NoSuchMember, RecordIsClosed, GuardianNeeded, TooManyCollectCodes
    """
    require_limit(points_limit)
    await member(book_id, person_id)
    await require_open(book_id, person_id)
    await require_guardian(book_id, person_id)
    if len(await open_codes(book_id, person_id)) >= MOST_OPEN:
        raise TooManyCollectCodes(most=MOST_OPEN)
    now = clock.now()
    valid_on = day_of(now, await zone_of(book_id))
    for _ in range(TRIES):
        token, digits = _token(), _digits()
        try:
            made = await CollectCode.create(
                book_id=book_id,
                person_id=person_id,
                token_hash=token_hash(token),
                digits_hash=_hashed(book_id, digits),
                points_limit=points_limit,
                valid_on=valid_on,
                made_by=by,
                made_at=now,
            )
        except Exception as error:
            if is_duplicate(error):  # these digits were drawn before
                continue
            raise
        return MadeCode(made.id, token, digits, points_limit, valid_on)
    raise AssertionError("no digits are left")


def _token() -> str:
    return base32(bytes((COLLECT_CODE,)) + secrets.token_bytes(TOKEN_BYTES))


def _digits() -> str:
    """Draw eight digits that are no barcode, so that goods are never taken for a code."""
    while True:
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        if sum(int(sign) * (1 if place % 2 else 3) for place, sign in enumerate(digits)) % 10:
            return digits


def _hashed(book_id: int, digits: str) -> str:
    text = f"{book_id}:{digits}".encode()
    return hmac.new(derived_key("collect-code"), text, hashlib.sha256).hexdigest()


def may_be_code(text: str) -> bool:
    """Say whether a scanned or typed text has the form of such a code."""
    read = re.sub(r"[\s\-]", "", read_scanned(text))
    return bool(re.fullmatch(rf"[0-9]{{{DIGITS}}}", read)) or _is_token(read)


def _is_token(read: str) -> bool:
    return len(read) == TOKEN_SIGNS and read.startswith(_FIRST_SIGN)


_FIRST_SIGN = base32(bytes((COLLECT_CODE, 0)))[0]


async def find(book_id: int, text: str) -> CollectCode:
    """Return the code of today that a text names and that may still be used, with its person.

    Raises:
        CollectCodeUnknown
    """
    found = await named(book_id, text)
    today = day_of(clock.now(), await zone_of(book_id))
    if found.valid_on != today or found.revoked_at or found.used_at:
        raise CollectCodeUnknown
    return found


async def named(book_id: int, text: str) -> CollectCode:
    """Return the code that a text names, with its person, whether or not it may still be used.

    Raises:
        CollectCodeUnknown
    """
    read = re.sub(r"[\s\-]", "", read_scanned(text))
    by = (
        {"digits_hash": _hashed(book_id, read)}
        if read.isdigit()
        else {"token_hash": token_hash(read)}
    )
    found = CollectCode.filter(book_id=book_id, **by).prefetch_related("person")
    code = await found.first()
    if code is None:
        raise CollectCodeUnknown
    return code


async def one(book_id: int, code_id: int) -> CollectCode | None:
    """Return a code by its id."""
    return await CollectCode.get_or_none(book_id=book_id, id=code_id)


async def revoke(book_id: int, person_id: int, code_id: int) -> None:
    """Cancel a code of a person.

    Raises:
        CollectCodeUnknown
    """
    unused = CollectCode.filter(
        book_id=book_id,
        person_id=person_id,
        id=code_id,
        revoked_at__isnull=True,
        used_at__isnull=True,
    )
    if not await unused.update(revoked_at=clock.now()):
        raise CollectCodeUnknown


async def open_codes(book_id: int, person_id: int) -> list[CollectCode]:
    """Return the codes of a person that may be used today, the first made standing first."""
    today = day_of(clock.now(), await zone_of(book_id))
    found = CollectCode.filter(
        book_id=book_id,
        person_id=person_id,
        valid_on=today,
        revoked_at__isnull=True,
        used_at__isnull=True,
    )
    return await found.order_by("made_at", "id")


async def used_for(book_id: int, redemption_id: int) -> bool:
    """Say whether somebody else collected these goods with a code."""
    return await CollectCode.exists(book_id=book_id, redemption_id=redemption_id)
