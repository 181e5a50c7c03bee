"""The papers of reservations, and the counts by which limits of a household hold.

A reservation has the id of its hold in the books: it says for which goods the points were set aside.
"""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import Person
from redemption.models import Item, Shop, StockLot
from redemption.states import ReservationState

RESTRICT = fields.RESTRICT
DAYS_KEPT = 3


class Reservation(Model):
    """Goods that a member has had kept aside, until when, and what became of them."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="reservations", on_delete=RESTRICT
    )
    shop_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="reservations", on_delete=RESTRICT
    )
    person_id: int
    number = fields.CharField(max_length=6)
    state = fields.CharEnumField(ReservationState, max_length=10)
    points_total = fields.BigIntField()
    reserved_at = fields.BigIntField()
    expires_at = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)
    ended_by = fields.BigIntField(null=True)  # nobody, when its time was over
    redemption_id = fields.BigIntField(null=True)
    day_count_id = fields.BigIntField(null=True)
    lines: fields.ReverseRelation["ReservationLine"]

    class Meta:
        table = "reservation"
        unique_together = (("book_id", "redemption_id"),)
        indexes = (("book_id", "shop_id", "state"), ("book_id", "person_id"))
        constraints = (
            CheckConstraint("(state = 'open') = (ended_at IS NULL)", "reservation_ended_at"),
            CheckConstraint(
                "(state = 'collected') = (redemption_id IS NOT NULL)", "reservation_collected_as"
            ),
            CheckConstraint("points_total > 0", "reservation_costs_points"),
            CheckConstraint("expires_at > reserved_at", "reservation_is_kept_a_while"),
        )


class ReservationLine(Model):
    """Pieces of one item from one stock lot in a reservation, at the price of then."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    reservation: fields.ForeignKeyRelation[Reservation] = fields.ForeignKeyField(
        "caihong.Reservation", related_name="lines", on_delete=RESTRICT
    )
    reservation_id: int
    item: fields.ForeignKeyRelation[Item] = fields.ForeignKeyField(
        "caihong.Item", related_name="reservation_lines", on_delete=RESTRICT
    )
    item_id: int
    lot: fields.ForeignKeyRelation[StockLot] = fields.ForeignKeyField(
        "caihong.StockLot", related_name="reservation_lines", on_delete=RESTRICT
    )
    lot_id: int
    quantity = fields.IntField()
    quantity_collected = fields.IntField(default=0)
    price_points = fields.IntField()
    month_count_id = fields.BigIntField(null=True)

    class Meta:
        table = "reservation_line"
        unique_together = (("book_id", "reservation", "lot"),)
        constraints = (
            CheckConstraint(
                "quantity > 0 AND quantity_collected >= 0 AND quantity_collected <= quantity",
                "reservation_line_collected_within",
            ),
            CheckConstraint("price_points > 0", "reservation_line_costs_points"),
        )


class HouseholdCount(Model):
    """What one person had, living in one household (0: in none), of one item in a month, or of all goods on a day.

    `item_id` is 0 for all goods, `period` a month (yyyymm) or a day (yyyymmdd). One row each, read and changed by the
    posts themselves: two of a household at once meet in each other's.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="household_counts", on_delete=RESTRICT
    )
    shop_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="household_counts", on_delete=RESTRICT
    )
    person_id: int
    household_id = fields.BigIntField(default=0)
    item_id = fields.BigIntField(default=0)
    period = fields.IntField()
    pieces = fields.BigIntField(default=0)
    exchanges = fields.IntField(default=0)

    class Meta:
        table = "household_count"
        unique_together = (("book_id", "shop", "person", "household_id", "item_id", "period"),)
        indexes = (("book_id", "household_id", "period"),)
        constraints = (
            CheckConstraint("pieces >= 0 AND exchanges >= 0", "household_count_not_negative"),
        )


class ShopRule(Model):
    """A shop's own rules: days a reservation is kept, and what a household may have on one day. None: no limit."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="rules", on_delete=RESTRICT
    )
    shop_id: int
    reservation_days = fields.IntField(default=DAYS_KEPT)
    pieces_a_day = fields.IntField(null=True)
    exchanges_a_day = fields.IntField(null=True)
    changed_by = fields.BigIntField()
    changed_at = fields.BigIntField()

    class Meta:
        table = "shop_rule"
        unique_together = (("book_id", "shop"),)
        constraints = (
            CheckConstraint("reservation_days >= 1", "shop_rule_keeps_a_day"),
            CheckConstraint("pieces_a_day >= 1 AND exchanges_a_day >= 1", "shop_rule_a_day"),
        )
