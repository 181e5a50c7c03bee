"""How much may be spent in a day without the code on one's phone, in points, and had in vouchers in a year, in fen."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import Person

RESTRICT = fields.RESTRICT
WITHOUT_PIN, WITH_PIN = 50, 200
FEN_A_YEAR = 30_000
MOST_OPEN = 5  # reservations that a person may have open at a time


class SpendingLimit(Model):
    """A community's own limits of a day. Without a row the defaults hold."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField(unique=True)
    points_without_pin = fields.IntField(default=WITHOUT_PIN)
    points_with_pin = fields.IntField(default=WITH_PIN)
    changed_by = fields.BigIntField()
    changed_at = fields.BigIntField()

    class Meta:
        table = "spending_limit"
        constraints = (
            CheckConstraint(
                "points_without_pin >= 0 AND points_with_pin >= points_without_pin",
                "spending_limits_in_order",
            ),
        )


class Allowance(Model):
    """What one person spent on `day` (yyyymmdd) by card, number or name, and what an organiser allowed on `extra_day`.

    One row a person, read and changed by the posts themselves: two clerks at once meet in it.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="allowances", on_delete=RESTRICT
    )
    day = fields.IntField(default=0)
    points = fields.BigIntField(default=0)
    extra_day = fields.IntField(default=0)
    extra_points = fields.BigIntField(default=0)
    approved_by = fields.BigIntField(null=True)
    open_reservations = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "allowance"
        unique_together = (("book_id", "person"),)
        constraints = (
            CheckConstraint(
                f"open_reservations >= 0 AND open_reservations <= {MOST_OPEN}",
                "allowance_reservations",
            ),
            CheckConstraint("points >= 0 AND extra_points >= 0", "allowance_not_negative"),
            CheckConstraint("approved_by <> person_id", "allowance_approved_by_another"),
        )


class VoucherLimit(Model):
    """A community's own limit of a year for each household, in fen, or none. Without a row ¥300 hold."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField(unique=True)
    fen_a_year = fields.IntField(null=True)
    changed_by = fields.BigIntField()
    changed_at = fields.BigIntField()

    class Meta:
        table = "voucher_limit"
        constraints = (CheckConstraint("fen_a_year >= 0", "voucher_limit_not_negative"),)


class VoucherYear(Model):
    """What one person had in vouchers in a calendar year, in fen, less what became void in it.

    One row a person, read and changed by the posts themselves: two of a household at once meet in each other's.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="voucher_years", on_delete=RESTRICT
    )
    year = fields.IntField()
    fen = fields.BigIntField(default=0)

    class Meta:
        table = "voucher_year"
        unique_together = (("book_id", "person"),)
        constraints = (CheckConstraint("fen >= 0", "voucher_year_not_negative"),)
