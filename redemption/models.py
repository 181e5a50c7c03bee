"""The papers of the shop and of the vouchers. What is worth something stands in the books; these say what it was for.

Times are UTC microseconds, days are yyyymmdd, money is fen. A paper does not name its journal entry: the entry names
the paper. CHECKs are made by the migration together with their table.
"""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.clock import MINUTE
from kernel.ids import new_id
from people.models import Person, PropertyCompany
from redemption.states import REDEMPTION_RULES, OnOffer, RedemptionState, Source, VoucherState

RESTRICT = fields.RESTRICT
UNDO_WITHIN = 15 * MINUTE


class Shop(Model):
    """A charity shop. Its receipts are numbered without gaps."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    name = fields.CharField(max_length=80)
    receipts_issued = fields.IntField(default=0)

    class Meta:
        table = "shop"
        unique_together = (("book_id", "name"),)


class Item(Model):
    """A thing on the shelf: its price in points and, for information, in fen."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="items", on_delete=RESTRICT
    )
    shop_id: int
    name = fields.CharField(max_length=80)
    barcode = fields.CharField(max_length=20, null=True)
    price_points = fields.IntField()
    price_fen = fields.IntField(default=0)
    unit = fields.CharField(max_length=20, default="")
    category = fields.CharField(max_length=40, default="")
    household_limit = fields.IntField(null=True)  # pieces a household may have in a month
    state = fields.CharEnumField(OnOffer, max_length=20, default=OnOffer.ON_SALE)
    unconfirmed_by = fields.BigIntField(
        null=True
    )  # who added it at a counter, until another says yes

    class Meta:
        table = "item"
        unique_together = (("book_id", "shop", "barcode"),)
        constraints = (
            CheckConstraint(
                check="price_points >= 0 AND price_fen >= 0", name="item_prices_not_negative"
            ),
            CheckConstraint(check="household_limit >= 1", name="item_household_limit"),
        )


class StockLot(Model):
    """Pieces that came together: from whom, when, and good until which day."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    item: fields.ForeignKeyRelation[Item] = fields.ForeignKeyField(
        "caihong.Item", related_name="lots", on_delete=RESTRICT
    )
    item_id: int
    source = fields.CharEnumField(Source, max_length=20)
    quantity_received = fields.IntField()
    received_at = fields.BigIntField()
    use_by = fields.IntField(null=True)
    donor = fields.CharField(max_length=80, default="")
    receiver: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="stock_received", on_delete=RESTRICT
    )
    receiver_id: int
    # What one piece cost, the number on the receipt or donation slip, and who bought: never who received.
    unit_cost_fen = fields.IntField(default=0)
    slip = fields.CharField(max_length=40, default="")
    buyer_id = fields.BigIntField(null=True)

    class Meta:
        table = "stock_lot"
        indexes = (("book_id", "item_id"),)
        constraints = (
            CheckConstraint(check="quantity_received > 0", name="stock_lot_has_pieces"),
            CheckConstraint(check="unit_cost_fen >= 0", name="stock_lot_cost_not_negative"),
            CheckConstraint(check="buyer_id <> receiver_id", name="stock_lot_two_persons"),
            CheckConstraint(
                check="source <> 'purchased' OR unit_cost_fen = 0 OR buyer_id IS NOT NULL",
                name="stock_lot_has_a_buyer",
            ),
        )


class Redemption(Model):
    """One person's goods over the counter, for points."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="redemptions", on_delete=RESTRICT
    )
    shop_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="redemptions", on_delete=RESTRICT
    )
    person_id: int
    clerk: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="redemptions_served", on_delete=RESTRICT
    )
    clerk_id: int
    number = fields.IntField()
    state = fields.CharEnumField(RedemptionState, max_length=10)
    points_total = fields.BigIntField()
    points_refunded = fields.BigIntField(default=0)
    redeemed_at = fields.BigIntField()
    undone_at = fields.BigIntField(null=True)
    # What the clerk knew the person by; whoever approved more than the day's limit, if that was needed.
    recognised = fields.CharField(max_length=10, default="code", db_default="code")
    with_pin = fields.BooleanField(default=False, db_default=False)
    approved_by = fields.BigIntField(null=True)
    # The receipt in whose place this one came, in one entry, and the points that came back of it there.
    follows: fields.ForeignKeyNullableRelation["Redemption"] = fields.ForeignKeyField(
        "caihong.Redemption", related_name="followers", on_delete=RESTRICT, null=True
    )
    follows_id: int | None
    points_back = fields.BigIntField(default=0, db_default=0)
    first_sold_at = fields.BigIntField(
        null=True
    )  # of a moved sale: when the goods went over the counter
    points_counted = fields.BigIntField(
        default=0, db_default=0
    )  # what of it counts against the day's limit
    day_count_id = fields.BigIntField(null=True)  # the household count of the day it stands in

    class Meta:
        table = "redemption"
        unique_together = (("book_id", "shop", "number"),)
        indexes = (("book_id", "shop_id", "redeemed_at"), ("book_id", "person_id"))
        constraints = tuple(
            CheckConstraint(check=rule, name=f"redemption_{name}")
            for name, rule in REDEMPTION_RULES.items()
        )


