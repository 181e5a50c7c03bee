"""Documents of this room: activities, shifts, attendances and every scan that led to one.

Times are UTC microseconds. What a decision of the posting desk reads is a plain number or word in its column.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.browsers import match_digits
from people.models import Person

RESTRICT = fields.RESTRICT


class ShiftState(StrEnum):
    """An open shift takes check-ins in its window; a closed one does not, and a cancelled one never took place."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class AttendanceState(StrEnum):
    """Where an attendance stands on its way to points."""

    WAITING = "waiting"
    PRESENT = "present"
    LEFT = "left"
    VERIFIED = "verified"
    REJECTED = "rejected"


class Provenance(StrEnum):
    """What the times rest on: a scan, somebody's word, an entry by hand, or nothing but the planned end."""

    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    BACK_FILLED = "backfilled"  # entered by an organiser for somebody who was never checked in
    SELF_REPORTED = "reported"  # the volunteer's own word: for when they left, or for an errand
    AUTO_CLOSED = "autoclosed"  # never checked out: the planned end stands in
    IMPORTED = "imported"  # from the community's earlier records, verified by a second person
    OFFLINE = "offline"  # scanned by a helper's device without a network, and sent later
    TWO_ENDED = "twoended"  # one service card scanned where an errand began and where it ended


class CodeMode(StrEnum):
    """Who may use one code: several people, one claimant alone, or a queue, for whom it lives a whole minute."""

    SHARED = "shared"
    STRICT = "strict"
    QUEUE = "queue"


class Purpose(StrEnum):
    """What a scan was for."""

    ARRIVING = "in"
    LEAVING = "out"


class Activity(Model):
    """Something volunteers do again and again: the Saturday clean-up, the night patrol."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    title = fields.CharField(max_length=80)
    category = fields.CharField(max_length=40)
    place = fields.CharField(max_length=80, default="")
    multiplier_percent = fields.IntField(default=100)
    planned_at = fields.BigIntField()
    # On call: nobody plans its shifts; each errand makes one of its own, which usually takes so long.
    on_call = fields.BooleanField(default=False)
    usual_minutes = fields.IntField(null=True)

    class Meta:
        table = "activity"
        unique_together = (("book_id", "title"),)
        constraints = (
            CheckConstraint("multiplier_percent BETWEEN 0 AND 1000", "activity_multiplier"),
            CheckConstraint(
                "on_call = (usual_minutes IS NOT NULL) AND (NOT on_call OR usual_minutes BETWEEN 1 AND 1440)",
                "activity_on_call_takes_so_long",
            ),
        )


class Shift(Model):
    """One occasion of an activity. It keeps the multiplier it was planned with, and a budget of points."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    activity: fields.ForeignKeyRelation[Activity] = fields.ForeignKeyField(
        "caihong.Activity", related_name="shifts", on_delete=RESTRICT
    )
    activity_id: int
    leader: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="led_shifts", on_delete=RESTRICT, null=True
    )
    leader_id: int | None
    starts_at = fields.BigIntField()
    ends_at = fields.BigIntField()
    multiplier_percent = fields.IntField()
    points_budget = fields.BigIntField()
    points_awarded = fields.BigIntField(default=0)
    state = fields.CharEnumField(ShiftState, max_length=10, default=ShiftState.OPEN)
    code_mode = fields.CharEnumField(
        CodeMode, max_length=10, default=CodeMode.SHARED, db_default="shared"
    )
    # Points above the hours: what the rule lets this shift give, and what it gave.
    bonus_budget = fields.BigIntField(default=0)
    bonus_awarded = fields.BigIntField(default=0)
    cancelled_at = fields.BigIntField(null=True)
    cancelled_by = fields.BigIntField(null=True)
    cancelled_because = fields.CharField(max_length=200, default="")
    on_call = fields.BooleanField(default=False)  # made by an errand; no list of shifts shows it

    class Meta:
        table = "shift"
        indexes = (("book_id", "starts_at"),)
        constraints = (
            CheckConstraint("ends_at > starts_at", "shift_ends_after_start"),
            CheckConstraint("points_awarded >= 0", "shift_awards"),
            CheckConstraint("points_awarded <= points_budget", "shift_budget"),
            CheckConstraint(
                "bonus_awarded >= 0 AND bonus_awarded <= bonus_budget", "shift_bonus_budget"
            ),
            CheckConstraint(
                "(state = 'cancelled') = (cancelled_at IS NOT NULL)", "shift_cancelled_at"
            ),
            CheckConstraint(
                "cancelled_at IS NULL OR cancelled_because <> ''", "shift_cancelled_because"
            ),
        )


