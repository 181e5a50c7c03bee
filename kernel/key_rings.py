"""A key ring: the Ed25519 key that signs now, and public halves of those before it, in one file beside the database.

Until the first rotation there is no file, and the key is derived from the installation's root key. Every later key is
random. The file is replaced as a whole; readers look at it (a `stat`) each time they need a key and read it again only
when it has changed: no restart, and a flood of unknown key ids makes nobody read anything.
"""

import hashlib
import json
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from kernel import clock
from kernel.keys import base32, derived_key

REMEMBERED = 8  # retired keys are listed for a while; they verify nothing any more
OWN_ONLY = 0o600


class RingIsUnreadable(ValueError):
    """The file that should hold a key ring holds something else."""


class RotationUnderWay(FileExistsError):
    """Another process is changing this key ring."""


@dataclass(frozen=True, slots=True)
class RingKey:
    """One key: its public half, since when it signs, and since when no more (UTC microseconds)."""

    kid: str
    public: bytes
    made_at: int
    retired_at: int | None = None
    private: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys, newest first; the first one signs."""

    keys: tuple[RingKey, ...]

    @property
    def kid(self) -> str:
        """Return the short name of the key that signs."""
        return self.keys[0].kid

    def signer(self) -> Ed25519PrivateKey:
        """Return the key that signs. Raises: RingIsUnreadable."""
        if self.keys[0].private is None:
            raise RingIsUnreadable
        return Ed25519PrivateKey.from_private_bytes(self.keys[0].private)

    def verifier(self, kid: str, *, now: int, verifies_for: int) -> Ed25519PublicKey | None:
        """Return the public key of this name, unless it has been retired for longer than `verifies_for` (µs)."""
        for key in self.keys:
            if key.kid == kid:
                late = key.retired_at is not None and now > key.retired_at + verifies_for
                return None if late else _public_key(key.public)
        return None


@lru_cache(maxsize=64)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def key_id(key: Ed25519PrivateKey) -> str:
    """Return the short name of a key, drawn from its public half."""
    return _kid(_public(key))


def read_ring(file: Path, purpose: str) -> KeyRing:
    """Return the ring that a file holds now; without a file, the key derived for the purpose.

    Raises:
        RingIsUnreadable
    """
    try:
        seen = file.stat()
    except FileNotFoundError:
        return _derived(derived_key(purpose))
    # A replaced file is another inode, so that even a clock that stands still hides no change.
    return _read(file, seen.st_ino, seen.st_mtime_ns, seen.st_size)


def rotate(file: Path, purpose: str) -> KeyRing:
    """Let a new random key sign from now on, and forget the private half of the one before.

    Raises:
        RotationUnderWay, RingIsUnreadable, OSError
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    waiting = file.with_name(file.name + ".new")
    try:
        handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN_ONLY)
    except FileExistsError:
        raise RotationUnderWay(str(waiting)) from None
    try:
        with os.fdopen(handle, "w") as out:
            ring = _rotated(read_ring(file, purpose), clock.now())
            json.dump({"keys": [_as_json(key) for key in ring.keys]}, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        waiting.replace(file)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    return ring


def _rotated(before: KeyRing, now: int) -> KeyRing:
    fresh = _ring_key(Ed25519PrivateKey.generate(), now)
    old = (
        RingKey(key.kid, key.public, key.made_at, now if key.retired_at is None else key.retired_at)
        for key in before.keys[:REMEMBERED]
    )
    return KeyRing((fresh, *old))


@lru_cache(maxsize=4)
def _read(file: Path, _inode: int, _changed: int, _size: int) -> KeyRing:
    try:
        keys = tuple(_from_json(each) for each in json.loads(file.read_text())["keys"])
        KeyRing(keys).signer()
    except (ValueError, KeyError, TypeError, IndexError) as unreadable:
        raise RingIsUnreadable(str(file)) from unreadable
    return KeyRing(keys)


@lru_cache(maxsize=4)
def _derived(seed: bytes) -> KeyRing:
    return KeyRing((_ring_key(Ed25519PrivateKey.from_private_bytes(seed), 0),))


def _ring_key(key: Ed25519PrivateKey, now: int) -> RingKey:
    private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = _public(key)
    return RingKey(_kid(public), public, now, private=private)


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _kid(public: bytes) -> str:
    return base32(hashlib.sha256(public).digest()[:10])


def _as_json(key: RingKey) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "public": key.public.hex(),
        "made_at": key.made_at,
        "retired_at": key.retired_at,
        "private": key.private.hex() if key.private else None,
    }


def _from_json(said: dict[str, Any]) -> RingKey:
    public, private = bytes.fromhex(said["public"]), bytes.fromhex(said["private"] or "")
    halves_fit = not private or _public(Ed25519PrivateKey.from_private_bytes(private)) == public
    if said["kid"] != _kid(public) or not halves_fit:
        raise ValueError(said["kid"])
    retired_at = said["retired_at"]
    return RingKey(
        kid=said["kid"],
        public=public,
        made_at=int(said["made_at"]),
        retired_at=None if retired_at is None else int(retired_at),
        private=private or None,
    )
