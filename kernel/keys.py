"""Keys for one purpose each, derived from the installation's root key (HKDF-SHA256, RFC 5869)."""

import base64
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kernel.errors import N_, Refused
from kernel.settings import settings


class KeyIsMissing(Refused):
    """Something is to be encrypted for good, and the key that the server will have is not here."""

    slug = "key-missing"
    title = N_("The secret key is not here")
    detail = N_(
        "Nothing was changed. This step encrypts what is kept, so it needs the secret key that the server uses: "
        "give it as CAIHONG_SECRET_KEY, or run this where the server's secret.key is (CAIHONG_DATA_DIR)."
    )


def derived_key(purpose: str, length: int = 32) -> bytes:
    """Return the key for one purpose; another purpose can never be made to accept what it signs."""
    return _derive(settings().key(), purpose, length)


@lru_cache(maxsize=64)
def _derive(root: bytes, purpose: str, length: int) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=length, salt=None, info=b"caihong/1/" + purpose.encode())
    return kdf.derive(root)


def require_key() -> None:
    """Refuse to go on where the key to be made now might not be the server's own.

    Raises:
        KeyIsMissing
    """
    # Where the database lies in the data folder, the key that is made there is the one that the server will find.
    if not (settings().has_key() or settings().keeps_its_database):
        raise KeyIsMissing


def signing_key(purpose: str) -> Ed25519PrivateKey:
    """Return the Ed25519 key that signs for one purpose."""
    return Ed25519PrivateKey.from_private_bytes(derived_key(purpose))


def base32(data: bytes) -> str:
    """Return bytes as upper-case base32 (RFC 4648) without padding, the compact form of a QR code."""
    return base64.b32encode(data).decode().rstrip("=")


def from_base32(text: str) -> bytes | None:
    """Return the bytes of a canonical base32 text, or None: a garbled code is not an exception."""
    padded = text + "=" * (-len(text) % 8)
    try:
        data = base64.b32decode(padded)
    except ValueError:
        return None
    return data if base32(data) == text else None
