"""Services of merchants: what is offered, at which agreed shares, and each one rendered.

Days are yyyymmdd, a month is yyyymm, money is fen. An agreement never changes (triggers of the migration): another
version takes its place from a day on.
"""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import RESTRICT, Person, PropertyCompany
from redemption.settlement_papers import Settlement
from redemption.states import OnOffer


class Service(Model):
    """A haircut, a repair or a meal that a merchant offers. Its number and that of the use make the slip."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    company: fields.ForeignKeyRelation[PropertyCompany] = fields.ForeignKeyField(
        "caihong.PropertyCompany", related_name="services", on_delete=RESTRICT
    )
    company_id: int
    number = fields.IntField()
    name = fields.CharField(max_length=80)
    state = fields.CharEnumField(OnOffer, max_length=20, default=OnOffer.ON_SALE)
    uses = fields.IntField(default=0)
    agreements: fields.ReverseRelation["Agreement"]

    class Meta:
        table = "service"
        unique_together = (("book_id", "number"), ("book_id", "company", "name"))
        constraints = (CheckConstraint(check="uses >= 0", name="service_uses_not_negative"),)


AGREED = {
    "agreement_amounts": (
        "list_fen > 0 AND subsidy_fen >= 0 AND discount_fen >= 0 AND points >= 0 AND points_fen >= 0"
    ),
    "agreement_shares_within_price": "subsidy_fen + discount_fen + points_fen <= list_fen",
    "agreement_value_of_points": "points > 0 OR points_fen = 0",
    "agreement_elders": "elder_age >= 1 AND elder_percent >= 0 AND elder_percent <= 100",
    "agreement_limits": "a_day >= 1 AND a_month >= 1 AND household_a_month >= 1",
}


class Agreement(Model):
    """What a service costs from a day on, and who pays what of it.

    `elder_percent` is how much of the resident's part the community takes over from the year of the `elder_age`th
    birthday on; without `elder_pays_points` it pays the value of the points as well. A limit that is empty is none.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    service: fields.ForeignKeyRelation[Service] = fields.ForeignKeyField(
        "caihong.Service", related_name="agreements", on_delete=RESTRICT
    )
    service_id: int
    version = fields.IntField()
    valid_from = fields.IntField()
    list_fen = fields.IntField()
    subsidy_fen = fields.IntField(default=0)
    discount_fen = fields.IntField(default=0)
    points = fields.IntField(default=0)
    points_fen = fields.IntField(default=0)
    elder_age = fields.IntField(null=True)
    elder_percent = fields.IntField(default=100)
    elder_pays_points = fields.BooleanField(default=False)
    a_day = fields.IntField(null=True)
    a_month = fields.IntField(null=True)
    household_a_month = fields.IntField(null=True)
    agreed_by = fields.BigIntField()
    agreed_at = fields.BigIntField()

    class Meta:
        table = "agreement"
        unique_together = (("book_id", "service", "version"),)
        constraints = tuple(CheckConstraint(check=rule, name=name) for name, rule in AGREED.items())


USED = {
    "service_use_adds_up": (
        "list_fen = amount_fen + discount_fen + resident_fen AND amount_fen = subsidy_fen + points_fen"
    ),
    "service_use_amounts": (
        "list_fen > 0 AND subsidy_fen >= 0 AND points_fen >= 0 AND discount_fen >= 0 AND resident_fen >= 0"
    ),
    "service_use_value_of_points": "points >= 0 AND (points > 0 OR points_fen = 0)",
    "service_use_not_by_oneself": "used_by_id <> person_id",
    "service_use_deducted_after_settling": (
        "deducted_in_id IS NULL OR (settled_in_id IS NOT NULL AND undone_at IS NOT NULL)"
    ),
}


class ServiceUse(Model):
    """One service rendered to one person: its list price, and who pays what. `amount_fen` is what the merchant is owed.

    It is settled as a used voucher is: `settled_in` pays for it, `deducted_in` takes it off again.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    service: fields.ForeignKeyRelation[Service] = fields.ForeignKeyField(
        "caihong.Service", related_name="taken", on_delete=RESTRICT
    )
    service_id: int
    company: fields.ForeignKeyRelation[PropertyCompany] = fields.ForeignKeyField(
        "caihong.PropertyCompany", related_name="service_uses", on_delete=RESTRICT
    )
    company_id: int
    agreement: fields.ForeignKeyRelation[Agreement] = fields.ForeignKeyField(
        "caihong.Agreement", related_name="uses", on_delete=RESTRICT
    )
    agreement_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="services_had", on_delete=RESTRICT
    )
    person_id: int
    used_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="services_rendered", on_delete=RESTRICT
    )
    used_by_id: int
    number = fields.IntField()
    list_fen = fields.IntField()
    subsidy_fen = fields.IntField()
    discount_fen = fields.IntField()
    points = fields.IntField()
    points_fen = fields.IntField()
    resident_fen = fields.IntField()
    amount_fen = fields.IntField()
    recognised = fields.CharField(max_length=10)
    used_at = fields.BigIntField()
    undone_at = fields.BigIntField(null=True)
    settled_in: fields.ForeignKeyNullableRelation[Settlement] = fields.ForeignKeyField(
        "caihong.Settlement", related_name="services_settled", on_delete=RESTRICT, null=True
    )
    settled_in_id: int | None
    deducted_in: fields.ForeignKeyNullableRelation[Settlement] = fields.ForeignKeyField(
        "caihong.Settlement", related_name="services_deducted", on_delete=RESTRICT, null=True
    )
    deducted_in_id: int | None

    class Meta:
        table = "service_use"
        unique_together = (("book_id", "service", "number"),)
        indexes = (
            ("book_id", "company_id", "used_at"),
            ("book_id", "person_id"),
            ("book_id", "settled_in_id"),
        )
        constraints = tuple(CheckConstraint(check=rule, name=name) for name, rule in USED.items())


class ServiceTally(Model):
    """How often one person had a service on `day` and in `month`: one row, read and changed by the posts themselves."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    service: fields.ForeignKeyRelation[Service] = fields.ForeignKeyField(
        "caihong.Service", related_name="tallies", on_delete=RESTRICT
    )
    service_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="service_tallies", on_delete=RESTRICT
    )
    person_id: int
    day = fields.IntField(default=0)
    on_day = fields.IntField(default=0)
    month = fields.IntField(default=0)
    in_month = fields.IntField(default=0)

    class Meta:
        table = "service_tally"
        unique_together = (("book_id", "service", "person"),)
        constraints = (
            CheckConstraint(
                check="on_day >= 0 AND in_month >= on_day", name="service_tally_not_negative"
            ),
        )
