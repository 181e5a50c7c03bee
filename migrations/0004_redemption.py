"""Shops, goods and their redemptions; vouchers and their uses."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.engines import checked
from kernel.engines.checked import CreateChecked
from kernel.ids import new_id
from redemption.states import OnOffer, RedemptionState, Source, VoucherState


def own_id() -> tuple[str, fields.BigIntField]:
    """Every table's own key, made by the application."""
    return "id", fields.BigIntField(primary_key=True, generated=False, default=new_id)


def to(name: str, model: str, related_name: str) -> tuple[str, fields.ForeignKeyRelation[Model]]:
    """Refer to a row of another table, which then cannot go."""
    return name, fields.ForeignKeyField(
        f"caihong.{model}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.RESTRICT,
    )


class Migration(checked.Migration):
    dependencies = [("caihong", "0003_checkin")]

    initial = False

    operations = [
        CreateChecked(
            name="Shop",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                ("name", fields.CharField(max_length=80)),
                ("receipts_issued", fields.IntField(default=0)),
            ],
            options={
                "table": "shop",
                "app": "caihong",
                "unique_together": (("book_id", "name"),),
                "pk_attr": "id",
                "table_description": "A charity shop. Its receipts are numbered without gaps.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Item",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("shop", "Shop", "items"),
                ("name", fields.CharField(max_length=80)),
                ("barcode", fields.CharField(null=True, max_length=20)),
                ("price_points", fields.IntField()),
                ("price_fen", fields.IntField(default=0)),
                ("unit", fields.CharField(default="", max_length=20)),
                (
                    "state",
                    fields.CharEnumField(default=OnOffer.ON_SALE, enum_type=OnOffer, max_length=20),
                ),
            ],
            options={
                "table": "item",
                "app": "caihong",
                "unique_together": (("book_id", "shop", "barcode"),),
                "constraints": [
                    CheckConstraint(
                        check="price_points >= 0 AND price_fen >= 0",
                        name="item_prices_not_negative",
                    )
                ],
                "pk_attr": "id",
                "table_description": "A thing on the shelf: its price in points and, for information, in fen.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Redemption",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("shop", "Shop", "redemptions"),
                to("person", "Person", "redemptions"),
                to("clerk", "Person", "redemptions_served"),
                ("number", fields.IntField()),
                ("state", fields.CharEnumField(enum_type=RedemptionState, max_length=10)),
                ("points_total", fields.BigIntField()),
                ("points_refunded", fields.BigIntField(default=0)),
                ("redeemed_at", fields.BigIntField()),
                ("undone_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "redemption",
                "app": "caihong",
                "unique_together": (("book_id", "shop", "number"),),
                "constraints": [
                    CheckConstraint(
                        check="points_refunded >= 0 AND points_refunded <= points_total",
                        name="redemption_refund_within_total",
                    ),
                    CheckConstraint(
                        check="clerk_id <> person_id", name="redemption_not_served_by_oneself"
                    ),
                ],
                "indexes": [
                    Index(fields=["book_id", "shop_id", "redeemed_at"]),
                    Index(fields=["book_id", "person_id"]),
                ],
                "pk_attr": "id",
                "table_description": "One person's goods over the counter, for points.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="StockLot",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("item", "Item", "lots"),
                ("source", fields.CharEnumField(enum_type=Source, max_length=20)),
                ("quantity_received", fields.IntField()),
                ("received_at", fields.BigIntField()),
                ("use_by", fields.IntField(null=True)),
                ("donor", fields.CharField(default="", max_length=80)),
                to("receiver", "Person", "stock_received"),
            ],
            options={
                "table": "stock_lot",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(check="quantity_received > 0", name="stock_lot_has_pieces")
                ],
                "indexes": [Index(fields=["book_id", "item_id"])],
                "pk_attr": "id",
                "table_description": "Pieces that came together: from whom, when, and good until which day.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="RedemptionLine",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("redemption", "Redemption", "lines"),
                to("item", "Item", "redemption_lines"),
                to("lot", "StockLot", "redemption_lines"),
                ("quantity", fields.IntField()),
                ("quantity_refunded", fields.IntField(default=0)),
                ("price_points", fields.IntField()),
            ],
            options={
                "table": "redemption_line",
                "app": "caihong",
                "unique_together": (("book_id", "redemption", "lot"),),
                "constraints": [
                    CheckConstraint(
                        check="quantity > 0 AND quantity_refunded >= 0 AND quantity_refunded <= quantity",
                        name="redemption_line_refund_within_quantity",
                    ),
                    CheckConstraint(
                        check="price_points >= 0", name="redemption_line_price_not_negative"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "Pieces of one item from one stock lot in a redemption, at the price of then.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Voucher",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("company", "PropertyCompany", "vouchers"),
                to("person", "Person", "vouchers"),
                ("flat", fields.CharField(default="", max_length=40)),
                ("serial", fields.CharField(max_length=11)),
                ("face_fen", fields.IntField()),
                ("remaining_fen", fields.IntField()),
                ("points_paid", fields.IntField()),
                ("points_returned", fields.IntField(default=0)),
                ("uses", fields.IntField(default=0)),
                ("state", fields.CharEnumField(enum_type=VoucherState, max_length=10)),
                ("expires_on", fields.IntField()),
                ("issued_at", fields.BigIntField()),
            ],
            options={
                "table": "voucher",
                "app": "caihong",
                "unique_together": (("book_id", "serial"),),
                "constraints": [
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
                ],
                "indexes": [Index(fields=["book_id", "person_id"])],
                "pk_attr": "id",
                "table_description": "Money off a flat's property fee, taken in part or whole by one company.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="VoucherOffer",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                ("face_fen", fields.IntField()),
                ("price_points", fields.IntField()),
                ("months_valid", fields.IntField(default=12)),
                (
                    "state",
                    fields.CharEnumField(default=OnOffer.ON_SALE, enum_type=OnOffer, max_length=20),
                ),
            ],
            options={
                "table": "voucher_offer",
                "app": "caihong",
                "unique_together": (("book_id", "face_fen", "price_points"),),
                "constraints": [
                    CheckConstraint(
                        check="face_fen > 0 AND price_points > 0 AND months_valid > 0",
                        name="voucher_offer_is_positive",
                    )
                ],
                "pk_attr": "id",
                "table_description": "So much off a property fee for so many points, valid for so many months.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="VoucherUse",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("voucher", "Voucher", "taken"),
                to("company", "PropertyCompany", "voucher_uses"),
                to("used_by", "Person", "vouchers_taken"),
                ("number", fields.IntField()),
                ("amount_fen", fields.IntField()),
                ("used_at", fields.BigIntField()),
                ("undone_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "voucher_use",
                "app": "caihong",
                "unique_together": (("book_id", "voucher", "number"),),
                "constraints": [
                    CheckConstraint(check="amount_fen > 0", name="voucher_use_is_positive")
                ],
                "indexes": [Index(fields=["book_id", "company_id", "used_at"])],
                "pk_attr": "id",
                "table_description": "Money taken off one bill. Serial and number make the slip.",
            },
            bases=["Model"],
        ),
    ]
