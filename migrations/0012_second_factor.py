"""Second factors, the two steps of a sign-in, counters' browsers with PINs, and the way into a new installation."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked
from kernel.ids import new_id


class Migration(checked.Migration):
    dependencies = [("caihong", "0011_households")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Authenticator",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                (
                    "person",
                    fields.OneToOneField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="authenticator",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sealed_secret", fields.CharField(max_length=200)),
                ("last_step", fields.BigIntField()),
                ("set_at", fields.BigIntField()),
            ],
            options={
                "table": "authenticator",
                "app": "caihong",
                "pk_attr": "id",
                "table_description": "The secret that a person's authenticator app makes codes from. `last_step` is the newest step used.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ClerkPin",
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
                        related_name="clerk_pins",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("pin_hash", fields.CharField(max_length=255)),
                ("set_at", fields.BigIntField()),
            ],
            options={
                "table": "clerk_pin",
                "app": "caihong",
                "unique_together": (("book_id", "person"),),
                "pk_attr": "id",
                "table_description": "The PIN with which a clerk takes over a counter's browser.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CounterDevice",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("name", fields.CharField(max_length=40)),
                ("enrolled_by", fields.BigIntField()),
                ("enrolled_at", fields.BigIntField()),
                ("seen_at", fields.BigIntField()),
                ("revoked_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "counter_device",
                "app": "caihong",
                "indexes": [Index(fields=["book_id", "name"])],
                "pk_attr": "id",
                "table_description": "A browser that stands at a counter, where clerks take turns by their PIN.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HalfSession",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("book_id", fields.BigIntField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="half_sessions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("needs_password", fields.BooleanField(default=False)),
                ("made_at", fields.BigIntField()),
                ("expires_at", fields.BigIntField()),
                ("ended_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "half_session",
                "app": "caihong",
                "pk_attr": "id",
                "table_description": "A sign-in between its two steps. It opens no page of the house, and the second step uses it up.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Passkey",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="passkeys",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("credential_id", fields.TextField()),
                ("credential_hash", fields.CharField(unique=True, max_length=64)),
                ("public_key", fields.TextField()),
                ("sign_count", fields.BigIntField()),
                ("name", fields.CharField(max_length=40)),
                ("made_at", fields.BigIntField()),
                ("used_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "passkey",
                "app": "caihong",
                "pk_attr": "id",
                "table_description": "A key that a person's phone or security stick keeps. `sign_count` only grows, where the device counts at all.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PasskeyChallenge",
            fields=[
                ("challenge_hash", fields.CharField(primary_key=True, max_length=64)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="passkey_challenges",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("purpose", fields.CharField(max_length=20)),
                ("expires_at", fields.BigIntField()),
            ],
            options={
                "table": "passkey_challenge",
                "app": "caihong",
                "pk_attr": "challenge_hash",
                "table_description": "A question put to a person's passkey: answered once, within five minutes.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="RecoverySheet",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                ("code_hash", fields.CharField(unique=True, max_length=64)),
                ("made_by", fields.BigIntField()),
                ("made_at", fields.BigIntField()),
                ("used_at", fields.BigIntField(null=True)),
                ("replaced_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "recovery_sheet",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(
                        check="used_at IS NULL OR replaced_at IS NULL",
                        name="recovery_sheet_ends_once",
                    )
                ],
                "indexes": [Index(fields=["book_id", "made_at"])],
                "pk_attr": "id",
                "table_description": "A community's sealed envelope: one long code that makes an administrator, once.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SetupToken",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("made_at", fields.BigIntField()),
                ("expires_at", fields.BigIntField()),
                ("ended_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "setup_token",
                "app": "caihong",
                "pk_attr": "id",
                "table_description": "The code that a new installation's console prints, to make the first administrator with.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SheetCode",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="sheet_codes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("code_hash", fields.CharField(max_length=64)),
                ("made_at", fields.BigIntField()),
                ("used_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "sheet_code",
                "app": "caihong",
                "unique_together": (("person", "code_hash"),),
                "pk_attr": "id",
                "table_description": "One code of a person's printed sheet of ten. It opens the door once.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Session",
            name="device_id",
            field=fields.BigIntField(null=True),
        ),
    ]
