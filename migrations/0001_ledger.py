"""The books: explicit SQL, the same on SQLite and PostgreSQL but for type names and the language of triggers.

These tables are never rebuilt. Wide columns stand first so that PostgreSQL pads little. Calendar days are whole numbers
(20261130), moments are UTC microseconds. Kinds are rows, not a CHECK, so that a new kind is an INSERT on both.
"""

from tortoise.migrations import operations as ops

from kernel.engines import checked

TABLES = """
CREATE TABLE book (
    id {int8} PRIMARY KEY,
    opened_at {int8} NOT NULL,
    closed_until {int4},
    read_only {int2} NOT NULL DEFAULT 0 CHECK (read_only IN (0, 1)),
    zone {text} NOT NULL
){table};

CREATE TABLE asset (
    book_id {int8} NOT NULL REFERENCES book (id) ON DELETE RESTRICT,
    code {text} NOT NULL,
    unit {text} NOT NULL,
    name {text} NOT NULL,
    PRIMARY KEY (book_id, code)
){keyed};

CREATE TABLE account (
    book_id {int8} NOT NULL,
    id {int8} NOT NULL,
    opened_at {int8} NOT NULL,
    closed_at {int8},
    side {int2} NOT NULL,
    floored {int2} NOT NULL CHECK (floored IN (0, 1)),
    lots {int2} NOT NULL CHECK (lots IN (0, 1)),
    path {text} NOT NULL,
    asset {text} NOT NULL,
    type {text} NOT NULL,
    PRIMARY KEY (book_id, id),
    CONSTRAINT account_path UNIQUE (book_id, path, asset),
    CONSTRAINT account_asset UNIQUE (book_id, asset, id),
    CONSTRAINT account_side UNIQUE (book_id, id, side),
    CONSTRAINT account_of_asset FOREIGN KEY (book_id, asset) REFERENCES asset (book_id, code) ON DELETE RESTRICT,
    CONSTRAINT account_normal_side CHECK (
        (type IN ('asset', 'expense') AND side = -1) OR (type IN ('liability', 'income', 'equity') AND side = 1)
    ),
    CONSTRAINT account_lots_are_floored CHECK (lots <= floored)
){keyed};

CREATE TABLE balance (
    book_id {int8} NOT NULL,
    account_id {int8} NOT NULL,
    debits {int8} NOT NULL DEFAULT 0,
    credits {int8} NOT NULL DEFAULT 0,
    version {int8} NOT NULL DEFAULT 0,
    side {int2} NOT NULL,
    closed {int2} NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    PRIMARY KEY (book_id, account_id),
    CONSTRAINT balance_of_account FOREIGN KEY (book_id, account_id, side)
        REFERENCES account (book_id, id, side) ON DELETE RESTRICT,
    CONSTRAINT balance_floor CHECK ((credits - debits) * side >= 0),
    CONSTRAINT balance_counters CHECK (debits >= 0 AND credits >= 0 AND version >= 0)
){keyed}{hot};

CREATE TABLE lot_balance (
    book_id {int8} NOT NULL,
    account_id {int8} NOT NULL,
    debits {int8} NOT NULL DEFAULT 0,
    credits {int8} NOT NULL DEFAULT 0,
    expires_on {int4} NOT NULL,
    PRIMARY KEY (book_id, account_id, expires_on),
    CONSTRAINT lot_of_balance FOREIGN KEY (book_id, account_id)
        REFERENCES balance (book_id, account_id) ON DELETE RESTRICT,
    CONSTRAINT lot_floor CHECK (debits >= 0 AND credits >= debits)
){keyed}{hot};

CREATE TABLE entry_kind (
    code {text} PRIMARY KEY
){table};

CREATE TABLE journal_entry (
    book_id {int8} NOT NULL REFERENCES book (id) ON DELETE RESTRICT,
    id {int8} NOT NULL,
    occurred_at {int8} NOT NULL,
    posted_at {int8} NOT NULL,
    actor_id {int8},
    approver_id {int8},
    document_id {int8} NOT NULL,
    reverses_id {int8},
    booked_on {int4} NOT NULL,
    rule_version {int4},
    leaf_version {int2} NOT NULL,
    leaf {bytes} NOT NULL,
    reason_hash {bytes},
    kind {text} NOT NULL REFERENCES entry_kind (code) ON DELETE RESTRICT,
    document_type {text} NOT NULL,
    reason_code {text},
    PRIMARY KEY (book_id, id),
    CONSTRAINT entry_reversed_once UNIQUE (book_id, reverses_id),
    CONSTRAINT entry_reverses FOREIGN KEY (book_id, reverses_id)
        REFERENCES journal_entry (book_id, id) ON DELETE RESTRICT,
    CONSTRAINT entry_two_people CHECK (approver_id IS NULL OR approver_id <> actor_id)
){keyed};
CREATE INDEX entry_document ON journal_entry (book_id, document_id);

CREATE TABLE entry_reason (
    book_id {int8} NOT NULL,
    entry_id {int8} NOT NULL,
    salt {bytes} NOT NULL,
    reason {text} NOT NULL,
    PRIMARY KEY (book_id, entry_id),
    CONSTRAINT reason_of_entry FOREIGN KEY (book_id, entry_id)
        REFERENCES journal_entry (book_id, id) ON DELETE RESTRICT
){keyed};

CREATE TABLE transfer (
    book_id {int8} NOT NULL,
    entry_id {int8} NOT NULL,
    debit_id {int8} NOT NULL,
    credit_id {int8} NOT NULL,
    amount {int8} NOT NULL,
    debit_balance {int8},
    debit_version {int8},
    credit_balance {int8},
    credit_version {int8},
    expires_on {int4},
    line {int2} NOT NULL,
    asset {text} NOT NULL,
    PRIMARY KEY (book_id, entry_id, line),
    CONSTRAINT transfer_of_entry FOREIGN KEY (book_id, entry_id)
        REFERENCES journal_entry (book_id, id) ON DELETE RESTRICT,
    CONSTRAINT transfer_debit FOREIGN KEY (book_id, asset, debit_id)
        REFERENCES account (book_id, asset, id) ON DELETE RESTRICT,
    CONSTRAINT transfer_credit FOREIGN KEY (book_id, asset, credit_id)
        REFERENCES account (book_id, asset, id) ON DELETE RESTRICT,
    CONSTRAINT transfer_amount CHECK (amount > 0),
    CONSTRAINT transfer_two_accounts CHECK (debit_id <> credit_id),
    CONSTRAINT transfer_running_debit CHECK ((debit_balance IS NULL) = (debit_version IS NULL)),
    CONSTRAINT transfer_running_credit CHECK ((credit_balance IS NULL) = (credit_version IS NULL))
){keyed};
CREATE UNIQUE INDEX transfer_debit_version ON transfer (book_id, debit_id, debit_version)
    WHERE debit_version IS NOT NULL;
CREATE UNIQUE INDEX transfer_credit_version ON transfer (book_id, credit_id, credit_version)
    WHERE credit_version IS NOT NULL;
CREATE INDEX transfer_house_debit ON transfer (book_id, debit_id, entry_id) WHERE debit_version IS NULL;
CREATE INDEX transfer_house_credit ON transfer (book_id, credit_id, entry_id) WHERE credit_version IS NULL;

CREATE TABLE idempotency (
    book_id {int8} NOT NULL REFERENCES book (id) ON DELETE RESTRICT,
    entry_id {int8},
    answered_at {int8} NOT NULL,
    scope {text} NOT NULL,
    key {text} NOT NULL,
    fingerprint {bytes} NOT NULL,
    outcome {text} NOT NULL,
    refusal {text},
    PRIMARY KEY (book_id, scope, key),
    CONSTRAINT key_of_entry FOREIGN KEY (book_id, entry_id)
        REFERENCES journal_entry (book_id, id) ON DELETE RESTRICT,
    CONSTRAINT key_outcome CHECK (
        (outcome = 'posted' AND entry_id IS NOT NULL AND refusal IS NULL)
        OR (outcome = 'refused' AND entry_id IS NULL AND refusal IS NOT NULL)
    )
){keyed};

CREATE TABLE seal_queue (
    book_id {int8} NOT NULL,
    entry_id {int8} NOT NULL,
    PRIMARY KEY (book_id, entry_id),
    CONSTRAINT queued_entry FOREIGN KEY (book_id, entry_id)
        REFERENCES journal_entry (book_id, id) ON DELETE RESTRICT
){keyed};

CREATE TABLE seal_block (
    book_id {int8} NOT NULL REFERENCES book (id) ON DELETE RESTRICT,
    number {int8} NOT NULL,
    sealed_at {int8} NOT NULL,
    entries {int8} NOT NULL CHECK (entries > 0),
    entries_total {int8} NOT NULL CHECK (entries_total >= entries),
    format_version {int2} NOT NULL,
    previous_hash {bytes} NOT NULL,
    root {bytes} NOT NULL,
    totals_hash {bytes} NOT NULL,
    hash {bytes} NOT NULL,
    PRIMARY KEY (book_id, number)
){keyed};

CREATE TABLE block_total (
    book_id {int8} NOT NULL,
    account_id {int8} NOT NULL,
    block_number {int8} NOT NULL,
    debits {int8} NOT NULL CHECK (debits >= 0),
    credits {int8} NOT NULL CHECK (credits >= 0),
    PRIMARY KEY (book_id, account_id, block_number),
    CONSTRAINT total_of_block FOREIGN KEY (book_id, block_number)
        REFERENCES seal_block (book_id, number) ON DELETE RESTRICT,
    CONSTRAINT total_of_account FOREIGN KEY (book_id, account_id)
        REFERENCES account (book_id, id) ON DELETE RESTRICT
){keyed};

CREATE TABLE seal_member (
    book_id {int8} NOT NULL,
    entry_id {int8} NOT NULL,
    block_number {int8} NOT NULL,
    position {int4} NOT NULL CHECK (position >= 0),
    leaf {bytes} NOT NULL,
    PRIMARY KEY (book_id, block_number, position),
    CONSTRAINT member_once UNIQUE (book_id, entry_id),
    CONSTRAINT member_of_block FOREIGN KEY (book_id, block_number)
        REFERENCES seal_block (book_id, number) ON DELETE RESTRICT,
    CONSTRAINT member_entry FOREIGN KEY (book_id, entry_id)
        REFERENCES journal_entry (book_id, id) ON DELETE RESTRICT
){keyed};

CREATE TABLE checkpoint (
    book_id {int8} NOT NULL,
    block_number {int8} NOT NULL,
    signed_at {int8} NOT NULL,
    key_id {text} NOT NULL,
    statement {text} NOT NULL,
    signature {bytes} NOT NULL,
    PRIMARY KEY (book_id, block_number),
    CONSTRAINT checkpoint_of_block FOREIGN KEY (book_id, block_number)
        REFERENCES seal_block (book_id, number) ON DELETE RESTRICT
){keyed};

CREATE TABLE period (
    book_id {int8} NOT NULL REFERENCES book (id) ON DELETE RESTRICT,
    closed_at {int8} NOT NULL,
    closed_by {int8} NOT NULL,
    ends_on {int4} NOT NULL,
    digest {bytes} NOT NULL,
    PRIMARY KEY (book_id, ends_on)
){keyed}
"""

