"""What the books need at work: holds that end, periods that keep their totals, alarms, and a guard for the desk.

Only additions: the tables of the first step stay as they are.
"""

import importlib

from tortoise.migrations import operations as ops

from kernel.engines import checked

LEDGER = importlib.import_module("migrations.0001_ledger")

TABLES = """
CREATE TABLE hold (
    book_id {int8} NOT NULL REFERENCES book (id) ON DELETE RESTRICT,
    id {int8} NOT NULL,
    person_id {int8} NOT NULL,
    amount {int8} NOT NULL,
    captured {int8} NOT NULL DEFAULT 0,
    released {int8} NOT NULL DEFAULT 0,
    placed_at {int8} NOT NULL,
    expires_at {int8} NOT NULL,
    ended_at {int8},
    PRIMARY KEY (book_id, id),
    CONSTRAINT hold_amount CHECK (amount > 0),
    CONSTRAINT hold_gives_no_more_than_it_has CHECK (
        captured >= 0 AND released >= 0 AND captured + released <= amount
    ),
    CONSTRAINT hold_ends_when_empty CHECK ((ended_at IS NULL) = (captured + released < amount)),
    CONSTRAINT hold_expires_later CHECK (expires_at > placed_at)
){keyed};
CREATE INDEX hold_open ON hold (book_id, expires_at) WHERE ended_at IS NULL;
CREATE INDEX hold_of_person ON hold (book_id, person_id, id);

CREATE TABLE alarm (
    book_id {int8} NOT NULL REFERENCES book (id) ON DELETE RESTRICT,
    id {int8} NOT NULL,
    raised_at {int8} NOT NULL,
    cleared_at {int8},
    cleared_by {int8},
    check_name {text} NOT NULL,
    says {text} NOT NULL,
    members {text} NOT NULL,
    PRIMARY KEY (book_id, id),
    CONSTRAINT alarm_is_cleared_by_somebody CHECK ((cleared_at IS NULL) = (cleared_by IS NULL))
){keyed};

CREATE TABLE period_total (
    book_id {int8} NOT NULL,
    account_id {int8} NOT NULL,
    debits {int8} NOT NULL,
    credits {int8} NOT NULL,
    ends_on {int4} NOT NULL,
    PRIMARY KEY (book_id, ends_on, account_id),
    CONSTRAINT total_of_period FOREIGN KEY (book_id, ends_on)
        REFERENCES period (book_id, ends_on) ON DELETE RESTRICT,
    CONSTRAINT period_total_of_account FOREIGN KEY (book_id, account_id)
        REFERENCES account (book_id, id) ON DELETE RESTRICT,
    CONSTRAINT period_total_counters CHECK (debits >= 0 AND credits >= 0)
){keyed};

CREATE INDEX entry_booked_on ON journal_entry (book_id, booked_on)
"""

APPEND_ONLY = {"period_total": ("book_id, ends_on, account_id",)}
KEPT = ("hold", "alarm")
HOLD_FIXED = "book_id, id, person_id, amount, placed_at"
ALARM_FIXED = "book_id, id, raised_at, check_name, says, members"

# One statement writes a whole batch and asks at its end whether everything it rests on was so: if not, nothing is written.
BOOKS_GUARD = """
CREATE FUNCTION books_guard(got bigint, wanted bigint, what text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF got <> wanted THEN
        RAISE EXCEPTION 'books-guard: % of % %', got, wanted, what USING ERRCODE = 'CH001';
    END IF;
    RETURN 1;
END $$
"""


async def put_books_to_work(apps, schema_editor) -> None:
    """Create the tables, their triggers and the guard."""
    client = schema_editor.client
    sqlite = client.capabilities.dialect == "sqlite"
    names = LEDGER.SQLITE_NAMES if sqlite else LEDGER.POSTGRESQL_NAMES
    statements = [part.strip() for part in TABLES.format(**names).split(";")]
    fixed = {"hold": HOLD_FIXED, "alarm": ALARM_FIXED}
    statements += (
        LEDGER.sqlite_triggers(APPEND_ONLY, KEPT, fixed)
        if sqlite
        else [BOOKS_GUARD, *LEDGER.postgresql_triggers(APPEND_ONLY, KEPT, fixed)]
    )
    for statement in statements:
        await client.execute_query(statement)


class Migration(checked.Migration):
    """The books as they came to work."""

    dependencies = [("caihong", "0004_redemption")]

    operations = [ops.RunPython(put_books_to_work)]
