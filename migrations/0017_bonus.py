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


COUNTED = "('present', 'left', 'verified')"
NO_SHIFT = "shift_cancelled_alone: nobody can be at a shift that is cancelled"
SQLITE_TRIGGERS = (
    (
        f"CREATE TRIGGER attendance_takes_place_inserted BEFORE INSERT ON attendance WHEN NEW.state IN {COUNTED} "
        "AND EXISTS (SELECT 1 FROM shift WHERE id = NEW.shift_id AND state = 'cancelled') "
        f"BEGIN SELECT RAISE(ABORT, '{NO_SHIFT}'); END"
    ),
    (
        "CREATE TRIGGER attendance_takes_place_updated BEFORE UPDATE ON attendance "
        f"WHEN NEW.state IN {COUNTED} AND OLD.state NOT IN {COUNTED} "
        "AND EXISTS (SELECT 1 FROM shift WHERE id = NEW.shift_id AND state = 'cancelled') "
        f"BEGIN SELECT RAISE(ABORT, '{NO_SHIFT}'); END"
    ),
    (
        "CREATE TRIGGER shift_cancelled_alone BEFORE UPDATE ON shift "
        "WHEN NEW.state = 'cancelled' AND OLD.state <> 'cancelled' "
        f"AND EXISTS (SELECT 1 FROM attendance WHERE shift_id = NEW.id AND state IN {COUNTED}) "
        f"BEGIN SELECT RAISE(ABORT, '{NO_SHIFT}'); END"
    ),
)
# Whoever cancels has locked the shift: an arrival at that moment waits here, and then sees what became of it.
POSTGRESQL_TRIGGERS = (
    f"""
CREATE FUNCTION attendance_takes_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing text;
BEGIN
    SELECT state INTO standing FROM shift WHERE book_id = NEW.book_id AND id = NEW.shift_id FOR KEY SHARE;
    IF standing = 'cancelled' THEN
        RAISE EXCEPTION '{NO_SHIFT}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
""",
    (
        "CREATE TRIGGER attendance_takes_place_inserted BEFORE INSERT ON attendance FOR EACH ROW "
        f"WHEN (NEW.state IN {COUNTED}) EXECUTE FUNCTION attendance_takes_place()"
    ),
    (
        "CREATE TRIGGER attendance_takes_place_updated BEFORE UPDATE ON attendance FOR EACH ROW "
        f"WHEN (NEW.state IN {COUNTED} AND OLD.state NOT IN {COUNTED}) EXECUTE FUNCTION attendance_takes_place()"
    ),
    f"""
CREATE FUNCTION shift_cancelled_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM attendance WHERE book_id = NEW.book_id AND shift_id = NEW.id AND state IN {COUNTED}) THEN
        RAISE EXCEPTION '{NO_SHIFT}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
""",
    (
        "CREATE TRIGGER shift_cancelled_alone BEFORE UPDATE ON shift FOR EACH ROW "
        "WHEN (NEW.state = 'cancelled' AND OLD.state <> 'cancelled') EXECUTE FUNCTION shift_cancelled_alone()"
    ),
)


async def keep_cancelled_alone(apps, schema_editor) -> None:
    """Refuse that somebody is at a cancelled shift, whoever writes it."""
    client = schema_editor.client
    sqlite = client.capabilities.dialect == "sqlite"
    for statement in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        await client.execute_query(statement)


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
        ops.RunPython(keep_cancelled_alone),
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