# Append-only tables, each with the columns of its unique keys.
APPEND_ONLY = {
    "journal_entry": ("book_id, id", "book_id, reverses_id"),
    "transfer": (
        "book_id, entry_id, line",
        "book_id, debit_id, debit_version",
        "book_id, credit_id, credit_version",
    ),
    "idempotency": ("book_id, scope, key",),
    "seal_block": ("book_id, number",),
    "block_total": ("book_id, account_id, block_number",),
    "seal_member": ("book_id, block_number, position", "book_id, entry_id"),
    "checkpoint": ("book_id, block_number",),
    "period": ("book_id, ends_on",),
}
KEPT = ("account", "balance", "lot_balance")
ACCOUNT_FIXED = "book_id, id, opened_at, side, floored, lots, path, asset, type"

KINDS = (
    "OPENING_BALANCE",
    "HOURS_EARNED",
    "HOURS_UNVERIFIED",
    "NOTICE_ENDED",
    "POINTS_GRANTED",
    "POINTS_EXPIRED",
    "POINTS_DONATED",
    "DEBT_WRITTEN_OFF",
    "HOLD_PLACED",
    "HOLD_CAPTURED",
    "HOLD_RELEASED",
    "GOODS_REDEEMED",
    "GOODS_RETURNED",
    "GOODS_GIVEN",
    "STOCK_RECEIVED",
    "STOCK_COUNTED",
    "STOCK_WRITTEN_OFF",
    "VOUCHER_ISSUED",
    "VOUCHER_USED",
    "VOUCHER_VOIDED",
    "VOUCHER_EXPIRED",
    "SETTLEMENT_OPENED",
    "SETTLEMENT_PAID",
    "REVERSAL",
)

