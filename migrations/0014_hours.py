"""Rules say more than points an hour; breaks, caps, public notice, and hours that the rule itself verifies.

What a rule meant before it means still: whole quarter hours, no limits, points at once, always verified by a person.
"""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from checkin.models import Provenance
from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier


def number(null=True, **more):
    """Return a column of whole numbers."""
    return fields.IntField(null=null, **more)


def moment():
    """Return a column of moments that may be missing."""
    return fields.BigIntField(null=True)


BOOL = "BOOL NOT NULL DEFAULT FALSE"
# Column, its type, its CHECK by name, and the field; every row there is gets the default.
RULE = (
    (
        "category",
        "VARCHAR(40) NOT NULL DEFAULT ''",
        None,
        fields.CharField(default="", max_length=40),
    ),
    (
        *("rounding_minutes", "INT NOT NULL DEFAULT 15"),
        ("award_rule_rounding", "rounding_minutes BETWEEN 1 AND 60"),
        number(null=False, default=15),
    ),
    (
        *("minimum_minutes", "INT NOT NULL DEFAULT 0"),
        ("award_rule_minimum", "minimum_minutes >= 0"),
        number(null=False, default=0),
    ),
    ("longest_minutes", "INT", ("award_rule_longest", "longest_minutes >= 1"), number()),
    ("points_per_day", "INT", ("award_rule_day", "points_per_day >= 0"), number()),
    ("points_per_month", "INT", ("award_rule_month", "points_per_month >= 0"), number()),
    (
        *("notice_days", "INT NOT NULL DEFAULT 0", ("award_rule_notice", "notice_days >= 0")),
        number(null=False, default=0),
    ),
    (
        *("notice_days_by_hand", "INT NOT NULL DEFAULT 0"),
        ("award_rule_notice_by_hand", "notice_days_by_hand >= 0"),
        number(null=False, default=0),
    ),
    ("verifies_itself", BOOL, None, fields.BooleanField(default=False)),
    (
        *("grace_minutes", "INT NOT NULL DEFAULT 15", ("award_rule_grace", "grace_minutes >= 0")),
        number(null=False, default=15),
    ),
    (
        *("second_above_minutes", "INT", ("award_rule_second_above", "second_above_minutes >= 0")),
        number(),
    ),
    ("second_after_days", "INT", ("award_rule_second_after", "second_after_days >= 0"), number()),
)
ATTENDANCE = (
    (
        *("verified_by_rule", BOOL),
        (
            "attendance_by_rule_alone",
            "NOT verified_by_rule OR (state = 'verified' AND verifier_id IS NULL)",
        ),
        fields.BooleanField(default=False),
    ),
    ("minutes_recorded", "INT", None, number()),
    (
        *("needs_second", BOOL),
        (
            "attendance_second_person",
            (
                "NOT needs_second OR state <> 'verified'"
                " OR (confirmed_by IS NOT NULL AND verifier_id IS NOT NULL AND verifier_id <> confirmed_by)"
            ),
        ),
        fields.BooleanField(default=False),
    ),
    ("served_on", "INT", None, number()),
    (
        "stopped_by",
        "VARCHAR(20) NOT NULL DEFAULT ''",
        None,
        fields.CharField(default="", max_length=20),
    ),
    ("arrives_at", "BIGINT", None, moment()),
    (
        *("arrived_at", "BIGINT"),
        ("attendance_arrives_after_notice", "arrived_at IS NULL OR arrives_at IS NOT NULL"),
        moment(),
    ),
    (
        *("disputed_at", "BIGINT"),
        (
            "attendance_disputed_arrives_not",
            "disputed_at IS NULL OR (arrives_at IS NOT NULL AND arrived_at IS NULL)",
        ),
        moment(),
    ),
    ("disputed_by", "BIGINT", None, moment()),
    (
        "dispute",
        "VARCHAR(200) NOT NULL DEFAULT ''",
        None,
        fields.CharField(default="", max_length=200),
    ),
)
COLUMNS = {"award_rule": ("AwardRule", RULE), "attendance": ("Attendance", ATTENDANCE)}

BY_SOMEBODY = "attendance_verified_by_somebody"
BEFORE = "state <> 'verified' OR (verifier_id IS NOT NULL AND verified_at IS NOT NULL)"
AFTER = (
    "state <> 'verified'"
    " OR ((verifier_id IS NOT NULL OR verified_by_rule) AND verified_at IS NOT NULL)"
)

