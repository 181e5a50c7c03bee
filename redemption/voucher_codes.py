"""The two forms of a voucher's code: a signed one for scanning, and a serial for typing.

Signed: `0x41 | kid 1 | voucher id 8 | face fen 4 | expires day 4 | company id 1..8 | Ed25519 signature 64`, as
upper-case base32. The signature also covers a domain and the book, which the code does not carry. It proves that a
voucher is authentic; whether anything is left on it, only its row can say.

Typed: ten random Crockford base32 characters and a check character, over which every single slip and every swap of
two characters is noticed.
"""

import base64
import secrets
import unicodedata
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kernel.keys import base32, from_base32, signing_key
from people.codes import SCAN_LIMIT, read_scanned

TYPE, KID = 0x41, 1
HEAD, SIGNATURE = 18, 64
DOMAIN = b"caihong/voucher/1"

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SERIAL = 10
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True)
class VoucherCode:
    """What a signed code says of its voucher."""

    voucher_id: int
    face_fen: int
    expires_on: int
    company_id: int


def write(code: VoucherCode, book_id: int, key: Ed25519PrivateKey) -> str:
    """Return the signed code, 130 to 144 characters that a QR code packs as alphanumeric."""
    company = code.company_id.to_bytes(max(1, (code.company_id.bit_length() + 7) // 8))
    body = bytes((TYPE, KID)) + code.voucher_id.to_bytes(8)
    body += code.face_fen.to_bytes(4) + code.expires_on.to_bytes(4) + company
    return base32(body + key.sign(_signed(body, book_id)))


def read(text: str, book_id: int, key: Ed25519PublicKey) -> VoucherCode | None:
    """Return what a scanned code says, or None: a garbled, foreign or forged code is not an exception.

    The text may be the bare token or an address that ends in it; the host does not matter.
    """
    token = read_scanned(text)
    data = from_base32(token) if token.isascii() else None
    if data is None or not HEAD + 1 <= len(data) - SIGNATURE <= HEAD + 8:
        return None
    body, signature = data[:-SIGNATURE], data[-SIGNATURE:]
    if body[:2] != bytes((TYPE, KID)):
        return None
    try:
        key.verify(signature, _signed(body, book_id))
    except InvalidSignature:
        return None
    return VoucherCode(
        voucher_id=int.from_bytes(body[2:10]),
        face_fen=int.from_bytes(body[10:14]),
        expires_on=int.from_bytes(body[14:HEAD]),
        company_id=int.from_bytes(body[HEAD:]),
    )


def public_key() -> str:
    """Return the key that the signatures of vouchers are proved with: 32 bytes, as base64."""
    raw = signing_key("voucher").public_key().public_bytes_raw()
    return base64.b64encode(raw).decode()


def _signed(body: bytes, book_id: int) -> bytes:
    return DOMAIN + book_id.to_bytes(8) + body


def new_serial() -> str:
    """Return a fresh serial with its check character, as it is stored: without hyphens."""
    body = "".join(secrets.choice(CROCKFORD) for _ in range(SERIAL))
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the check character: a sum over GF(32), each place weighted by another power of x."""
    total = 0
    for sign in body:
        total = _times_x(total ^ CROCKFORD.index(sign))
    return CROCKFORD[total]


def _times_x(value: int) -> int:
    """Multiply by x in GF(32), modulo x⁵ + x² + 1."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


def grouped(serial: str) -> str:
    """Return a serial as it is printed: XXXX-XXXX-XXX."""
    return "-".join((serial[:4], serial[4:8], serial[8:]))


def typed(text: str) -> str | None:
    """Return the serial somebody typed, or None: O is read as 0, I and L as 1, case and hyphens do not matter."""
    plain = unicodedata.normalize("NFKC", text[:SCAN_LIMIT]).upper().translate(MISREAD)
    serial = "".join(sign for sign in plain if not sign.isspace() and sign not in "-‐‑–—")
    if len(serial) != SERIAL + 1 or not set(serial) <= set(CROCKFORD):
        return None
    return serial if check_character(serial[:-1]) == serial[-1] else None


def slip(serial: str, number: int) -> str:
    """Return the number that desk and office both note for one use of a voucher."""
    return f"{grouped(serial)}/{number}"
