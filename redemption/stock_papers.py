"""The papers of the shelves beside receipts: relief given away, counts, and goods written off.

Times are UTC microseconds, days are yyyymmdd. Triggers of the migration keep relief lots out of exchanges for points,
and hand-outs of relief to households whose mark stands.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.approvals import Approval
from people.fund_papers import Fund
from people.hardship_marks import HardshipMark
from people.models import RESTRICT, Person
from redemption.models import Item, Shop, StockLot
from redemption.states import RedemptionState


class ReliefHandout(Model):
    """Goods that one person of a household in hardship took home, for nothing: relief goods, or paid by a fund."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="relief_handouts", on_delete=RESTRICT
    )
    shop_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="relief_had", on_delete=RESTRICT
    )
    person_id: int
    mark: fields.ForeignKeyRelation[HardshipMark] = fields.ForeignKeyField(
        "caihong.HardshipMark", related_name="handouts", on_delete=RESTRICT
    )
    mark_id: int
    clerk_id = fields.BigIntField()
    day = fields.IntField()
    handed_at = fields.BigIntField()
    state = fields.CharEnumField(RedemptionState, max_length=10)
    lines: fields.ReverseRelation["ReliefLine"]
    undone_at = fields.BigIntField(null=True)
    undone_by = fields.BigIntField(null=True)
    # The fund whose points paid for them, or none: then they are relief goods, and cost nothing.
    fund: fields.ForeignKeyNullableRelation[Fund] = fields.ForeignKeyField(
        "caihong.Fund", related_name="handouts", on_delete=RESTRICT, null=True
    )
    fund_id: int | None
    points_total = fields.BigIntField(default=0)

    class Meta:
        table = "relief_handout"
        indexes = (("book_id", "shop_id", "handed_at"), ("book_id", "person_id"))
        constraints = (
            CheckConstraint(check="clerk_id <> person_id", name="relief_not_served_by_oneself"),
            CheckConstraint(
                check="(state = 'undone') = (undone_at IS NOT NULL)", name="relief_undone_at"
            ),
            CheckConstraint(
                check="points_total >= 0 AND (points_total > 0) = (fund_id IS NOT NULL)",
                name="relief_paid_by_a_fund",
            ),
        )


class ReliefLine(Model):
    """Pieces of one lot in a hand-out, at the price of then: nothing for relief goods."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    handout: fields.ForeignKeyRelation[ReliefHandout] = fields.ForeignKeyField(
        "caihong.ReliefHandout", related_name="lines", on_delete=RESTRICT
    )
    handout_id: int
    item: fields.ForeignKeyRelation[Item] = fields.ForeignKeyField(
        "caihong.Item", related_name="relief_lines", on_delete=RESTRICT
    )
    item_id: int
    lot: fields.ForeignKeyRelation[StockLot] = fields.ForeignKeyField(
        "caihong.StockLot", related_name="relief_lines", on_delete=RESTRICT
    )
    lot_id: int
    quantity = fields.IntField()
    price_points = fields.IntField(default=0)

    class Meta:
        table = "relief_line"
        unique_together = (("book_id", "handout", "lot"),)
        constraints = (
            CheckConstraint(check="quantity > 0", name="relief_line_has_pieces"),
            CheckConstraint(check="price_points >= 0", name="relief_line_price_not_negative"),
        )


class Cause(StrEnum):
    """Why goods are written off."""

    EXPIRED = "expired"
    SPOILED = "spoiled"
    DAMAGED = "damaged"
    LOST = "lost"
    OTHER = "other"


class StockTake(Model):
    """A count of the shelves that a second person signed, nobody if no other could and nobody objected."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="stock_takes", on_delete=RESTRICT
    )
    shop_id: int
    approval: fields.ForeignKeyRelation[Approval] = fields.ForeignKeyField(
        "caihong.Approval", related_name="stock_takes", on_delete=RESTRICT
    )
    approval_id: int
    counted_by = fields.BigIntField()
    counted_at = fields.BigIntField()
    signed_by = fields.BigIntField(null=True)
    signed_at = fields.BigIntField()
    note = fields.CharField(max_length=200)
    lines: fields.ReverseRelation["StockTakeLine"]

    class Meta:
        table = "stock_take"
        unique_together = (("book_id", "approval"),)
        indexes = (("book_id", "shop_id", "counted_at"),)
        constraints = (
            CheckConstraint(check="counted_by <> signed_by", name="stock_take_two_persons"),
        )