# Nobody serves at two places at once: who is present has no end yet.
COUNTED = "('present', 'left', 'verified')"
MEETS = (
    "SELECT 1 FROM attendance o WHERE o.book_id = NEW.book_id AND o.person_id = NEW.person_id AND o.id <> NEW.id "
    f"AND o.state IN {COUNTED} AND o.checked_in_at < COALESCE(NEW.checked_out_at, 9223372036854775807) "
    "AND NEW.checked_in_at < COALESCE(o.checked_out_at, 9223372036854775807)"
)
MOVED = (
    f"OLD.state NOT IN {COUNTED} OR OLD.checked_in_at <> NEW.checked_in_at "
    "OR COALESCE(OLD.checked_out_at, -1) <> COALESCE(NEW.checked_out_at, -1) OR OLD.person_id <> NEW.person_id"
)
SAYS = "attendance_apart: these times meet another attendance of the same person"
SQLITE_TRIGGERS = (
    (
        f"CREATE TRIGGER attendance_apart_inserted BEFORE INSERT ON attendance WHEN NEW.state IN {COUNTED} "
        f"AND EXISTS ({MEETS}) BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    ),
    (
        "CREATE TRIGGER attendance_apart_updated BEFORE UPDATE ON attendance "
        f"WHEN NEW.state IN {COUNTED} AND ({MOVED}) "
        f"AND EXISTS ({MEETS}) BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    ),
)
# The person's membership is locked first, as every verb does: of two at once the second sees what the first wrote.
POSTGRESQL_TRIGGERS = (
    f"""
CREATE FUNCTION attendance_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM membership WHERE book_id = NEW.book_id AND person_id = NEW.person_id FOR NO KEY UPDATE;
    IF EXISTS ({MEETS}) THEN
        RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$
""",
    (
        "CREATE TRIGGER attendance_apart_inserted BEFORE INSERT ON attendance FOR EACH ROW "
        f"WHEN (NEW.state IN {COUNTED}) EXECUTE FUNCTION attendance_apart()"
    ),
    (
        "CREATE TRIGGER attendance_apart_updated BEFORE UPDATE ON attendance FOR EACH ROW "
        f"WHEN (NEW.state IN {COUNTED} AND ({MOVED})) EXECUTE FUNCTION attendance_apart()"
    ),
)


async def add_columns(apps, schema_editor) -> None:
    """Add the columns with their CHECKs."""
    for table, (_, columns) in COLUMNS.items():
        for name, kind, check, _ in columns:
            said = f" CONSTRAINT {check[0]} CHECK ({check[1]})" if check else ""
            await schema_editor.client.execute_query(
                f"ALTER TABLE {table} ADD COLUMN {name} {kind}{said}"
            )


async def let_the_rule_verify(apps, schema_editor) -> None:
    """Let a verification rest on the rule instead of a person."""
    client = schema_editor.client
    if client.capabilities.dialect != "sqlite":
        await client.execute_query(f"ALTER TABLE attendance DROP CONSTRAINT {BY_SOMEBODY}")
        await client.execute_query(
            f"ALTER TABLE attendance ADD CONSTRAINT {BY_SOMEBODY} CHECK ({AFTER})"
        )
        return
    # A CHECK that allows more touches no row: SQLite's own manual has its text replaced where it stands.
    (version,) = await client.execute_query_dict("PRAGMA schema_version")
    await client.execute_query("PRAGMA writable_schema = ON")
    count, _ = await client.execute_query(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) "
        "WHERE type = 'table' AND name = 'attendance' AND instr(sql, ?) > 0",
        [f"CHECK ({BEFORE})", f"CHECK ({AFTER})", f"CHECK ({BEFORE})"],
    )
    await client.execute_query(f"PRAGMA schema_version = {version['schema_version'] + 1}")
    await client.execute_query("PRAGMA writable_schema = OFF")
    if count != 1:
        raise RuntimeError("the CHECK of verified attendances was not found as it was made")


async def keep_apart(apps, schema_editor) -> None:
    """Refuse attendances of one person that overlap, whoever writes them."""
    client = schema_editor.client
    sqlite = client.capabilities.dialect == "sqlite"
    for statement in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        await client.execute_query(statement)


def belongs(name, model, related_name):
    """Return a foreign key that keeps what it points at."""
    return (
        name,
        fields.ForeignKeyField(
            f"caihong.{model}",
            source_field=f"{name}_id",
            db_constraint=True,
            to_field="id",
            related_name=related_name,
            on_delete=OnDelete.RESTRICT,
        ),
    )


class Migration(checked.Migration):
    dependencies = [("caihong", "0013_privacy")]

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
        ops.RunPython(let_the_rule_verify),
        Known(ops.RemoveConstraint("Attendance", name=BY_SOMEBODY)),
        Known(ops.AddConstraint("Attendance", CheckConstraint(check=AFTER, name=BY_SOMEBODY))),
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
        ops.RunPython(keep_apart),
        CreateChecked(
            name="Break",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                belongs("attendance", "Attendance", "breaks"),
                ("begins_at", fields.BigIntField()),
                ("ends_at", fields.BigIntField()),
            ],
            options={
                "table": "attendance_break",
                "app": "caihong",
                "unique_together": (("book_id", "attendance", "begins_at"),),
                "constraints": [
                    CheckConstraint(check="ends_at > begins_at", name="break_ends_after_beginning")
                ],
                "pk_attr": "id",
                "table_description": "Time between coming and leaving that was not service (UTC microseconds).",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="PointsTally",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                belongs("person", "Person", "points_tallies"),
                ("period", fields.IntField()),
                ("points", fields.BigIntField(default=0)),
            ],
            options={
                "table": "points_tally",
                "app": "caihong",
                "unique_together": (("book_id", "person", "period"),),
                "constraints": [
                    CheckConstraint(check="points >= 0", name="points_tally_not_negative")
                ],
                "pk_attr": "id",
                "table_description": "The points that rules with a cap gave one person for a day (yyyymmdd) or a month (yyyymm) of service.",
            },
            bases=["Model"],
        ),
    ]
