"""Pure decisions on points above the hours: may they be given, what do they bring, and what goes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checkin import awards
from checkin.bonus_errors import BonusBudgetExceeded, BonusIsTakenBack
from checkin.errors import AttendanceChanged, NotVerified, OwnHours
from checkin.hours_errors import IsDisputed
from checkin.hours_models import AwardRule
from checkin.models import Attendance, AttendanceState
from ledger import chart, notice, purse
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Lot

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OfBonus:
    """What giving and taking back know: the attendance as it was read, and who acts, when and why."""

    seen: Attendance
    by: int
    at: int
    reason: str

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
        waiting = (chart.pending(who),) if self.seen.is_on_notice else ()
        return (chart.purse(who), chart.owed(who), *waiting, chart.POINTS_ISSUED)

    def refuse(self, row: Row) -> None:
        """Refuse hours that are one's own, not verified, or no longer as they were read.

        Raises: OwnHours, NotVerified, AttendanceChanged.
        """
        if row["person_id"] == self.by:
            raise OwnHours
        if row["state"] != AttendanceState.VERIFIED:
            raise NotVerified
        named = ("revision", "arrives_at", "arrived_at")
        if any(row[each] != getattr(self.seen, each) for each in named):
            raise AttendanceChanged


@dataclass(frozen=True, slots=True)
class Giving(OfBonus):
    """The decision to give points above the hours: they arrive as the hours' own points do, or have."""

    bonus_id: int
    points: int
    rule: AwardRule
    zone: str

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name every row that the decision reads."""
        return (self.attendance, self.shift)

    def decide(self, facts: Facts, balances: Balances) -> Decision:
        """Return the entry of a bonus, or refuse it."""
        row, shift, who = facts[self.attendance], facts[self.shift], self.seen.person_id
        self.refuse(row)
        if row["disputed_at"] is not None:
            raise IsDisputed
        budget = self.rule.bonus_points_per_shift
        left = max(0, budget - shift["bonus_awarded"])
        if self.points > left:
            raise BonusBudgetExceeded(needed=self.points, left=left, budget=budget)
        until = row["expires_on"] or awards.expiry(
            row["checked_out_at"], self.zone, self.rule.months_valid
        )
        if self.seen.is_on_notice:
            lines, debt = notice.waiting(who, self.points, until), 0
        else:
            lines = purse.earned(who, self.points, until, balances)
            debt = min(balances[chart.owed(who)].balance, self.points)
        written = {
            "bonus_points": row["bonus_points"] + self.points,
            "bonus_to_debt": row["bonus_to_debt"] + debt,
            "expires_on": until,
        }
        spent = {"bonus_budget": budget, "bonus_awarded": shift["bonus_awarded"] + self.points}
        writes = (
            Change("attendance", self.attendance.id, written),
            Change("shift", self.shift.id, spent),
            Insert("bonus", self._row()),
        )
        return Decision(tuple(lines), writes)

    def _row(self) -> dict[str, Any]:
        return {
            "id": self.bonus_id,
            "attendance_id": self.seen.id,
            "person_id": self.seen.person_id,
            "revision": self.seen.revision,
            "reason": self.reason,
            "points": self.points,
            "given_by": self.by,
            "given_at": self.at,
            "taken_back_because": "",
        }


@dataclass(frozen=True, slots=True)
class TakingBonusBack(OfBonus):
    """The decision to take a bonus back; the hours and their points stay."""

    bonus_id: int

    @property
    def bonus(self) -> Fact:
        """Name the row of the bonus."""
        return Fact("bonus", self.bonus_id)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name every row that the decision reads."""
        return (self.attendance, self.shift, self.bonus)

    def decide(self, facts: Facts, balances: Balances) -> Decision:
        """Return the entry that takes a bonus back, or refuse it."""
        row, shift, bonus = facts[self.attendance], facts[self.shift], facts[self.bonus]
        self.refuse(row)
        if bonus["taken_back_at"] is not None or bonus["revision"] != row["revision"]:
            raise BonusIsTakenBack
        points = bonus["points"]
        of_debt = min(points, row["bonus_to_debt"])
        own = [Lot(row["expires_on"], points - of_debt)] if points > of_debt else []
        if self.seen.is_on_notice:
            lines = notice.withdrawn(self.seen.person_id, own)
        else:
            lines = purse.taken_back(self.seen.person_id, own, points, balances)
        written = {
            "bonus_points": row["bonus_points"] - points,
            "bonus_to_debt": row["bonus_to_debt"] - of_debt,
        }
        ended = {
            "taken_back_at": self.at,
            "taken_back_by": self.by,
            "taken_back_because": self.reason,
        }
        writes = (
            Change("attendance", self.attendance.id, written),
            Change("shift", self.shift.id, {"bonus_awarded": shift["bonus_awarded"] - points}),
            Change("bonus", self.bonus_id, ended),
        )
        return Decision(tuple(lines), writes)
