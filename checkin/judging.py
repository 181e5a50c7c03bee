"""Pure decisions on hours: may they be verified, what do they bring, and what goes back when they are taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from checkin import awards
from checkin.alone_errors import NobodyConfirmed
from checkin.awards import Award
from checkin.caps import Caps
from checkin.errors import (
    AlreadyVerified,
    AttendanceChanged,
    BudgetExceeded,
    NoMinutes,
    NotCheckedOut,
    NotVerified,
    OwnHours,
    WasRejected,
)
from checkin.hours_errors import AnotherMustVerify
from checkin.hours_models import AwardRule
from checkin.models import AttendanceState, Provenance
from kernel.clock import DAY
from ledger import chart, notice, purse
from ledger.post import Balances, Change, Decision, Fact, Facts, Line, Lot

Row = Mapping[str, Any]
# Somebody or something else than the volunteer, or an entry by hand, gave the times.
OTHERS_SAW = (Provenance.SCANNED, Provenance.CONFIRMED, Provenance.TWO_ENDED)


@dataclass(frozen=True, slots=True)
class Seen:
    """An attendance as it was read before the desk's turn: what key, day and reason were drawn from."""

    id: int
    shift_id: int
    person_id: int
    revision: int
    checked_in_at: int | None
    checked_out_at: int | None
    minutes_worked: int
    provenance: str
    arrives_at: int | None
    arrived_at: int | None
    served_on: int | None


@dataclass(frozen=True, slots=True)
class OfAttendance:
    """What both decisions know: the attendance as it was read before the desk's turn."""

    seen: Seen
    caps: Caps

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name every row that the decision reads."""
        return (self.attendance, self.shift, *self.caps.facts)

    @property
    def attendance(self) -> Fact:
        """Name the attendance's row."""
        return Fact("attendance", self.seen.id)

    @property
    def shift(self) -> Fact:
        """Name the row of its shift, which keeps the budget."""
        return Fact("shift", self.seen.shift_id)

    @property
    def accounts(self) -> tuple[chart.AccountName, ...]:
        """Name every account that the entry may touch."""
        who = self.seen.person_id
        floored = (chart.purse(who), chart.owed(who), chart.minutes(who))
        waiting = (chart.pending(who),) if self.waits else ()
        return (*floored, *waiting, chart.POINTS_ISSUED, chart.SERVICE_RENDERED)

    @property
    def waits(self) -> bool:
        """Say whether the points wait, or would wait, for the end of a public notice."""
        return self.seen.arrives_at is not None and self.seen.arrived_at is None

    def refuse_changed(self, attendance: Row) -> None:
        """Refuse when the row is no longer as it was read. Raises: AttendanceChanged."""
        now = Seen(*(attendance[each.name] for each in fields(Seen)))
        if now != self.seen:
            raise AttendanceChanged


