"""Decide a batch of posts, one after the other on the state so far. Pure: it reads nothing and writes nothing.

What a batch was read as is a `Seen`; what it becomes is an `Outcome`: an answer for each post, and the rows to write.
One refusal, and one defect, stays with its own post.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kernel.clock import MINUTE
from kernel.days import day_of, plus_days
from kernel.errors import DomainError, Refused
from kernel.ids import new_id
from ledger.errors import AlreadyReversed, BookIsReadOnly, DocumentIsMissing, KeyReused
from ledger.leaf import leaf_of_values, reason_hash
from ledger.post import Change, Decision, Fact, Insert, Post, Posted, RequestKey
from ledger.tally import Moved, Tally

KeyName = tuple[str, str]  # scope, key


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal that is answered; `replayed` says that its request key had remembered it."""

    refusal: DomainError
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A post that met a defect of ours: nothing of it was written, and its caller gets the exception."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Signed:
    """A post as the desk took it: with the fingerprint of what was asked, and when (UTC microseconds)."""

    post: Post
    fingerprint: bytes
    taken_at: int


# None: this post cannot be answered without locks.
Answer = Posted | Told | Failed | None


@dataclass(frozen=True, slots=True)
class Fence:
    """What a book says of itself: until which day it is closed, whether it takes entries, its zone."""

    closed_until: int | None
    read_only: bool
    zone: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a key answered before: what it was used for, and the answer."""

    fingerprint: bytes
    answer: Posted | Told


@dataclass(slots=True)
class Seen:
    """What a batch was read as: with locks, so that it stays so until the commit, or without."""

    book_id: int
    fence: Fence
    tally: Tally
    facts: dict[Fact, Mapping[str, Any]]
    earlier: dict[KeyName, Earlier]
    reversed: set[int]
    locked: bool
    as_read: dict[Fact, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What a batch becomes: its answers in the order of the posts, and the rows that make them true.

    The columns of entries and transfers are those of the leaf, the book's id left out.
    """

    answers: list[Answer] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    transfers: list[tuple[Any, ...]] = field(default_factory=list)
    keys: list[tuple[Any, ...]] = field(default_factory=list)
    reasons: list[tuple[Any, ...]] = field(default_factory=list)
    inserts: dict[Fact, dict[str, Any]] = field(default_factory=dict)
    changes: dict[Fact, dict[str, Any]] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        """Say whether there is anything to write."""
        return bool(self.keys)


@dataclass(frozen=True, slots=True)
class Decided:
    """A batch that is decided: what it will have become, and what it leaves behind, once it is written."""

    outcome: Outcome
    left: Seen


def go_on_from(before: Decided, seen: Seen) -> None:
    """Let what was read without locks be what a batch that is being written will leave behind.

    It may turn out otherwise: the writing asks whether everything is as it was supposed here.
    """
    left, tally = before.left, seen.tally
    for account_id in left.tally.moved.keys() & tally.counters.keys():
        counter = left.tally.counters[account_id]
        if counter.version > tally.counters[account_id].version:
            tally.counters[account_id] = counter
            tally.lots[account_id] = dict(left.tally.lots.get(account_id, {}))
    for fact in before.outcome.changes.keys() & seen.facts.keys():
        seen.facts[fact] = left.facts[fact]


def decide(posts: Iterable[Signed], seen: Seen) -> Outcome:
    """Decide posts in turn; `seen` becomes what they leave behind."""
    outcome = Outcome()
    seen.as_read = dict(seen.facts)
    for signed in posts:
        outcome.answers.append(_answer(signed, seen, outcome))
    return outcome


def _answer(signed: Signed, seen: Seen, outcome: Outcome) -> Answer:
    key = signed.post.key
    earlier = seen.earlier.get((key.scope, key.key))
    try:
        if earlier is not None:
            return _again(earlier, signed.fingerprint)
        answer = _post(signed, seen, outcome)
    except Refused as refusal:
        return _refuse(signed, refusal, seen, outcome)
    except DomainError as refusal:
        return Told(refusal) if seen.locked else None
    except Exception as defect:  # noqa: BLE001  a defect stays with its post: the others of the batch go on
        return Failed(defect) if seen.locked else None
    seen.earlier[key.scope, key.key] = Earlier(signed.fingerprint, answer)
    return answer


def _again(earlier: Earlier, fingerprint: bytes) -> Answer:
    if earlier.fingerprint != fingerprint:
        return Told(KeyReused())
    answer = earlier.answer
    if isinstance(answer, Told):
        return Told(answer.refusal, replayed=True)
    return Posted(
        *(answer.entry_id, answer.document_id, answer.posted_at, answer.booked_on, answer.leaf),
        replayed=True,
    )


