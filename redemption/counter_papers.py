"""The counter's own papers: sales put aside for a moment, goods that came back in exchanges, and printed passbooks.

Times are UTC microseconds, days are yyyymmdd. A parked sale is no paper of the books: nothing is reserved by it, and it
is gone when it is recalled or its day is over.
"""

import json

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import RESTRICT, Person
from redemption.models import Redemption, RedemptionLine, Shop

MOST_PARKED = 10
CART_LENGTH = 2000


class ParkedSale(Model):
    """A cart that waits at the counter of a shop, for a person or nobody yet, its place is one of ten."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="parked", on_delete=RESTRICT
    )
    shop_id: int
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="parked", on_delete=RESTRICT, null=True
    )
    person_id: int | None
    place = fields.SmallIntField()
    cart = fields.CharField(max_length=CART_LENGTH)
    way = fields.CharField(max_length=10)
    day = fields.IntField()
    parked_by = fields.BigIntField()
    parked_at = fields.BigIntField()

    class Meta:
        table = "parked_sale"
        unique_together = (("book_id", "shop", "place"),)
        constraints = (
            CheckConstraint(
                check=f"place >= 1 AND place <= {MOST_PARKED}", name="parked_sale_ten_at_most"
            ),
        )

    @property
    def lines(self) -> tuple[tuple[int, int], ...]:
        """Return the (item id, pieces) that wait."""
        return tuple((int(item), int(pieces)) for item, pieces in json.loads(self.cart))


class ExchangedLine(Model):
    """Pieces of an earlier receipt for which this redemption gave others, damaged ones were written off."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    redemption: fields.ForeignKeyRelation[Redemption] = fields.ForeignKeyField(
        "caihong.Redemption", related_name="exchanged", on_delete=RESTRICT
    )
    redemption_id: int
    line: fields.ForeignKeyRelation[RedemptionLine] = fields.ForeignKeyField(
        "caihong.RedemptionLine", related_name="exchanged", on_delete=RESTRICT
    )
    line_id: int
    quantity = fields.IntField()
    quantity_damaged = fields.IntField(default=0)

    class Meta:
        table = "exchanged_line"
        unique_together = (("book_id", "redemption", "line"),)
        indexes = (("book_id", "line_id"),)
        constraints = (
            CheckConstraint(
                check="quantity > 0 AND quantity_damaged >= 0 AND quantity_damaged <= quantity",
                name="exchanged_line_damage_within_quantity",
            ),
        )


class Passbook(Model):
    """The printed booklet of a member: up to which movement of the purse it is printed, and how many lines it has."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="passbooks", on_delete=RESTRICT
    )
    person_id: int
    printed_to = fields.BigIntField(default=0)
    lines_printed = fields.IntField(default=0)
    printed_by = fields.BigIntField()
    printed_at = fields.BigIntField()

    class Meta:
        table = "passbook"
        unique_together = (("book_id", "person"),)
        constraints = (
            CheckConstraint(
                check="printed_to >= 0 AND lines_printed >= 0", name="passbook_only_grows"
            ),
        )
