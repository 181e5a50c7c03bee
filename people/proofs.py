"""What a volunteer may prove themselves with besides a scan: a password of their own, and a code sent to the phone."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import Person

RESTRICT = fields.RESTRICT
MOST_TRIES = 5


class OwnPassword(Model):
    """A volunteer's own password (argon2id). It opens a volunteer's session, never a staff one."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    person_id: int
    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "caihong.Person", related_name="own_password", on_delete=RESTRICT
    )
    password_hash = fields.CharField(max_length=255)
    changed_at = fields.BigIntField()

    class Meta:
        table = "own_password"


class OneTimeCode(Model):
    """A six-digit code on its way to a phone. It fits the one request that asked for it, once.

    The code is kept as a keyed hash over the request. A row exists for a phone that nobody has, too.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    request_hash = fields.CharField(max_length=64)
    code_hash = fields.CharField(max_length=64)
    tries = fields.IntField(default=0)
    asked_at = fields.BigIntField()
    expires_at = fields.BigIntField()
    proved_at = fields.BigIntField(null=True)
    spent_at = fields.BigIntField(null=True)

    class Meta:
        table = "one_time_code"
        unique_together = (("book_id", "request_hash"),)
        indexes = (("expires_at",),)
        constraints = (
            CheckConstraint(f"tries BETWEEN 0 AND {MOST_TRIES}", "one_time_code_tries"),
            CheckConstraint(
                "spent_at IS NULL OR proved_at IS NOT NULL", "one_time_code_proved_first"
            ),
        )


class CodeRecipient(Model):
    """A person whom a one-time code may sign in, one of several if they share the phone it went to."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    code: fields.ForeignKeyRelation[OneTimeCode] = fields.ForeignKeyField(
        "caihong.OneTimeCode", related_name="recipients", on_delete=RESTRICT
    )
    code_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="code_recipients", on_delete=RESTRICT
    )
    person_id: int

    class Meta:
        table = "code_recipient"
        unique_together = (("book_id", "code", "person"),)
