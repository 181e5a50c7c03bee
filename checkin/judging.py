"""Pure decisions on hours: may they be verified, what do they bring, and what goes back when they are taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from checkin import awards
from checkin.awards import Award
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
from checkin.models import AttendanceState, AwardRule
from ledger import chart, purse
from ledger.post import Balances, Change, Decision, Fact, Facts, Line, Lot

Row = Mapping[str, Any]


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


@dataclass(frozen=True, slots=True)
class OfAttendance:
    """What both decisions know: the attendance as it was read before the desk's turn."""

    seen: Seen

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
        return (*floored, chart.POINTS_ISSUED, chart.SERVICE_RENDERED)

    def refuse_changed(self, attendance: Row) -> None:
        """Refuse when the row is no longer as it was read. Raises: AttendanceChanged."""
        now = Seen(*(attendance[each.name] for each in fields(Seen)))
        if now != self.seen:
            raise AttendanceChanged


@dataclass(frozen=True, slots=True)
class Verification(OfAttendance):
    """The decision to verify hours."""

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
