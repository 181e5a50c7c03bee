"""Partners' desks by code and PIN."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier

COLUMNS = (
    (
        "ALTER TABLE counter_device ADD COLUMN company_id BIGINT CONSTRAINT counter_device_company "
        "REFERENCES property_company (id) ON DELETE RESTRICT"
    ),
)
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


class Migration(checked.Migration):
    dependencies = [("caihong", "0023_services")]

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
    ]
