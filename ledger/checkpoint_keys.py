"""The key that signs checkpoints: derived from the installation's root key, or in a file kept apart from the data."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kernel.keys import signing_key
from kernel.settings import settings

PURPOSE = "ledger-checkpoint"


class NotAKey(ValueError):
    """A file that should hold an Ed25519 key in PEM form holds something else."""


def checkpoint_key() -> Ed25519PrivateKey:
    """Return the key that signs checkpoints here. Raises: NotAKey, OSError for a key file that cannot be read."""
    file = settings().checkpoint_key_file
    if file is None:
        return signing_key(PURPOSE)
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as unreadable:
        raise NotAKey(str(file)) from unreadable
    if not isinstance(key, Ed25519PrivateKey):
        raise NotAKey(str(file))
    return key


def own_public_key() -> Ed25519PublicKey | None:
    """Return the public key of this installation, or None where its key is not: a proof makes no key."""
    if settings().checkpoint_key_file is None and not settings().has_key():
        return None
    return checkpoint_key().public_key()


def as_pem(key: Ed25519PublicKey) -> bytes:
    """Return a public key in the form that other programs read (PEM)."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def public_key_in(file: Path) -> Ed25519PublicKey:
    """Return the public key that a file holds in PEM form. Raises: NotAKey, OSError."""
    try:
        key = serialization.load_pem_public_key(file.read_bytes())
    except (ValueError, UnsupportedAlgorithm) as unreadable:
        raise NotAKey(str(file)) from unreadable
    if not isinstance(key, Ed25519PublicKey):
        raise NotAKey(str(file))
    return key
