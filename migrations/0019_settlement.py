"""Months settled with property companies, each use with its settlement; the limit of vouchers in a year."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier
from redemption.settlement_papers import SettlementState

KINDS = ("VOUCHER_CORRECTED",)

CHECKS = {
    "settlement_amounts": "amount_fen >= 0 AND owed_back_fen >= 0 AND uses >= 0",
    "settlement_draft_is_empty": (
        "state <> 'draft' OR (amount_fen = 0 AND owed_back_fen = 0 AND uses = 0)"
    ),
    "settlement_locked": "(state = 'draft') = (locked_at IS NULL)",
    "settlement_of_two_persons": "checked_by <> made_by",
    "settlement_paid": (
        "(state = 'paid') = (paid_at IS NOT NULL) AND (paid_at IS NULL) = (paid_by IS NULL)"
    ),
    "settlement_has_its_bank_reference": (
        "(state = 'paid' AND amount_fen > 0) = (bank_reference <> '')"
    ),
}
DEDUCTED = "voucher_use_deducted_after_settling"
AFTER_SETTLING = "deducted_in_id IS NULL OR (settled_in_id IS NOT NULL AND undone_at IS NOT NULL)"
# Two columns, not two tables: an undo at the desk sees on the row itself that the use is settled.
TO_SETTLEMENT = "REFERENCES settlement (id) ON DELETE RESTRICT"
COLUMNS = (
    f"settled_in_id BIGINT CONSTRAINT voucher_use_settled_in {TO_SETTLEMENT}",
    (
        f"deducted_in_id BIGINT CONSTRAINT voucher_use_deducted_in {TO_SETTLEMENT} "
        f"CONSTRAINT {DEDUCTED} CHECK ({AFTER_SETTLING})"
    ),
)
INDEX = "CREATE INDEX voucher_use_settled ON voucher_use (book_id, settled_in_id)"


async def settle_uses(apps, schema_editor) -> None:
    """Let uses name their settlement, and the books know the new kind of entry."""
    for column in COLUMNS:
        await schema_editor.client.execute_query(f"ALTER TABLE voucher_use ADD COLUMN {column}")
    await schema_editor.client.execute_query(INDEX)
    kinds = ", ".join(f"('{kind}')" for kind in KINDS)
    await schema_editor.client.execute_query(f"INSERT INTO entry_kind (code) VALUES {kinds}")


def settlement(name, related_name):
    """Return a reference to the settlement, which then cannot go."""
    return ops.AddField(
        "VoucherUse",
        name,
        fields.ForeignKeyField(
            "caihong.Settlement",
            source_field=f"{name}_id",
            null=True,
            db_constraint=True,
            to_field="id",
            related_name=related_name,
            on_delete=OnDelete.RESTRICT,
        ),
    )


class Migration(checked.Migration):
    dependencies = [("caihong", "0018_alone")]

    initial = False

    operations = [
        CreateChecked(
            name="Settlement",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                (
                    "company",
                    fields.ForeignKeyField(
                        "caihong.PropertyCompany",
                        source_field="company_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="settlements",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("month", fields.IntField()),
                (
                    "state",
                    fields.CharEnumField(
                        default=SettlementState.DRAFT,
                        description="DRAFT: draft\nLOCKED: locked\nPAID: paid",
                        enum_type=SettlementState,
                        max_length=10,
                    ),
                ),
                ("uses", fields.IntField(default=0)),
                ("amount_fen", fields.BigIntField(default=0)),
                ("owed_back_fen", fields.BigIntField(default=0)),
                ("made_by", fields.BigIntField()),
                ("made_at", fields.BigIntField()),
                ("checked_by", fields.BigIntField(null=True)),
                ("locked_at", fields.BigIntField(null=True)),
                ("bank_reference", fields.CharField(default="", max_length=40)),
                ("paid_by", fields.BigIntField(null=True)),
                ("paid_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "settlement",
                "app": "caihong",
                "unique_together": (("book_id", "company", "month"),),
                "constraints": [
                    CheckConstraint(check=check, name=name) for name, check in CHECKS.items()
                ],
                "pk_attr": "id",
                "table_description": "What the community pays a property company for the vouchers used in one month.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="VoucherLimit",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField(unique=True)),
                ("fen_a_year", fields.IntField(null=True)),
                ("changed_by", fields.BigIntField()),
                ("changed_at", fields.BigIntField()),
            ],
            options={
                "table": "voucher_limit",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(check="fen_a_year >= 0", name="voucher_limit_not_negative")
                ],
                "pk_attr": "id",
                "table_description": "A community's own limit of a year for each household, in fen, or none. Without a row ¥300 hold.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="VoucherYear",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="voucher_years",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("year", fields.IntField()),
                ("fen", fields.BigIntField(default=0)),
            ],
            options={
                "table": "voucher_year",
                "app": "caihong",
                "unique_together": (("book_id", "person"),),
                "constraints": [
                    CheckConstraint(check="fen >= 0", name="voucher_year_not_negative")
                ],
                "pk_attr": "id",
                "table_description": "What one person had in vouchers in a calendar year, in fen, less what became void in it.",
            },
            bases=["Model"],
        ),
        ops.RunPython(settle_uses),
        Known(settlement("settled_in", "settled")),
        Known(settlement("deducted_in", "deducted")),
        Known(
            ops.AddConstraint("VoucherUse", CheckConstraint(check=AFTER_SETTLING, name=DEDUCTED))
        ),
    ]
