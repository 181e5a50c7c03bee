"""Papers for those without a phone: printed cards, the PIN beside them, and what was reported lost.

Times are UTC microseconds. A card's token is kept only as its SHA-256; a PIN only as argon2id.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import Person

RESTRICT = fields.RESTRICT


class Revoked(StrEnum):
    """Why a card is no longer good."""

    REISSUED = "reissued"
    LOST = "lost"


class Card(Model):
    """A printed points card: it says who somebody is and that they hold it, and it signs nobody in.

    A person has one good card at most; the migration keeps that as a unique index over cards not revoked.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="cards", on_delete=RESTRICT
    )
    version = fields.IntField()
    token_hash = fields.CharField(max_length=64, unique=True)
    made_by = fields.BigIntField()
    made_at = fields.BigIntField()
    revoked_at = fields.BigIntField(null=True)
    revoked_by = fields.BigIntField(null=True)
    why = fields.CharField(max_length=10, default="")

    class Meta:
        table = "card"
        unique_together = (("book_id", "person", "version"),)
        constraints = (
            CheckConstraint("version > 0", "card_version_counts"),
            CheckConstraint(
                "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (why = '')",
                "card_revoked_by_somebody",
            ),
        )


class Pin(Model):
    """A member's PIN for exchanges without the code on their phone, and the wrong tries at it."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="pins", on_delete=RESTRICT
    )
    pin_hash = fields.CharField(max_length=255)
    set_by = fields.BigIntField()
    set_at = fields.BigIntField()
    set_on = fields.CharField(max_length=60, default="")
    failures = fields.IntField(default=0)
    locked_until = fields.BigIntField(null=True)
    unlocked_by = fields.BigIntField(null=True)
    unlocked_at = fields.BigIntField(null=True)
    unlocked_on = fields.CharField(max_length=60, default="")
    off_at = fields.BigIntField(null=True)

    class Meta:
        table = "pin"
        unique_together = (("book_id", "person"),)
        constraints = (
            CheckConstraint("failures >= 0", "pin_failures_count"),
            CheckConstraint(
                "(unlocked_at IS NULL) = (unlocked_by IS NULL)", "pin_unlocked_by_somebody"
            ),
        )


class LossReport(Model):
    """A phone or card reported lost: who wrote it down, on which two facts, and what ended with it."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="loss_reports", on_delete=RESTRICT
    )
    reported_to = fields.BigIntField()
    reported_at = fields.BigIntField()
    facts = fields.CharField(max_length=60)
    browsers_ended = fields.IntField()
    cards_revoked = fields.IntField()
    undone_at = fields.BigIntField(null=True)

    class Meta:
        table = "loss_report"
        indexes = (("book_id", "person_id"),)
        constraints = (
            CheckConstraint("reported_to <> person_id", "loss_written_down_by_another"),
            CheckConstraint("facts LIKE '%,%'", "loss_rests_on_two_facts"),
        )
