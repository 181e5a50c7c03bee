"""Households, consents, codes to collect with, and what happens in a life; purses that pay together."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.engines import checked
from kernel.engines.checked import CreateChecked
from kernel.ids import new_id
from people.lives import ConsentGiven, LifeKind, PassesTo

KINDS = ("PURSE_MERGED", "PURSE_PASSED_ON", "VOUCHER_REBOUND")

# What is so at one time and not for ever: no constraint of a whole table can say it.
INDEXES = """
CREATE UNIQUE INDEX household_member_in_one ON household_member (book_id, person_id) WHERE left_at IS NULL;
CREATE UNIQUE INDEX spending_consent_once ON spending_consent (book_id, giver_id, spender_id)
    WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX guardian_consent_once ON guardian_consent (book_id, child_id) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX life_event_closes_once ON life_event (book_id, person_id)
    WHERE reversed_at IS NULL AND kind IN ('merged', 'closed');
CREATE UNIQUE INDEX life_event_moves_out_once ON life_event (book_id, person_id)
    WHERE reversed_at IS NULL AND kind = 'moved_out'
"""


def own_id() -> tuple[str, fields.BigIntField]:
    """Every table's own key, made by the application."""
    return "id", fields.BigIntField(primary_key=True, generated=False, default=new_id)


def to(
    name: str, model: str, related_name: str, *, null: bool = False
) -> tuple[str, fields.ForeignKeyRelation[Model]]:
    """Refer to a row of another table, which then cannot go."""
    return name, fields.ForeignKeyField(
        f"caihong.{model}",
        source_field=f"{name}_id",
        null=null,
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.RESTRICT,
    )


async def make_rules(apps, schema_editor) -> None:
    """Create the partial unique indexes, and let the books know the new kinds of entries."""
    for statement in INDEXES.split(";"):
        await schema_editor.client.execute_query(statement.strip())
    kinds = ", ".join(f"('{kind}')" for kind in KINDS)
    await schema_editor.client.execute_query(f"INSERT INTO entry_kind (code) VALUES {kinds}")


