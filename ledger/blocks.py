"""A sealed block: what its hash binds, byte by byte. Pure; docs/seals.md says the same for who checks without us."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct

FORMAT_VERSION = 1
BLOCK_PREFIX = b"\x02"
TOTALS_PREFIX = b"\x03"
BEFORE_THE_FIRST = bytes(32)

_HEADER = Struct(">hqq32s32sqq32sq")
_TOTAL = Struct(">qq")
_ID = Struct(">q")


@dataclass(frozen=True, slots=True)
class Block:
    """The head of a block; `entries_total` counts those of all blocks up to this one."""

    book_id: int
    number: int
    previous_hash: bytes
    root: bytes
    entries: int
    entries_total: int
    totals_hash: bytes
    sealed_at: int
    format_version: int = FORMAT_VERSION

    @property
    def hash(self) -> bytes:
        """Return the hash (32 bytes) that the next block and checkpoints name."""
        packed = _HEADER.pack(
            *(self.format_version, self.book_id, self.number, self.previous_hash, self.root),
            *(self.entries, self.entries_total, self.totals_hash, self.sealed_at),
        )
        return hashlib.sha256(BLOCK_PREFIX + packed).digest()


def named(account_id: int, path: str, asset: str) -> bytes:
    """Return an account as totals name it: its id, path and asset, so that no name can be given to another account."""
    return _ID.pack(account_id) + _text(path) + _text(asset)


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(4, "big") + data


def totals_hash(totals: Iterable[tuple[bytes, int, int]]) -> bytes:
    """Return the hash of a block's running totals: each an account as `named`, its debits and its credits.

    Their order does not matter: an account's id comes first in its name, and each has one total.
    """
    rows, packed = sorted(totals), _TOTAL.pack
    digest = hashlib.sha256(TOTALS_PREFIX + len(rows).to_bytes(8, "big"))
    digest.update(b"".join([name + packed(debits, credited) for name, debits, credited in rows]))
    return digest.digest()
