"""The paper of a change of property companies: all open vouchers of one became vouchers of another."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.approvals import Approval
from people.models import PropertyCompany

RESTRICT = fields.RESTRICT


class CompanyChange(Model):
    """One property company in another's place: so many vouchers, with so much left on them, in one entry."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    before: fields.ForeignKeyRelation[PropertyCompany] = fields.ForeignKeyField(
        "caihong.PropertyCompany", related_name="changed_from", on_delete=RESTRICT
    )
    before_id: int
    after: fields.ForeignKeyRelation[PropertyCompany] = fields.ForeignKeyField(
        "caihong.PropertyCompany", related_name="changed_to", on_delete=RESTRICT
    )
    after_id: int
    vouchers = fields.IntField()
    amount_fen = fields.BigIntField()
    approval: fields.ForeignKeyRelation[Approval] = fields.ForeignKeyField(
        "caihong.Approval", related_name="company_changes", on_delete=RESTRICT
    )
    approval_id: int
    asked_by = fields.BigIntField()
    signed_by = fields.BigIntField(null=True)
    changed_at = fields.BigIntField()

    class Meta:
        table = "company_change"
        unique_together = (("book_id", "approval"),)
        indexes = (("book_id", "changed_at"),)
        constraints = (
            CheckConstraint(check="before_id <> after_id", name="company_change_of_two"),
            CheckConstraint(
                check="vouchers > 0 AND amount_fen > 0", name="company_change_is_positive"
            ),
            CheckConstraint(check="asked_by <> signed_by", name="company_change_two_persons"),
        )
