"""Six digits to a phone: asked for, proved within five minutes and five tries, and spent on one session.

A code fits the one request that asked for it, whose secret stays in the asking browser. Whether a phone belongs to
anybody makes no difference to the answer.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from kernel import clock
from kernel.clock import MINUTE
from kernel.database import fetch, transaction
from kernel.keys import derived_key
from kernel.settings import settings
from people.browser_errors import CodeDoesNotFit, CodeJustSent, CodesAreOff
from people.errors import PhoneIsInvalid, TooManyTries
from people.events import Happening, happened
from people.limits import Purpose
from people.models import Membership
from people.naming import folded, folded_phone
from people.phones import whole_index
from people.proofs import MOST_TRIES, CodeRecipient, OneTimeCode
from people.roster import active
from people.sessions import SignedIn, begin, token_hash
from people.tallies import NOWHERE, Whence, count, take_back

CODE_LIVES = 5 * MINUTE
CHOICE_LIVES = 5 * MINUTE  # to say who of a family it is, once the code was right
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a code. `phone` is empty where the phone belongs to nobody, and nothing is to be sent."""

    request: str
    book_id: int
    phone: str
    code: str
    person_id: int | None


def codes_are_sent() -> bool:
    """Say whether this installation has a way to send codes."""
    return settings().code_sender != "off"


async def ask_for_code(book_id: int, phone: str, whence: Whence = NOWHERE) -> Asked:
    """Make a code for a phone; sending it is the next step.

    Raises:
        CodesAreOff, PhoneIsInvalid, CodeJustSent, TooManyTries
    """
    if not codes_are_sent():
        raise CodesAreOff
    phone = folded_phone(phone)
    if not phone:
        raise PhoneIsInvalid(field="phone")
    await _count_sending(phone, whence)
    members = (
        await active(book_id).filter(person__phone_index=whole_index(phone)).order_by("number")
    )
    request, code = secrets.token_urlsafe(24), f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    await _keep(book_id, request, code, members)
    only = members[0].person_id if len(members) == 1 else None
    return Asked(request, book_id, phone if members else "", code, only)


async def _count_sending(phone: str, whence: Whence) -> None:
    if whence.network:
        await count(Purpose.CODE_NETWORK, whence.network)
    try:
        await count(Purpose.CODE_COOLDOWN, phone)
        await count(Purpose.CODE_DAY, phone)
    except TooManyTries as rest:
        raise CodeJustSent(**rest.members) from None


async def _keep(book_id: int, request: str, code: str, members: list[Membership]) -> None:
    now = clock.now()
    async with transaction():
        kept = await OneTimeCode.create(
            book_id=book_id,
            request_hash=token_hash(request),
            code_hash=_code_hash(request, code),
            asked_at=now,
            expires_at=now + CODE_LIVES,
        )
        for each in members:
            await CodeRecipient.create(book_id=book_id, code=kept, person_id=each.person_id)


def _code_hash(request: str, code: str) -> str:
    text = f"{request}\0{code}".encode()
    return hmac.new(derived_key("one-time-code"), text, hashlib.sha256).hexdigest()


async def prove(request: str, code: str, whence: Whence = NOWHERE) -> None:
    """Accept a code for the request that asked for it, once; the fifth wrong try was the last.

    Raises:
        CodeDoesNotFit, TooManyTries
    """
    if whence.network:
        await count(Purpose.CODE_NETWORK, whence.network)
    now, given = clock.now(), "".join(sign for sign in folded(code[:40]) if sign.isdigit())
    rows = await fetch(
        "UPDATE one_time_code SET tries = tries + 1 WHERE request_hash = $1 AND tries < $2"
        " AND proved_at IS NULL AND expires_at > $3 RETURNING id, book_id, code_hash",
        *(token_hash(request), MOST_TRIES, now),
    )
    fits = [
        row for row in rows if hmac.compare_digest(row["code_hash"], _code_hash(request, given))
    ]
    if not fits or not await _proved(fits[0]["id"], now):
        await happened(Happening.REFUSED, rows[0]["book_id"] if rows else None, detail="code")
        raise CodeDoesNotFit(field="code")
    if whence.network:
        await take_back(Purpose.CODE_NETWORK, whence.network)


async def _proved(code_id: int, now: int) -> bool:
    rows = await fetch(
        "UPDATE one_time_code SET proved_at = $1 WHERE id = $2 AND proved_at IS NULL"
        " AND EXISTS (SELECT 1 FROM code_recipient WHERE code_id = one_time_code.id) RETURNING id",
        *(now, code_id),
    )
    return bool(rows)


async def recipients(request: str) -> list[Membership]:
    """Return the members whom a proved code may sign in, while it has not been spent.

    Raises:
        CodeDoesNotFit
    """
    code = await OneTimeCode.filter(
        request_hash=token_hash(request),
        proved_at__gt=clock.now() - CHOICE_LIVES,
        spent_at__isnull=True,
    ).first()
    if code is None:
        raise CodeDoesNotFit(field="code")
    people = await CodeRecipient.filter(book_id=code.book_id, code_id=code.id)
    return await active(code.book_id).filter(person_id__in=[each.person_id for each in people])


async def spend(request: str, person_id: int) -> SignedIn:
    """Sign in the member whom the code's phone belongs to, once.

    Raises:
        CodeDoesNotFit
    """
    chosen = [each for each in await recipients(request) if each.person_id == person_id]
    if not chosen:
        raise CodeDoesNotFit(field="code")
    book_id = chosen[0].book_id
    async with transaction():
        unspent = OneTimeCode.filter(
            book_id=book_id, request_hash=token_hash(request), spent_at__isnull=True
        )
        if not await unspent.update(spent_at=clock.now()):
            raise CodeDoesNotFit(field="code")
        signed = await begin(book_id, person_id, staff=False)
        await happened(
            Happening.SIGNED_IN,
            *(book_id, person_id),
            session_id=signed.session_id,
            detail="code",
        )
    return signed
