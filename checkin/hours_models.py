"""What hours are made of beside coming and leaving: breaks, and the points of a day or a month that a cap counts."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from checkin.models import Attendance
from kernel.ids import new_id
from people.models import Person

RESTRICT = fields.RESTRICT


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
