"""The refresh tokens of programs. Those of one session are a family: one works, the others were spent for it."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import RESTRICT, Session


class RefreshToken(Model):
    """A refresh token, known by its SHA-256. One that was spent keeps the salt from which its successor was drawn."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    session_id: int
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "caihong.Session", related_name="refresh_tokens", on_delete=RESTRICT
    )
    token_hash = fields.CharField(max_length=64, unique=True)
    made_at = fields.BigIntField()
    spent_at = fields.BigIntField(null=True)
    salt = fields.CharField(max_length=32, default="")

    class Meta:
        table = "refresh_token"
        indexes = (("book_id", "spent_at"),)
        constraints = (
            CheckConstraint(
                check="(spent_at IS NULL) = (salt = '')", name="refresh_token_spent_with_salt"
            ),
        )
