"""Communities and persons. Persons, credentials and sessions exist before a book is chosen; the rest names its book.

Times are UTC microseconds. A secret (invite, session) is kept only as its SHA-256.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.codes import shown_number
from people.masks import masked_name, masked_phone
from people.phones import kept_phone, shown_phone

RESTRICT = fields.RESTRICT
PHONE_FIELDS = ("phone_sealed", "phone_index", "phone_tail_index")


class Role(StrEnum):
    """What a person may be in one community; one person may be several."""

    VOLUNTEER = "volunteer"
    ORGANISER = "organiser"
    CLERK = "clerk"
    PROPERTY_DESK = "property_desk"
    MERCHANT = "merchant"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Community(Model):
    """A residential community. Its id is the id of its book."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    name = fields.CharField(max_length=80)
    zone = fields.CharField(max_length=40, default="Asia/Shanghai")
    office_phone = fields.CharField(max_length=20, default="")
    opened_at = fields.BigIntField()

    class Meta:
        table = "community"


class Trade(StrEnum):
    """What a partner is paid for: a property company for vouchers, a merchant for services."""

    PROPERTY = "property"
    MERCHANT = "merchant"


# Whose work is done at a partner's own desk, and what partner that is.
DESKS = {Role.PROPERTY_DESK: Trade.PROPERTY, Role.MERCHANT: Trade.MERCHANT}


class PropertyCompany(Model):
    """A partner with whom one community settles: a property-management company that takes vouchers, or a merchant."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    name = fields.CharField(max_length=80)
    trade = fields.CharEnumField(
        Trade, max_length=10, default=Trade.PROPERTY, db_default=Trade.PROPERTY.value
    )
    ended_at = fields.BigIntField(null=True)  # since then another takes the vouchers in its place

    class Meta:
        table = "property_company"
        unique_together = (("book_id", "name"),)
        constraints = (
            CheckConstraint(
                check="trade IN ('property', 'merchant')", name="property_company_trade"
            ),
        )


class Person(Model):
    """One human being. A phone number is a way to reach somebody, not an identity: several may share one."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    name = fields.CharField(max_length=40)
    phone_sealed = fields.CharField(max_length=80, default="")
    phone_index = fields.CharField(max_length=32, default="")
    phone_tail_index = fields.CharField(max_length=32, default="")
    language = fields.CharField(max_length=10, default="")
    registered_at = fields.BigIntField()

    class Meta:
        table = "person"
        indexes = (("phone_index",), ("phone_tail_index",))

    @classmethod
    def new(cls, name: str, phone: str, registered_at: int) -> "Person":
        """Return somebody who is not kept yet; the phone (folded, may be empty) is encrypted at once."""
        person = cls(id=new_id(), name=name, registered_at=registered_at)
        person.keep_phone(phone)
        return person

    def keep_phone(self, phone: str) -> None:
        """Take a phone number (folded, may be empty) in place of the one there was; save `PHONE_FIELDS`."""
        kept = kept_phone(self.id, phone)
        self.phone_sealed = kept.sealed
        self.phone_index = kept.index
        self.phone_tail_index = kept.tail_index

    @property
    def phone(self) -> str:
        """Return the whole phone number; empty if there is none."""
        return shown_phone(self.id, self.phone_sealed)

    @property
    def masked_name(self) -> str:
        """Return the name as others may see it: 王*兰."""
        return masked_name(self.name)

    @property
    def masked_phone(self) -> str:
        """Return the phone number as others may see it: 138****1234."""
        return masked_phone(self.phone)


class Membership(Model):
    """A person in a community, under a short number that can be said across a counter."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="memberships", on_delete=RESTRICT
    )
    number = fields.IntField()
    flat = fields.CharField(max_length=40, default="")
    joined_at = fields.BigIntField()
    joined_into = fields.BigIntField(null=True)  # the person whose record goes on for this one

    class Meta:
        table = "membership"
        unique_together = (("book_id", "person"), ("book_id", "number"))
        constraints = (
            CheckConstraint(
                check="joined_into <> person_id", name="membership_joined_into_another"
            ),
        )

    @property
    def shown_number(self) -> str:
        """Return the short number as it is printed and said."""
        return shown_number(self.number)


class RoleGrant(Model):
    """A role that a person has in a community, from whom, since when, until when."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="role_grants", on_delete=RESTRICT
    )
    role = fields.CharEnumField(Role, max_length=20)
    company_id: int | None
    company: fields.ForeignKeyNullableRelation[PropertyCompany] = fields.ForeignKeyField(
        "caihong.PropertyCompany", related_name="desk_grants", on_delete=RESTRICT, null=True
    )
    granted_by = fields.BigIntField(null=True)
    granted_at = fields.BigIntField()
    revoked_at = fields.BigIntField(null=True)

    class Meta:
        table = "role_grant"
        indexes = (("book_id", "person_id"),)


class Credential(Model):
    """A staff member's sign-in name and password hash (argon2id)."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    person_id: int
    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "caihong.Person", related_name="credential", on_delete=RESTRICT
    )
    sign_in_name = fields.CharField(max_length=40, unique=True)
    password_hash = fields.CharField(max_length=255)
    changed_at = fields.BigIntField()

    class Meta:
        table = "credential"


class Invite(Model):
    """A one-time link that signs a volunteer's browser in."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="invites", on_delete=RESTRICT
    )
    token_hash = fields.CharField(max_length=64, unique=True)
    made_by = fields.BigIntField(null=True)
    made_at = fields.BigIntField()
    expires_at = fields.BigIntField()
    used_at = fields.BigIntField(null=True)

    class Meta:
        table = "invite"


class Session(Model):
    """A browser that is signed in, for one person in one community."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    token_hash = fields.CharField(max_length=64, unique=True)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="sessions", on_delete=RESTRICT
    )
    staff = fields.BooleanField()
    device_id = fields.BigIntField(
        null=True
    )  # the counter's browser, for a clerk who came in by PIN
    begun_at = fields.BigIntField()
    seen_at = fields.BigIntField()
    ends_at = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)
    browser = fields.CharField(max_length=40, default="", db_default="")
    confirmed_at = fields.BigIntField(null=True)
    shop_id = fields.BigIntField(null=True)  # chosen, where there are several

    class Meta:
        table = "session"
        indexes = (("person_id",),)


class UsedMemberCode(Model):
    """A rotating member code that has been scanned: it opens one service and no second."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id = fields.BigIntField()
    step = fields.BigIntField()
    used_by = fields.BigIntField()
    used_at = fields.BigIntField()
    spent_at = fields.BigIntField(null=True)  # when something was served on it

    class Meta:
        table = "used_member_code"
        unique_together = (("book_id", "person_id", "step"),)
