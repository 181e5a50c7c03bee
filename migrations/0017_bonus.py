"""Points above the hours with their reason and budget; shifts that are cancelled.

What a rule meant before it means still: nothing for leading a shift, and no bonus.
"""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from checkin.models import ShiftState
from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier

KINDS = ("BONUS_GIVEN", "BONUS_TAKEN_BACK")
INT, BIGINT = "INT NOT NULL DEFAULT 0", "BIGINT NOT NULL DEFAULT 0"


def number():
    """Return a column of whole numbers that begins at nothing."""
    return fields.IntField(default=0)


# Column, its type, its CHECK by name, and the field; every row there is gets the default.
RULE = (
    (
        *("leader_bonus_points", INT),
        ("award_rule_leader_bonus", "leader_bonus_points >= 0"),
        number(),
    ),
    (
        *("bonus_points_per_shift", INT),
        ("award_rule_bonus", "bonus_points_per_shift >= 0"),
        number(),
    ),
)
ATTENDANCE = (
    (
        *("leader_bonus", INT),
        ("attendance_leader_bonus", "leader_bonus >= 0 AND leader_bonus <= points_awarded"),
        number(),
    ),
    (
        *("bonus_points", INT),
        (
            "attendance_bonus_of_verified",
            "bonus_points >= 0 AND (bonus_points = 0 OR state = 'verified')",
        ),
        number(),
    ),
    (
        *("bonus_to_debt", INT),
        ("attendance_bonus_debt", "bonus_to_debt >= 0 AND bonus_to_debt <= bonus_points"),
        number(),
    ),
)
SHIFT = (
    ("bonus_budget", BIGINT, None, fields.BigIntField(default=0)),
    (
        *("bonus_awarded", BIGINT),
        ("shift_bonus_budget", "bonus_awarded >= 0 AND bonus_awarded <= bonus_budget"),
        fields.BigIntField(default=0),
    ),
    (
        *("cancelled_at", "BIGINT"),
        ("shift_cancelled_at", "(state = 'cancelled') = (cancelled_at IS NOT NULL)"),
        fields.BigIntField(null=True),
    ),
    ("cancelled_by", "BIGINT", None, fields.BigIntField(null=True)),
    (
        *("cancelled_because", "VARCHAR(200) NOT NULL DEFAULT ''"),
        ("shift_cancelled_because", "cancelled_at IS NULL OR cancelled_because <> ''"),
        fields.CharField(default="", max_length=200),
    ),
)
COLUMNS = {
    "award_rule": ("AwardRule", RULE),
    "attendance": ("Attendance", ATTENDANCE),
    "shift": ("Shift", SHIFT),
}


async def add_columns(apps, schema_editor) -> None:
    """Add the columns with their CHECKs, and let the books know the new kinds of entries."""
    for table, (_, columns) in COLUMNS.items():
        for name, kind, check, _ in columns:
            said = f" CONSTRAINT {check[0]} CHECK ({check[1]})" if check else ""
            await schema_editor.client.execute_query(
                f"ALTER TABLE {table} ADD COLUMN {name} {kind}{said}"
            )
    kinds = ", ".join(f"('{kind}')" for kind in KINDS)
    await schema_editor.client.execute_query(f"INSERT INTO entry_kind (code) VALUES {kinds}")


def belongs(name, model):
    """Return a foreign key that keeps what it points at."""
    return (
        name,
        fields.ForeignKeyField(
            f"caihong.{model}",
            source_field=f"{name}_id",
            db_constraint=True,
            to_field="id",
            related_name="bonuses",
            on_delete=OnDelete.RESTRICT,
        ),
    )


class Migration(checked.Migration):
    dependencies = [("caihong", "0016_codes")]

    initial = False

    operations = [
        ops.RunPython(add_columns),
        *(
            Known(ops.AddField(model, name, field))
            for model, columns in COLUMNS.values()
            for name, _, _, field in columns
        ),
        *(
            Known(ops.AddConstraint(model, CheckConstraint(check=check[1], name=check[0])))
            for model, columns in COLUMNS.values()
            for _, _, check, _ in columns
            if check
        ),
        # A shift can be cancelled: the words of the column are more, its type is as it was.
        Known(
            ops.AlterField(
                "Shift",
                "state",
                fields.CharEnumField(
                    default=ShiftState.OPEN,
                    description="\n".join(f"{each.name}: {each.value}" for each in ShiftState),
                    enum_type=ShiftState,
                    max_length=10,
                ),
            )
        ),
        CreateChecked(
            name="Bonus",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                belongs("attendance", "Attendance"),
                belongs("person", "Person"),
                ("revision", fields.IntField()),
                ("reason", fields.CharField(max_length=200)),
                ("points", fields.IntField()),
                ("given_by", fields.BigIntField()),
                ("given_at", fields.BigIntField()),
                ("taken_back_at", fields.BigIntField(null=True)),
                ("taken_back_by", fields.BigIntField(null=True)),
                ("taken_back_because", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "bonus",
                "app": "caihong",
                "unique_together": (("book_id", "attendance", "revision", "reason"),),
                "constraints": [
                    CheckConstraint(check="points > 0", name="bonus_points"),
                    CheckConstraint(check="reason <> ''", name="bonus_has_a_reason"),
                    CheckConstraint(check="given_by <> person_id", name="bonus_given_by_another"),
                    CheckConstraint(
                        check="taken_back_at IS NULL OR (taken_back_by IS NOT NULL AND taken_back_because <> '')",
                        name="bonus_taken_back_by_somebody",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "Points that an organiser gave above the hours of one attendance and why. They go back with the hours.",
            },
            bases=["Model"],
        ),
    ]
