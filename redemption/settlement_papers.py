"""The paper of a month's settlement with one property company: signed by two, then paid by bank."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import RESTRICT, PropertyCompany


class SettlementState(StrEnum):
    """A draft is signed by one person, a locked one by two; a paid one has left the bank."""

    DRAFT = "draft"
    LOCKED = "locked"
    PAID = "paid"


RULES = {
    "settlement_amounts": "amount_fen >= 0 AND owed_back_fen >= 0 AND uses >= 0",
    "settlement_draft_is_empty": (
        "state <> 'draft' OR (amount_fen = 0 AND owed_back_fen = 0 AND uses = 0)"
    ),
    "settlement_locked": "(state = 'draft') = (locked_at IS NULL)",
    "settlement_of_two_persons": "checked_by <> made_by",
    "settlement_paid": (
        "(state = 'paid') = (paid_at IS NOT NULL) AND (paid_at IS NULL) = (paid_by IS NULL)"
    ),
    "settlement_has_its_bank_reference": (
        "(state = 'paid' AND amount_fen > 0) = (bank_reference <> '')"
    ),
}


class Settlement(Model):
    """What the community pays a property company for the vouchers used in one month.

    `month` is the month's last day (yyyymmdd). Nobody checked it (`checked_by` is empty) where nobody else could and
    nobody objected.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    company: fields.ForeignKeyRelation[PropertyCompany] = fields.ForeignKeyField(
        "caihong.PropertyCompany", related_name="settlements", on_delete=RESTRICT
    )
    company_id: int
    month = fields.IntField()
    state = fields.CharEnumField(SettlementState, max_length=10, default=SettlementState.DRAFT)
    uses = fields.IntField(default=0)
    amount_fen = fields.BigIntField(default=0)
    owed_back_fen = fields.BigIntField(default=0)
    made_by = fields.BigIntField()
    made_at = fields.BigIntField()
    checked_by = fields.BigIntField(null=True)
    locked_at = fields.BigIntField(null=True)
    bank_reference = fields.CharField(max_length=40, default="")
    paid_by = fields.BigIntField(null=True)
    paid_at = fields.BigIntField(null=True)

    class Meta:
        table = "settlement"
        unique_together = (("book_id", "company", "month"),)
        constraints = tuple(CheckConstraint(check=rule, name=name) for name, rule in RULES.items())
