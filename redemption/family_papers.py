"""The papers of purses that pay together, and of vouchers that pass to another flat, person or company."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.lives import LifeEvent, SpendingConsent
from people.models import Person
from redemption.change_papers import CompanyChange
from redemption.models import Redemption, Voucher

RESTRICT = fields.RESTRICT
BECAUSE = "(event_id IS NULL) <> (change_id IS NULL)"


class PursePart(Model):
    """What one purse paid of an exchange that a family paid together, where the customer's own part has no consent."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    redemption: fields.ForeignKeyRelation[Redemption] = fields.ForeignKeyField(
        "caihong.Redemption", related_name="parts", on_delete=RESTRICT
    )
    redemption_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="purse_parts", on_delete=RESTRICT
    )
    person_id: int
    consent: fields.ForeignKeyNullableRelation[SpendingConsent] = fields.ForeignKeyField(
        "caihong.SpendingConsent", related_name="parts", on_delete=RESTRICT, null=True
    )
    consent_id: int | None
    place = fields.IntField()
    month = fields.IntField()
    points = fields.IntField()
    points_refunded = fields.IntField(default=0)

    class Meta:
        table = "purse_part"
        unique_together = (("book_id", "redemption", "person"),)
        indexes = (("book_id", "consent_id"),)
        constraints = (
            CheckConstraint(
                check="points > 0 AND points_refunded >= 0 AND points_refunded <= points",
                name="purse_part_refund_within_points",
            ),
        )


class Rebinding(Model):
    """A voucher made void because another took its place, for what was left on it."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    event: fields.ForeignKeyNullableRelation[LifeEvent] = fields.ForeignKeyField(
        "caihong.LifeEvent", related_name="rebindings", on_delete=RESTRICT, null=True
    )
    event_id: int | None
    change: fields.ForeignKeyNullableRelation[CompanyChange] = fields.ForeignKeyField(
        "caihong.CompanyChange", related_name="rebindings", on_delete=RESTRICT, null=True
    )
    change_id: int | None
    voucher: fields.ForeignKeyRelation[Voucher] = fields.ForeignKeyField(
        "caihong.Voucher", related_name="replaced_by", on_delete=RESTRICT
    )
    voucher_id: int
    successor: fields.ForeignKeyRelation[Voucher] = fields.ForeignKeyField(
        "caihong.Voucher", related_name="replaces", on_delete=RESTRICT
    )
    successor_id: int
    amount_fen = fields.IntField()
    undone_at = fields.BigIntField(null=True)

    class Meta:
        table = "voucher_rebinding"
        unique_together = (("book_id", "successor"),)
        indexes = (("book_id", "voucher_id"), ("book_id", "event_id"))
        constraints = (
            CheckConstraint(check="amount_fen > 0", name="voucher_rebinding_is_positive"),
            CheckConstraint(check="voucher_id <> successor_id", name="voucher_rebinding_of_two"),
            CheckConstraint(check=BECAUSE, name="voucher_rebinding_because"),
        )
