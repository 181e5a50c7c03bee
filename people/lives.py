"""Households and what happens in a life: who lives together, who may spend whose points, who collects for whom, and
how a record moves, is joined with another or is closed.

Times are UTC microseconds, days are yyyymmdd, a month is yyyymm. A row is ended, never deleted. That a person is in one
household at a time, and a record is closed once, are partial unique indexes of the migration.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import Person

RESTRICT = fields.RESTRICT


class ConsentGiven(StrEnum):
    """How a guardian's consent was recorded."""

    PAPER = "paper"
    IN_PERSON = "in_person"
    BY_PHONE = "by_phone"


class PassesTo(StrEnum):
    """Where the points of a closed record go, by the community's written rule."""

    HOUSEHOLD = "household"
    FUND = "fund"
    LAPSE = "lapse"


class LifeKind(StrEnum):
    """What happened to a person's record."""

    MOVED_WITHIN = "moved_within"
    MOVED_OUT = "moved_out"
    MERGED = "merged"
    CLOSED = "closed"


class Household(Model):
    """People who live together, under a name or flat. It owns nothing: points stay each one's own."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    label = fields.CharField(max_length=40)
    made_by = fields.BigIntField(null=True)
    made_at = fields.BigIntField()

    class Meta:
        table = "household"
        indexes = (("book_id", "label"),)


class HouseholdMember(Model):
    """A person in a household, from when until when."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    household: fields.ForeignKeyRelation[Household] = fields.ForeignKeyField(
        "caihong.Household", related_name="members", on_delete=RESTRICT
    )
    household_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="households", on_delete=RESTRICT
    )
    person_id: int
    joined_at = fields.BigIntField()
    left_at = fields.BigIntField(null=True)
    added_by = fields.BigIntField(null=True)
    ended_by = fields.BigIntField(null=True)

    class Meta:
        table = "household_member"
        indexes = (("book_id", "household_id"), ("book_id", "person_id"))
        constraints = (
            CheckConstraint(
                check="left_at IS NULL OR left_at >= joined_at", name="household_left_after_joining"
            ),
        )


class SpendingConsent(Model):
    """The giver lets the spender pay from the giver's purse, up to so many points a month, until withdrawn.

    `points_spent` is that of `month`, with `points_carried` of it spent by an earlier consent between the same two.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    household: fields.ForeignKeyRelation[Household] = fields.ForeignKeyField(
        "caihong.Household", related_name="consents", on_delete=RESTRICT
    )
    household_id: int
    giver: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="consents_given", on_delete=RESTRICT
    )
    giver_id: int
    spender: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="consents_had", on_delete=RESTRICT
    )
    spender_id: int
    points_a_month = fields.IntField()
    month = fields.IntField()
    points_spent = fields.IntField(default=0)
    points_carried = fields.IntField(default=0)
    given_at = fields.BigIntField()
    recorded_by = fields.BigIntField()
    withdrawn_at = fields.BigIntField(null=True)
    withdrawn_by = fields.BigIntField(null=True)

    class Meta:
        table = "spending_consent"
        indexes = (("book_id", "spender_id"), ("book_id", "giver_id"))
        constraints = (
            CheckConstraint(check="giver_id <> spender_id", name="consent_between_two"),
            CheckConstraint(
                check="points_carried >= 0 AND points_carried <= points_spent "
                "AND points_spent <= points_a_month",
                name="consent_spent_within_limit",
            ),
            CheckConstraint(check="points_a_month > 0", name="consent_limit_is_positive"),
        )


class GuardianConsent(Model):
    """A guardian agrees that a child under 14 takes part: who, when, how it was recorded and by whom."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    child: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="guardians", on_delete=RESTRICT
    )
    child_id: int
    guardian: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="wards", on_delete=RESTRICT
    )
    guardian_id: int
    given_how = fields.CharEnumField(ConsentGiven, max_length=10)
    given_at = fields.BigIntField()
    recorded_by = fields.BigIntField()
    withdrawn_at = fields.BigIntField(null=True)
    withdrawn_by = fields.BigIntField(null=True)

    class Meta:
        table = "guardian_consent"
        indexes = (("book_id", "child_id"),)
        constraints = (
            CheckConstraint(check="child_id <> guardian_id", name="guardian_is_another"),
        )


