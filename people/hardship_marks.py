"""A household's mark of hardship: that relief goods may be given to it, until when, and who of it agreed to that.

Why a household is in hardship is kept nowhere here: a counter needs to know that it is, not what happened to it.
"""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.lives import ConsentGiven, Household
from people.models import RESTRICT, Person


class HardshipMark(Model):
    """One mark, from when until which day (yyyymmdd). A household has one at a time. A row is ended, never deleted."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    household: fields.ForeignKeyRelation[Household] = fields.ForeignKeyField(
        "caihong.Household", related_name="hardship_marks", on_delete=RESTRICT
    )
    household_id: int
    agreed: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="hardship_agreed", on_delete=RESTRICT
    )
    agreed_id: int
    agreed_how = fields.CharEnumField(ConsentGiven, max_length=10)
    valid_until = fields.IntField()
    marked_by = fields.BigIntField()
    marked_at = fields.BigIntField()
    ended_by = fields.BigIntField(null=True)
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "hardship_mark"
        indexes = (("book_id", "household_id"),)
        constraints = (
            CheckConstraint(
                check="(ended_at IS NULL) = (ended_by IS NULL)", name="hardship_mark_ended_by"
            ),
            CheckConstraint(check="marked_by <> agreed_id", name="hardship_mark_not_by_oneself"),
        )
