"""The papers of a shop's days: what was signed off, and which journal entries it stands for.

A day may be closed again: what came after a closing is signed off by the next one, and no entry stands in two. So the
figures of a day are the sum of its closings, and each of them can be counted again at any time.
"""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import RESTRICT
from redemption.models import Shop

COUNTS = ("sales", "swaps", "moves", "pick_ups", "reliefs", "refunds", "undos")
SUMS = ("points_taken", "points_back", "pieces_out", "pieces_back")
NOTE_LIMIT = 200
RULES = {
    "day_close_number": "number >= 1",
    "day_close_figures": " AND ".join(f"{name} >= 0" for name in (*COUNTS, *SUMS, "carts_gone")),
    "day_close_of_something": " + ".join(COUNTS) + " >= 1",
}


class DayClose(Model):
    """A shop's day as somebody signed it off: how often what was done, in points and pieces, first time or again."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="day_closes", on_delete=RESTRICT
    )
    shop_id: int
    day = fields.IntField()
    number = fields.SmallIntField()
    closed_by = fields.BigIntField()
    closed_at = fields.BigIntField()
    sales = fields.IntField(default=0)
    swaps = fields.IntField(default=0)
    moves = fields.IntField(default=0)
    pick_ups = fields.IntField(default=0)
    reliefs = fields.IntField(default=0)
    refunds = fields.IntField(default=0)
    undos = fields.IntField(default=0)
    points_taken = fields.BigIntField(default=0)
    points_back = fields.BigIntField(default=0)
    pieces_out = fields.BigIntField(default=0)
    pieces_back = fields.BigIntField(default=0)
    carts_gone = fields.IntField(default=0)
    note = fields.CharField(max_length=NOTE_LIMIT, default="")

    class Meta:
        table = "day_close"
        unique_together = (("book_id", "shop", "day", "number"),)
        constraints = tuple(CheckConstraint(check=rule, name=name) for name, rule in RULES.items())


class DayCloseEntry(Model):
    """A journal entry that one closing stands for."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    closing: fields.ForeignKeyRelation[DayClose] = fields.ForeignKeyField(
        "caihong.DayClose", related_name="entries", on_delete=RESTRICT
    )
    closing_id: int
    entry_id = fields.BigIntField()

    class Meta:
        table = "day_close_entry"
        unique_together = (("book_id", "entry_id"),)
        indexes = (("book_id", "closing_id"),)
