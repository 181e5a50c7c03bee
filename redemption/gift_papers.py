"""Points that somebody gave to a fund. A gift is final: what was given is spent by the community."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.fund_papers import Fund
from people.models import RESTRICT, Person


class PointsGift(Model):
    """One gift, where `recorded_by` is the clerk who wrote it down for a donor without a phone."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    fund: fields.ForeignKeyRelation[Fund] = fields.ForeignKeyField(
        "caihong.Fund", related_name="gifts", on_delete=RESTRICT
    )
    fund_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="gifts", on_delete=RESTRICT
    )
    person_id: int
    points = fields.BigIntField()
    given_at = fields.BigIntField()
    recorded_by = fields.BigIntField(null=True)

    class Meta:
        table = "points_gift"
        indexes = (("book_id", "fund_id"), ("book_id", "person_id"))
        constraints = (
            CheckConstraint(check="points > 0", name="points_gift_is_positive"),
            CheckConstraint(check="recorded_by <> person_id", name="points_gift_of_ones_own"),
        )
