"""Pictures of the papers that came with a lot. None is ever changed: another one comes beside it, numbered on."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import RESTRICT
from redemption.models import StockLot


class SlipPicture(Model):
    """A picture (JPEG, encrypted) of a lot's receipt or donation slip, the highest number is the one that stands."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    lot: fields.ForeignKeyRelation[StockLot] = fields.ForeignKeyField(
        "caihong.StockLot", related_name="slip_pictures", on_delete=RESTRICT
    )
    lot_id: int
    number = fields.SmallIntField()
    picture = fields.BinaryField()
    sha256 = fields.CharField(max_length=64)  # of the JPEG as it is shown
    kept_by = fields.BigIntField()
    kept_at = fields.BigIntField()

    class Meta:
        table = "slip_picture"
        unique_together = (("book_id", "lot", "number"),)
        constraints = (
            CheckConstraint(check="number >= 1", name="slip_picture_number"),
            CheckConstraint(check="length(sha256) = 64", name="slip_picture_digest"),
        )
