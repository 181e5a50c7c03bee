"""Scans made without a network, codes that are used once, screens lent to a helper, and how a shift's codes may be used."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from checkin.code_papers import Outcome
from checkin.models import CodeMode, Provenance, Purpose
from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier


class Migration(checked.Migration):
    dependencies = [("caihong", "0015_signups")]

    initial = False

    operations = [
        CreateChecked(
            name="LentScreen",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                (
                    "shift",
                    fields.ForeignKeyField(
                        "caihong.Shift",
                        source_field="shift_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="lent_screens",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("lent_by", fields.BigIntField()),
                ("lent_at", fields.BigIntField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="lent_screens",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("taken_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "lent_screen",
                "app": "caihong",
                "constraints": [
                    CheckConstraint(
                        check="(person_id IS NULL) = (taken_at IS NULL)",
                        name="lent_screen_taken_by_somebody",
                    )
                ],
                "indexes": [Index(fields=["book_id", "shift_id", "person_id"])],
                "pk_attr": "id",
                "table_description": "A shift's code screen lent to a helper by a link that one person can take, until the shift is over.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="StoredScan",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                (
                    "shift",
                    fields.ForeignKeyField(
                        "caihong.Shift",
                        source_field="shift_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="stored_scans",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("nonce", fields.CharField(max_length=40)),
                (
                    "purpose",
                    fields.CharEnumField(
                        description="ARRIVING: in\nLEAVING: out", enum_type=Purpose, max_length=4
                    ),
                ),
                ("way", fields.CharField(max_length=10)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="stored_scans",
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
                        related_name="stored_scans",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("device_at", fields.BigIntField()),
                ("scanned_at", fields.BigIntField()),
                (
                    "outcome",
                    fields.CharEnumField(
                        description="ACCEPTED: accepted\nDOUBTFUL: doubtful",
                        enum_type=Outcome,
                        max_length=10,
                    ),
                ),
                ("reason", fields.CharField(default="", max_length=40)),
                ("uploaded_at", fields.BigIntField()),
                ("uploaded_by", fields.BigIntField()),
                ("settled_at", fields.BigIntField(null=True)),
                ("settled_by", fields.BigIntField(null=True)),
            ],
            options={
                "table": "stored_scan",
                "app": "caihong",
                "unique_together": (("book_id", "shift", "nonce"),),
                "constraints": [
                    CheckConstraint(
                        check="(outcome = 'doubtful') = (reason <> '')",
                        name="stored_scan_doubt_is_said",
                    ),
                    CheckConstraint(
                        check="(settled_at IS NULL) = (settled_by IS NULL)",
                        name="stored_scan_settled_by_somebody",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A scan made without a network: kept as it was sent, judged when it came, and looked at where it is in doubt.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="UsedVenueCode",
            fields=[
                identifier(),
                ("book_id", fields.BigIntField()),
                (
                    "shift",
                    fields.ForeignKeyField(
                        "caihong.Shift",
                        source_field="shift_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="used_codes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("code", fields.CharField(max_length=16)),
                ("used_with", fields.CharField(max_length=64)),
                ("used_at", fields.BigIntField()),
            ],
            options={
                "table": "used_venue_code",
                "app": "caihong",
                "unique_together": (("book_id", "shift", "code"),),
                "pk_attr": "id",
                "table_description": "A code of a shift that gives each claimant a code of their own, and whose claim was first.",
            },
            bases=["Model"],
        ),
        # The words of the column are longer; its type is as it was.
        Known(
            ops.AlterField(
                model_name="Attendance",
                name="provenance",
                field=fields.CharEnumField(
                    default=Provenance.SCANNED,
                    description="\n".join(f"{each.name}: {each.value}" for each in Provenance),
                    enum_type=Provenance,
                    max_length=10,
                ),
            )
        ),
        ops.AddField(
            model_name="Shift",
            name="code_mode",
            field=fields.CharEnumField(
                default=CodeMode.SHARED,
                description="SHARED: shared\nSTRICT: strict\nQUEUE: queue",
                db_default="shared",
                enum_type=CodeMode,
                max_length=10,
            ),
        ),
    ]