class BirthYear(Model):
    """The year in which a person was born, with who saw which proof of it, and when."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="birth_years", on_delete=RESTRICT
    )
    person_id: int
    year = fields.IntField()
    proof = fields.CharField(max_length=40)
    seen_by = fields.BigIntField()
    seen_at = fields.BigIntField()

    class Meta:
        table = "birth_year"
        unique_together = (("book_id", "person"),)
        constraints = (
            CheckConstraint(check="year >= 1900 AND year <= 2200", name="birth_year_is_a_year"),
        )


class CollectCode(Model):
    """A code with which somebody else collects for a member: one local day, once, up to a limit of points."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="collect_codes", on_delete=RESTRICT
    )
    person_id: int
    token_hash = fields.CharField(max_length=64)
    digits_hash = fields.CharField(max_length=64)
    points_limit = fields.IntField()
    valid_on = fields.IntField()
    made_by = fields.BigIntField()
    made_at = fields.BigIntField()
    revoked_at = fields.BigIntField(null=True)
    used_at = fields.BigIntField(null=True)
    redemption_id = fields.BigIntField(null=True)

    class Meta:
        table = "collect_code"
        unique_together = (("book_id", "token_hash"), ("book_id", "digits_hash"))
        indexes = (("book_id", "person_id"), ("book_id", "redemption_id"))
        constraints = (
            CheckConstraint(check="points_limit > 0", name="collect_limit_is_positive"),
            CheckConstraint(
                check="(used_at IS NULL) = (redemption_id IS NULL)", name="collect_used_for_one"
            ),
        )


class PassingRule(Model):
    """The community's written rule for the points of closed records, of which the latest one counts."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    passes_to = fields.CharEnumField(PassesTo, max_length=10)
    fund_id = fields.BigIntField(null=True)
    fund_name = fields.CharField(max_length=40, default="")
    decided_by = fields.BigIntField()
    decided_at = fields.BigIntField()

    class Meta:
        table = "passing_rule"
        indexes = (("book_id", "decided_at"),)
        constraints = (
            CheckConstraint(
                check="(passes_to = 'fund') = (fund_id IS NOT NULL)", name="passing_rule_names_fund"
            ),
        )


class LifeEvent(Model):
    """What happened to a record, who recorded and who approved it, what it moved, and whether it was taken back.

    `points_moved` left the purse, and `points_settled` of them paid the record's own debt. `other` is the surviving
    record or the heir. `points_lapsed` did not come back when the event was taken back: they had expired meanwhile.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    kind = fields.CharEnumField(LifeKind, max_length=12)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="life_events", on_delete=RESTRICT
    )
    person_id: int
    other: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="life_events_of_others", on_delete=RESTRICT, null=True
    )
    other_id: int | None
    passes_to = fields.CharEnumField(PassesTo, max_length=10, null=True)
    fund_id = fields.BigIntField(null=True)
    points_moved = fields.BigIntField(default=0)
    points_settled = fields.BigIntField(default=0)
    points_owed_moved = fields.BigIntField(default=0)
    minutes_moved = fields.BigIntField(default=0)
    points_lapsed = fields.BigIntField(default=0)
    flat_before = fields.CharField(max_length=40, default="")
    flat_after = fields.CharField(max_length=40, default="")
    proof = fields.CharField(max_length=80, default="")
    made_by = fields.BigIntField()
    approved_by = fields.BigIntField(null=True)
    recorded_at = fields.BigIntField()
    reversed_at = fields.BigIntField(null=True)
    reversed_by = fields.BigIntField(null=True)
    reversal_approved_by = fields.BigIntField(null=True)

    class Meta:
        table = "life_event"
        indexes = (("book_id", "person_id"), ("book_id", "other_id"))
        constraints = (
            CheckConstraint(
                check="kind NOT IN ('merged', 'closed') OR "
                "(approved_by IS NOT NULL AND approved_by <> made_by)",
                name="life_event_two_people",
            ),
            CheckConstraint(
                check="kind NOT IN ('merged', 'closed') OR "
                "(made_by <> person_id AND approved_by <> person_id)",
                name="life_event_not_by_oneself",
            ),
            CheckConstraint(
                check="reversed_at IS NULL OR kind = 'moved_out' OR "
                "(reversal_approved_by IS NOT NULL AND reversal_approved_by <> reversed_by)",
                name="life_event_reversal_two_people",
            ),
            CheckConstraint(
                check="other_id IS NULL OR other_id <> person_id",
                name="life_event_other_is_another",
            ),
            CheckConstraint(
                check="points_moved >= 0 AND points_settled >= 0 AND points_settled <= points_moved "
                "AND points_owed_moved >= 0 AND minutes_moved >= 0 AND points_lapsed >= 0",
                name="life_event_amounts",
            ),
        )