class StockTakeLine(Model):
    """One lot in a count: what the books said, and how many pieces were there."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    take: fields.ForeignKeyRelation[StockTake] = fields.ForeignKeyField(
        "caihong.StockTake", related_name="lines", on_delete=RESTRICT
    )
    take_id: int
    item: fields.ForeignKeyRelation[Item] = fields.ForeignKeyField(
        "caihong.Item", related_name="take_lines", on_delete=RESTRICT
    )
    item_id: int
    lot: fields.ForeignKeyRelation[StockLot] = fields.ForeignKeyField(
        "caihong.StockLot", related_name="take_lines", on_delete=RESTRICT
    )
    lot_id: int
    booked = fields.IntField()
    counted = fields.IntField()

    class Meta:
        table = "stock_take_line"
        unique_together = (("book_id", "take", "lot"),)
        constraints = (
            CheckConstraint(
                check="booked >= 0 AND counted >= 0", name="stock_take_line_not_negative"
            ),
        )


class WriteOff(Model):
    """Pieces of one lot that were written off, why, and the two who say so."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="write_offs", on_delete=RESTRICT
    )
    shop_id: int
    item: fields.ForeignKeyRelation[Item] = fields.ForeignKeyField(
        "caihong.Item", related_name="write_offs", on_delete=RESTRICT
    )
    item_id: int
    lot: fields.ForeignKeyRelation[StockLot] = fields.ForeignKeyField(
        "caihong.StockLot", related_name="write_offs", on_delete=RESTRICT
    )
    lot_id: int
    quantity = fields.IntField()
    cause = fields.CharEnumField(Cause, max_length=10)
    note = fields.CharField(max_length=200)
    approval: fields.ForeignKeyRelation[Approval] = fields.ForeignKeyField(
        "caihong.Approval", related_name="write_offs", on_delete=RESTRICT
    )
    approval_id: int
    asked_by = fields.BigIntField()
    signed_by = fields.BigIntField(null=True)
    written_at = fields.BigIntField()

    class Meta:
        table = "write_off"
        unique_together = (("book_id", "approval"),)
        indexes = (("book_id", "shop_id", "written_at"),)
        constraints = (
            CheckConstraint(check="quantity > 0", name="write_off_has_pieces"),
            CheckConstraint(check="asked_by <> signed_by", name="write_off_two_persons"),
        )


class BoundBarcode(Model):
    """Another barcode of an item, bound at the counter, it stands unless the office refuses it."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="bound_barcodes", on_delete=RESTRICT
    )
    shop_id: int
    item: fields.ForeignKeyRelation[Item] = fields.ForeignKeyField(
        "caihong.Item", related_name="bound_barcodes", on_delete=RESTRICT
    )
    item_id: int
    barcode = fields.CharField(max_length=20)
    bound_by = fields.BigIntField()
    bound_at = fields.BigIntField()
    confirmed_by = fields.BigIntField(null=True)
    confirmed_at = fields.BigIntField(null=True)

    class Meta:
        table = "bound_barcode"
        unique_together = (("book_id", "shop", "barcode"),)
        constraints = (
            CheckConstraint(
                check="(confirmed_by IS NULL) = (confirmed_at IS NULL)",
                name="bound_barcode_confirmed_by",
            ),
            CheckConstraint(check="confirmed_by <> bound_by", name="bound_barcode_two_persons"),
        )
