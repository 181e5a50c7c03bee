"""Work without an organiser on the spot: activities on call, service cards, errands, and who speaks for an attendance."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from checkin.alone_models import About, CardKind, How
from checkin.models import Provenance
from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier

BOOL = "BOOL NOT NULL DEFAULT FALSE"
# Table, model, column, its type, its CHECK by name, and the field.
COLUMNS = (
    ("activity", "Activity", "on_call", BOOL, None, fields.BooleanField(default=False)),
    (
        *("activity", "Activity", "usual_minutes", "INT"),
        (
            "activity_on_call_takes_so_long",
            "on_call = (usual_minutes IS NOT NULL) AND (NOT on_call OR usual_minutes BETWEEN 1 AND 1440)",
        ),
        fields.IntField(null=True),
    ),
    ("shift", "Shift", "on_call", BOOL, None, fields.BooleanField(default=False)),
    (
        *("attendance", "Attendance", "needs_word", BOOL),
        ("attendance_word_before_verifying", "NOT needs_word OR state <> 'verified'"),
        fields.BooleanField(default=False),
    ),
)


async def add_columns(apps, schema_editor) -> None:
    """Add the columns with their CHECKs."""
    for table, _, name, kind, check, _ in COLUMNS:
        said = f" CONSTRAINT {check[0]} CHECK ({check[1]})" if check else ""
        await schema_editor.client.execute_query(
            f"ALTER TABLE {table} ADD COLUMN {name} {kind}{said}"
        )


def belongs(name, model, related_name, null=False):
    """Return a foreign key that keeps what it points at."""
    return (
        name,
        fields.ForeignKeyField(
            f"caihong.{model}",
            source_field=f"{name}_id",
            null=null,
            db_constraint=True,
            to_field="id",
            related_name=related_name,
            on_delete=OnDelete.RESTRICT,
        ),
    )


def word(name, enum, length):
    """Return a column of one of some words."""
    said = "\n".join(f"{each.name}: {each.value}" for each in enum)
    return (name, fields.CharEnumField(description=said, enum_type=enum, max_length=length))


class Migration(checked.Migration):
    dependencies = [("caihong", "0017_bonus")]

    initial = False

    operations = [
        ops.RunPython(add_columns),
        *(Known(ops.AddField(model, name, field)) for _, model, name, _, _, field in COLUMNS),
        *(
            Known(ops.AddConstraint(model, CheckConstraint(check=check[1], name=check[0])))
            for _, model, _, _, check, _ in COLUMNS
            if check
        ),
        # The words of the column are longer; its type is as it was.
        Known(
            ops.AlterField(
                "Attendance",
                "provenance",
                fields.CharEnumField(
                    default=Provenance.SCANNED,
                    description="\n".join(f"{each.name}: {each.value}" for each in Provenance),
                    enum_type=Provenance,
                    max_length=10,
                ),
            )
        ),
        CreateChecked(
            name="ServiceCard",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                word("kind", CardKind, 10),
                ("label", fields.CharField(max_length=40)),
                belongs("person", "Person", "service_cards", null=True),
                ("number", fields.CharField(max_length=8)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("made_by", fields.BigIntField()),
                ("made_at", fields.BigIntField()),
                ("revoked_by", fields.BigIntField(null=True)),
                ("revoked_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "service_card",
                "app": "caihong",
                "unique_together": (("book_id", "number"),),
                "constraints": [
                    CheckConstraint(
                        check="kind = 'person' OR person_id IS NULL", name="service_card_of_one"
                    ),
                    CheckConstraint(
                        check="(revoked_at IS NULL) = (revoked_by IS NULL)",
                        name="service_card_revoked_by_somebody",
                    ),
                ],
                "indexes": [Index(fields=["book_id", "person_id"])],
                "pk_attr": "id",
                "table_description": "A printed card of a place or of somebody served, scanned where an errand begins and where it ends.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Errand",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                belongs("shift", "Shift", "errands"),
                belongs("served", "Person", "errands", null=True),
                ("served_name", fields.CharField(default="", max_length=40)),
                ("denied_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "errand",
                "app": "caihong",
                "unique_together": (("book_id", "shift"),),
                "constraints": [
                    CheckConstraint(
                        check="denied_at IS NULL OR served_id IS NOT NULL",
                        name="errand_denied_by_the_served",
                    )
                ],
                "indexes": [Index(fields=["book_id", "served_id"])],
                "pk_attr": "id",
                "table_description": "One piece of work on call: whom its volunteer said that it was for, and whether they say that it was not so.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Witness",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                belongs("attendance", "Attendance", "witnesses"),
                belongs("person", "Person", "witnesses"),
                word("about", About, 5),
                word("how", How, 10),
                belongs("card", "ServiceCard", "witnesses", null=True),
                belongs("teller", "Person", "told", null=True),
                ("note", fields.CharField(default="", max_length=200)),
                ("said_at", fields.BigIntField()),
            ],
            options={
                "table": "witness",
                "app": "caihong",
                "unique_together": (("book_id", "attendance", "about"),),
                "constraints": [
                    CheckConstraint(check="teller_id <> person_id", name="witness_is_another"),
                    CheckConstraint(
                        check="(how IN ('card', 'number')) = (card_id IS NOT NULL)",
                        name="witness_is_a_card",
                    ),
                    CheckConstraint(
                        check="(how IN ('phone', 'organiser', 'member')) = (teller_id IS NOT NULL)",
                        name="witness_is_somebody",
                    ),
                    CheckConstraint(
                        check="how <> 'organiser' OR note <> ''", name="witness_says_how_they_know"
                    ),
                ],
                "indexes": [Index(fields=["book_id", "card_id", "said_at"])],
                "pk_attr": "id",
                "table_description": "Who or what besides a volunteer speaks for their attendance: a card, the person served, somebody who knows.",
            },
            bases=["Model"],
        ),
    ]
