"""The rotating code on the organiser's screen, its six typed digits, and the claim that a first look at it earns.

A code is `type 1 | kid 1 | shift 8 | step 4 | nonce 4 | mac 16`, 34 bytes as upper-case base32. It names the shift
and not the book; the MAC's key is drawn from both, so that no code passes for another shift's or community's. Coming
and leaving use the same code. A claim keeps the moment of the first look for five minutes: signing in, confirming
and slow thumbs spend the claim's time, not the code's.
"""

import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass

from kernel.clock import MINUTE, SECOND
from kernel.keys import base32, derived_key, from_base32

CODE_TYPE, CLAIM_TYPE, KID = 0x11, 0x12, 1
STEP_SECONDS = 10
CODE_LIVES = 25 * SECOND
QUEUE_CODE_LIVES = 60 * SECOND  # where many wait, and the organiser ticks names
CLAIM_LIVES = 5 * MINUTE
MAC_BYTES = 16

_CODE = struct.Struct(">BBQI4s")
_CLAIM = struct.Struct(">BBQQQB8s8s")
_CODE_ID = struct.Struct(">I4s")
CODE_ID_BYTES = _CODE_ID.size
NO_CODE = bytes(CODE_ID_BYTES)


@dataclass(frozen=True, slots=True)
class VenueCode:
    """What an authentic code says: the shift, the ten-second step it was shown in, and its nonce."""

    shift_id: int
    step: int
    nonce: bytes

    def is_fresh(self, now: int, lives: int = CODE_LIVES) -> bool:
        """Say whether the code is at most 25 seconds old, or `lives`, and not from the future."""
        return is_fresh(self.step, now, lives)

    @property
    def id(self) -> bytes:
        """Return what tells this code from every other of its shift."""
        return _CODE_ID.pack(self.step, self.nonce)


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody looked at a shift's code at that moment (UTC microseconds), while it was fresh."""

    book_id: int
    shift_id: int
    seen_at: int
    was_typed: bool
    nonce: bytes
    code: bytes = NO_CODE  # which code was looked at; typed digits are one for each ten seconds

    @property
    def way(self) -> str:
        """Return how the code came in: by camera or by keys."""
        return "typed" if self.was_typed else "code"

    @property
    def fingerprint(self) -> str:
        """Return what ties an answer to the browser that holds this claim, without keeping the claim."""
        return hashlib.sha256(make_claim(self).encode()).hexdigest()


def step_at(now: int) -> int:
    """Return the ten-second step of a moment."""
    return now // (STEP_SECONDS * SECOND)


def is_fresh(step: int, now: int, lives: int = CODE_LIVES) -> bool:
    """Say whether a code shown from the beginning of that step is still accepted."""
    return 0 <= now - step * STEP_SECONDS * SECOND <= lives


def issue(book_id: int, shift_id: int, now: int) -> str:
    """Return a fresh code for the organiser's screen."""
    body = _CODE.pack(CODE_TYPE, KID, shift_id, step_at(now), secrets.token_bytes(4))
    return base32(body + _mac(_shift_key(book_id, shift_id), body))


def shift_named_by(text: str) -> int | None:
    """Return the shift that a text claims to be a code of, before anything is proved; None for garbage."""
    parts = _body(text, _CODE, CODE_TYPE)
    named = 0 if parts is None else int(_CODE.unpack(parts[0])[2])
    return named if 0 < named < 1 << 63 else None


def opened(text: str, book_id: int, shift_id: int) -> VenueCode | None:
    """Return what an authentic code of this shift says, old or fresh; None for anything else."""
    parts = _body(text, _CODE, CODE_TYPE)
    if parts is None or not hmac.compare_digest(
        parts[1], _mac(_shift_key(book_id, shift_id), parts[0])
    ):
        return None
    _, _, named, step, nonce = _CODE.unpack(parts[0])
    return VenueCode(named, step, nonce) if named == shift_id else None