@dataclass(frozen=True, slots=True)
class Verification(OfAttendance):
    """The decision to verify hours, by a person or, of clean scans, by the rule itself (nobody)."""

    rule: AwardRule
    by: int | None
    at: int
    zone: str

    @property
    def notice_days(self) -> int:
        """Return for how many days the points are on public notice."""
        by_hand = self.seen.provenance not in OTHERS_SAW
        return self.rule.notice_days_by_hand if by_hand else self.rule.notice_days

    @property
    def waits(self) -> bool:
        """Say whether the points wait for the end of a public notice."""
        return self.notice_days > 0

    def decide(self, facts: Facts, balances: Balances) -> Decision:
        """Return the entry of verified hours, or refuse it."""
        attendance, shift = facts[self.attendance], facts[self.shift]
        refuse_verifying(attendance, self.by)
        self.refuse_changed(attendance)
        worth = awards.capped(
            awards.award(
                attendance["minutes_worked"],
                self.rule.points_per_hour,
                shift["multiplier_percent"],
                self.rule.counting,
            ),
            *self.caps.left(self.rule, facts),
        )
        person_id = attendance["person_id"]
        leads = awards.for_leading(
            worth.minutes_counted,
            self.rule.leader_bonus_points,
            leads=shift["leader_id"] == person_id,
        )
        given = worth.points + leads
        refuse_over_budget(shift, given)
        expires_on = awards.expiry(attendance["checked_out_at"], self.zone, self.rule.months_valid)
        waits = self.waits and given > 0
        points = (
            notice.waiting(person_id, given, expires_on)
            if waits
            else purse.earned(person_id, given, expires_on, balances)
        )
        hours = Line(chart.SERVICE_RENDERED, chart.minutes(person_id), worth.minutes_worked)
        to_debt = 0 if waits else min(balances[chart.owed(person_id)].balance, given)
        outcome = {
            **self._outcome(worth, leads, expires_on),
            "points_to_debt": to_debt,
            "arrives_at": self.at + self.notice_days * DAY if waits else None,
        }
        spent = {"points_awarded": shift["points_awarded"] + given}
        writes = (
            Change(self.attendance.table, self.attendance.id, outcome),
            Change(self.shift.table, self.shift.id, spent),
            *self.caps.counted(worth.points, facts),
        )
        return Decision((hours, *points), writes, worth.reason_code)

    def _outcome(self, worth: Award, leads: int, expires_on: int) -> dict[str, Any]:
        return {
            "state": AttendanceState.VERIFIED.value,
            "minutes_counted": worth.minutes_counted,
            "points_awarded": worth.points + leads,
            "leader_bonus": leads,
            "stopped_by": worth.stopped_by,
            "served_on": self.caps.day,
            "expires_on": expires_on if worth.points + leads else None,
            "rule_version": self.rule.version,
            "verifier_id": self.by,
            "verified_by_rule": self.by is None,
            "verified_at": self.at,
        }


UNDONE: Mapping[str, Any] = {
    "state": AttendanceState.LEFT.value,
    "minutes_counted": 0,
    "points_awarded": 0,
    "points_to_debt": 0,
    "leader_bonus": 0,
    "bonus_points": 0,
    "bonus_to_debt": 0,
    "stopped_by": "",
    "served_on": None,
    "expires_on": None,
    "rule_version": None,
    "verifier_id": None,
    "verified_by_rule": False,
    "verified_at": None,
    "arrives_at": None,
    "arrived_at": None,
    "disputed_at": None,
    "disputed_by": None,
    "dispute": "",
}


@dataclass(frozen=True, slots=True)
class TakingBack(OfAttendance):
    """The decision to take verified hours back."""

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
        person_id, awarded = attendance["person_id"], attendance["points_awarded"]
        bonus = attendance["bonus_points"]
        points = awarded + bonus  # what was given above the hours does not stand without them
        in_purse = points - attendance["points_to_debt"] - attendance["bonus_to_debt"]
        own = [Lot(attendance["expires_on"], in_purse)] if in_purse else []
        minutes = Line(
            chart.minutes(person_id), chart.SERVICE_RENDERED, attendance["minutes_worked"]
        )
        if self.waits:
            points_lines = notice.withdrawn(person_id, own)
        else:
            points_lines = purse.taken_back(person_id, own, points, balances) if points else []
        undone = {**UNDONE, "revision": attendance["revision"] + 1, "reason": self.reason}
        freed = {
            "points_awarded": shift["points_awarded"] - awarded,
            "bonus_awarded": shift["bonus_awarded"] - bonus,
        }
        writes = (
            Change(self.attendance.table, self.attendance.id, undone),
            Change(self.shift.table, self.shift.id, freed),
            *self.caps.counted(attendance["leader_bonus"] - awarded, facts),
        )
        return Decision((minutes, *points_lines), writes)


def refuse_verifying(attendance: Row, by: int | None) -> None:
    """Refuse what cannot be verified, or not by this person.

    Raises: OwnHours, AlreadyVerified, WasRejected, NotCheckedOut, NoMinutes,
    NobodyConfirmed, AnotherMustVerify.
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
    if attendance["needs_word"]:
        raise NobodyConfirmed
    if attendance["needs_second"] and by in (None, attendance["confirmed_by"]):
        raise AnotherMustVerify


def refuse_over_budget(shift: Row, points: int) -> None:
    """Refuse points that the shift was not given. Raises: BudgetExceeded."""
    left = shift["points_budget"] - shift["points_awarded"]
    if points > left:
        raise BudgetExceeded(needed=points, left=left, budget=shift["points_budget"])
