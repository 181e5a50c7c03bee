"""Verify hours: what somebody else saw becomes minutes and points, in one entry, once per attendance and revision."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checkin import awards, rules
from checkin.awards import Award
from checkin.correcting import given
from checkin.errors import (
    AlreadyVerified,
    AttendanceChanged,
    AttendanceNotFound,
    BudgetExceeded,
    NoMinutes,
    NotCheckedOut,
    NotVerified,
    OwnHours,
    WasRejected,
)
from checkin.models import Attendance, AttendanceState, AwardRule
from kernel import clock
from kernel.errors import DomainError
from ledger import chart, purse
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import Balances, Change, Decision, DocumentKey, Fact, Facts, Line, Lot, Post

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verified:
    """The answer to a verification: the journal entry, and what it brought."""

    attendance_id: int
    entry_id: int
    minutes: int
    points: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of many: verified, or refused with the reason."""

    attendance_id: int
    verified: Verified | None = None
    refusal: DomainError | None = None


async def verify(book_id: int, attendance_id: int, by: int) -> Verified:
    """Verify one attendance: minutes and points go to the volunteer, debts first.

    Raises: AttendanceNotFound, OwnHours, NotCheckedOut, AlreadyVerified, WasRejected, NoMinutes, BudgetExceeded,
    NoAwardRule, AttendanceChanged.
    """
    seen = await _seen(book_id, attendance_id)
    rule = await rules.in_force(book_id, seen.shift.starts_at)
    worth = awards.award(seen.minutes_worked, rule.points_per_hour, seen.shift.multiplier_percent)
    judged = _Verification(seen, rule, by, clock.now(), await zone_of(book_id))
    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.HOURS_EARNED,
            key=DocumentKey(f"attendance:{seen.id}:earned:{seen.revision}"),
            document=judged.attendance,
            facts=(judged.attendance, judged.shift),
            accounts=judged.accounts,
            decide=judged.decide,
            actor_id=by,
            reason_code=worth.reason_code,
            rule_version=rule.version,
            occurred_at=seen.checked_out_at,
        )
    )
    now = await Attendance.get(book_id=book_id, id=attendance_id)
    if posted.replayed and now.verifier_id != by:
        raise AlreadyVerified
    return Verified(now.id, posted.entry_id, now.minutes_worked, now.points_awarded)


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
    judged = _TakingBack(seen, by, reason)
    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.HOURS_UNVERIFIED,
            key=DocumentKey(f"attendance:{seen.id}:unverified:{seen.revision}"),
            document=judged.attendance,
            facts=(judged.attendance, judged.shift),
            accounts=judged.accounts,
            decide=judged.decide,
            actor_id=by,
            reason_code="unverified",
            reason=reason,
            rule_version=seen.rule_version,
        )
    )
    return posted.entry_id


@dataclass(frozen=True, slots=True)
class _OfAttendance:
    """What both decisions know: the attendance as it was read before the desk's turn."""

    seen: Attendance

    @property
    def attendance(self) -> Fact:
        return Fact("attendance", self.seen.id)

    @property
    def shift(self) -> Fact:
        return Fact("shift", self.seen.shift_id)

    @property
    def accounts(self) -> tuple[chart.AccountName, ...]:
        who = self.seen.person_id
        floored = (chart.purse(who), chart.owed(who), chart.minutes(who))
        return (*floored, chart.POINTS_ISSUED, chart.SERVICE_RENDERED)

    def refuse_changed(self, attendance: Row) -> None:
        """The key, the day and the reason were drawn from what was read: it must still be so."""
        seen = self.seen
        told = (seen.revision, seen.checked_in_at, seen.checked_out_at, seen.minutes_worked)
        columns = ("revision", "checked_in_at", "checked_out_at", "minutes_worked")
        if told != tuple(attendance[column] for column in columns):
            raise AttendanceChanged


