"""Papers of work without an organiser on the spot: printed cards, errands, and who or what speaks for an attendance.

Times are UTC microseconds; a card's token is kept only as its SHA-256.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from checkin.models import Attendance, Shift
from kernel.ids import new_id
from people.models import Person

RESTRICT = fields.RESTRICT


class CardKind(StrEnum):
    """What a service card stands for: a place, or somebody who is served."""

    PLACE = "place"
    PERSON = "person"


class About(StrEnum):
    """What of an attendance a witness speaks for: its beginning, its end, or, afterwards, the whole of it."""

    ARRIVING = "in"
    LEAVING = "out"
    WHOLE = "whole"


class How(StrEnum):
    """How a witness spoke."""

    CARD = "card"  # a service card was scanned
    NUMBER = "number"  # the number beside its code was typed
    PHONE = "phone"  # the person served, on their own phone
    ORGANISER = "organiser"  # an organiser, who notes how they know
    MEMBER = "member"  # another member of the shift, for its leader


class ServiceCard(Model):
    """A printed card of a place or of somebody served, scanned where an errand begins and where it ends."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    kind = fields.CharEnumField(CardKind, max_length=10)
    label = fields.CharField(max_length=40)
    # The member who is served, where they are one.
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="service_cards", on_delete=RESTRICT, null=True
    )
    person_id: int | None
    number = fields.CharField(max_length=8)
    token_hash = fields.CharField(max_length=64, unique=True)
    made_by = fields.BigIntField()
    made_at = fields.BigIntField()
    revoked_by = fields.BigIntField(null=True)
    revoked_at = fields.BigIntField(null=True)

    class Meta:
        table = "service_card"
        unique_together = (("book_id", "number"),)
        indexes = (("book_id", "person_id"),)
        constraints = (
            CheckConstraint("kind = 'person' OR person_id IS NULL", "service_card_of_one"),
            CheckConstraint(
                "(revoked_at IS NULL) = (revoked_by IS NULL)", "service_card_revoked_by_somebody"
            ),
        )


class Errand(Model):
    """One piece of work on call: whom its volunteer said that it was for, and whether they say that it was not so."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shift: fields.ForeignKeyRelation[Shift] = fields.ForeignKeyField(
        "caihong.Shift", related_name="errands", on_delete=RESTRICT
    )
    shift_id: int
    served: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="errands", on_delete=RESTRICT, null=True
    )
    served_id: int | None
    served_name = fields.CharField(max_length=40, default="")
    denied_at = fields.BigIntField(null=True)

    class Meta:
        table = "errand"
        unique_together = (("book_id", "shift"),)
        indexes = (("book_id", "served_id"),)
        constraints = (
            CheckConstraint(
                "denied_at IS NULL OR served_id IS NOT NULL", "errand_denied_by_the_served"
            ),
        )


class Witness(Model):
    """Who or what besides a volunteer speaks for their attendance: a card, the person served, somebody who knows."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    attendance: fields.ForeignKeyRelation[Attendance] = fields.ForeignKeyField(
        "caihong.Attendance", related_name="witnesses", on_delete=RESTRICT
    )
    attendance_id: int
    # Whose hours they are.
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="witnesses", on_delete=RESTRICT
    )
    person_id: int
    about = fields.CharEnumField(About, max_length=5)
    how = fields.CharEnumField(How, max_length=10)
    card: fields.ForeignKeyNullableRelation[ServiceCard] = fields.ForeignKeyField(
        "caihong.ServiceCard", related_name="witnesses", on_delete=RESTRICT, null=True
    )
    card_id: int | None
    teller: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="told", on_delete=RESTRICT, null=True
    )
    teller_id: int | None
    note = fields.CharField(max_length=200, default="")
    said_at = fields.BigIntField()

    class Meta:
        table = "witness"
        unique_together = (("book_id", "attendance", "about"),)
        indexes = (("book_id", "card_id", "said_at"),)
        constraints = (
            CheckConstraint("teller_id <> person_id", "witness_is_another"),
            CheckConstraint(
                "(how IN ('card', 'number')) = (card_id IS NOT NULL)", "witness_is_a_card"
            ),
            CheckConstraint(
                "(how IN ('phone', 'organiser', 'member')) = (teller_id IS NOT NULL)",
                "witness_is_somebody",
            ),
            CheckConstraint("how <> 'organiser' OR note <> ''", "witness_says_how_they_know"),
        )
