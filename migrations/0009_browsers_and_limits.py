"""Known browsers and their questions, own passwords, one-time codes, tallies of tries, and what happened at the doors.

The tries at sign-in names go over into the tallies: whoever was waiting for their next guess still waits.
"""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked
from kernel.ids import new_id
from people.limits import Purpose
from people.tallies import subject_hash


async def carry_tries_over(apps, schema_editor) -> None:
    """Count what was counted by name under the name's keyed hash; a name was kept as its SHA-256."""
    client = schema_editor.client
    _, rows = await client.execute_query(
        "SELECT name_hash, failures, locked_until, tried_at FROM sign_in_try"
    )
    for row in rows:
        key = subject_hash(Purpose.SIGN_IN, row["name_hash"])
        figures = ", ".join(
            str(int(row[name])) for name in ("failures", "tried_at", "tried_at", "locked_until")
        )
        await client.execute_script(
            "INSERT INTO try_tally (subject_hash, purpose, tries, began_at, tried_at, rests_until)"
            f" VALUES ('{key}', '{Purpose.SIGN_IN.value}', {figures})"
        )


class Migration(checked.Migration):
    dependencies = [("caihong", "0008_token_families")]

    initial = False

    operations = [
        ops.CreateModel(
            name="BrowserQuestion",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="browser_questions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("asked_with", fields.CharField(max_length=64)),
                ("asked_at", fields.BigIntField()),
                ("answered_at", fields.BigIntField(null=True)),
                ("recognised_by", fields.BigIntField(null=True)),
                ("enrolled_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "browser_question",
                "app": "caihong",
                "unique_together": (("book_id", "asked_with"),),
                "indexes": [Index(fields=["book_id", "person_id", "asked_at"])],
                "pk_attr": "id",
                "table_description": "A browser says whose it is, and waits for somebody at the counter who knows that person to say yes.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="KnownBrowser",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("browser_hash", fields.CharField(max_length=64)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="known_browsers",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("known_since", fields.BigIntField()),
            ],
            options={
                "table": "known_browser",
                "app": "caihong",
                "unique_together": (("browser_hash", "person"),),
                "indexes": [Index(fields=["person_id"])],
                "pk_attr": "id",
                "table_description": "A browser that has had a session of a person: wrong tries made elsewhere do not keep it waiting.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="OneTimeCode",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                ("request_hash", fields.CharField(max_length=64)),
                ("code_hash", fields.CharField(max_length=64)),
                ("tries", fields.IntField(default=0)),
                ("asked_at", fields.BigIntField()),
                ("expires_at", fields.BigIntField()),
                ("proved_at", fields.BigIntField(null=True)),
                ("spent_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "one_time_code",
                "app": "caihong",
                "unique_together": (("book_id", "request_hash"),),
                "constraints": [
                    CheckConstraint(check="tries BETWEEN 0 AND 5", name="one_time_code_tries"),
                    CheckConstraint(
                        check="spent_at IS NULL OR proved_at IS NOT NULL",
                        name="one_time_code_proved_first",
                    ),
                ],
                "indexes": [Index(fields=["expires_at"])],
                "pk_attr": "id",
                "table_description": "A six-digit code on its way to a phone. It fits the one request that asked for it, once.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CodeRecipient",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                (
                    "code",
                    fields.ForeignKeyField(
                        "caihong.OneTimeCode",
                        source_field="code_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="recipients",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="code_recipients",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "code_recipient",
                "app": "caihong",
                "unique_together": (("book_id", "code", "person"),),
                "pk_attr": "id",
                "table_description": "A person whom a one-time code may sign in, one of several if they share the phone it went to.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OwnPassword",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                (
                    "person",
                    fields.OneToOneField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="own_password",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("password_hash", fields.CharField(max_length=255)),
                ("changed_at", fields.BigIntField()),
            ],
            options={
                "table": "own_password",
                "app": "caihong",
                "pk_attr": "id",
                "table_description": "A volunteer's own password (argon2id). It opens a volunteer's session, never a staff one.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SecurityEvent",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField(null=True)),
                ("happening", fields.CharField(max_length=20)),
                ("person_id", fields.BigIntField(null=True)),
                ("by_id", fields.BigIntField(null=True)),
                ("session_id", fields.BigIntField(null=True)),
                ("detail", fields.CharField(default="", max_length=40)),
                ("happened_at", fields.BigIntField()),
            ],
            options={
                "table": "security_event",
                "app": "caihong",
                "indexes": [Index(fields=["book_id", "id"])],
                "pk_attr": "id",
                "table_description": "One such event: of whom, by whom. `book_id` is empty where the name that was tried belongs to nobody.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TryTally",
            fields=[
                ("subject_hash", fields.CharField(primary_key=True, max_length=64)),
                ("purpose", fields.CharField(max_length=20)),
                ("tries", fields.IntField()),
                ("began_at", fields.BigIntField()),
                ("tried_at", fields.BigIntField()),
                ("rests_until", fields.BigIntField()),
            ],
            options={
                "table": "try_tally",
                "app": "caihong",
                "indexes": [Index(fields=["tried_at"])],
                "pk_attr": "subject_hash",
                "table_description": "How often one subject was tried for one purpose, known or not: an answer must not tell which names exist.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="CheckinScan",
            name="browser",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
        ops.AddField(
            model_name="CheckinScan",
            name="flag",
            field=fields.CharField(default="", db_default="", max_length=40),
        ),
        ops.RunPython(carry_tries_over),
        ops.DeleteModel(name="SignInTry"),
    ]