def _post(signed: Signed, seen: Seen, outcome: Outcome) -> Posted:
    post = signed.post
    if seen.fence.read_only:
        raise BookIsReadOnly
    if post.reverses_id in seen.reversed:
        raise AlreadyReversed
    facts = _facts_of(post, seen)
    decision = post.decide(facts, seen.tally.balances(post.accounts))
    _require_known(decision, facts)
    moved = seen.tally.apply(post.kind, decision.lines)
    posted = _entry(signed, moved, decision.reason_code or post.reason_code, seen, outcome)
    outcome.keys.append(_key_row(signed, posted.entry_id, None))
    _write_documents(decision, seen, outcome)
    if post.reverses_id is not None:
        # A reversal is final: what it undid can be posted anew, with its document.
        seen.reversed.update((post.reverses_id, posted.entry_id))
    return posted


def _facts_of(post: Post, seen: Seen) -> dict[Fact, Mapping[str, Any]]:
    try:
        return {fact: seen.facts[fact] for fact in post.facts}
    except KeyError:
        raise DocumentIsMissing from None


def _require_known(decision: Decision, facts: Mapping[Fact, Any]) -> None:
    """A change of a row that was not read for this decision would be a change of something nobody looked at."""
    for write in decision.writes:
        if isinstance(write, Change) and (write.table, write.id) not in facts:
            raise AssertionError(
                f"{write.table} {write.id} is changed, but it is no fact of this post"
            )


def _write_documents(decision: Decision, seen: Seen, outcome: Outcome) -> None:
    for write in decision.writes:
        if isinstance(write, Insert):
            outcome.inserts[Fact(write.table, write.row["id"])] = dict(write.row)
        else:
            fact = Fact(write.table, write.id)
            outcome.changes.setdefault(fact, {}).update(write.values)
            seen.facts[fact] = {**seen.facts[fact], **write.values}


def _refuse(signed: Signed, refusal: Refused, seen: Seen, outcome: Outcome) -> Answer:
    """A refusal is only said after a locked reading; a request key remembers it if the books themselves refused."""
    if not seen.locked:
        return None
    told = Told(refusal)
    key = signed.post.key
    if isinstance(key, RequestKey) and not isinstance(refusal, BookIsReadOnly | AlreadyReversed):
        said = json.dumps({"slug": refusal.slug, "members": refusal.members}, ensure_ascii=False)
        outcome.keys.append(_key_row(signed, None, said))
        seen.earlier[key.scope, key.key] = Earlier(signed.fingerprint, told)
    return told


def remembered(refusal: str) -> DomainError:
    """Return the refusal that a key remembers."""
    said = json.loads(refusal)
    return DomainError.by_slug[said["slug"]](**said["members"])


def _key_row(signed: Signed, entry_id: int | None, refusal: str | None) -> tuple[Any, ...]:
    key, outcome = signed.post.key, "refused" if entry_id is None else "posted"
    said = (signed.fingerprint, outcome, refusal)
    return (entry_id, signed.taken_at, key.scope, key.key, *said)


def _entry(
    signed: Signed,
    moved: Sequence[Moved],
    reason_code: str | None,
    seen: Seen,
    outcome: Outcome,
) -> Posted:
    post, posted_at = signed.post, signed.taken_at
    entry_id = new_id()
    salt = secrets.token_bytes(16) if post.reason else b""
    occurred_at = posted_at if post.occurred_at is None else post.occurred_at
    booked_on = _booked_on(occurred_at, seen.fence)
    entry = (
        *(seen.book_id, entry_id, post.kind.value, post.actor_id, post.approver_id),
        *(post.document.table, post.document.id, reason_code),
        reason_hash(salt, post.reason) if post.reason else None,
        *(post.rule_version, post.reverses_id, occurred_at, booked_on, posted_at),
    )
    transfers = [_transfer(number, each) for number, each in enumerate(moved, 1)]
    leaf = leaf_of_values(entry, transfers)
    outcome.entries.append((*entry[1:], leaf))
    outcome.transfers.extend((entry_id, *each) for each in transfers)
    if post.reason:
        outcome.reasons.append((entry_id, salt, post.reason))
    return Posted(entry_id, post.document.id, posted_at, booked_on, leaf)


def _booked_on(occurred_at: int, fence: Fence) -> int:
    """Return the local day of what happened, or the first open day if its month is closed."""
    day = _day_of_minute(occurred_at // MINUTE, fence.zone)
    closed_until = fence.closed_until
    return plus_days(closed_until, 1) if closed_until is not None and day <= closed_until else day


@lru_cache(maxsize=4096)
def _day_of_minute(minute: int, zone: str) -> int:
    """A minute lies within one local day: no zone is off by part of a minute since the books could begin."""
    return day_of(minute * MINUTE, zone)


def _transfer(number: int, moved: Moved) -> tuple[Any, ...]:
    line = moved.line
    return (
        *(number, line.debit.asset, moved.debit.id, moved.credit.id, line.amount, line.expires_on),
        *(moved.debit_balance, moved.debit_version, moved.credit_balance, moved.credit_version),
    )
