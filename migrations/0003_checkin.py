"""Award rules, activities, shifts, attendances and scans."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from checkin.models import AttendanceState, Provenance, Purpose, ShiftState
from kernel.engines import checked
from kernel.engines.checked import CreateChecked
from kernel.ids import new_id


class Migration(checked.Migration):
    dependencies = [("caihong", "0002_people")]

    initial = False

    operations = [
        CreateChecked(
            name="Activity",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                ("title", fields.CharField(max_length=80)),
                ("category", fields.CharField(max_length=40)),
                ("place", fields.CharField(default="", max_length=80)),
                ("multiplier_percent", fields.IntField(default=100)),
                ("planned_at", fields.BigIntField()),
            ],
            options={
                "table": "activity",
                "app": "caihong",
                "unique_together": (("book_id", "title"),),
                "constraints": [
                    CheckConstraint(
                        check="multiplier_percent BETWEEN 0 AND 1000", name="activity_multiplier"
                    )
                ],
                "pk_attr": "id",
                "table_description": "Something volunteers do again and again: the Saturday clean-up, the night patrol.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="AwardRule",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                ("version", fields.IntField()),
                ("points_per_hour", fields.IntField()),
                ("months_valid", fields.IntField(default=24)),
                ("in_force_from", fields.BigIntField()),
                ("adopted_by", fields.BigIntField(null=True)),
            ],
            options={
                "table": "award_rule",
                "app": "caihong",
                "unique_together": (("book_id", "version"),),
                "constraints": [
                    CheckConstraint(check="points_per_hour >= 0", name="award_rule_points"),
                    CheckConstraint(check="months_valid >= 1", name="award_rule_months"),
                ],
                "pk_attr": "id",
                "table_description": "How hours become points from one moment on. A rule is never changed: the next version replaces it.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Shift",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                (
                    "activity",
                    fields.ForeignKeyField(
                        "caihong.Activity",
                        source_field="activity_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="shifts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "leader",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="leader_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="led_shifts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("starts_at", fields.BigIntField()),
                ("ends_at", fields.BigIntField()),
                ("multiplier_percent", fields.IntField()),
                ("points_budget", fields.BigIntField()),
                ("points_awarded", fields.BigIntField(default=0)),
                (
                    "state",
                    fields.CharEnumField(
                        default=ShiftState.OPEN,
                        description="OPEN: open\nCLOSED: closed",
                        enum_type=ShiftState,
                        max_length=10,
                    ),
                ),
            ],
            options={
                "table": "shift",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(check="ends_at > starts_at", name="shift_ends_after_start"),
                    CheckConstraint(check="points_awarded >= 0", name="shift_awards"),
                    CheckConstraint(check="points_awarded <= points_budget", name="shift_budget"),
                ],
                "indexes": [Index(fields=["book_id", "starts_at"])],
                "pk_attr": "id",
                "table_description": "One occasion of an activity. It keeps the multiplier it was planned with, and a budget of points.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="Attendance",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                (
                    "shift",
                    fields.ForeignKeyField(
                        "caihong.Shift",
                        source_field="shift_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="attendances",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="attendances",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="WAITING: waiting\nPRESENT: present\nLEFT: left\nVERIFIED: verified\nREJECTED: rejected",
                        enum_type=AttendanceState,
                        max_length=10,
                    ),
                ),
                (
                    "provenance",
                    fields.CharEnumField(
                        default=Provenance.SCANNED,
                        description="SCANNED: scanned\nCONFIRMED: confirmed\nCORRECTED: corrected",
                        enum_type=Provenance,
                        max_length=10,
                    ),
                ),
                ("checked_in_at", fields.BigIntField(null=True)),
                ("checked_out_at", fields.BigIntField(null=True)),
                ("asked_at", fields.BigIntField(null=True)),
                ("asked_with", fields.CharField(default="", max_length=64)),
                ("confirmed_by", fields.BigIntField(null=True)),
                ("minutes_worked", fields.IntField(default=0)),
                ("minutes_counted", fields.IntField(default=0)),
                ("points_awarded", fields.IntField(default=0)),
                ("points_to_debt", fields.IntField(default=0)),
                ("expires_on", fields.IntField(null=True)),
                ("rule_version", fields.IntField(null=True)),
                ("revision", fields.IntField(default=1)),
                (
                    "verifier",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="verifier_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="verified_attendances",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("verified_at", fields.BigIntField(null=True)),
                ("reason", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "attendance",
                "app": "caihong",
                "unique_together": (("book_id", "shift", "person"),),
                "constraints": [
                    CheckConstraint(
                        check="verifier_id <> person_id", name="attendance_verified_by_another"
                    ),
                    CheckConstraint(
                        check="checked_out_at >= checked_in_at",
                        name="attendance_leaves_after_coming",
                    ),
                    CheckConstraint(
                        check="state <> 'present' OR (checked_in_at IS NOT NULL AND checked_out_at IS NULL)",
                        name="attendance_present_has_come",
                    ),
                    CheckConstraint(
                        check="state NOT IN ('left', 'verified') OR (checked_in_at IS NOT NULL AND checked_out_at IS NOT NULL)",
                        name="attendance_left_has_times",
                    ),
                    CheckConstraint(
                        check="state <> 'verified' OR (verifier_id IS NOT NULL AND verified_at IS NOT NULL)",
                        name="attendance_verified_by_somebody",
                    ),
                    CheckConstraint(
                        check="points_awarded >= 0 AND points_to_debt BETWEEN 0 AND points_awarded",
                        name="attendance_points",
                    ),
                    CheckConstraint(
                        check="minutes_counted BETWEEN 0 AND minutes_worked",
                        name="attendance_minutes",
                    ),
                ],
                "indexes": [
                    Index(fields=["book_id", "person_id"]),
                    Index(fields=["book_id", "state"]),
                ],
                "pk_attr": "id",
                "table_description": "One person at one shift: when they came and left, and what became of it.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="CheckinScan",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                (
                    "shift",
                    fields.ForeignKeyField(
                        "caihong.Shift",
                        source_field="shift_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="scans",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="scans",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "attendance",
                    fields.ForeignKeyField(
                        "caihong.Attendance",
                        source_field="attendance_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="scans",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "purpose",
                    fields.CharEnumField(
                        description="ARRIVING: in\nLEAVING: out", enum_type=Purpose, max_length=4
                    ),
                ),
                ("way", fields.CharField(max_length=10)),
                ("refusal", fields.CharField(default="", max_length=40)),
                ("scanned_at", fields.BigIntField()),
            ],
            options={
                "table": "checkin_scan",
                "app": "caihong",
                "indexes": [
                    Index(fields=["book_id", "shift_id", "scanned_at"]),
                    Index(fields=["book_id", "attendance_id"]),
                ],
                "pk_attr": "id",
                "table_description": "One try to come or go, accepted or refused and why: the organiser's help list and the auditor's trace.",
            },
            bases=["Model"],
        ),
        # Nobody is in two places: the database says so too.
        ops.RunSQL(
            "CREATE UNIQUE INDEX attendance_one_open ON attendance (book_id, person_id) WHERE state = 'present'",
            reverse_sql="DROP INDEX attendance_one_open",
        ),
    ]
