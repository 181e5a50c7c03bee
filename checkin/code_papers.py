"""Papers beside the codes: scans made without a network, codes that were used up, and screens lent to a helper.

Times are UTC microseconds; a code or card is kept only as what its SHA-256 or its nonce tells.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from checkin.models import Attendance, Purpose, Shift
from kernel.ids import new_id
from people.models import Person

RESTRICT = fields.RESTRICT


class Outcome(StrEnum):
    """What became of a scan that was made without a network."""

    ACCEPTED = "accepted"
    DOUBTFUL = "doubtful"


class StoredScan(Model):
    """A scan made without a network: kept as it was sent, judged when it came, and looked at where it is in doubt."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shift: fields.ForeignKeyRelation[Shift] = fields.ForeignKeyField(
        "caihong.Shift", related_name="stored_scans", on_delete=RESTRICT
    )
    shift_id: int
    nonce = fields.CharField(max_length=40)
    purpose = fields.CharEnumField(Purpose, max_length=4)
    way = fields.CharField(max_length=10)  # card, code, number
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="stored_scans", on_delete=RESTRICT, null=True
    )
    person_id: int | None
    attendance: fields.ForeignKeyNullableRelation[Attendance] = fields.ForeignKeyField(
        "caihong.Attendance", related_name="stored_scans", on_delete=RESTRICT, null=True
    )
    attendance_id: int | None
    # By the device's own clock, and by ours as far as the device knew the difference.
    device_at = fields.BigIntField()
    scanned_at = fields.BigIntField()
    outcome = fields.CharEnumField(Outcome, max_length=10)
    reason = fields.CharField(max_length=40, default="")  # a refusal's slug; empty when accepted
    uploaded_at = fields.BigIntField()
    uploaded_by = fields.BigIntField()
    settled_at = fields.BigIntField(null=True)
    settled_by = fields.BigIntField(null=True)

    class Meta:
        table = "stored_scan"
        unique_together = (("book_id", "shift", "nonce"),)
        constraints = (
            CheckConstraint("(outcome = 'doubtful') = (reason <> '')", "stored_scan_doubt_is_said"),
            CheckConstraint(
                "(settled_at IS NULL) = (settled_by IS NULL)", "stored_scan_settled_by_somebody"
            ),
        )


class UsedVenueCode(Model):
    """A code of a shift that gives each claimant a code of their own, and whose claim was first."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shift: fields.ForeignKeyRelation[Shift] = fields.ForeignKeyField(
        "caihong.Shift", related_name="used_codes", on_delete=RESTRICT
    )
    shift_id: int
    code = fields.CharField(max_length=16)
    used_with = fields.CharField(max_length=64)  # the claim's fingerprint
    used_at = fields.BigIntField()

    class Meta:
        table = "used_venue_code"
        unique_together = (("book_id", "shift", "code"),)


class LentScreen(Model):
    """A shift's code screen lent to a helper by a link that one person can take, until the shift is over."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shift: fields.ForeignKeyRelation[Shift] = fields.ForeignKeyField(
        "caihong.Shift", related_name="lent_screens", on_delete=RESTRICT
    )
    shift_id: int
    token_hash = fields.CharField(max_length=64, unique=True)
    lent_by = fields.BigIntField()
    lent_at = fields.BigIntField()
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="lent_screens", on_delete=RESTRICT, null=True
    )
    person_id: int | None
    taken_at = fields.BigIntField(null=True)

    class Meta:
        table = "lent_screen"
        indexes = (("book_id", "shift_id", "person_id"),)
        constraints = (
            CheckConstraint(
                "(person_id IS NULL) = (taken_at IS NULL)", "lent_screen_taken_by_somebody"
            ),
        )
