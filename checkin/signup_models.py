"""Documents of signing up: a shift's sheet, who is on it, templates that make shifts, their crew, days they skip.

Times are UTC microseconds, days are whole numbers (yyyymmdd), minutes of the day count from local midnight.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from checkin.models import Activity, Shift
from kernel.ids import new_id
from people.models import Person

RESTRICT = fields.RESTRICT


class Standing(StrEnum):
    """Where somebody stands on a sheet; an offered place is theirs if they answer in time."""

    SIGNED = "signed"
    WAITING = "waiting"
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class SignUpWay(StrEnum):
    """How somebody came onto a sheet."""

    OWN = "own"
    ORGANISER = "organiser"
    GROUP = "group"
    STANDING = "standing"


class ShiftTemplate(Model):
    """What makes a shift on some days of every week, some weeks ahead. `weekdays` has a bit for each, Monday first."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    activity: fields.ForeignKeyRelation[Activity] = fields.ForeignKeyField(
        "caihong.Activity", related_name="templates", on_delete=RESTRICT
    )
    activity_id: int
    leader: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="led_templates", on_delete=RESTRICT, null=True
    )
    leader_id: int | None
    weekdays = fields.IntField()
    starts_minute = fields.IntField()
    minutes = fields.IntField()
    capacity = fields.IntField()
    people = fields.IntField()
    weeks_ahead = fields.IntField()
    begins_on = fields.IntField()
    made_by = fields.BigIntField(null=True)
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "shift_template"
        indexes = (("book_id", "ended_at"),)
        constraints = (
            CheckConstraint("weekdays BETWEEN 1 AND 127", "shift_template_weekdays"),
            CheckConstraint("starts_minute BETWEEN 0 AND 1439", "shift_template_start"),
            CheckConstraint("minutes BETWEEN 1 AND 1440", "shift_template_minutes"),
            CheckConstraint("capacity >= 0 AND people >= 1", "shift_template_people"),
            CheckConstraint("weeks_ahead BETWEEN 1 AND 8", "shift_template_weeks"),
        )


class StandingSignUp(Model):
    """Somebody who comes every time: signed up for each shift that the template makes."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    template: fields.ForeignKeyRelation[ShiftTemplate] = fields.ForeignKeyField(
        "caihong.ShiftTemplate", related_name="crew", on_delete=RESTRICT
    )
    template_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="standing_sign_ups", on_delete=RESTRICT
    )
    person_id: int
    since = fields.BigIntField()

    class Meta:
        table = "standing_sign_up"
        unique_together = (("book_id", "template", "person"),)
        indexes = (("book_id", "person_id"),)


class SkippedDay(Model):
    """A day on which templates make no shift, such as a holiday."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    day = fields.IntField()
    title = fields.CharField(max_length=40, default="")

    class Meta:
        table = "skipped_day"
        unique_together = (("book_id", "day"),)


class SignUpSheet(Model):
    """A shift's sheet: how many places it has (0 is no limit), and which template made the shift for which day."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shift: fields.ForeignKeyRelation[Shift] = fields.ForeignKeyField(
        "caihong.Shift", related_name="sheets", on_delete=RESTRICT
    )
    shift_id: int
    capacity = fields.IntField(default=0)
    template: fields.ForeignKeyNullableRelation[ShiftTemplate] = fields.ForeignKeyField(
        "caihong.ShiftTemplate", related_name="sheets", on_delete=RESTRICT, null=True
    )
    template_id: int | None
    day = fields.IntField(null=True)
    reminded_at = fields.BigIntField(null=True)

    class Meta:
        table = "sign_up_sheet"
        unique_together = (("book_id", "shift"), ("book_id", "template", "day"))
        constraints = (
            CheckConstraint("capacity >= 0", "sign_up_sheet_capacity"),
            CheckConstraint("(template_id IS NULL) = (day IS NULL)", "sign_up_sheet_day"),
        )


class SignUp(Model):
    """One person on a shift's sheet. `turn` is their place in line, `answer_by` until when an offered place waits."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shift: fields.ForeignKeyRelation[Shift] = fields.ForeignKeyField(
        "caihong.Shift", related_name="sign_ups", on_delete=RESTRICT
    )
    shift_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="sign_ups", on_delete=RESTRICT
    )
    person_id: int
    state = fields.CharEnumField(Standing, max_length=10)
    way = fields.CharEnumField(SignUpWay, max_length=10, default=SignUpWay.OWN)
    turn = fields.IntField()
    answer_by = fields.BigIntField(null=True)
    entered_by = fields.BigIntField(null=True)
    signed_at = fields.BigIntField()

    class Meta:
        table = "sign_up"
        unique_together = (("book_id", "shift", "person"), ("book_id", "shift", "turn"))
        indexes = (("book_id", "person_id"), ("book_id", "answer_by"))
        constraints = (
            CheckConstraint("(state = 'offered') = (answer_by IS NOT NULL)", "sign_up_offer"),
            CheckConstraint("turn >= 1", "sign_up_turn"),
        )
