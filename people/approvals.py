"""Requests that a second person decides: what one asks for, another approves."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.clock import DAY
from kernel.database import Row
from kernel.ids import new_id
from people.models import RESTRICT, Person

LIVES = 3 * DAY  # what nobody decides by then has lapsed
DELAY = DAY  # where nobody else could approve, all who work here may object for so long


class Act(StrEnum):
    """What takes two persons."""

    ADJUSTMENT = "adjustment"
    DEBT_WRITE_OFF = "debt_write_off"
    ROLE_GRANT = "role_grant"
    ROLE_REVOCATION = "role_revocation"
    GOODS_RETURN = "goods_return"
    GOODS_EXCHANGE = "goods_exchange"
    PIN_RESET = "pin_reset"
    SETTLEMENT_LOCK = "settlement_lock"
    USE_CORRECTION = "use_correction"
    STOCK_COUNT = "stock_count"
    STOCK_WRITE_OFF = "stock_write_off"
    COMPANY_CHANGE = "company_change"


class Outcome(StrEnum):
    """What became of a request; `unopposed`: its maker carried it out after the delay, for nobody else could."""

    APPROVED = "approved"
    UNOPPOSED = "unopposed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


CARRIED_OUT = frozenset({Outcome.APPROVED, Outcome.UNOPPOSED})

# Who asks for a role may get it, with another's approval; anything else is asked for on behalf of others.
RULES = {
    "approval_decided": "(outcome IS NULL) = (decided_at IS NULL)",
    "approval_decider": (
        "(decided_by IS NOT NULL) = (COALESCE(outcome, '') IN ('approved', 'refused'))"
    ),
    "approval_outcome": ("outcome IN ('approved', 'unopposed', 'refused', 'withdrawn', 'lapsed')"),
    "approval_not_by_its_maker": "decided_by <> made_by",
    "approval_not_by_its_beneficiary": "decided_by <> beneficiary_id",
    "approval_not_for_its_maker": (
        "act IN ('role_grant', 'role_revocation') OR beneficiary_id <> made_by"
    ),
    "approval_in_time": ("outcome NOT IN ('approved', 'unopposed') OR decided_at < expires_at"),
    "approval_unopposed": (
        f"outcome <> 'unopposed' OR (alone = 1 AND decided_at >= made_at + {DELAY})"
    ),
    "approval_refused_for_a_reason": "outcome <> 'refused' OR reason <> ''",
    "approval_expires": "expires_at > made_at",
    "approval_alone": "alone IN (0, 1)",
}


class Approval(Model):
    """A request for an act that takes two persons. What it asks for never changes, and it is decided once.

    `alone` is 1 if nobody but its maker could approve it; `points` is what it gives (or takes) in points, if any.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    act = fields.CharEnumField(Act, max_length=20)
    payload = fields.TextField()
    digest = fields.CharField(max_length=64)
    points = fields.BigIntField(default=0)
    made_by = fields.BigIntField()
    made_at = fields.BigIntField()
    beneficiary_id: int | None
    beneficiary: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="approvals", on_delete=RESTRICT, null=True
    )
    alone = fields.SmallIntField(default=0)
    expires_at = fields.BigIntField()
    decided_by = fields.BigIntField(null=True)
    decided_at = fields.BigIntField(null=True)
    # Tortoise's types do not know that a choice may be missing.
    outcome: Outcome | None = fields.CharEnumField(  # type: ignore[assignment]
        Outcome, max_length=10, null=True
    )
    reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "approval"
        indexes = (("book_id", "made_at"), ("book_id", "made_by", "made_at"))
        constraints = tuple(CheckConstraint(check=rule, name=name) for name, rule in RULES.items())

    @property
    def told(self) -> dict[str, Any]:
        """Return what is asked for, by name."""
        said: dict[str, Any] = json.loads(self.payload)
        return said

    @property
    def why(self) -> str:
        """Return the maker's reason."""
        return str(self.told.get("reason", ""))

    @property
    def may_be_carried_out_from(self) -> int:
        """Return from when on its maker may carry it out alone, if nobody else can approve it (UTC microseconds)."""
        return int(self.made_at) + DELAY

    @property
    def row(self) -> dict[str, Any]:
        """Return the columns by name, as the posting desk reads them."""
        return {name: getattr(self, name) for name in self._meta.db_fields}


def swapped_points(told: Mapping[str, Any], points: int) -> tuple[int, int] | None:
    """Return what a swap takes and what then moves (fewer is negative), of what comes back; None for other requests."""
    goes = told.get("expected_total") if "cart" in told else None
    return None if goes is None else (int(goes), points - int(goes))


def as_asked(row: Row) -> Row:
    """Say a request's row for whom it is about: what comes, and of a swap also what goes and what is between them."""
    said = {name: value for name, value in row.items() if name != "payload"}
    goes, between = swapped_points(json.loads(row["payload"]), row["points"]) or (None, None)
    place = list(said).index("points") + 1
    named = [*said.items()]
    more = [("points_out", goes), ("points_between", between)]
    return dict([*named[:place], *more, *named[place:]])
