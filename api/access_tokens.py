"""Access tokens: ten minutes of standing for a session, signed with Ed25519 (JWT, RFC 9068's `at+jwt`).

A token names a session and carries no role: what its bearer may do is read from the session's row on every request.
"""

import json
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.utils import base64url_decode

from kernel import clock
from kernel.errors import N_
from kernel.key_rings import KeyRing, read_ring
from kernel.settings import settings
from people.errors import SignInNeeded

PURPOSE = "api-access"
ISSUER, AUDIENCE, TYPE, ALGORITHM = "caihong", "caihong-api", "at+jwt", "EdDSA"
LIFE_SECONDS, LEEWAY_SECONDS, LONGEST = 600, 5, 2048
REMEMBERED = 4096  # tokens whose signature need not be verified again
VERIFIES_FOR = (LIFE_SECONDS + LEEWAY_SECONDS) * clock.SECOND  # after its key has been replaced
CLAIMS = ["iss", "aud", "sub", "book", "sid", "iat", "exp", "jti"]
HEADER = {"alg", "typ", "kid"}
# Three parts of base64url without padding, the last of 64 bytes: read before anything is decoded.
_FORM = re.compile(r"[\w-]+\.[\w-]+\.[\w-]{86}", re.ASCII)
_DIGITS = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


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
    keys, now = access_keys(), clock.now() // clock.SECOND
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
    return jwt.encode(claims, keys.signer(), ALGORITHM, headers={"typ": TYPE, "kid": keys.kid})


def access_keys() -> KeyRing:
    """Return the keys of access tokens, as they are at this moment."""
    return read_ring(settings().access_keys, PURPOSE)


def read(token: str) -> Access:
    """Return what an authentic token of ours says. Raises: TokenNotAccepted."""
    if len(token) > LONGEST or not _FORM.fullmatch(token):
        raise TokenNotAccepted
    try:
        return _read(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        # The reason stays here: telling it would help nobody but a forger.
        raise TokenNotAccepted from None


def _read(token: str) -> Access:
    kid = _kid_of(token.partition(".")[0])
    key = access_keys().verifier(kid, now=clock.now(), verifies_for=VERIFIES_FOR)
    if key is None:
        raise TokenNotAccepted
    signed = _signed(token, key.public_bytes_raw())
    seconds = clock.machine_now() / clock.SECOND
    if not signed.begins - LEEWAY_SECONDS <= seconds < signed.ends + LEEWAY_SECONDS:
        raise TokenNotAccepted
    return signed.access


@dataclass(frozen=True, slots=True)
class Signed:
    """What a token says that a key has signed, whatever the time is, and when it is good (UTC seconds)."""

    access: Access
    begins: int
    ends: int


@lru_cache(maxsize=REMEMBERED)
def _signed(token: str, public: bytes) -> Signed:
    """Verify a signature: once for each token and key, for a counter shows the same one for ten minutes.

    Whether the key still verifies, and whether the token is good at this moment, is asked each time; what is refused is
    not remembered. Raises: TokenNotAccepted, PyJWTError, ValueError, TypeError, RecursionError.
    """
    said = jwt.decode(
        token,
        Ed25519PublicKey.from_public_bytes(public),
        algorithms=[ALGORITHM],
        issuer=ISSUER,
        audience=AUDIENCE,
        options={"require": CLAIMS, "strict_aud": True, "verify_exp": False, "verify_iat": False},
    )
    _once_each(token.split(".")[1])
    begins, ends = said["iat"], said["exp"]
    if not (type(begins) is type(ends) is int and 0 < ends - begins <= LIFE_SECONDS):
        raise TokenNotAccepted
    return Signed(Access(*(_id(said[name]) for name in ("sub", "book", "sid"))), begins, ends)


@lru_cache(maxsize=64)
def _kid_of(header: str) -> str:
    """Return the key's name from the first part of a token: the same for all that one key signs."""
    return _kid(_once_each(header))


def _once_each(part: str) -> dict[str, Any]:
    """Return a part's members. Two of one name are refused: readers differ on which of them counts."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(pairs) != len(dict(pairs)):
            raise ValueError("a name stands twice")
        return dict(pairs)

    said = json.loads(base64url_decode(part), object_pairs_hook=members)
    if not isinstance(said, dict):
        raise TypeError
    return said


def _kid(header: dict[str, Any]) -> str:
    """Return the key's name from a header of ours, which has nothing else to say: no `crit`, `b64`, `jku` or `jwk`."""
    if header.keys() != HEADER or header["typ"] != TYPE or header["alg"] != ALGORITHM:
        raise TokenNotAccepted
    return str(header["kid"])


def _id(text: object) -> int:
    if not isinstance(text, str) or not _DIGITS.fullmatch(text) or int(text) >= 1 << 63:
        raise TokenNotAccepted
    return int(text)