class Attendance(Model):
    """One person at one shift: when they came and left, and what became of it."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shift: fields.ForeignKeyRelation[Shift] = fields.ForeignKeyField(
        "caihong.Shift", related_name="attendances", on_delete=RESTRICT
    )
    shift_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="attendances", on_delete=RESTRICT
    )
    person_id: int
    state = fields.CharEnumField(AttendanceState, max_length=10)
    provenance = fields.CharEnumField(Provenance, max_length=10, default=Provenance.SCANNED)
    checked_in_at = fields.BigIntField(null=True)
    checked_out_at = fields.BigIntField(null=True)
    # Somebody without a session asks to come or go by number; the organiser answers. The claim's
    # hash ties the answer to the browser that asked.
    asked_at = fields.BigIntField(null=True)
    asked_with = fields.CharField(max_length=64, default="")
    confirmed_by = fields.BigIntField(null=True)
    minutes_worked = fields.IntField(default=0)
    minutes_counted = fields.IntField(default=0)
    points_awarded = fields.IntField(default=0)
    points_to_debt = fields.IntField(default=0)
    expires_on = fields.IntField(null=True)
    rule_version = fields.IntField(null=True)
    revision = fields.IntField(default=1)
    verifier: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="verified_attendances", on_delete=RESTRICT, null=True
    )
    verifier_id: int | None
    verified_at = fields.BigIntField(null=True)
    reason = fields.CharField(max_length=200, default="")
    verified_by_rule = fields.BooleanField(default=False)  # there is no verifier then
    # The minutes before anybody entered times by hand, and whether what was entered takes a second person.
    minutes_recorded = fields.IntField(null=True)
    needs_second = fields.BooleanField(default=False)
    # So far there is nothing but the volunteer's own word: somebody else has to say that it was so.
    needs_word = fields.BooleanField(default=False)
    # The local day (yyyymmdd) that a cap counts the points for, and which limit stopped them.
    served_on = fields.IntField(null=True)
    stopped_by = fields.CharField(max_length=20, default="")
    # When points that are on public notice arrive, and when they did; a dispute keeps them from arriving.
    arrives_at = fields.BigIntField(null=True)
    arrived_at = fields.BigIntField(null=True)
    disputed_at = fields.BigIntField(null=True)
    disputed_by = fields.BigIntField(null=True)
    dispute = fields.CharField(max_length=200, default="")
    # What of the points the rule gives for leading; then what was given above them, and how much of that paid a debt.
    leader_bonus = fields.IntField(default=0)
    bonus_points = fields.IntField(default=0)
    bonus_to_debt = fields.IntField(default=0)

    class Meta:
        table = "attendance"
        unique_together = (("book_id", "shift", "person"),)
        indexes = (("book_id", "person_id"), ("book_id", "state"))
        constraints = (
            CheckConstraint("verifier_id <> person_id", "attendance_verified_by_another"),
            CheckConstraint("checked_out_at >= checked_in_at", "attendance_leaves_after_coming"),
            CheckConstraint(
                "state <> 'present' OR (checked_in_at IS NOT NULL AND checked_out_at IS NULL)",
                "attendance_present_has_come",
            ),
            CheckConstraint(
                "state NOT IN ('left', 'verified')"
                " OR (checked_in_at IS NOT NULL AND checked_out_at IS NOT NULL)",
                "attendance_left_has_times",
            ),
            CheckConstraint(
                "state <> 'verified'"
                " OR ((verifier_id IS NOT NULL OR verified_by_rule) AND verified_at IS NOT NULL)",
                "attendance_verified_by_somebody",
            ),
            CheckConstraint(
                "points_awarded >= 0 AND points_to_debt BETWEEN 0 AND points_awarded",
                "attendance_points",
            ),
            CheckConstraint("minutes_counted BETWEEN 0 AND minutes_worked", "attendance_minutes"),
            CheckConstraint(
                "NOT verified_by_rule OR (state = 'verified' AND verifier_id IS NULL)",
                "attendance_by_rule_alone",
            ),
            CheckConstraint(
                "NOT needs_second OR state <> 'verified'"
                " OR (confirmed_by IS NOT NULL AND verifier_id IS NOT NULL AND verifier_id <> confirmed_by)",
                "attendance_second_person",
            ),
            CheckConstraint(
                "NOT needs_word OR state <> 'verified'", "attendance_word_before_verifying"
            ),
            CheckConstraint(
                "arrived_at IS NULL OR arrives_at IS NOT NULL", "attendance_arrives_after_notice"
            ),
            CheckConstraint(
                "disputed_at IS NULL OR (arrives_at IS NOT NULL AND arrived_at IS NULL)",
                "attendance_disputed_arrives_not",
            ),
            CheckConstraint(
                "leader_bonus >= 0 AND leader_bonus <= points_awarded", "attendance_leader_bonus"
            ),
            CheckConstraint(
                "bonus_points >= 0 AND (bonus_points = 0 OR state = 'verified')",
                "attendance_bonus_of_verified",
            ),
            CheckConstraint(
                "bonus_to_debt >= 0 AND bonus_to_debt <= bonus_points", "attendance_bonus_debt"
            ),
        )

    @property
    def is_asking(self) -> bool:
        """Say whether somebody waits for the organiser's tap, to come or to leave."""
        return self.asked_at is not None

    @property
    def is_on_notice(self) -> bool:
        """Say whether its points have been awarded and have not arrived."""
        return self.arrives_at is not None and self.arrived_at is None

    @property
    def match_digits(self) -> str:
        """Return the two digits that the asking phone and the organiser's screen both show."""
        return match_digits(self.asked_with) if self.asked_with else ""


