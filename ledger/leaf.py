"""The leaf: one SHA-256 over everything an entry says, computed when it is posted and proved again from the rows.

Every field is written with its type and length, so that no two entries can share a text (reliability of the seal rests
on this). Free text and personal data stay outside: the leaf holds a salted hash of the reason.
"""

import hashlib
from collections.abc import Iterable, Mapping
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


def leaf_of(entry: Mapping[str, Any], transfers: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the leaf (32 bytes) of an entry and its transfers, whatever order they come in."""
    digest = hashlib.sha256(LEAF_PREFIX)
    digest.update(VERSION.to_bytes(2, "big"))
    digest.update(b"".join(_field(entry[name]) for name in ENTRY_FIELDS))
    for transfer in sorted(transfers, key=lambda each: each["line"]):
        digest.update(b"".join(_field(transfer[name]) for name in TRANSFER_FIELDS))
    return digest.digest()


def _field(value: int | str | bytes | None) -> bytes:
    if value is None:
        return b"n"
    if isinstance(value, int):
        return b"i" + value.to_bytes(9, "big", signed=True)
    data = value.encode() if isinstance(value, str) else value
    mark = b"s" if isinstance(value, str) else b"b"
    return mark + len(data).to_bytes(4, "big") + data


def reason_hash(salt: bytes, reason: str) -> bytes:
    """Return the hash that stands in the leaf for a reason that may one day be erased."""
    return hashlib.sha256(salt + reason.encode()).digest()
