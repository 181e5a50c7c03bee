"""What a verb hands to the posting desk: the facts it depends on, the accounts it touches, and a pure decision."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ledger.chart import AccountName, Kind
from ledger.errors import KeyIsInvalid


class Fact(NamedTuple):
    """A document row that a decision depends on; the desk locks it and reads it."""

    table: str
    id: int


class Line(NamedTuple):
    """One transfer: a positive whole amount of one asset, debited to one account and credited to another.

    `expires_on` (yyyymmdd) names the lot that moves where either account has lots.
    """

    debit: AccountName
    credit: AccountName
    amount: int
    expires_on: int | None = None


@dataclass(frozen=True, slots=True)
class Insert:
    """A new document row, written in the commit of the entry."""

    table: str
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """New values for columns of one document row, written in the commit of the entry."""

    table: str
    id: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision wants written: transfers, the documents that go with them, and a reason that only it can know.

    Without one the entry keeps the reason that the post came with.
    """

    lines: tuple[Line, ...]
    writes: tuple[Insert | Change, ...] = ()
    reason_code: str | None = None


class Lot(NamedTuple):
    """Points in an account that expire at the end of one day (yyyymmdd)."""

    expires_on: int
    amount: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What a floored account holds: its balance, and its lots where it has them, earliest first."""

    balance: int = 0
    lots: tuple[Lot, ...] = ()


KEY_LENGTH_MAX = 64
_as_asked = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

Facts = Mapping[Fact, Mapping[str, Any]]
Balances = Mapping[AccountName, Holding]
Decide = Callable[[Facts, Balances], Decision]


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A client's or form's key, scoped by who sent it; it remembers its answer, refusals included.

    `request` is what was asked, as JSON values: the same key with another request is refused.
    """

    principal: str
    key: str
    request: Any = None

    def __post_init__(self) -> None:
        """Raises: KeyIsInvalid."""
        if (
            not 1 <= len(self.key) <= KEY_LENGTH_MAX
            or not self.key.isascii()
            or not self.key.isprintable()
        ):
            raise KeyIsInvalid

    @property
    def scope(self) -> str:
        """Return the key's namespace in the book."""
        return f"request:{self.principal}"


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """A key made from a document (`attendance:{id}:earned:{revision}`), unique among posted entries."""

    key: str
    request: Any = None

    @property
    def scope(self) -> str:
        """Return the key's namespace in the book."""
        return "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One business event to be posted: all of it or none, once per key.

    `decide(facts, balances)` returns a `Decision` or raises the refusal. It must be pure: the desk may call it again.
    `occurred_at` is in UTC microseconds and defaults to now. `reason` is free text and stays outside the leaf.
    """

    book_id: int
    kind: Kind
    key: RequestKey | DocumentKey
    document: Fact
    decide: Decide
    accounts: tuple[AccountName, ...]
    facts: tuple[Fact, ...] = ()
    actor_id: int | None = None
    approver_id: int | None = None
    reason_code: str | None = None
    reason: str | None = None
    rule_version: int | None = None
    reverses_id: int | None = None
    occurred_at: int | None = None

    @property
    def fingerprint(self) -> bytes:
        """Return what the key was used for: kind, request and what it reverses, 16 bytes of SHA-256."""
        asked = _as_asked([self.kind, self.key.request, self.reverses_id])
        return hashlib.sha256(asked.encode()).digest()[:16]


@dataclass(frozen=True, slots=True)
class Posted:
    """The desk's answer: the journal entry and its document. `replayed` says that the key had answered before.

    `booked_on` (yyyymmdd) is the day the entry counts for: later than the day it happened if that month was closed.
    """

    entry_id: int
    document_id: int
    posted_at: int
    booked_on: int
    leaf: bytes = field(repr=False)
    replayed: bool = False