SQLITE_NAMES = {
    "int8": "INTEGER",
    "int4": "INTEGER",
    "int2": "INTEGER",
    "text": "TEXT",
    "bytes": "BLOB",
    "table": " STRICT",
    "keyed": " STRICT, WITHOUT ROWID",
    "hot": "",
}
POSTGRESQL_NAMES = {
    "int8": "bigint",
    "int4": "integer",
    "int2": "smallint",
    "text": "text",
    "bytes": "bytea",
    "table": "",
    "keyed": "",
    # Room on the page keeps a counter's next version beside the last one, with no index to touch.
    "hot": " WITH (fillfactor = 70)",
}

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % keeps its rows; post a reversal or a new entry instead', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""


Keys = dict[str, tuple[str, ...]]


def postgresql_triggers(
    append_only: Keys, kept: tuple[str, ...], fixed: dict[str, str]
) -> list[str]:
    """Return the triggers that keep rows as they are: of some tables all of it, of others their fixed columns."""
    wanted = []
    for table in append_only:
        wanted.append(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table in kept:
        wanted.append(
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table in (*append_only, *kept):
        wanted.append(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table, columns in fixed.items():
        wanted.append(
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {columns} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    return wanted


def sqlite_triggers(append_only: Keys, kept: tuple[str, ...], fixed: dict[str, str]) -> list[str]:
    """Return the same for SQLite, where REPLACE has to be refused too."""

    def trigger(table: str, event: str, name: str) -> str:
        says = f"append-only: {table} keeps its rows; post a reversal or a new entry instead"
        return f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{says}'); END"

    wanted = [trigger(table, "DELETE", f"{table}_kept") for table in (*append_only, *kept)]
    wanted += [trigger(table, "UPDATE", f"{table}_append_only") for table in append_only]
    wanted += [_not_replaced(table, keys) for table, keys in append_only.items()]
    wanted += [
        trigger(table, f"UPDATE OF {columns}", f"{table}_fixed") for table, columns in fixed.items()
    ]
    return wanted


def _not_replaced(table: str, keys: tuple[str, ...]) -> str:
    """REPLACE takes the rows in its way without asking the DELETE triggers: refuse them as any duplicate."""
    taken = []
    for columns in keys:
        same = " AND ".join(f"{name} = NEW.{name}" for name in columns.split(", "))
        taken.append(f"EXISTS (SELECT 1 FROM {table} WHERE {same})")
    return (
        f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} WHEN {' OR '.join(taken)} "
        f"BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {table} keeps its rows'); END"
    )


async def make_books(apps, schema_editor) -> None:
    """Create the tables, indexes, triggers and kinds of the books."""
    client = schema_editor.client
    sqlite = client.capabilities.dialect == "sqlite"
    names = SQLITE_NAMES if sqlite else POSTGRESQL_NAMES
    statements = [part.strip() for part in TABLES.format(**names).split(";")]
    fixed = {"account": ACCOUNT_FIXED}
    statements += (
        sqlite_triggers(APPEND_ONLY, KEPT, fixed)
        if sqlite
        else [REFUSE_CHANGE, *postgresql_triggers(APPEND_ONLY, KEPT, fixed)]
    )
    for statement in statements:
        await client.execute_query(statement)
    kinds = ", ".join(f"('{kind}')" for kind in KINDS)
    await client.execute_query(f"INSERT INTO entry_kind (code) VALUES {kinds}")


class Migration(checked.Migration):
    """The first step: nothing exists before the books."""

    initial = True

    operations = [ops.RunPython(make_books)]
