"""Verify hours: what somebody else saw becomes minutes and points, in one entry, once per attendance and revision."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from checkin import awards, rules
from checkin.caps import caps_of
from checkin.correcting import given
from checkin.errors import AlreadyVerified, AttendanceNotFound
from checkin.hours_errors import AnotherMustVerify
from checkin.hours_models import AwardRule
from checkin.judging import Seen, TakingBack, Verification
from checkin.leading import tellers
from checkin.models import Attendance
from kernel import clock
from kernel.days import day_of
from kernel.errors import DomainError
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import DocumentKey, Post


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
    seen = await _seen(book_id, attendance_id)
    if seen.needs_second and by in await tellers(book_id, attendance_id):
        raise AnotherMustVerify
    verified, is_new = await _post(seen, by)
    if not is_new and verified.verifier_id != by:
        raise AlreadyVerified
    return verified.answer


async def verify_by_rule(seen: Attendance) -> Verified:
    """Verify an attendance (with shift and activity) whose scans are clean: the rule itself answers for it.

    Raises: what `verify` does.
    """
    verified, _ = await _post(seen, None)
    if not verified.by_rule:
        raise AlreadyVerified
    return verified.answer


@dataclass(frozen=True, slots=True)
class _Outcome:
    answer: Verified
    verifier_id: int | None
    by_rule: bool


async def _post(seen: Attendance, by: int | None) -> tuple[_Outcome, bool]:
    book_id, shift = seen.book_id, seen.shift
    rule = await rules.in_force(book_id, shift.starts_at, shift.activity.category)
    worth = awards.award(
        seen.minutes_worked, rule.points_per_hour, shift.multiplier_percent, rule.counting
    )
    zone = await zone_of(book_id)
    day = None if seen.checked_in_at is None else day_of(seen.checked_in_at, zone)
    caps = await caps_of(book_id, seen.person_id, day, rule)
    judged = Verification(_plain(seen), caps, rule, by, clock.now(), zone)
    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.HOURS_EARNED,
            key=DocumentKey(f"attendance:{seen.id}:earned:{seen.revision}"),
            document=judged.attendance,
            facts=judged.facts,
            accounts=judged.accounts,
            decide=judged.decide,
            actor_id=by,
            reason_code=worth.reason_code,
            rule_version=rule.version,
            occurred_at=seen.checked_out_at,
        )
    )
    now = await Attendance.get(book_id=book_id, id=seen.id)
    days = day_of(seen.checked_out_at or posted.posted_at, zone), posted.booked_on
    answer = Verified(
        *(now.id, posted.entry_id, now.minutes_worked, now.points_awarded, *days),
        arrives_at=now.arrives_at,
        stopped_by=now.stopped_by,
    )
    return _Outcome(answer, now.verifier_id, now.verified_by_rule), not posted.replayed


async def verify_all(book_id: int, attendance_ids: Iterable[int], by: int) -> list[Answer]:
    """Verify many, one after the other; a refusal stays with its attendance and stops no other."""
    answers = []
    for attendance_id in dict.fromkeys(attendance_ids):
        try:
            verified = await verify(book_id, attendance_id, by)
        except DomainError as refusal:
            answers.append(Answer(attendance_id, refusal=refusal))
        else:
            answers.append(Answer(attendance_id, verified))
    return answers


async def unverify(book_id: int, attendance_id: int, by: int, reason: str) -> int:
    """Take a verification back and return the entry: minutes and points return, what was spent is owed.

    Raises: AttendanceNotFound, OwnHours, NotVerified, ReasonIsMissing, AttendanceChanged.
    """
    reason = given(reason)
    seen = await _seen(book_id, attendance_id)
    rule = await AwardRule.get_or_none(book_id=book_id, version=seen.rule_version or 0)
    caps = await caps_of(book_id, seen.person_id, seen.served_on, rule)
    judged = TakingBack(_plain(seen), caps, by, reason)
    posted = await post(
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
            rule_version=seen.rule_version,
        )
    )
    return posted.entry_id


async def _seen(book_id: int, attendance_id: int) -> Attendance:
    found = Attendance.filter(book_id=book_id, id=attendance_id)
    attendance = await found.select_related("shift__activity").first()
    if attendance is None:
        raise AttendanceNotFound
    return attendance


def _plain(attendance: Attendance) -> Seen:
    return Seen(*(getattr(attendance, each.name) for each in fields(Seen)))