def read(text: str, book_id: int, shift_id: int, now: int) -> VenueCode | None:
    """Return an authentic and fresh code of this shift; None for anything else."""
    code = opened(text, book_id, shift_id)
    return code if code is not None and code.is_fresh(now) else None


def typed(book_id: int, shift_id: int, now: int) -> str:
    """Return the six digits that stand beside the code, for phones whose camera does not help."""
    return _digits(book_id, shift_id, step_at(now))


def typed_is_valid(
    digits: str, book_id: int, shift_id: int, now: int, lives: int = CODE_LIVES
) -> bool:
    """Say whether these six digits belong to this shift and are at most 25 seconds old, or `lives`."""
    return typed_code(digits, book_id, shift_id, now, lives) is not None


def typed_code(
    digits: str, book_id: int, shift_id: int, now: int, lives: int = CODE_LIVES
) -> bytes | None:
    """Return which code six digits stand for; None if they are none of this shift, or too old."""
    given, found = digits.encode("ascii", "replace"), None
    for back in range(lives // (STEP_SECONDS * SECOND) + 1):  # no early end
        step = step_at(now) - back
        same = hmac.compare_digest(given, _digits(book_id, shift_id, step).encode())
        if same and is_fresh(step, now, lives):
            found = _CODE_ID.pack(step & 0xFFFF_FFFF, bytes(4))
    return found


def claim(
    book_id: int, shift_id: int, now: int, *, was_typed: bool = False, code: bytes = NO_CODE
) -> Claim:
    """Return the claim of somebody who looks at a fresh code, or types its digits, now."""
    return Claim(book_id, shift_id, now, was_typed, secrets.token_bytes(8), code)


def make_claim(held: Claim) -> str:
    """Return a claim as signed text, for a cookie."""
    said = (held.book_id, held.shift_id, held.seen_at, held.was_typed, held.nonce, held.code)
    body = _CLAIM.pack(CLAIM_TYPE, KID, *said)
    return base32(body + _mac(derived_key("venue-claim"), body))


def opened_claim(text: str) -> Claim | None:
    """Return an authentic claim, lapsed or not; None for anything else."""
    parts = _body(text, _CLAIM, CLAIM_TYPE)
    if parts is None or not hmac.compare_digest(
        parts[1], _mac(derived_key("venue-claim"), parts[0])
    ):
        return None
    _, _, book_id, shift_id, seen_at, was_typed, nonce, code = _CLAIM.unpack(parts[0])
    return Claim(book_id, shift_id, seen_at, bool(was_typed), nonce, code)


def claim_holds(held: Claim, now: int) -> bool:
    """Say whether a claim's five minutes still run."""
    return 0 <= now - held.seen_at <= CLAIM_LIVES


def read_claim(text: str, now: int) -> Claim | None:
    """Return an authentic claim whose five minutes still run; None for anything else."""
    held = opened_claim(text)
    return held if held is not None and claim_holds(held, now) else None


def _body(text: str, form: struct.Struct, kind: int) -> tuple[bytes, bytes] | None:
    data = from_base32(text) if text.isascii() else None
    if data is None or len(data) != form.size + MAC_BYTES or data[0] != kind or data[1] != KID:
        return None
    return data[: form.size], data[form.size :]


def _shift_key(book_id: int, shift_id: int) -> bytes:
    named = b"caihong/1/venue\0" + struct.pack(">QQ", book_id, shift_id)
    return hmac.digest(derived_key("venue-code"), named, "sha256")


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")[:MAC_BYTES]


def _digits(book_id: int, shift_id: int, step: int) -> str:
    # HOTP's dynamic truncation (RFC 4226) over SHA-256, under a domain of its own.
    digest = hmac.digest(
        _shift_key(book_id, shift_id), b"typed\0" + struct.pack(">Q", step), "sha256"
    )
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 1_000_000:06d}"
