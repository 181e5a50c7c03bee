"""The leaf: one SHA-256 over everything an entry says, computed when it is posted and proved again from the rows.

Every field is written with its type and length, so that no two entries can share a text (reliability of the seal rests
on this). Free text and personal data stay outside: the leaf holds a salted hash of the reason. docs/seals.md describes
the form for those who prove it without us; it never changes, a new form gets a new VERSION.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from struct import Struct
from typing import Any

VERSION = 1
LEAF_PREFIX = b"\x00"  # RFC 6962 keeps leaves and inner nodes of a Merkle tree apart.

ENTRY_FIELDS = (
    "book_id",
    "id",
    "kind",
    "actor_id",
    "approver_id",
    "document_type",
    "document_id",
    "reason_code",
    "reason_hash",
    "rule_version",
    "reverses_id",
    "occurred_at",
    "booked_on",
    "posted_at",
)
TRANSFER_FIELDS = (
    "line",
    "asset",
    "debit_id",
    "credit_id",
    "amount",
    "expires_on",
    "debit_balance",
    "debit_version",
    "credit_balance",
    "credit_version",
)

Value = int | str | bytes | None

_HEAD = LEAF_PREFIX + VERSION.to_bytes(2, "big")
_NOTHING, _NUMBER, _TEXT, _BYTES = b"n", b"i", b"s", b"b"
# A number has nine bytes, the sign's first: 64 bits of it are every number the books can hold.
_packed = Struct(">cbq").pack
_entry_values = itemgetter(*ENTRY_FIELDS)
_transfer_values = itemgetter(*TRANSFER_FIELDS)


def leaf_of(entry: Mapping[str, Any], transfers: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the leaf (32 bytes) of an entry and its transfers, whatever order they come in."""
    lines = sorted(map(_transfer_values, transfers), key=itemgetter(0))
    return leaf_of_values(_entry_values(entry), lines)


def leaf_of_values(entry: Sequence[Value], transfers: Iterable[Sequence[Value]]) -> bytes:
    """Return the leaf of values in the order of ENTRY_FIELDS and, line by line, of TRANSFER_FIELDS."""
    values = list(entry)
    for transfer in transfers:
        values += transfer
    return hashlib.sha256(_HEAD + encoded(values)).digest()


def encoded(values: Iterable[Value]) -> bytes:
    """Return values one after another, each with its type and length."""
    # Every post and every verified entry passes here: the common types are told apart on the spot.
    return b"".join(
        [
            _NOTHING
            if value is None
            else _packed(_NUMBER, -1 if value < 0 else 0, value)
            if type(value) is int
            else _text(value)
            if type(value) is str
            else _other(value)
            for value in values
        ]
    )


@lru_cache(maxsize=4096)
def _text(value: str) -> bytes:
    data = value.encode()
    return _TEXT + len(data).to_bytes(4, "big") + data


def _other(value: Any) -> bytes:
    """Encode what is rarer: bytes, and subclasses of the common types."""
    if isinstance(value, int):
        return _NUMBER + value.to_bytes(9, "big", signed=True)
    if isinstance(value, str):
        return _text(str(value))
    return _BYTES + len(value).to_bytes(4, "big") + bytes(value)


def reason_hash(salt: bytes, reason: str) -> bytes:
    """Return the hash that stands in the leaf for a reason that may one day be erased."""
    return hashlib.sha256(salt + reason.encode()).digest()