@dataclass(frozen=True, slots=True)
class _Verification(_OfAttendance):
    rule: AwardRule
    by: int
    at: int
    zone: str

    def decide(self, facts: Facts, balances: Balances) -> Decision:
        """Return the entry of verified hours, or refuse it."""
        attendance, shift = facts[self.attendance], facts[self.shift]
        refuse_verifying(attendance, self.by)
        self.refuse_changed(attendance)
        worth = awards.award(
            attendance["minutes_worked"], self.rule.points_per_hour, shift["multiplier_percent"]
        )
        refuse_over_budget(shift, worth.points)
        person_id = attendance["person_id"]
        expires_on = awards.expiry(attendance["checked_out_at"], self.zone, self.rule.months_valid)
        lines = [
            Line(chart.SERVICE_RENDERED, chart.minutes(person_id), worth.minutes_worked),
            *purse.earned(person_id, worth.points, expires_on, balances),
        ]
        to_debt = min(balances[chart.owed(person_id)].balance, worth.points)
        return Decision(tuple(lines), self._writes(shift, worth, to_debt, expires_on))

    def _writes(
        self, shift: Row, worth: Award, to_debt: int, expires_on: int
    ) -> tuple[Change, ...]:
        outcome = {
            "state": AttendanceState.VERIFIED.value,
            "minutes_counted": worth.minutes_counted,
            "points_awarded": worth.points,
            "points_to_debt": to_debt,
            "expires_on": expires_on if worth.points else None,
            "rule_version": self.rule.version,
            "verifier_id": self.by,
            "verified_at": self.at,
        }
        spent = {"points_awarded": shift["points_awarded"] + worth.points}
        return (
            Change(self.attendance.table, self.attendance.id, outcome),
            Change(self.shift.table, self.shift.id, spent),
        )


@dataclass(frozen=True, slots=True)
class _TakingBack(_OfAttendance):
    by: int
    reason: str

    def decide(self, facts: Facts, balances: Balances) -> Decision:
        """Return the entry that takes verified hours back, or refuse it."""
        attendance, shift = facts[self.attendance], facts[self.shift]
        if attendance["person_id"] == self.by:
            raise OwnHours
        if attendance["state"] != AttendanceState.VERIFIED:
            raise NotVerified
        self.refuse_changed(attendance)
        person_id, points = attendance["person_id"], attendance["points_awarded"]
        in_purse = points - attendance["points_to_debt"]
        own = [Lot(attendance["expires_on"], in_purse)] if in_purse else []
        minutes = Line(
            chart.minutes(person_id), chart.SERVICE_RENDERED, attendance["minutes_worked"]
        )
        points_lines = purse.taken_back(person_id, own, points, balances) if points else []
        undone = {
            "state": AttendanceState.LEFT.value,
            "minutes_counted": 0,
            "points_awarded": 0,
            "points_to_debt": 0,
            "expires_on": None,
            "rule_version": None,
            "verifier_id": None,
            "verified_at": None,
            "revision": attendance["revision"] + 1,
            "reason": self.reason,
        }
        freed = {"points_awarded": shift["points_awarded"] - points}
        writes = (
            Change(self.attendance.table, self.attendance.id, undone),
            Change(self.shift.table, self.shift.id, freed),
        )
        return Decision((minutes, *points_lines), writes)


def refuse_verifying(attendance: Row, by: int) -> None:
    """Refuse what cannot be verified, or not by this person.

    Raises: OwnHours, AlreadyVerified, WasRejected, NotCheckedOut, NoMinutes.
    """
    if attendance["person_id"] == by:
        raise OwnHours
    if attendance["state"] == AttendanceState.VERIFIED:
        raise AlreadyVerified
    if attendance["state"] == AttendanceState.REJECTED:
        raise WasRejected(reason=attendance["reason"])
    if attendance["state"] != AttendanceState.LEFT:
        raise NotCheckedOut
    if not attendance["minutes_worked"]:
        raise NoMinutes


def refuse_over_budget(shift: Row, points: int) -> None:
    """Refuse points that the shift was not given. Raises: BudgetExceeded."""
    left = shift["points_budget"] - shift["points_awarded"]
    if points > left:
        raise BudgetExceeded(needed=points, left=left, budget=shift["points_budget"])


async def _seen(book_id: int, attendance_id: int) -> Attendance:
    found = Attendance.filter(book_id=book_id, id=attendance_id)
    attendance = await found.select_related("shift").first()
    if attendance is None:
        raise AttendanceNotFound
    return attendance
