"""The papers of items that a counter added. Times are UTC microseconds; CHECKs are made by the migration."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import RESTRICT
from redemption.models import Item, Shop
from redemption.states import Source

MOST_NEW_POINTS, MOST_NEW_PIECES = 30, 20  # what a counter adds is cheap, and little
NEW_ITEM = {
    "new_item_is_cheap": f"price_points BETWEEN 1 AND {MOST_NEW_POINTS}",
    "new_item_is_little": f"pieces BETWEEN 1 AND {MOST_NEW_PIECES}",
    "new_item_was_given": "source IN ('sponsor', 'donated-free-use')",
    "new_item_confirmed_by": "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
    "new_item_refused_by": "(refused_by IS NULL) = (refused_at IS NULL)",
    "new_item_two_persons": "confirmed_by <> added_by",
}


class NewItem(Model):
    """An item that a counter added, as it was said there: it waits for another person until the next day ends."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="new_items", on_delete=RESTRICT
    )
    shop_id: int
    item: fields.ForeignKeyRelation[Item] = fields.ForeignKeyField(
        "caihong.Item", related_name="new_items", on_delete=RESTRICT
    )
    item_id: int
    name = fields.CharField(max_length=80)
    price_points = fields.IntField()
    pieces = fields.IntField()
    source = fields.CharEnumField(Source, max_length=20)
    donor = fields.CharField(max_length=80, default="")
    key = fields.CharField(max_length=64)
    added_by = fields.BigIntField()
    added_at = fields.BigIntField()
    confirmed_by = fields.BigIntField(null=True)
    confirmed_at = fields.BigIntField(null=True)
    refused_by = fields.BigIntField(null=True)
    refused_at = fields.BigIntField(null=True)
    lapsed_at = fields.BigIntField(null=True)

    class Meta:
        table = "new_item"
        unique_together = (("book_id", "item"), ("book_id", "added_by", "key"))
        constraints = tuple(
            CheckConstraint(check=check, name=name) for name, check in NEW_ITEM.items()
        )

    @property
    def waits(self) -> bool:
        """Say whether nobody has decided, and its time is not over."""
        return self.confirmed_at is None and self.refused_at is None and self.lapsed_at is None