class RedemptionLine(Model):
    """Pieces of one item from one stock lot in a redemption, at the price of then."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    redemption: fields.ForeignKeyRelation[Redemption] = fields.ForeignKeyField(
        "caihong.Redemption", related_name="lines", on_delete=RESTRICT
    )
    redemption_id: int
    item: fields.ForeignKeyRelation[Item] = fields.ForeignKeyField(
        "caihong.Item", related_name="redemption_lines", on_delete=RESTRICT
    )
    item_id: int
    lot: fields.ForeignKeyRelation[StockLot] = fields.ForeignKeyField(
        "caihong.StockLot", related_name="redemption_lines", on_delete=RESTRICT
    )
    lot_id: int
    quantity = fields.IntField()
    quantity_refunded = fields.IntField(default=0)
    quantity_damaged = fields.IntField(default=0, db_default=0)  # of those that came back
    price_points = fields.IntField()
    month_count_id = fields.BigIntField(null=True)  # the household count of the month

    class Meta:
        table = "redemption_line"
        unique_together = (("book_id", "redemption", "lot"),)
        constraints = (
            CheckConstraint(
                check="quantity > 0 AND quantity_refunded >= 0 AND quantity_refunded <= quantity",
                name="redemption_line_refund_within_quantity",
            ),
            CheckConstraint(
                check="quantity_damaged >= 0 AND quantity_damaged <= quantity_refunded",
                name="redemption_line_damage_within_refund",
            ),
            CheckConstraint(check="price_points >= 0", name="redemption_line_price_not_negative"),
        )


class VoucherOffer(Model):
    """So much off a property fee for so many points, valid for so many months."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    face_fen = fields.IntField()
    price_points = fields.IntField()
    months_valid = fields.IntField(default=12)
    state = fields.CharEnumField(OnOffer, max_length=20, default=OnOffer.ON_SALE)

    class Meta:
        table = "voucher_offer"
        unique_together = (("book_id", "face_fen", "price_points"),)
        constraints = (
            CheckConstraint(
                check="face_fen > 0 AND price_points > 0 AND months_valid > 0",
                name="voucher_offer_is_positive",
            ),
        )


class Voucher(Model):
    """Money off a flat's property fee, taken in part or whole by one company."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    company: fields.ForeignKeyRelation[PropertyCompany] = fields.ForeignKeyField(
        "caihong.PropertyCompany", related_name="vouchers", on_delete=RESTRICT
    )
    company_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="vouchers", on_delete=RESTRICT
    )
    person_id: int
    flat = fields.CharField(max_length=40, default="")
    serial = fields.CharField(max_length=11)
    face_fen = fields.IntField()
    remaining_fen = fields.IntField()
    points_paid = fields.IntField()
    points_returned = fields.IntField(default=0)
    uses = fields.IntField(default=0)
    state = fields.CharEnumField(VoucherState, max_length=10)
    expires_on = fields.IntField()
    issued_at = fields.BigIntField()

    class Meta:
        table = "voucher"
        unique_together = (("book_id", "serial"),)
        indexes = (("book_id", "person_id"),)
        constraints = (
            CheckConstraint(
                check="remaining_fen >= 0 AND remaining_fen <= face_fen",
                name="voucher_remaining_within_face",
            ),
            CheckConstraint(
                check="points_returned >= 0 AND points_returned <= points_paid",
                name="voucher_returned_within_paid",
            ),
            CheckConstraint(
                check="state = 'issued' OR remaining_fen = 0",
                name="voucher_closed_has_nothing_left",
            ),
        )


class VoucherUse(Model):
    """Money taken off one bill. Serial and number make the slip."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    voucher: fields.ForeignKeyRelation[Voucher] = fields.ForeignKeyField(
        "caihong.Voucher", related_name="taken", on_delete=RESTRICT
    )
    voucher_id: int
    company: fields.ForeignKeyRelation[PropertyCompany] = fields.ForeignKeyField(
        "caihong.PropertyCompany", related_name="voucher_uses", on_delete=RESTRICT
    )
    company_id: int
    used_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="vouchers_taken", on_delete=RESTRICT
    )
    used_by_id: int
    number = fields.IntField()
    amount_fen = fields.IntField()
    used_at = fields.BigIntField()
    undone_at = fields.BigIntField(null=True)
    # The settlement that pays for it; and if it was taken back after that, the one that takes it off again.
    settled_in: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "caihong.Settlement", related_name="settled", on_delete=RESTRICT, null=True
    )
    settled_in_id: int | None
    deducted_in: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "caihong.Settlement", related_name="deducted", on_delete=RESTRICT, null=True
    )
    deducted_in_id: int | None

    class Meta:
        table = "voucher_use"
        unique_together = (("book_id", "voucher", "number"),)
        indexes = (("book_id", "company_id", "used_at"),)
        constraints = (
            CheckConstraint(check="amount_fen > 0", name="voucher_use_is_positive"),
            CheckConstraint(
                check="deducted_in_id IS NULL OR (settled_in_id IS NOT NULL AND undone_at IS NOT NULL)",
                name="voucher_use_deducted_after_settling",
            ),
        )
