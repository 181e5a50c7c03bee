"""Signing up: sheets of shifts, who is on them, templates with their crew, and days that templates skip."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from checkin.signup_models import SignUpWay, Standing
from kernel.engines import checked
from kernel.engines.checked import CreateChecked, identifier


def foreign(name, model, related_name, **more):
    """Return a foreign key that restricts."""
    field = fields.ForeignKeyField(
        f"caihong.{model}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.RESTRICT,
        **more,
    )
    return (name, field)


class Migration(checked.Migration):
    dependencies = [("caihong", "0014_hours")]

    initial = False

    operations = [
        CreateChecked(
            name="ShiftTemplate",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                foreign("activity", "Activity", "templates"),
                foreign("leader", "Person", "led_templates", null=True),
                ("weekdays", fields.IntField()),
                ("starts_minute", fields.IntField()),
                ("minutes", fields.IntField()),
                ("capacity", fields.IntField()),
                ("people", fields.IntField()),
                ("weeks_ahead", fields.IntField()),
                ("begins_on", fields.IntField()),
                ("made_by", fields.BigIntField(null=True)),
                ("ended_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "shift_template",
                "app": "caihong",
                "indexes": [Index(fields=["book_id", "ended_at"])],
                "constraints": [
                    CheckConstraint("weekdays BETWEEN 1 AND 127", "shift_template_weekdays"),
                    CheckConstraint("starts_minute BETWEEN 0 AND 1439", "shift_template_start"),
                    CheckConstraint("minutes BETWEEN 1 AND 1440", "shift_template_minutes"),
                    CheckConstraint("capacity >= 0 AND people >= 1", "shift_template_people"),
                    CheckConstraint("weeks_ahead BETWEEN 1 AND 8", "shift_template_weeks"),
                ],
                "pk_attr": "id",
                "table_description": "What makes a shift on some days of every week, some weeks ahead. `weekdays` has a bit for each, Monday first.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StandingSignUp",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                foreign("template", "ShiftTemplate", "crew"),
                foreign("person", "Person", "standing_sign_ups"),
                ("since", fields.BigIntField()),
            ],
            options={
                "table": "standing_sign_up",
                "app": "caihong",
                "unique_together": (("book_id", "template", "person"),),
                "indexes": [Index(fields=["book_id", "person_id"])],
                "pk_attr": "id",
                "table_description": "Somebody who comes every time: signed up for each shift that the template makes.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SkippedDay",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                ("day", fields.IntField()),
                ("title", fields.CharField(default="", max_length=40)),
            ],
            options={
                "table": "skipped_day",
                "app": "caihong",
                "unique_together": (("book_id", "day"),),
                "pk_attr": "id",
                "table_description": "A day on which templates make no shift, such as a holiday.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="SignUpSheet",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                foreign("shift", "Shift", "sheets"),
                ("capacity", fields.IntField(default=0)),
                foreign("template", "ShiftTemplate", "sheets", null=True),
                ("day", fields.IntField(null=True)),
                ("reminded_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "sign_up_sheet",
                "app": "caihong",
                "unique_together": (("book_id", "shift"), ("book_id", "template", "day")),
                "constraints": [
                    CheckConstraint("capacity >= 0", "sign_up_sheet_capacity"),
                    CheckConstraint("(template_id IS NULL) = (day IS NULL)", "sign_up_sheet_day"),
                ],
                "pk_attr": "id",
                "table_description": "A shift's sheet: how many places it has (0 is no limit), and which template made the shift for which day.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="SignUp",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                foreign("shift", "Shift", "sign_ups"),
                foreign("person", "Person", "sign_ups"),
                (
                    "state",
                    fields.CharEnumField(
                        description="SIGNED: signed\nWAITING: waiting\nOFFERED: offered\nWITHDRAWN: withdrawn\nLAPSED: lapsed",
                        enum_type=Standing,
                        max_length=10,
                    ),
                ),
                (
                    "way",
                    fields.CharEnumField(
                        default=SignUpWay.OWN,
                        description="OWN: own\nORGANISER: organiser\nGROUP: group\nSTANDING: standing",
                        enum_type=SignUpWay,
                        max_length=10,
                    ),
                ),
                ("turn", fields.IntField()),
                ("answer_by", fields.BigIntField(null=True)),
                ("entered_by", fields.BigIntField(null=True)),
                ("signed_at", fields.BigIntField()),
            ],
            options={
                "table": "sign_up",
                "app": "caihong",
                "unique_together": (("book_id", "shift", "person"), ("book_id", "shift", "turn")),
                "indexes": [
                    Index(fields=["book_id", "person_id"]),
                    Index(fields=["book_id", "answer_by"]),
                ],
                "constraints": [
                    CheckConstraint(
                        "(state = 'offered') = (answer_by IS NOT NULL)", "sign_up_offer"
                    ),
                    CheckConstraint("turn >= 1", "sign_up_turn"),
                ],
                "pk_attr": "id",
                "table_description": "One person on a shift's sheet. `turn` is their place in line, `answer_by` until when an offered place waits.",
            },
            bases=["Model"],
        ),
    ]
