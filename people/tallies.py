"""Counting tries in the database, so that a restart forgives nothing and every worker knows of every try.

A subject (a name, a phone, a network) is kept as a keyed hash only: the table tells nobody who was guessed at.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace

from tortoise import fields
from tortoise.models import Model

from kernel import clock
from kernel.clock import DAY, MINUTE, SECOND
from kernel.database import execute, fetch, transaction
from kernel.keys import derived_key
from people.errors import TooManyTries
from people.limits import RULES, Purpose, Rest, Tally

KEPT_FOR = 2 * DAY  # longer than any rule remembers


class TryTally(Model):
    """How often one subject was tried for one purpose, known or not: an answer must not tell which names exist."""

    subject_hash = fields.CharField(max_length=64, primary_key=True)
    purpose = fields.CharField(max_length=20)
    tries = fields.IntField()
    began_at = fields.BigIntField()
    tried_at = fields.BigIntField()
    rests_until = fields.BigIntField()

    class Meta:
        table = "try_tally"
        indexes = (("tried_at",),)


@dataclass(frozen=True, slots=True)
class Whence:
    """Where a request comes from: the network it is counted under, and the mark of a browser; either may be empty."""

    network: str = ""
    browser: str = ""


NOWHERE = Whence()


def subject_hash(purpose: Purpose, subject: str) -> str:
    """Return the keyed hash under which a subject is counted for one purpose."""
    text = f"{purpose.value}\0{subject}".encode()
    return hmac.new(derived_key("tries"), text, hashlib.sha256).hexdigest()


async def count(purpose: Purpose, subject: str) -> bool:
    """Count a try before it is judged, so that many at once do not all go free; say whether a rest begins with it.

    Raises:
        TooManyTries
    """
    key, now = subject_hash(purpose, subject), clock.now()
    async with transaction():
        rows = await fetch(
            "INSERT INTO try_tally (subject_hash, purpose, tries, began_at, tried_at, rests_until)"
            " VALUES ($1, $2, 0, $3, $3, 0) ON CONFLICT (subject_hash) DO UPDATE SET purpose = excluded.purpose"
            " RETURNING tries, began_at, tried_at, rests_until",
            *(key, purpose.value, now),
        )
        seen = Tally(**rows[0])  # Ours alone until commit: the row is locked.
        if not seen.tries:
            seen = replace(seen, began_at=now)
            await TryTally.filter(tried_at__lt=now - KEPT_FOR).delete()
        answer = RULES[purpose].judge(seen, now)
        if isinstance(answer, Rest):
            raise too_many(answer.until, now)
        await TryTally.filter(subject_hash=key).update(
            tries=answer.tries,
            began_at=answer.began_at,
            tried_at=answer.tried_at,
            rests_until=answer.rests_until,
        )
    return answer.rests_until > now


def too_many(until: int, now: int) -> TooManyTries:
    """Return the refusal that says how long to wait, in whole minutes for people and in seconds for programs."""
    return TooManyTries(minutes=-(-(until - now) // MINUTE), seconds=-(-(until - now) // SECOND))


async def forget(purpose: Purpose, subject: str) -> None:
    """Forgive all tries of a subject: its owner has shown who they are."""
    await TryTally.filter(subject_hash=subject_hash(purpose, subject)).delete()


async def take_back(purpose: Purpose, subject: str) -> None:
    """Take one try back that turned out good; what others tried before stays counted."""
    await execute(
        "UPDATE try_tally SET tries = tries - 1, rests_until = 0 WHERE subject_hash = $1 AND tries > 0",
        subject_hash(purpose, subject),
    )


@dataclass(frozen=True, slots=True)
class Guess:
    """One counted try at a name, until it is known whether it was good."""

    name: tuple[Purpose, str]
    network: str
    rests: bool = False

    async def was_good(self) -> None:
        """Forgive the name, and take this one try off the network's count."""
        await forget(*self.name)
        if self.network:
            await take_back(Purpose.SIGN_IN_NETWORK, self.network)


async def guess_at(name: str, whence: Whence, *, known: bool) -> Guess:
    """Count a try at a name. A browser that has had a session of the owner is counted by itself: no outsider's wrong
    tries keep it waiting.

    Raises:
        TooManyTries
    """
    network = "" if known else whence.network
    if network:
        await count(Purpose.SIGN_IN_NETWORK, network)
    counted = (
        (Purpose.SIGN_IN_KNOWN, f"{name}\0{whence.browser}") if known else (Purpose.SIGN_IN, name)
    )
    return Guess(counted, network, await count(*counted))
