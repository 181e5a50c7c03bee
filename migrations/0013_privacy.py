"""Phone numbers are encrypted; photos with consent, what was shown or handed out, and who was erased."""

import importlib

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier
from kernel.keys import require_key
from people.phones import kept_phone
from people.privacy import Purpose, Subject, Told, Way

LEDGER = importlib.import_module("migrations.0001_ledger")

APPEND_ONLY = {"disclosure": ("id",), "erasure": ("id", "book_id, person_id")}
KEPT = ()
ADDED = {"phone_sealed": 80, "phone_index": 32, "phone_tail_index": 32}
AT_ONCE = 500


async def add_columns(apps, schema_editor) -> None:
    """Add the columns of an encrypted phone, empty for everybody."""
    for name, signs in ADDED.items():
        await schema_editor.client.execute_query(
            f"ALTER TABLE person ADD COLUMN {name} VARCHAR({signs}) NOT NULL DEFAULT ''"
        )


async def encrypt_phones(apps, schema_editor) -> None:
    """Carry every number over, encrypted, and blank the plain one."""
    client = schema_editor.client
    sqlite = client.capabilities.dialect == "sqlite"
    if sqlite:
        # What is overwritten or dropped below is also wiped from the pages of the file.
        await client.execute_query("PRAGMA secure_delete = ON")
    rows = await client.execute_query_dict("SELECT id, phone FROM person WHERE phone <> ''")
    if rows:
        require_key()
    mark = ["?"] * 4 if sqlite else ["$1", "$2", "$3", "$4"]
    change = (
        "UPDATE person SET phone = '', phone_sealed = {}, phone_index = {}, phone_tail_index = {} "
        "WHERE id = {}".format(*mark)
    )
    for row in rows:
        kept = kept_phone(row["id"], row["phone"])
        await client.execute_query(change, [kept.sealed, kept.index, kept.tail_index, row["id"]])


async def drop_plain_phones(apps, schema_editor) -> None:
    """Drop the old column; on PostgreSQL the rows are written anew, since it only forgets where a column was."""
    client = schema_editor.client
    await client.execute_query("ALTER TABLE person DROP COLUMN phone")
    if client.capabilities.dialect != "sqlite":
        await client.execute_query(
            "ALTER TABLE person ALTER COLUMN name TYPE VARCHAR(40) USING name || ''"
        )


async def keep_the_record(apps, schema_editor) -> None:
    """Let nobody change or delete the record of what was told and who was erased."""
    client = schema_editor.client
    sqlite = client.capabilities.dialect == "sqlite"
    triggers = LEDGER.sqlite_triggers if sqlite else LEDGER.postgresql_triggers
    for statement in triggers(APPEND_ONLY, KEPT, {}):
        await client.execute_query(statement)


class Migration(checked.Migration):
    dependencies = [("caihong", "0012_second_factor")]

    initial = False

    operations = [
        ops.RunPython(add_columns),
        *(
            Known(ops.AddField("Person", name, fields.CharField(default="", max_length=signs)))
            for name, signs in ADDED.items()
        ),
        ops.RunPython(encrypt_phones),
        ops.RunPython(drop_plain_phones),
        Known(ops.RemoveField("Person", "phone")),
        ops.AddIndex("Person", Index(fields=["phone_index"])),
        ops.AddIndex("Person", Index(fields=["phone_tail_index"])),
        CreateChecked(
            name="Consent",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="consents",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "subject",
                    fields.CharEnumField(
                        description="PHOTO: photo", enum_type=Subject, max_length=20
                    ),
                ),
                (
                    "way",
                    fields.CharEnumField(
                        description="OWN: own\nSPOKEN: spoken\nSIGNED: signed",
                        enum_type=Way,
                        max_length=20,
                    ),
                ),
                ("recorded_by", fields.BigIntField()),
                ("given_at", fields.BigIntField()),
                ("withdrawn_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "consent",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(
                        check="(way = 'own') = (recorded_by = person_id)",
                        name="consent_own_is_own",
                    )
                ],
                "indexes": [Index(fields=["book_id", "person_id"])],
                "pk_attr": "id",
                "table_description": "What somebody agreed to, when, how, and who wrote it down. A withdrawn one stays as a record.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Photo",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="photos",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "consent",
                    fields.ForeignKeyField(
                        "caihong.Consent",
                        source_field="consent_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="photos",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("picture", fields.BinaryField()),
                ("taken_at", fields.BigIntField()),
            ],
            options={
                "table": "photo",
                "app": "caihong",
                "unique_together": (("book_id", "person"),),
                "pk_attr": "id",
                "table_description": "A member's picture (JPEG, 240 px, encrypted), kept while their consent stands.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Disclosure",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                ("by_id", fields.BigIntField(null=True)),
                (
                    "what",
                    fields.CharEnumField(
                        description="PHONE: phone\nOWN_DATA: own_data\nBOOK: book\nMEMBERS: members\nGRANT_LIST: grant_list\nOPENING_LIST: opening_list",
                        enum_type=Told,
                        max_length=20,
                    ),
                ),
                ("about_id", fields.BigIntField(null=True)),
                ("people", fields.IntField(null=True)),
                (
                    "purpose",
                    fields.CharEnumField(
                        description="SHIFT: shift\nPOINTS: points\nSIGN_IN: sign_in\nOWN_REQUEST: own_request\nACCOUNTING: accounting\nOFFICE: office",
                        enum_type=Purpose,
                        max_length=20,
                    ),
                ),
                ("told_at", fields.BigIntField()),
            ],
            options={
                "table": "disclosure",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(
                        check="about_id IS NULL OR people IS NULL",
                        name="disclosure_of_one_or_many",
                    )
                ],
                "indexes": [
                    Index(fields=["book_id", "told_at"]),
                    Index(fields=["book_id", "about_id"]),
                ],
                "pk_attr": "id",
                "table_description": "One time that personal data were shown whole, handed out or taken in. `by_id` is None on the server's console.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Erasure",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="erasures",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("erased_by", fields.BigIntField()),
                ("approved_by", fields.BigIntField()),
                ("erased_at", fields.BigIntField()),
            ],
            options={
                "table": "erasure",
                "app": "caihong",
                "unique_together": (("book_id", "person"),),
                "constraints": [
                    CheckConstraint(check="approved_by <> erased_by", name="erasure_by_two"),
                    CheckConstraint(
                        check="erased_by <> person_id AND approved_by <> person_id",
                        name="erasure_by_others",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "Whose personal data were removed, when, and by which two people.",
            },
            bases=["Model"],
        ),
        ops.RunPython(keep_the_record),
    ]
