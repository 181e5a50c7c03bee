"""Paper sheets for a day without network, books to practise in, and the counter's second screen."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, identifier
from redemption.sheet_papers import ROW_RULES, Bearing, RowState, SheetEnd

KIND = "SHEET_SETTLED"


async def know(apps, schema_editor) -> None:
    """Let the books know the new kind of entry, and which of them are for practice."""
    client = schema_editor.client
    number = "INTEGER" if client.capabilities.dialect == "sqlite" else "SMALLINT"
    await client.execute_query(f"INSERT INTO entry_kind (code) VALUES ('{KIND}')")
    await client.execute_query(
        f"ALTER TABLE book ADD COLUMN practice {number} NOT NULL DEFAULT 0 CHECK (practice IN (0, 1))"
    )


def foreign(name, model, related_name):
    """Return a foreign key that restricts."""
    field = fields.ForeignKeyField(
        f"caihong.{model}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.RESTRICT,
    )
    return (name, field)


def big(name, **more):
    """Return a column of moments, points, or numbers of other rows."""
    return (name, fields.BigIntField(**more))


def small(name, **more):
    """Return a column of days, places or points of one row."""
    return (name, fields.IntField(**more))


def text(name, length, **more):
    """Return a column of text."""
    return (name, fields.CharField(max_length=length, **more))


def choice(name, kind, **more):
    """Return a column that holds one of a few words."""
    words = "\n".join(f"{each.name}: {each.value}" for each in kind)
    return (name, fields.CharEnumField(description=words, enum_type=kind, max_length=10, **more))


def table(model, name, says, columns, checks=(), unique=(), indexes=()):
    """Return the making of a table of documents with its CHECKs."""
    options = {"table": name, "app": "caihong", "pk_attr": "id", "table_description": says}
    if checks:
        options["constraints"] = [CheckConstraint(rule, check) for check, rule in checks]
    if unique:
        options["unique_together"] = unique
    if indexes:
        options["indexes"] = [Index(fields=list(each)) for each in indexes]
    return CreateChecked(
        name=model, fields=[identifier(), *columns], options=options, bases=["Model"]
    )


class Migration(checked.Migration):
    dependencies = [("caihong", "0024_day")]

    initial = False

    operations = [
        ops.RunPython(know),
        table(
            *("PaperSheet", "paper_sheet"),
            "One numbered sheet that was printed for a day, and what became of it.",
            [
                big("book_id"),
                foreign("shop", "Shop", "paper_sheets"),
                *(small("number"), big("pack_id"), small("day")),
                *(big("printed_by"), big("printed_at")),
                choice("end", SheetEnd, null=True),
                *(big("ended_by", null=True), big("ended_at", null=True)),
            ],
            [
                ("paper_sheet_number", "number >= 1"),
                ("paper_sheet_ended_by", "(ended_at IS NULL) = (ended_by IS NULL)"),
                ("paper_sheet_ended_as", "(ended_at IS NULL) = (COALESCE(\"end\", '') = '')"),
            ],
            unique=(("book_id", "shop", "number"),),
            indexes=(("book_id", "pack_id"),),
        ),
        table(
            *("SheetRow", "sheet_row"),
            "What one row of a sheet says: who took what home, and when, with what the purse lacked.",
            [
                big("book_id"),
                foreign("sheet", "PaperSheet", "rows"),
                small("place"),
                foreign("person", "Person", "sheet_rows"),
                text("cart", 2000),
                *(small("points_written", null=True), big("happened_at")),
                choice("state", RowState, default=RowState.WAITING),
                text("refusal", 60, default=""),
                *(big("entered_by"), big("entered_at")),
                *(big("decided_by", null=True), big("decided_at", null=True)),
                choice("borne", Bearing, null=True),
                big("missing_points", default=0),
                text("note", 200, default=""),
                big("redemption_id", null=True),
            ],
            list(ROW_RULES.items()),
            unique=(("book_id", "sheet", "place"), ("book_id", "redemption_id")),
            indexes=(("book_id", "state"), ("book_id", "person_id")),
        ),
        table(
            *("PracticeBook", "practice_book"),
            (
                "One book to practise in: for whom of which community it was opened, until when, and when it was "
                "thrown away."
            ),
            [
                ("book_id", fields.BigIntField(unique=True)),
                *(big("real_book_id"), big("opened_by", null=True)),
                *(big("opened_at"), big("ends_at"), big("ended_at", null=True)),
            ],
            indexes=(("real_book_id", "ended_at"),),
        ),
        table(
            *("CounterDisplay", "counter_display"),
            (
                "The second screen of one clerk's counter: what it shows now, and the device that was paired with it, "
                "if any."
            ),
            [
                *(big("book_id"), big("clerk_id")),
                text("shown", 600, default=""),
                *(big("shown_at", default=0), big("watched_at", default=0)),
                *(text("code_hash", 64, default=""), big("code_until", default=0)),
                *(text("token_hash", 64, default=""), big("paired_until", default=0)),
            ],
            unique=(("book_id", "clerk_id"),),
            indexes=(("token_hash",), ("code_hash",)),
        ),
    ]