class Migration(checked.Migration):
    dependencies = [("caihong", "0010_cards")]

    initial = False

    operations = [
        CreateChecked(
            name="BirthYear",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("person", "Person", "birth_years"),
                ("year", fields.IntField()),
                ("proof", fields.CharField(max_length=40)),
                ("seen_by", fields.BigIntField()),
                ("seen_at", fields.BigIntField()),
            ],
            options={
                "table": "birth_year",
                "app": "caihong",
                "unique_together": (("book_id", "person"),),
                "constraints": [
                    CheckConstraint(
                        check="year >= 1900 AND year <= 2200", name="birth_year_is_a_year"
                    )
                ],
                "pk_attr": "id",
                "table_description": "The year in which a person was born, with who saw which proof of it, and when.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="CollectCode",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("person", "Person", "collect_codes"),
                ("token_hash", fields.CharField(max_length=64)),
                ("digits_hash", fields.CharField(max_length=64)),
                ("points_limit", fields.IntField()),
                ("valid_on", fields.IntField()),
                ("made_by", fields.BigIntField()),
                ("made_at", fields.BigIntField()),
                ("revoked_at", fields.BigIntField(null=True)),
                ("used_at", fields.BigIntField(null=True)),
                ("redemption_id", fields.BigIntField(null=True)),
            ],
            options={
                "table": "collect_code",
                "app": "caihong",
                "unique_together": (("book_id", "token_hash"), ("book_id", "digits_hash")),
                "constraints": [
                    CheckConstraint(check="points_limit > 0", name="collect_limit_is_positive"),
                    CheckConstraint(
                        check="(used_at IS NULL) = (redemption_id IS NULL)",
                        name="collect_used_for_one",
                    ),
                ],
                "indexes": [
                    Index(fields=["book_id", "person_id"]),
                    Index(fields=["book_id", "redemption_id"]),
                ],
                "pk_attr": "id",
                "table_description": "A code with which somebody else collects for a member: one local day, once, up to a limit of points.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="GuardianConsent",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("child", "Person", "guardians"),
                to("guardian", "Person", "wards"),
                ("given_how", fields.CharEnumField(enum_type=ConsentGiven, max_length=10)),
                ("given_at", fields.BigIntField()),
                ("recorded_by", fields.BigIntField()),
                ("withdrawn_at", fields.BigIntField(null=True)),
                ("withdrawn_by", fields.BigIntField(null=True)),
            ],
            options={
                "table": "guardian_consent",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(check="child_id <> guardian_id", name="guardian_is_another")
                ],
                "indexes": [Index(fields=["book_id", "child_id"])],
                "pk_attr": "id",
                "table_description": "A guardian agrees that a child under 14 takes part: who, when, how it was recorded and by whom.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Household",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                ("label", fields.CharField(max_length=40)),
                ("made_by", fields.BigIntField(null=True)),
                ("made_at", fields.BigIntField()),
            ],
            options={
                "table": "household",
                "app": "caihong",
                "indexes": [Index(fields=["book_id", "label"])],
                "pk_attr": "id",
                "table_description": "People who live together, under a name or flat. It owns nothing: points stay each one's own.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="HouseholdMember",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("household", "Household", "members"),
                to("person", "Person", "households"),
                ("joined_at", fields.BigIntField()),
                ("left_at", fields.BigIntField(null=True)),
                ("added_by", fields.BigIntField(null=True)),
                ("ended_by", fields.BigIntField(null=True)),
            ],
            options={
                "table": "household_member",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(
                        check="left_at IS NULL OR left_at >= joined_at",
                        name="household_left_after_joining",
                    )
                ],
                "indexes": [
                    Index(fields=["book_id", "household_id"]),
                    Index(fields=["book_id", "person_id"]),
                ],
                "pk_attr": "id",
                "table_description": "A person in a household, from when until when.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="LifeEvent",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                ("kind", fields.CharEnumField(enum_type=LifeKind, max_length=12)),
                to("person", "Person", "life_events"),
                to("other", "Person", "life_events_of_others", null=True),
                ("passes_to", fields.CharEnumField(null=True, enum_type=PassesTo, max_length=10)),
                ("fund_id", fields.BigIntField(null=True)),
                ("points_moved", fields.BigIntField(default=0)),
                ("points_settled", fields.BigIntField(default=0)),
                ("points_owed_moved", fields.BigIntField(default=0)),
                ("minutes_moved", fields.BigIntField(default=0)),
                ("points_lapsed", fields.BigIntField(default=0)),
                ("flat_before", fields.CharField(default="", max_length=40)),
                ("flat_after", fields.CharField(default="", max_length=40)),
                ("proof", fields.CharField(default="", max_length=80)),
                ("made_by", fields.BigIntField()),
                ("approved_by", fields.BigIntField(null=True)),
                ("recorded_at", fields.BigIntField()),
                ("reversed_at", fields.BigIntField(null=True)),
                ("reversed_by", fields.BigIntField(null=True)),
                ("reversal_approved_by", fields.BigIntField(null=True)),
            ],
            options={
                "table": "life_event",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(
                        check="kind NOT IN ('merged', 'closed') OR (approved_by IS NOT NULL AND approved_by <> made_by)",
                        name="life_event_two_people",
                    ),
                    CheckConstraint(
                        check="kind NOT IN ('merged', 'closed') OR (made_by <> person_id AND approved_by <> person_id)",
                        name="life_event_not_by_oneself",
                    ),
                    CheckConstraint(
                        check="reversed_at IS NULL OR kind = 'moved_out' OR (reversal_approved_by IS NOT NULL AND reversal_approved_by <> reversed_by)",
                        name="life_event_reversal_two_people",
                    ),
                    CheckConstraint(
                        check="other_id IS NULL OR other_id <> person_id",
                        name="life_event_other_is_another",
                    ),
                    CheckConstraint(
                        check="points_moved >= 0 AND points_settled >= 0 AND points_settled <= points_moved AND points_owed_moved >= 0 AND minutes_moved >= 0 AND points_lapsed >= 0",
                        name="life_event_amounts",
                    ),
                ],
                "indexes": [
                    Index(fields=["book_id", "person_id"]),
                    Index(fields=["book_id", "other_id"]),
                ],
                "pk_attr": "id",
                "table_description": "What happened to a record, who recorded and who approved it, what it moved, and whether it was taken back.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="PassingRule",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                ("passes_to", fields.CharEnumField(enum_type=PassesTo, max_length=10)),
                ("fund_id", fields.BigIntField(null=True)),
                ("fund_name", fields.CharField(default="", max_length=40)),
                ("decided_by", fields.BigIntField()),
                ("decided_at", fields.BigIntField()),
            ],
            options={
                "table": "passing_rule",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(
                        check="(passes_to = 'fund') = (fund_id IS NOT NULL)",
                        name="passing_rule_names_fund",
                    )
                ],
                "indexes": [Index(fields=["book_id", "decided_at"])],
                "pk_attr": "id",
                "table_description": "The community's written rule for the points of closed records, of which the latest one counts.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Rebinding",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("event", "LifeEvent", "rebindings"),
                to("voucher", "Voucher", "replaced_by"),
                to("successor", "Voucher", "replaces"),
                ("amount_fen", fields.IntField()),
                ("undone_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "voucher_rebinding",
                "app": "caihong",
                "unique_together": (("book_id", "successor"),),
                "constraints": [
                    CheckConstraint(check="amount_fen > 0", name="voucher_rebinding_is_positive"),
                    CheckConstraint(
                        check="voucher_id <> successor_id", name="voucher_rebinding_of_two"
                    ),
                ],
                "indexes": [
                    Index(fields=["book_id", "voucher_id"]),
                    Index(fields=["book_id", "event_id"]),
                ],
                "pk_attr": "id",
                "table_description": "A voucher made void because another took its place, for what was left on it.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="SpendingConsent",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("household", "Household", "consents"),
                to("giver", "Person", "consents_given"),
                to("spender", "Person", "consents_had"),
                ("points_a_month", fields.IntField()),
                ("month", fields.IntField()),
                ("points_spent", fields.IntField(default=0)),
                ("points_carried", fields.IntField(default=0)),
                ("given_at", fields.BigIntField()),
                ("recorded_by", fields.BigIntField()),
                ("withdrawn_at", fields.BigIntField(null=True)),
                ("withdrawn_by", fields.BigIntField(null=True)),
            ],
            options={
                "table": "spending_consent",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(check="giver_id <> spender_id", name="consent_between_two"),
                    CheckConstraint(
                        check="points_carried >= 0 AND points_carried <= points_spent "
                        "AND points_spent <= points_a_month",
                        name="consent_spent_within_limit",
                    ),
                    CheckConstraint(check="points_a_month > 0", name="consent_limit_is_positive"),
                ],
                "indexes": [
                    Index(fields=["book_id", "spender_id"]),
                    Index(fields=["book_id", "giver_id"]),
                ],
                "pk_attr": "id",
                "table_description": "The giver lets the spender pay from the giver's purse, up to so many points a month, until withdrawn.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="PursePart",
            fields=[
                own_id(),
                ("book_id", fields.BigIntField()),
                to("redemption", "Redemption", "parts"),
                to("person", "Person", "purse_parts"),
                to("consent", "SpendingConsent", "parts", null=True),
                ("place", fields.IntField()),
                ("month", fields.IntField()),
                ("points", fields.IntField()),
                ("points_refunded", fields.IntField(default=0)),
            ],
            options={
                "table": "purse_part",
                "app": "caihong",
                "unique_together": (("book_id", "redemption", "person"),),
                "constraints": [
                    CheckConstraint(
                        check="points > 0 AND points_refunded >= 0 AND points_refunded <= points",
                        name="purse_part_refund_within_points",
                    )
                ],
                "indexes": [Index(fields=["book_id", "consent_id"])],
                "pk_attr": "id",
                "table_description": "What one purse paid of an exchange that a family paid together, where the customer's own part has no consent.",
            },
            bases=["Model"],
        ),
        ops.RunPython(make_rules),
    ]
