"""Communities, persons, sign-in and roles."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from kernel.engines import checked
from kernel.ids import new_id
from people.models import Role


class Migration(checked.Migration):
    dependencies = [("caihong", "0001_ledger")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Community",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("name", fields.CharField(max_length=80)),
                ("zone", fields.CharField(default="Asia/Shanghai", max_length=40)),
                ("office_phone", fields.CharField(default="", max_length=20)),
                ("opened_at", fields.BigIntField()),
            ],
            options={
                "table": "community",
                "app": "caihong",
                "pk_attr": "id",
                "table_description": "A residential community. Its id is the id of its book.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Person",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("name", fields.CharField(max_length=40)),
                ("phone", fields.CharField(default="", max_length=20)),
                ("language", fields.CharField(default="", max_length=10)),
                ("registered_at", fields.BigIntField()),
            ],
            options={
                "table": "person",
                "app": "caihong",
                "pk_attr": "id",
                "table_description": "One human being. A phone number is a way to reach somebody, not an identity: several may share one.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Credential",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                (
                    "person",
                    fields.OneToOneField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="credential",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sign_in_name", fields.CharField(unique=True, max_length=40)),
                ("password_hash", fields.CharField(max_length=255)),
                ("changed_at", fields.BigIntField()),
            ],
            options={
                "table": "credential",
                "app": "caihong",
                "pk_attr": "id",
                "table_description": "A staff member's sign-in name and password hash (argon2id).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SignInTry",
            fields=[
                ("name_hash", fields.CharField(primary_key=True, max_length=64)),
                ("failures", fields.IntField()),
                ("locked_until", fields.BigIntField()),
                ("tried_at", fields.BigIntField()),
            ],
            options={
                "table": "sign_in_try",
                "app": "caihong",
                "pk_attr": "name_hash",
                "table_description": "Failed tries at one sign-in name, known or not: an answer must not tell which names exist.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Invite",
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
                        related_name="invites",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("made_by", fields.BigIntField(null=True)),
                ("made_at", fields.BigIntField()),
                ("expires_at", fields.BigIntField()),
                ("used_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "invite",
                "app": "caihong",
                "pk_attr": "id",
                "table_description": "A one-time link that signs a volunteer's browser in.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Membership",
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
                        related_name="memberships",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("number", fields.IntField()),
                ("flat", fields.CharField(default="", max_length=40)),
                ("joined_at", fields.BigIntField()),
            ],
            options={
                "table": "membership",
                "app": "caihong",
                "unique_together": (("book_id", "person"), ("book_id", "number")),
                "pk_attr": "id",
                "table_description": "A person in a community, under a short number that can be said across a counter.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PropertyCompany",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                ("name", fields.CharField(max_length=80)),
            ],
            options={
                "table": "property_company",
                "app": "caihong",
                "unique_together": (("book_id", "name"),),
                "pk_attr": "id",
                "table_description": "A property-management company that takes vouchers off its bills in one community.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RoleGrant",
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
                        related_name="role_grants",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "role",
                    fields.CharEnumField(
                        description="VOLUNTEER: volunteer\nORGANISER: organiser\nCLERK: clerk\nPROPERTY_DESK: property_desk\nAUDITOR: auditor\nADMIN: admin",
                        enum_type=Role,
                        max_length=20,
                    ),
                ),
                (
                    "company",
                    fields.ForeignKeyField(
                        "caihong.PropertyCompany",
                        source_field="company_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="desk_grants",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("granted_by", fields.BigIntField(null=True)),
                ("granted_at", fields.BigIntField()),
                ("revoked_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "role_grant",
                "app": "caihong",
                "indexes": [Index(fields=["book_id", "person_id"])],
                "pk_attr": "id",
                "table_description": "A role that a person has in a community, from whom, since when, until when.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
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
                        related_name="sessions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("staff", fields.BooleanField()),
                ("begun_at", fields.BigIntField()),
                ("seen_at", fields.BigIntField()),
                ("ends_at", fields.BigIntField()),
                ("ended_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "session",
                "app": "caihong",
                "indexes": [Index(fields=["person_id"])],
                "pk_attr": "id",
                "table_description": "A browser that is signed in, for one person in one community.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UsedMemberCode",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                ("person_id", fields.BigIntField()),
                ("step", fields.BigIntField()),
                ("used_by", fields.BigIntField()),
                ("used_at", fields.BigIntField()),
            ],
            options={
                "table": "used_member_code",
                "app": "caihong",
                "unique_together": (("book_id", "person_id", "step"),),
                "pk_attr": "id",
                "table_description": "A rotating member code that has been scanned: it opens one service and no second.",
            },
            bases=["Model"],
        ),
    ]
