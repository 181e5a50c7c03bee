"""Cards, PINs and reports of a loss; the limits of a day, and what the counter knew each person by."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.engines import checked
from kernel.engines.checked import CreateChecked
from kernel.ids import new_id


def own_id() -> tuple[str, fields.BigIntField]:
    """Every table's own key, made by the application."""
    return "id", fields.BigIntField(primary_key=True, generated=False, default=new_id)


def person(related_name: str) -> tuple[str, fields.ForeignKeyRelation[Model]]:
    """Refer to a person, who then cannot go."""
    return "person", fields.ForeignKeyField(
        "caihong.Person",
        source_field="person_id",
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.RESTRICT,
    )


class Migration(checked.Migration):
    dependencies = [("caihong", "0009_browsers_and_limits")]

    initial = False

    operations = [
        CreateChecked(
            name="Card",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                person("cards"),
                ("version", fields.IntField()),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("made_by", fields.BigIntField()),
                ("made_at", fields.BigIntField()),
                ("revoked_at", fields.BigIntField(null=True)),
                ("revoked_by", fields.BigIntField(null=True)),
                ("why", fields.CharField(default="", max_length=10)),
            ],
            options={
                "table": "card",
                "app": "caihong",
                "unique_together": (("book_id", "person", "version"),),
                "constraints": [
                    CheckConstraint(check="version > 0", name="card_version_counts"),
                    CheckConstraint(
                        check="(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (why = '')",
                        name="card_revoked_by_somebody",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A printed points card: it says who somebody is and that they hold it, and it signs nobody in.",
            },
            bases=["Model"],
        ),
        # One good card a person: the database says so too.
        ops.RunSQL(
            "CREATE UNIQUE INDEX card_one_good ON card (book_id, person_id) WHERE revoked_at IS NULL",
            reverse_sql="DROP INDEX card_one_good",
        ),
        CreateChecked(
            name="Pin",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                person("pins"),
                ("pin_hash", fields.CharField(max_length=255)),
                ("set_by", fields.BigIntField()),
                ("set_at", fields.BigIntField()),
                ("set_on", fields.CharField(default="", max_length=60)),
                ("failures", fields.IntField(default=0)),
                ("locked_until", fields.BigIntField(null=True)),
                ("unlocked_by", fields.BigIntField(null=True)),
                ("unlocked_at", fields.BigIntField(null=True)),
                ("unlocked_on", fields.CharField(default="", max_length=60)),
                ("off_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "pin",
                "app": "caihong",
                "unique_together": (("book_id", "person"),),
                "constraints": [
                    CheckConstraint(check="failures >= 0", name="pin_failures_count"),
                    CheckConstraint(
                        check="(unlocked_at IS NULL) = (unlocked_by IS NULL)",
                        name="pin_unlocked_by_somebody",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A member's PIN for exchanges without the code on their phone, and the wrong tries at it.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="LossReport",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                person("loss_reports"),
                ("reported_to", fields.BigIntField()),
                ("reported_at", fields.BigIntField()),
                ("facts", fields.CharField(max_length=60)),
                ("browsers_ended", fields.IntField()),
                ("cards_revoked", fields.IntField()),
                ("undone_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "loss_report",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(
                        check="reported_to <> person_id", name="loss_written_down_by_another"
                    ),
                    CheckConstraint(check="facts LIKE '%,%'", name="loss_rests_on_two_facts"),
                ],
                "indexes": [Index(fields=["book_id", "person_id"])],
                "pk_attr": "id",
                "table_description": "A phone or card reported lost: who wrote it down, on which two facts, and what ended with it.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="SpendingLimit",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField(unique=True)),
                ("points_without_pin", fields.IntField(default=50)),
                ("points_with_pin", fields.IntField(default=200)),
                ("changed_by", fields.BigIntField()),
                ("changed_at", fields.BigIntField()),
            ],
            options={
                "table": "spending_limit",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(
                        check="points_without_pin >= 0 AND points_with_pin >= points_without_pin",
                        name="spending_limits_in_order",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A community's own limits of a day. Without a row the defaults hold.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Allowance",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                person("allowances"),
                ("day", fields.IntField(default=0)),
                ("points", fields.BigIntField(default=0)),
                ("extra_day", fields.IntField(default=0)),
                ("extra_points", fields.BigIntField(default=0)),
                ("approved_by", fields.BigIntField(null=True)),
            ],
            options={
                "table": "allowance",
                "app": "caihong",
                "unique_together": (("book_id", "person"),),
                "constraints": [
                    CheckConstraint(
                        check="points >= 0 AND extra_points >= 0", name="allowance_not_negative"
                    ),
                    CheckConstraint(
                        check="approved_by <> person_id", name="allowance_approved_by_another"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "What one person spent on `day` (yyyymmdd) by card, number or name, and what an organiser allowed on `extra_day`.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Redemption",
            name="recognised",
            field=fields.CharField(default="code", db_default="code", max_length=10),
        ),
        ops.AddField(
            model_name="Redemption",
            name="with_pin",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Redemption", name="approved_by", field=fields.BigIntField(null=True)
        ),
    ]
