"""Refresh tokens in families, and what a session knows of its browser and of the password given last."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked
from kernel.ids import new_id

# A family that forks would let a stolen token live beside the true one: the database allows one that works.
ONE_THAT_WORKS = "CREATE UNIQUE INDEX refresh_token_one_works ON refresh_token (session_id) WHERE spent_at IS NULL"


async def one_that_works(apps, schema_editor) -> None:
    """Create the index; partial indexes are outside of what the models can say."""
    await schema_editor.client.execute_query(ONE_THAT_WORKS)


class Migration(checked.Migration):
    """Sessions of programs rotate their tokens; sessions of browsers are named and confirmed."""

    dependencies = [("caihong", "0007_approvals")]

    operations = [
        ops.AddField(
            model_name="Session",
            name="browser",
            field=fields.CharField(max_length=40, default="", db_default=""),
        ),
        ops.AddField(
            model_name="Session", name="confirmed_at", field=fields.BigIntField(null=True)
        ),
        CreateChecked(
            name="RefreshToken",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                (
                    "session",
                    fields.ForeignKeyField(
                        "caihong.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="refresh_tokens",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("made_at", fields.BigIntField()),
                ("spent_at", fields.BigIntField(null=True)),
                ("salt", fields.CharField(default="", max_length=32)),
            ],
            options={
                "table": "refresh_token",
                "app": "caihong",
                "indexes": [Index(fields=["book_id", "spent_at"])],
                "constraints": [
                    CheckConstraint(
                        check="(spent_at IS NULL) = (salt = '')",
                        name="refresh_token_spent_with_salt",
                    )
                ],
                "pk_attr": "id",
                "table_description": "A refresh token, known by its SHA-256. One that was spent keeps the salt from which its successor was drawn.",
            },
            bases=["Model"],
        ),
        ops.RunPython(one_that_works),
    ]