class CheckinScan(Model):
    """One try to come or go, accepted or refused and why: the organiser's help list and the auditor's trace."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shift: fields.ForeignKeyNullableRelation[Shift] = fields.ForeignKeyField(
        "caihong.Shift", related_name="scans", on_delete=RESTRICT, null=True
    )
    shift_id: int | None
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="scans", on_delete=RESTRICT, null=True
    )
    person_id: int | None
    attendance: fields.ForeignKeyNullableRelation[Attendance] = fields.ForeignKeyField(
        "caihong.Attendance", related_name="scans", on_delete=RESTRICT, null=True
    )
    attendance_id: int | None
    purpose = fields.CharEnumField(Purpose, max_length=4)
    way = fields.CharField(
        max_length=10
    )  # code, typed, number, card, name, offline, list, place, own, member
    refusal = fields.CharField(max_length=40, default="")  # a refusal's slug; empty when accepted
    # The browser's mark, hashed, and what is odd about who shares it; empty before there were marks.
    browser = fields.CharField(max_length=64, default="", db_default="")
    flag = fields.CharField(max_length=40, default="", db_default="")
    scanned_at = fields.BigIntField()

    class Meta:
        table = "checkin_scan"
        indexes = (("book_id", "shift_id", "scanned_at"), ("book_id", "attendance_id"))
