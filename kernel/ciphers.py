"""What the database keeps but must not show: encrypted for one purpose and one owner (AES-256-GCM).

`version 1 | nonce 12 | ciphertext | tag 16`. The owner's id is authenticated with it, so that a value moved to another
row opens no more; keys come from the installation's root key, which is never in the database.
"""

import hmac
import secrets
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.errors import N_, Refused
from kernel.keys import derived_key

VERSION = 1
NONCE_BYTES = 12
TAG_BYTES = 16
INDEX_SIGNS = 32


class Undecipherable(Refused):
    """What is kept was not encrypted with this installation's key, or not for this owner."""

    slug = "undecipherable"
    title = N_("This cannot be read")
    detail = N_(
        "What is kept here was encrypted with another key. Please put the installation's own secret key back in place."
    )


def encrypted(purpose: str, owner_id: int, plain: bytes) -> bytes:
    """Return what may be kept of a text or picture of one owner; twice the same never looks the same."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(derived_key(purpose)).encrypt(nonce, plain, _about(purpose, owner_id))
    return bytes([VERSION]) + nonce + sealed


def decrypted(purpose: str, owner_id: int, kept: bytes) -> bytes:
    """Return what was encrypted for an owner.

    Raises:
        Undecipherable
    """
    if len(kept) < 1 + NONCE_BYTES + TAG_BYTES or kept[0] != VERSION:
        raise Undecipherable
    nonce, sealed = kept[1 : 1 + NONCE_BYTES], kept[1 + NONCE_BYTES :]
    try:
        return AESGCM(derived_key(purpose)).decrypt(nonce, sealed, _about(purpose, owner_id))
    except InvalidTag:
        raise Undecipherable from None


def keyed_index(purpose: str, text: str) -> str:
    """Return the sign under which a text is found again by whoever has the key, and guessed by nobody else."""
    digest = hmac.new(derived_key(f"{purpose}-index"), text.encode(), sha256)
    return digest.hexdigest()[:INDEX_SIGNS]


def _about(purpose: str, owner_id: int) -> bytes:
    return f"caihong/{VERSION}/{purpose}/{owner_id}".encode()
