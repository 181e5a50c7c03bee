"""What hours are worth and made of: rules by version, breaks, and the points of a day or month that a cap counts."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from checkin.awards import Counting
from checkin.models import Attendance
from kernel.ids import new_id
from people.models import Person

RESTRICT = fields.RESTRICT


class AwardRule(Model):
    """How hours become points from one moment on. A rule is never changed: the next version replaces it."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    version = fields.IntField()
    points_per_hour = fields.IntField()
    months_valid = fields.IntField(default=24)
    in_force_from = fields.BigIntField()
    adopted_by = fields.BigIntField(null=True)
    category = fields.CharField(
        max_length=40, default=""
    )  # empty: for all without one of their own
    rounding_minutes = fields.IntField(default=15)
    minimum_minutes = fields.IntField(default=0)
    longest_minutes = fields.IntField(null=True)
    points_per_day = fields.IntField(null=True)
    points_per_month = fields.IntField(null=True)
    # Days of public notice before points arrive: of hours as they were scanned, and of others.
    notice_days = fields.IntField(default=0)
    notice_days_by_hand = fields.IntField(default=0)
    verifies_itself = fields.BooleanField(default=False)
    grace_minutes = fields.IntField(default=15)
    second_above_minutes = fields.IntField(null=True)
    second_after_days = fields.IntField(null=True)
    # Points above the hours: to whoever leads a shift, and what its organisers may give there, to all together.
    leader_bonus_points = fields.IntField(default=0)
    bonus_points_per_shift = fields.IntField(default=0)

    class Meta:
        table = "award_rule"
        unique_together = (("book_id", "version"),)
        constraints = (
            CheckConstraint("points_per_hour >= 0", "award_rule_points"),
            CheckConstraint("months_valid >= 1", "award_rule_months"),
            CheckConstraint("rounding_minutes BETWEEN 1 AND 60", "award_rule_rounding"),
            CheckConstraint("minimum_minutes >= 0", "award_rule_minimum"),
            CheckConstraint("longest_minutes >= 1", "award_rule_longest"),
            CheckConstraint("points_per_day >= 0", "award_rule_day"),
            CheckConstraint("points_per_month >= 0", "award_rule_month"),
            CheckConstraint("notice_days >= 0", "award_rule_notice"),
            CheckConstraint("notice_days_by_hand >= 0", "award_rule_notice_by_hand"),
            CheckConstraint("grace_minutes >= 0", "award_rule_grace"),
            CheckConstraint("second_above_minutes >= 0", "award_rule_second_above"),
            CheckConstraint("second_after_days >= 0", "award_rule_second_after"),
            CheckConstraint("leader_bonus_points >= 0", "award_rule_leader_bonus"),
            CheckConstraint("bonus_points_per_shift >= 0", "award_rule_bonus"),
        )

    @property
    def counting(self) -> Counting:
        """Return which of the minutes count."""
        return Counting(self.rounding_minutes, self.minimum_minutes, self.longest_minutes)

    @property
    def is_capped(self) -> bool:
        """Say whether points stop somewhere in a day or a month."""
        return self.points_per_day is not None or self.points_per_month is not None


class Break(Model):
    """Time between coming and leaving that was not service (UTC microseconds)."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    attendance: fields.ForeignKeyRelation[Attendance] = fields.ForeignKeyField(
        "caihong.Attendance", related_name="breaks", on_delete=RESTRICT
    )
    attendance_id: int
    begins_at = fields.BigIntField()
    ends_at = fields.BigIntField()

    class Meta:
        table = "attendance_break"
        unique_together = (("book_id", "attendance", "begins_at"),)
        constraints = (CheckConstraint("ends_at > begins_at", "break_ends_after_beginning"),)


class PointsTally(Model):
    """The points that rules with a cap gave one person for a day (yyyymmdd) or a month (yyyymm) of service.

    Read and changed by the posts themselves: two verifications at once meet in it.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="points_tallies", on_delete=RESTRICT
    )
    person_id: int
    period = fields.IntField()
    points = fields.BigIntField(default=0)

    class Meta:
        table = "points_tally"
        unique_together = (("book_id", "person", "period"),)
        constraints = (CheckConstraint("points >= 0", "points_tally_not_negative"),)


class Bonus(Model):
    """Points that an organiser gave above the hours of one attendance and why. They go back with the hours."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    attendance: fields.ForeignKeyRelation[Attendance] = fields.ForeignKeyField(
        "caihong.Attendance", related_name="bonuses", on_delete=RESTRICT
    )
    attendance_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="bonuses", on_delete=RESTRICT
    )
    person_id: int
    revision = fields.IntField()
    reason = fields.CharField(max_length=200)
    points = fields.IntField()
    given_by = fields.BigIntField()
    given_at = fields.BigIntField()
    taken_back_at = fields.BigIntField(null=True)
    taken_back_by = fields.BigIntField(null=True)
    taken_back_because = fields.CharField(max_length=200, default="")

    class Meta:
        table = "bonus"
        unique_together = (("book_id", "attendance", "revision", "reason"),)
        constraints = (
            CheckConstraint("points > 0", "bonus_points"),
            CheckConstraint("reason <> ''", "bonus_has_a_reason"),
            CheckConstraint("given_by <> person_id", "bonus_given_by_another"),
            CheckConstraint(
                "taken_back_at IS NULL OR (taken_back_by IS NOT NULL AND taken_back_because <> '')",
                "bonus_taken_back_by_somebody",
            ),
        )
