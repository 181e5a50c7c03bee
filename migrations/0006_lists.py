"""The papers behind what comes in by lists: an opening of the books, and points granted to many.

Explicit SQL like the tables of the books: each is the document of its entries, and says what they must have moved.
"""

import importlib

from tortoise.migrations import operations as ops

from kernel.engines import checked

LEDGER = importlib.import_module("migrations.0001_ledger")

TABLES = """
CREATE TABLE opening (
    book_id {int8} NOT NULL REFERENCES book (id) ON DELETE RESTRICT,
    id {int8} NOT NULL,
    points {int8} NOT NULL,
    minutes {int8} NOT NULL,
    imported_by {int8},
    imported_at {int8} NOT NULL,
    people {int4} NOT NULL,
    first_number {int4} NOT NULL,
    digest {text} NOT NULL,
    PRIMARY KEY (book_id, id),
    CONSTRAINT opening_once UNIQUE (book_id, digest),
    CONSTRAINT opening_amounts CHECK (points >= 0 AND minutes >= 0 AND people > 0)
){keyed};

CREATE TABLE points_grant (
    book_id {int8} NOT NULL REFERENCES book (id) ON DELETE RESTRICT,
    id {int8} NOT NULL,
    points_listed {int8} NOT NULL,
    points_granted {int8} NOT NULL DEFAULT 0,
    made_by {int8} NOT NULL,
    approved_by {int8},
    made_at {int8} NOT NULL,
    expires_on {int4} NOT NULL,
    people {int4} NOT NULL,
    digest {text} NOT NULL,
    PRIMARY KEY (book_id, id),
    CONSTRAINT grant_once UNIQUE (book_id, digest),
    CONSTRAINT grant_within_its_list CHECK (
        points_listed > 0 AND people > 0 AND points_granted >= 0 AND points_granted <= points_listed
    ),
    CONSTRAINT grant_two_people CHECK (approved_by IS NULL OR approved_by <> made_by)
){keyed}
"""

APPEND_ONLY = {"opening": ("book_id, id", "book_id, digest")}
KEPT = ("points_grant",)
FIXED = {
    "points_grant": "book_id, id, points_listed, made_by, approved_by, made_at, expires_on, people, digest"
}


async def make_lists(apps, schema_editor) -> None:
    """Create the tables and the triggers that keep them."""
    client = schema_editor.client
    sqlite = client.capabilities.dialect == "sqlite"
    names = LEDGER.SQLITE_NAMES if sqlite else LEDGER.POSTGRESQL_NAMES
    statements = [part.strip() for part in TABLES.format(**names).split(";")]
    triggers = LEDGER.sqlite_triggers if sqlite else LEDGER.postgresql_triggers
    for statement in [*statements, *triggers(APPEND_ONLY, KEPT, FIXED)]:
        await client.execute_query(statement)


class Migration(checked.Migration):
    """The books take in lists."""

    dependencies = [("caihong", "0005_books_at_work")]

    operations = [ops.RunPython(make_lists)]
