"""Pick-up codes of reservations: a signed token for the QR, and a number of six digits for saying aloud.

The token is `0x24 | reservation id 8 | mac 10`, big-endian, in upper-case base32: 31 signs. Who reads it finds the
reservation; whether anything may be collected, its row decides. Pure but for the drawing of numbers.
"""

import hashlib
import hmac
import re
import secrets
import struct

from kernel.keys import base32, derived_key, from_base32
from people.codes import read_scanned

PICKUP = 0x24
SIGNS, MAC_BYTES = 31, 10
DIGITS = 6
_PAYLOAD = struct.Struct(">BQ")
_DOMAIN = b"caihong/1/pick-up\0"


def code_of(book_id: int, reservation_id: int) -> str:
    """Return the token that a reservation's QR code carries."""
    payload = _PAYLOAD.pack(PICKUP, reservation_id)
    return base32(payload + _mac(book_id, payload))


def read_code(book_id: int, token: str) -> int | None:
    """Return the reservation that a token names, or None if it is not ours."""
    data = from_base32(token) if len(token) == SIGNS and token.isascii() else None
    if data is None:
        return None
    payload, mac = data[:-MAC_BYTES], data[-MAC_BYTES:]
    kind, reservation_id = _PAYLOAD.unpack(payload)
    if kind != PICKUP or not hmac.compare_digest(mac, _mac(book_id, payload)):
        return None
    return int(reservation_id)


def is_token(token: str) -> bool:
    """Say whether a token has the form of a pick-up code; nothing is proved by it yet."""
    data = from_base32(token) if len(token) == SIGNS and token.isascii() else None
    return data is not None and data[0] == PICKUP


def new_number() -> str:
    """Draw a number; the database keeps open ones apart."""
    return str(10 ** (DIGITS - 1) + secrets.randbelow(9 * 10 ** (DIGITS - 1)))


def read_number(text: str) -> str | None:
    """Return the pick-up number that a typed text may be."""
    digits = re.sub(r"[\s\-]", "", read_scanned(text))
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else None


def _mac(book_id: int, payload: bytes) -> bytes:
    text = _DOMAIN + book_id.to_bytes(8, "big") + payload
    return hmac.new(derived_key("pick-up"), text, hashlib.sha256).digest()[:MAC_BYTES]
