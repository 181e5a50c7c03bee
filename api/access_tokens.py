"""Access tokens: ten minutes of standing for a session, signed with Ed25519 (JWT, RFC 9068's `at+jwt`).

A token names a session and carries no role: what its bearer may do is read from the session's row on every request.
"""

import hashlib
import secrets
from dataclasses import dataclass
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kernel import clock
from kernel.errors import N_
from kernel.keys import base32, signing_key
from people.errors import SignInNeeded

ISSUER, AUDIENCE, TYPE, ALGORITHM = "caihong", "caihong-api", "at+jwt", "EdDSA"
LIFE_SECONDS, LEEWAY_SECONDS, LONGEST = 600, 5, 2048
CLAIMS = ["iss", "aud", "sub", "book", "sid", "iat", "exp", "jti"]


class TokenNotAccepted(SignInNeeded):
    """The access token is late, foreign, altered, or of a session that has ended."""

    slug = "token-not-accepted"
    title = N_("Please sign in again")
    detail = N_(
        "This access token is not accepted. Get a new one with the refresh token, or sign in."
    )


@dataclass(frozen=True, slots=True)
class Access:
    """What an authentic token says: whose session it stands for, in which book."""

    person_id: int
    book_id: int
    session_id: int


def issue(access: Access) -> str:
    """Return a token that is good for ten minutes."""
    key, now = _key(), clock.now() // clock.SECOND
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(access.person_id),
        "book": str(access.book_id),
        "sid": str(access.session_id),
        "iat": now,
        "exp": now + LIFE_SECONDS,
        "jti": secrets.token_urlsafe(12),
    }
    return jwt.encode(claims, key, ALGORITHM, headers={"typ": TYPE, "kid": key_id(key)})


def read(token: str) -> Access:
    """Return what an authentic token of ours says. Raises: TokenNotAccepted."""
    if len(token) > LONGEST:
        raise TokenNotAccepted
    key = _key()
    try:
        seen = jwt.decode_complete(
            token,
            key.public_key(),
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=LEEWAY_SECONDS,
            options={"require": CLAIMS},
        )
        header, said = seen["header"], seen["payload"]
        if (header.get("typ"), header.get("kid")) != (TYPE, key_id(key)):
            raise TokenNotAccepted
        return Access(*(_id(said[name]) for name in ("sub", "book", "sid")))
    except (jwt.PyJWTError, ValueError, TypeError):
        # The reason stays here: telling it would help nobody but a forger.
        raise TokenNotAccepted from None


def _id(text: str) -> int:
    number = int(text)
    if not 0 < number < 1 << 63:
        raise ValueError(text)
    return number


def _key() -> Ed25519PrivateKey:
    return signing_key("api-access")


def key_id(key: Ed25519PrivateKey) -> str:
    """Return the short name of a key, drawn from its public half."""
    return _key_id(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


@lru_cache(maxsize=4)
def _key_id(public: bytes) -> str:
    return base32(hashlib.sha256(public).digest()[:10])
