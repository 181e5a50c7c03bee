"""Partners' desks by code and PIN; one property company in another's place."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier

COLUMNS = (
    (
        "ALTER TABLE counter_device ADD COLUMN company_id BIGINT CONSTRAINT counter_device_company "
        "REFERENCES property_company (id) ON DELETE RESTRICT"
    ),
    "ALTER TABLE property_company ADD COLUMN ended_at BIGINT",
)
BECAUSE = ("voucher_rebinding_because", "(event_id IS NULL) <> (change_id IS NULL)")
CHANGE = (
    (
        "ALTER TABLE voucher_rebinding ADD COLUMN change_id BIGINT CONSTRAINT voucher_rebinding_change "
        "REFERENCES company_change (id) ON DELETE RESTRICT "
        f"CONSTRAINT {BECAUSE[0]} CHECK ({BECAUSE[1]})"
    ),
    "CREATE INDEX voucher_rebinding_by_change ON voucher_rebinding (book_id, change_id)",
)
EVENT = ('"event_id" BIGINT NOT NULL', '"event_id" BIGINT')
ENDED = (
    "SELECT 1 FROM property_company c WHERE c.book_id = NEW.book_id AND c.id = NEW.company_id "
    "AND c.ended_at IS NOT NULL"
)
ENDED_SAYS = "another company takes the vouchers in this one's place"
SAID = {
    "CounterDevice": {
        "table": "counter_device",
        "app": "caihong",
        "indexes": [Index(fields=["book_id", "name"])],
        "pk_attr": "id",
        "table_description": "A browser that stands at a counter or a partner's desk, where people take turns by their PIN.",
    },
    "ClerkPin": {
        "table": "clerk_pin",
        "app": "caihong",
        "unique_together": (("book_id", "person"),),
        "pk_attr": "id",
        "table_description": "The PIN with which a clerk or one of a partner's people takes over a counter's or desk's browser.",
    },
}


def to(name, model, related_name, null=False):
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


def big(**more):
    """Return a column of moments, sums or numbers of persons."""
    return fields.BigIntField(**more)


async def add_columns(apps, schema_editor) -> None:
    """Add the columns."""
    for statement in COLUMNS:
        await schema_editor.client.execute_query(statement)


async def let_companies_change(apps, schema_editor) -> None:
    """Let a voucher pass on because of a change too, and none be issued at a company that left."""
    client = schema_editor.client
    for statement in CHANGE:
        await client.execute_query(statement)
    if client.capabilities.dialect != "sqlite":
        await client.execute_query(
            "ALTER TABLE voucher_rebinding ALTER COLUMN event_id DROP NOT NULL"
        )
        await client.execute_query(
            "CREATE FUNCTION voucher_of_a_company_that_left() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF EXISTS ({ENDED}) THEN RAISE EXCEPTION 'voucher_of_a_company_that_left: {quoted(ENDED_SAYS)}' "
            "USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
        )
        await client.execute_query(
            "CREATE TRIGGER voucher_of_a_company_that_left BEFORE INSERT ON voucher "
            "FOR EACH ROW EXECUTE FUNCTION voucher_of_a_company_that_left()"
        )
        return
    await client.execute_query(
        f"CREATE TRIGGER voucher_of_a_company_that_left BEFORE INSERT ON voucher WHEN EXISTS ({ENDED}) "
        f"BEGIN SELECT RAISE(ABORT, 'voucher_of_a_company_that_left: {quoted(ENDED_SAYS)}'); END"
    )
    # Allowing more touches no row: SQLite's own manual has the text replaced where it stands.
    (version,) = await client.execute_query_dict("PRAGMA schema_version")
    await client.execute_query("PRAGMA writable_schema = ON")
    count, _ = await client.execute_query(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) "
        "WHERE type = 'table' AND name = 'voucher_rebinding' AND instr(sql, ?) > 0",
        [*EVENT, EVENT[0]],
    )
    await client.execute_query(f"PRAGMA schema_version = {version['schema_version'] + 1}")
    await client.execute_query("PRAGMA writable_schema = OFF")
    if count != 1:
        raise RuntimeError("the events of rebindings were not found as they were made")


def quoted(text: str) -> str:
    """Return a text as it stands between single quotes."""
    return text.replace("'", "''")


class Migration(checked.Migration):
    dependencies = [("caihong", "0025_sheets")]

    initial = False

    operations = [
        ops.RunPython(add_columns),
        *(Known(ops.AlterModelOptions(model, options)) for model, options in SAID.items()),
        Known(
            ops.AddField(
                "CounterDevice", *to("company", "PropertyCompany", "desk_browsers", null=True)
            )
        ),
        CreateChecked(
            name="DeskCode",
            fields=[
                identifier(),
                ("book_id", big()),
                to("company", "PropertyCompany", "desk_codes"),
                ("code_hash", fields.CharField(unique=True, max_length=64)),
                ("made_by", big()),
                ("made_at", big()),
                ("replaced_at", big(null=True)),
            ],
            options={
                "table": "desk_code",
                "app": "caihong",
                "indexes": [Index(fields=["book_id", "company_id"])],
                "pk_attr": "id",
                "table_description": "A partner's code, kept as its SHA-256. A newer one ends it.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="CompanyChange",
            fields=[
                identifier(),
                ("book_id", big()),
                to("before", "PropertyCompany", "changed_from"),
                to("after", "PropertyCompany", "changed_to"),
                ("vouchers", fields.IntField()),
                ("amount_fen", big()),
                to("approval", "Approval", "company_changes"),
                ("asked_by", big()),
                ("signed_by", big(null=True)),
                ("changed_at", big()),
            ],
            options={
                "table": "company_change",
                "app": "caihong",
                "unique_together": (("book_id", "approval"),),
                "indexes": [Index(fields=["book_id", "changed_at"])],
                "constraints": [
                    CheckConstraint("before_id <> after_id", "company_change_of_two"),
                    CheckConstraint(
                        "vouchers > 0 AND amount_fen > 0", "company_change_is_positive"
                    ),
                    CheckConstraint("asked_by <> signed_by", "company_change_two_persons"),
                ],
                "pk_attr": "id",
                "table_description": "One property company in another's place: so many vouchers, with so much left on them, in one entry.",
            },
            bases=["Model"],
        ),
        ops.RunPython(let_companies_change),
        Known(ops.AddField("PropertyCompany", "ended_at", big(null=True))),
        Known(ops.AlterField("Rebinding", *to("event", "LifeEvent", "rebindings", null=True))),
        Known(ops.AddField("Rebinding", *to("change", "CompanyChange", "rebindings", null=True))),
        Known(ops.AddConstraint("Rebinding", CheckConstraint(check=BECAUSE[1], name=BECAUSE[0]))),
    ]
