"""Member codes: what a member's phone shows a clerk, and how a scanned text is read. Pure: key and moment come in.

A member code is `0x21 | kid 1 | membership id 8 | step 4 | mac 16`, big-endian, in upper-case base32: 48 signs.
"""

import hashlib
import hmac
import re
import struct
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from kernel.clock import SECOND
from kernel.keys import base32, derived_key, from_base32

MEMBER_CODE = 0x21
KID = 1
STEP_SECONDS = 30
MAC_BYTES = 16
CODE_SIGNS = 48
SCAN_LIMIT = 512
NUMBER_DIGITS = 6

_PAYLOAD = struct.Struct(">BBQI")
_DOMAIN = b"caihong/1/member-code\0"


@dataclass(frozen=True, slots=True)
class MemberCode:
    """An authentic code that is good now."""

    membership_id: int
    step: int


@dataclass(frozen=True, slots=True)
class Expired:
    """An authentic code of another moment."""

    membership_id: int
    step: int


def member_key() -> bytes:
    """Return this installation's key for member codes."""
    return derived_key("member-code")


def step_at(moment: int) -> int:
    """Return the number of the 30-second step that a moment (UTC microseconds) lies in."""
    return moment // (STEP_SECONDS * SECOND)


def make_code(key: bytes, book_id: int, membership_id: int, moment: int) -> str:
    """Return a member's code for the step of a moment."""
    payload = _PAYLOAD.pack(MEMBER_CODE, KID, membership_id, step_at(moment))
    return base32(payload + _mac(key, book_id, payload))


def read_code(key: bytes, book_id: int, token: str, moment: int) -> MemberCode | Expired | None:
    """Return what a token says: good in its own step and the next, expired in any other, None if not ours."""
    data = from_base32(token) if len(token) == CODE_SIGNS and token.isascii() else None
    if data is None:
        return None
    payload, mac = data[:-MAC_BYTES], data[-MAC_BYTES:]
    kind, kid, membership_id, step = _PAYLOAD.unpack(payload)
    if (kind, kid) != (MEMBER_CODE, KID):
        return None
    if not hmac.compare_digest(mac, _mac(key, book_id, payload)):
        return None
    now = step_at(moment)
    made = MemberCode if step in (now, now - 1) else Expired
    return made(membership_id=membership_id, step=step)


def _mac(key: bytes, book_id: int, payload: bytes) -> bytes:
    text = _DOMAIN + book_id.to_bytes(8, "big") + payload
    return hmac.new(key, text, hashlib.sha256).digest()[:MAC_BYTES]


def kind_of(token: str) -> int | None:
    """Return the first byte of one of our tokens, which says what it is; None for anything else."""
    data = from_base32(token) if token.isascii() else None
    return data[0] if data else None


def read_scanned(text: str) -> str:
    """Return what identifies a scanned or typed thing: the token of an address, or the text, in upper case.

    The host of an address does not matter: printed codes outlive a change of address. A scanner gun's line ends,
    lower case and full-width signs are forgiven.
    """
    plain = unicodedata.normalize("NFKC", text[:SCAN_LIMIT])
    plain = "".join(sign for sign in plain if sign.isprintable()).strip().upper()
    address = re.search(r"/Q/([^/?#\s]*)", plain)
    return unquote(address[1]) if address else plain


def shown_number(number: int) -> str:
    """Return a member's short number as it is printed and said: at least three digits."""
    return f"{number:03d}"


def read_number(text: str) -> int | None:
    """Return the short number that a scanned or typed text gives, or None."""
    digits = re.sub(r"[\s\-]", "", read_scanned(text)).removeprefix("NO.").removeprefix("#")
    if not re.fullmatch(rf"[0-9]{{1,{NUMBER_DIGITS}}}", digits):
        return None
    return int(digits) or None
