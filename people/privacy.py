"""What the house keeps about keeping: consents, photos, what was shown or handed out, and who was erased."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import Person

RESTRICT = fields.RESTRICT


class Subject(StrEnum):
    """What somebody may consent to."""

    PHOTO = "photo"


class Way(StrEnum):
    """How a consent was given."""

    OWN = "own"  # by the person, signed in on their own phone
    SPOKEN = "spoken"  # to the staff member who recorded it
    SIGNED = "signed"  # on paper


class Told(StrEnum):
    """What was shown, handed out or taken in with personal data in it."""

    PHONE = "phone"
    OWN_DATA = "own_data"
    BOOK = "book"
    MEMBERS = "members"
    GRANT_LIST = "grant_list"
    OPENING_LIST = "opening_list"


class Purpose(StrEnum):
    """What it was for."""

    SHIFT = "shift"
    POINTS = "points"
    SIGN_IN = "sign_in"
    OWN_REQUEST = "own_request"
    ACCOUNTING = "accounting"
    OFFICE = "office"


class Consent(Model):
    """What somebody agreed to, when, how, and who wrote it down. A withdrawn one stays as a record."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="consents", on_delete=RESTRICT
    )
    subject = fields.CharEnumField(Subject, max_length=20)
    way = fields.CharEnumField(Way, max_length=20)
    recorded_by = fields.BigIntField()
    given_at = fields.BigIntField()
    withdrawn_at = fields.BigIntField(null=True)

    class Meta:
        table = "consent"
        indexes = (("book_id", "person_id"),)
        constraints = (
            CheckConstraint("(way = 'own') = (recorded_by = person_id)", "consent_own_is_own"),
        )


class Photo(Model):
    """A member's picture (JPEG, 240 px, encrypted), kept while their consent stands."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="photos", on_delete=RESTRICT
    )
    consent_id: int
    consent: fields.ForeignKeyRelation[Consent] = fields.ForeignKeyField(
        "caihong.Consent", related_name="photos", on_delete=RESTRICT
    )
    picture = fields.BinaryField()
    taken_at = fields.BigIntField()

    class Meta:
        table = "photo"
        unique_together = (("book_id", "person"),)


class Disclosure(Model):
    """One time that personal data were shown whole, handed out or taken in. `by_id` is None on the server's console.

    `about_id` is the one person it was about, or None where there were `people`.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    by_id = fields.BigIntField(null=True)
    what = fields.CharEnumField(Told, max_length=20)
    about_id = fields.BigIntField(null=True)
    people = fields.IntField(null=True)
    purpose = fields.CharEnumField(Purpose, max_length=20)
    told_at = fields.BigIntField()

    class Meta:
        table = "disclosure"
        indexes = (("book_id", "told_at"), ("book_id", "about_id"))
        constraints = (
            CheckConstraint("about_id IS NULL OR people IS NULL", "disclosure_of_one_or_many"),
        )


class Erasure(Model):
    """Whose personal data were removed, when, and by which two people."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="erasures", on_delete=RESTRICT
    )
    erased_by = fields.BigIntField()
    approved_by = fields.BigIntField()
    erased_at = fields.BigIntField()

    class Meta:
        table = "erasure"
        unique_together = (("book_id", "person"),)
        constraints = (
            CheckConstraint("approved_by <> erased_by", "erasure_by_two"),
            CheckConstraint(
                "erased_by <> person_id AND approved_by <> person_id", "erasure_by_others"
            ),
        )
