"""Receipts that follow another one, goods that came back damaged, parked sales, and printed passbooks."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier

KINDS = ("GOODS_EXCHANGED", "SALE_MOVED")

FOLLOWS = ("redemption_follows", "(follows_id IS NULL) = (points_back = 0)")
ANOTHER = ("redemption_follows_another", "follows_id <> id")
DAMAGED = (
    "redemption_line_damage_within_refund",
    "quantity_damaged >= 0 AND quantity_damaged <= quantity_refunded",
)
COLUMNS = (
    (
        "ALTER TABLE redemption ADD COLUMN follows_id BIGINT CONSTRAINT redemption_follows_fk "
        f"REFERENCES redemption (id) ON DELETE RESTRICT CONSTRAINT {ANOTHER[0]} CHECK ({ANOTHER[1]})"
    ),
    (
        "ALTER TABLE redemption ADD COLUMN points_back BIGINT NOT NULL DEFAULT 0 "
        f"CONSTRAINT {FOLLOWS[0]} CHECK ({FOLLOWS[1]})"
    ),
    (
        "ALTER TABLE redemption_line ADD COLUMN quantity_damaged INT NOT NULL DEFAULT 0 "
        f"CONSTRAINT {DAMAGED[0]} CHECK ({DAMAGED[1]})"
    ),
    "CREATE INDEX redemption_follows_one ON redemption (book_id, follows_id)",
)


async def follow(apps, schema_editor) -> None:
    """Let receipts name the one they follow, and the books know the new kinds of entries."""
    for statement in COLUMNS:
        await schema_editor.client.execute_query(statement)
    kinds = ", ".join(f"('{kind}')" for kind in KINDS)
    await schema_editor.client.execute_query(f"INSERT INTO entry_kind (code) VALUES {kinds}")


def foreign(name, model, related_name, *, null=False):
    """Return a foreign key that restricts."""
    field = fields.ForeignKeyField(
        f"caihong.{model}",
        source_field=f"{name}_id",
        null=null,
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.RESTRICT,
    )
    return (name, field)


class Migration(checked.Migration):
    dependencies = [("caihong", "0020_stock")]

    initial = False

    operations = [
        ops.RunPython(follow),
        Known(
            ops.AddField("Redemption", *foreign("follows", "Redemption", "followers", null=True))
        ),
        Known(
            ops.AddField("Redemption", "points_back", fields.BigIntField(default=0, db_default=0))
        ),
        Known(
            ops.AddField(
                "RedemptionLine", "quantity_damaged", fields.IntField(default=0, db_default=0)
            )
        ),
        Known(ops.AddConstraint("Redemption", CheckConstraint(check=ANOTHER[1], name=ANOTHER[0]))),
        Known(ops.AddConstraint("Redemption", CheckConstraint(check=FOLLOWS[1], name=FOLLOWS[0]))),
        Known(
            ops.AddConstraint("RedemptionLine", CheckConstraint(check=DAMAGED[1], name=DAMAGED[0]))
        ),
        CreateChecked(
            name="ParkedSale",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                foreign("shop", "Shop", "parked"),
                foreign("person", "Person", "parked", null=True),
                ("place", fields.SmallIntField()),
                ("cart", fields.CharField(max_length=2000)),
                ("way", fields.CharField(max_length=10)),
                ("day", fields.IntField()),
                ("parked_by", fields.BigIntField()),
                ("parked_at", fields.BigIntField()),
            ],
            options={
                "table": "parked_sale",
                "app": "caihong",
                "unique_together": (("book_id", "shop", "place"),),
                "constraints": [
                    CheckConstraint("place >= 1 AND place <= 10", "parked_sale_ten_at_most")
                ],
                "pk_attr": "id",
                "table_description": "A cart that waits at the counter of a shop, for a person or nobody yet, its place is one of ten.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="ExchangedLine",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                foreign("redemption", "Redemption", "exchanged"),
                foreign("line", "RedemptionLine", "exchanged"),
                ("quantity", fields.IntField()),
                ("quantity_damaged", fields.IntField(default=0)),
            ],
            options={
                "table": "exchanged_line",
                "app": "caihong",
                "unique_together": (("book_id", "redemption", "line"),),
                "indexes": [Index(fields=["book_id", "line_id"])],
                "constraints": [
                    CheckConstraint(
                        "quantity > 0 AND quantity_damaged >= 0 AND quantity_damaged <= quantity",
                        "exchanged_line_damage_within_quantity",
                    )
                ],
                "pk_attr": "id",
                "table_description": "Pieces of an earlier receipt for which this redemption gave others, damaged ones were written off.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Passbook",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                foreign("person", "Person", "passbooks"),
                ("printed_to", fields.BigIntField(default=0)),
                ("lines_printed", fields.IntField(default=0)),
                ("printed_by", fields.BigIntField()),
                ("printed_at", fields.BigIntField()),
            ],
            options={
                "table": "passbook",
                "app": "caihong",
                "unique_together": (("book_id", "person"),),
                "constraints": [
                    CheckConstraint("printed_to >= 0 AND lines_printed >= 0", "passbook_only_grows")
                ],
                "pk_attr": "id",
                "table_description": "The printed booklet of a member: up to which movement of the purse it is printed, and how many lines it has.",
            },
            bases=["Model"],
        ),
    ]
