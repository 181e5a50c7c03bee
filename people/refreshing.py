"""Refresh tokens: each works once and gives way to the next; one that comes back later ends the whole session.

The next token is drawn from the one presented, a salt kept with it, and a key outside the database. So a client whose
answer was lost can ask again within ten seconds and be given the same next token, though that one is kept nowhere.
"""

import base64
import hmac
import logging
import secrets
from dataclasses import dataclass

from kernel import clock
from kernel.clock import DAY, SECOND
from kernel.database import fetch, transaction
from kernel.keys import derived_key
from people.models import Session
from people.sessions import LIVING, SignedIn, end_one, living_since, token_hash
from people.token_families import RefreshToken

GRACE = 10 * SECOND
REMEMBERED = 30 * DAY  # after that, a spent token is as unknown as one that never was
SALT_BYTES = 16
_SPENT = """
UPDATE refresh_token AS t SET spent_at = $1, salt = $2 FROM session s
 WHERE t.token_hash = $3 AND t.spent_at IS NULL AND s.id = t.session_id AND {living}
RETURNING session_id
""".format(living=LIVING.format(now="$1", idle="$4"))
_SPENT_BEFORE = """
SELECT t.session_id, t.book_id, s.person_id, t.spent_at, t.salt
  FROM refresh_token t JOIN session s ON s.id = t.session_id
 WHERE t.token_hash = $1 AND t.spent_at IS NOT NULL AND {living}
""".format(living=LIVING.format(now="$2", idle="$3"))
log = logging.getLogger("caihong.security")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The next refresh token, and whose session it goes on with."""

    token: str
    session_id: int
    person_id: int
    book_id: int


@dataclass(frozen=True, slots=True)
class CameBack:
    """A token was presented again too late: by a thief or by the one it was stolen from, and nobody can say which."""

    session_id: int
    person_id: int
    book_id: int


def successor(token: str, salt: str) -> str:
    """Return the token that follows one: 256 bits that nobody finds without token, salt and key together."""
    drawn = hmac.digest(derived_key("refresh-token"), f"{salt}.{token}".encode(), "sha256")
    return base64.urlsafe_b64encode(drawn).decode().rstrip("=")


async def begin_family(signed: SignedIn) -> str:
    """Return the first refresh token of a session; the session's own token stays unused and opens no page."""
    token = secrets.token_urlsafe(32)
    await RefreshToken.create(
        book_id=signed.book_id,
        session_id=signed.session_id,
        token_hash=token_hash(token),
        made_at=clock.now(),
    )
    return token


async def refresh(token: str) -> Refreshed | None:
    """Spend a refresh token and return its successor; None if it is not good, and its session has ended.

    Of two who present it at once, one rotates it and both are given the same successor.
    """
    now = clock.now()
    async with transaction():
        given = await _spend(token, now) or await _again(token, now)
    if isinstance(given, CameBack):
        await end_one(given.book_id, given.person_id, given.session_id)
        log.warning(
            "a spent refresh token came back: session %s of person %s in book %s was ended",
            *(given.session_id, given.person_id, given.book_id),
        )
        return None
    return given


async def _spend(token: str, now: int) -> Refreshed | None:
    salt = secrets.token_hex(SALT_BYTES)
    rows = await fetch(_SPENT, now, salt, token_hash(token), living_since(now))
    if not rows:
        return None
    session = await Session.get(id=rows[0]["session_id"])
    following = successor(token, salt)
    await RefreshToken.create(
        book_id=session.book_id,
        session_id=session.id,
        token_hash=token_hash(following),
        made_at=now,
    )
    await RefreshToken.filter(book_id=session.book_id, spent_at__lt=now - REMEMBERED).delete()
    return Refreshed(following, session.id, session.person_id, session.book_id)


async def _again(token: str, now: int) -> Refreshed | CameBack | None:
    rows = await fetch(_SPENT_BEFORE, token_hash(token), now, living_since(now))
    if not rows:
        return None
    row = rows[0]
    whose = row["session_id"], row["person_id"], row["book_id"]
    following = successor(token, row["salt"])
    unused = await RefreshToken.filter(
        book_id=row["book_id"], token_hash=token_hash(following), spent_at__isnull=True
    ).exists()
    if unused and now - row["spent_at"] <= GRACE:
        return Refreshed(following, *whose)
    return CameBack(*whose)
