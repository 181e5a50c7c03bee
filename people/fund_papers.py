"""A named fund of points: what residents give to it, the community spends for households in hardship."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id


class Fund(Model):
    """A fund with its name and purpose. Its points stand in the books, and a closed one takes none and has none."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    name = fields.CharField(max_length=40)
    purpose = fields.CharField(max_length=200, default="")
    opened_by = fields.BigIntField()
    opened_at = fields.BigIntField()
    closed_by = fields.BigIntField(null=True)
    closed_at = fields.BigIntField(null=True)

    class Meta:
        table = "fund"
        unique_together = (("book_id", "name"),)
        constraints = (
            CheckConstraint(
                check="(closed_at IS NULL) = (closed_by IS NULL)", name="fund_closed_by"
            ),
        )
