"""How far a member has read what happened with their points, and what they said was not them.

What happened is never written down a second time: it is read from the statement (`redemption.happened`).
"""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import RESTRICT, Person

TEXT_LIMIT = 200
CASE_RULES = {
    "points_case_ended": "(ended_at IS NULL) = (ended_by IS NULL)",
    "points_case_answered": "ended_at IS NULL OR answer <> ''",
    "points_case_not_answered_by_oneself": "ended_by <> person_id",
}


class SeenMark(Model):
    """The journal entry up to which a member has read, later ones are new to them."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="seen_marks", on_delete=RESTRICT
    )
    person_id: int
    entry_id = fields.BigIntField(default=0)
    seen_at = fields.BigIntField()

    class Meta:
        table = "seen_mark"
        unique_together = (("book_id", "person"),)


class PointsCase(Model):
    """A member's word that an entry about their points was not them, and what an organiser found."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="points_cases", on_delete=RESTRICT
    )
    person_id: int
    entry_id = fields.BigIntField()
    said = fields.CharField(max_length=TEXT_LIMIT, default="")
    opened_at = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)
    ended_by = fields.BigIntField(null=True)
    answer = fields.CharField(max_length=TEXT_LIMIT, default="")

    class Meta:
        table = "points_case"
        unique_together = (("book_id", "person", "entry_id"),)
        indexes = (("book_id", "opened_at"),)
        constraints = tuple(
            CheckConstraint(check=rule, name=name) for name, rule in CASE_RULES.items()
        )
