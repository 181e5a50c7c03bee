"""Verify hours: what somebody else saw becomes minutes and points, in one entry, once per attendance and revision."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from checkin.caps import caps_of
from checkin.correcting import given
from checkin.errors import AlreadyVerified
from checkin.hours_at_hand import AtHand, as_it_stands, at_hand
from checkin.hours_errors import AnotherMustVerify
from checkin.judging import TakingBack, Verification
from checkin.leading import tellers
from checkin.plan_errors import NoAwardRule
from kernel import clock
from kernel.days import day_of
from kernel.errors import DomainError
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import DocumentKey, Post
from people.joined import post_for_survivors

AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Verified:
    """The answer to a verification: the journal entry, what it brought, and the days (yyyymmdd) it happened and counts.

    It counts for a later day than it happened if that month's books were closed. `arrives_at` is when points on public
    notice arrive; `stopped_by` names the limit that left some out.
    """

    attendance_id: int
    entry_id: int
    minutes: int
    points: int
    happened_on: int
    booked_on: int
    arrives_at: int | None = None
    stopped_by: str = ""

    @property
    def is_late(self) -> bool:
        """Say whether the month it happened in was closed already."""
        return self.booked_on > self.happened_on


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of many: verified, or refused with the reason."""

    attendance_id: int
    verified: Verified | None = None
    refusal: DomainError | None = None


async def verify(book_id: int, attendance_id: int, by: int) -> Verified:
    """Verify one attendance: minutes and points go to the volunteer, debts first.

    Raises: AttendanceNotFound, OwnHours, NotCheckedOut, AlreadyVerified, WasRejected, NoMinutes, NobodyConfirmed,
    AnotherMustVerify, BudgetExceeded, NoAwardRule, AttendanceChanged.
    """
    found = await at_hand(book_id, attendance_id)
    if found.needs_second and by in await tellers(book_id, attendance_id):
        raise AnotherMustVerify
    verified, is_new = await _post(found, by)
    if not is_new and verified.verifier_id != by:
        raise AlreadyVerified
    return verified.answer


async def verify_by_rule(found: AtHand) -> Verified:
    """Verify an attendance whose scans are clean, as it was looked at: the rule itself answers for it.

    Raises: what `verify` does.
    """
    verified, _ = await _post(found, None)
    if not verified.by_rule:
        raise AlreadyVerified
    return verified.answer


@dataclass(frozen=True, slots=True)
class _Outcome:
    answer: Verified
    verifier_id: int | None
    by_rule: bool


async def _post(found: AtHand, by: int | None) -> tuple[_Outcome, bool]:
    seen, rule = found.seen, found.rule
    if rule is None:
        raise NoAwardRule
    caps = await caps_of(found.book_id, seen.person_id, found.day, rule)
    judged = Verification(seen, caps, rule, by, clock.now(), found.zone)
    moves = post_for_survivors if found.is_joined else post
    posted = await moves(
        Post(
            book_id=found.book_id,
            kind=Kind.HOURS_EARNED,
            key=DocumentKey(f"attendance:{seen.id}:earned:{seen.revision}"),
            document=judged.attendance,
            facts=judged.facts,
            accounts=judged.accounts,
            decide=judged.decide,
            actor_id=by,
            rule_version=rule.version,
            occurred_at=seen.checked_out_at,
        )
    )
    now = await as_it_stands(found.book_id, seen.id)
    days = day_of(seen.checked_out_at or posted.posted_at, found.zone), posted.booked_on
    answer = Verified(
        *(seen.id, posted.entry_id, now["minutes_worked"], now["points_awarded"], *days),
        arrives_at=now["arrives_at"],
        stopped_by=now["stopped_by"],
    )
    outcome = _Outcome(answer, now["verifier_id"], bool(now["verified_by_rule"]))
    return outcome, not posted.replayed


async def verify_all(book_id: int, attendance_ids: Iterable[int], by: int) -> list[Answer]:
    """Verify many, which the desk takes together; a refusal stays with its attendance and stops no other."""

    async def answered(attendance_id: int) -> Answer:
        try:
            return Answer(attendance_id, await verify(book_id, attendance_id, by))
        except DomainError as refusal:
            return Answer(attendance_id, refusal=refusal)

    ids = list(dict.fromkeys(attendance_ids))
    answers: list[Answer] = []
    for first in range(0, len(ids), AT_ONCE):
        answers += await asyncio.gather(*map(answered, ids[first : first + AT_ONCE]))
    return answers


async def unverify(book_id: int, attendance_id: int, by: int, reason: str) -> int:
    """Take a verification back and return the entry: minutes and points return, what was spent is owed.

    Raises: AttendanceNotFound, OwnHours, NotVerified, ReasonIsMissing, AttendanceChanged.
    """
    reason = given(reason)
    found = await at_hand(book_id, attendance_id)
    seen, rule = found.seen, found.was_awarded_by
    caps = await caps_of(book_id, seen.person_id, seen.served_on, rule)
    judged = TakingBack(seen, caps, by, reason)
    posted = await post_for_survivors(
        Post(
            book_id=book_id,
            kind=Kind.HOURS_UNVERIFIED,
            key=DocumentKey(f"attendance:{seen.id}:unverified:{seen.revision}"),
            document=judged.attendance,
            facts=judged.facts,
            accounts=judged.accounts,
            decide=judged.decide,
            actor_id=by,
            reason_code="unverified",
            reason=reason,
            rule_version=None if rule is None else rule.version,
        )
    )
    return posted.entry_id
