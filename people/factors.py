"""What staff prove themselves with besides the password, and the short-lived things on the way in.

Every secret is kept as its SHA-256, a PIN as argon2id, an authenticator's secret encrypted. Times are UTC microseconds.
"""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import RESTRICT, Person, PropertyCompany


class Authenticator(Model):
    """The secret that a person's authenticator app makes codes from. `last_step` is the newest step used."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    person_id: int
    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "caihong.Person", related_name="authenticator", on_delete=RESTRICT
    )
    sealed_secret = fields.CharField(max_length=200)
    last_step = fields.BigIntField()
    set_at = fields.BigIntField()

    class Meta:
        table = "authenticator"


class SheetCode(Model):
    """One code of a person's printed sheet of ten. It opens the door once."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="sheet_codes", on_delete=RESTRICT
    )
    code_hash = fields.CharField(max_length=64)
    made_at = fields.BigIntField()
    used_at = fields.BigIntField(null=True)

    class Meta:
        table = "sheet_code"
        unique_together = (("person", "code_hash"),)


class Passkey(Model):
    """A key that a person's phone or security stick keeps. `sign_count` only grows, where the device counts at all."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="passkeys", on_delete=RESTRICT
    )
    credential_id = fields.TextField()
    credential_hash = fields.CharField(max_length=64, unique=True)
    public_key = fields.TextField()
    sign_count = fields.BigIntField()
    name = fields.CharField(max_length=40)
    made_at = fields.BigIntField()
    used_at = fields.BigIntField(null=True)

    class Meta:
        table = "passkey"


class PasskeyChallenge(Model):
    """A question put to a person's passkey: answered once, within five minutes."""

    challenge_hash = fields.CharField(max_length=64, primary_key=True)
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="passkey_challenges", on_delete=RESTRICT
    )
    purpose = fields.CharField(max_length=20)
    expires_at = fields.BigIntField()

    class Meta:
        table = "passkey_challenge"


class HalfSession(Model):
    """A sign-in between its two steps. It opens no page of the house, and the second step uses it up."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    token_hash = fields.CharField(max_length=64, unique=True)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="half_sessions", on_delete=RESTRICT
    )
    needs_password = fields.BooleanField(default=False)
    made_at = fields.BigIntField()
    expires_at = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "half_session"


class SetupToken(Model):
    """The code that a new installation's console prints, to make the first administrator with."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    token_hash = fields.CharField(max_length=64, unique=True)
    made_at = fields.BigIntField()
    expires_at = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "setup_token"


class RecoverySheet(Model):
    """A community's sealed envelope: one long code that makes an administrator, once."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    code_hash = fields.CharField(max_length=64, unique=True)
    made_by = fields.BigIntField()
    made_at = fields.BigIntField()
    used_at = fields.BigIntField(null=True)
    replaced_at = fields.BigIntField(null=True)

    class Meta:
        table = "recovery_sheet"
        indexes = (("book_id", "made_at"),)
        constraints = (
            CheckConstraint(
                check="used_at IS NULL OR replaced_at IS NULL", name="recovery_sheet_ends_once"
            ),
        )


class CounterDevice(Model):
    """A browser that stands at a counter or a partner's desk, where people take turns by their PIN."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    token_hash = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=40)
    enrolled_by = fields.BigIntField()
    enrolled_at = fields.BigIntField()
    seen_at = fields.BigIntField()
    revoked_at = fields.BigIntField(null=True)
    company_id: int | None  # whose desk it stands at; none at a counter of the shop
    company: fields.ForeignKeyNullableRelation[PropertyCompany] = fields.ForeignKeyField(
        "caihong.PropertyCompany", related_name="desk_browsers", on_delete=RESTRICT, null=True
    )
    shop_id = fields.BigIntField(null=True)  # chosen, where there are several

    class Meta:
        table = "counter_device"
        indexes = (("book_id", "name"),)


class ClerkPin(Model):
    """The PIN with which a clerk or one of a partner's people takes over a counter's or desk's browser."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="clerk_pins", on_delete=RESTRICT
    )
    pin_hash = fields.CharField(max_length=255)
    set_at = fields.BigIntField()

    class Meta:
        table = "clerk_pin"
        unique_together = (("book_id", "person"),)
