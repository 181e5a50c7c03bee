"""Points rules by version, hours entered afterwards, and disputed awards in JSON."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.types import (
    TEXT_PATTERN,
    Answer,
    Asked,
    Moment,
    Reason,
    SentDay,
    SentId,
    SentMoment,
    example,
    one,
)
from checkin.hours_models import AwardRule
from checkin.rules import (
    MOST_BONUS,
    MOST_CAP,
    MOST_DAYS,
    MOST_MINUTES,
    MOST_MONTHS,
    MOST_POINTS,
    Terms,
)

Minutes = Annotated[int, Field(ge=0, le=MOST_MINUTES)]
Cap = Annotated[int, Field(ge=0, le=MOST_CAP)]
Days = Annotated[int, Field(ge=0, le=MOST_DAYS)]
_TERMS = {
    "category": "环境",
    "points_per_hour": 10,
    "months_valid": 24,
    "rounding_minutes": 15,
    "minimum_minutes": 0,
    "longest_minutes": 480,
    "points_per_day": 40,
    "points_per_month": None,
    "notice_days": 0,
    "notice_days_by_hand": 7,
    "verifies_itself": True,
    "grace_minutes": 15,
    "second_above_minutes": 120,
    "second_after_days": 7,
    "leader_bonus_points": 5,
    "bonus_points_per_shift": 30,
}


class AdoptRule(Asked):
    """The next version of a rule, for shifts that begin on a day or later; a limit that is null does not limit.

    Without a category it is the general rule, for all categories that have none of their own.
    """

    model_config = ConfigDict(json_schema_extra=example(in_force_on="2026-12-01", **_TERMS))
    in_force_on: SentDay
    points_per_hour: Annotated[int, Field(ge=0, le=MOST_POINTS)]
    category: Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)] = ""
    months_valid: Annotated[int, Field(ge=1, le=MOST_MONTHS)] = 24
    rounding_minutes: Annotated[int, Field(ge=1, le=60)] = 15
    minimum_minutes: Minutes = 0
    longest_minutes: Minutes | None = None
    points_per_day: Cap | None = None
    points_per_month: Cap | None = None
    notice_days: Days = 0
    notice_days_by_hand: Days = 7
    verifies_itself: bool = False
    grace_minutes: Minutes = 15
    second_above_minutes: Minutes | None = 120
    second_after_days: Days | None = 7
    leader_bonus_points: Annotated[int, Field(ge=0, le=MOST_BONUS)] = 0
    bonus_points_per_shift: Cap = 0

    def terms(self) -> Terms:
        """Return what the version is to say."""
        return Terms(**self.model_dump(exclude={"in_force_on"}))


class Rule(Answer):
    """One version of a points rule, as it was adopted."""

    model_config = ConfigDict(
        json_schema_extra=example(version=2, in_force_from="2026-11-30T16:00:00Z", **_TERMS)
    )
    version: int
    in_force_from: Moment
    category: str
    points_per_hour: int
    months_valid: int
    rounding_minutes: int
    minimum_minutes: int
    longest_minutes: int | None
    points_per_day: int | None
    points_per_month: int | None
    notice_days: int
    notice_days_by_hand: int
    verifies_itself: bool
    grace_minutes: int
    second_above_minutes: int | None
    second_after_days: int | None
    leader_bonus_points: int
    bonus_points_per_shift: int

    @classmethod
    def of(cls, rule: AwardRule) -> Self:
        """Show a version."""
        return cls(**{name: getattr(rule, name) for name in cls.model_fields})


class Rules(Answer):
    """Every version that was adopted, latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Rule)]))
    items: list[Rule]


class BackFill(Asked):
    """A member who was at a shift and was never checked in."""

    model_config = ConfigDict(
        json_schema_extra=example(
            person_id="482915093250080772",
            checked_in_at="2026-11-21T01:00:00Z",
            checked_out_at="2026-11-21T03:00:00Z",
            reason="纸质签到表",
        )
    )
    person_id: SentId
    checked_in_at: SentMoment
    checked_out_at: SentMoment
    reason: Reason


class Leaving(Asked):
    """When the bearer left a shift that they did not check out of."""

    model_config = ConfigDict(json_schema_extra=example(left_at="2026-11-21T03:00:00Z"))
    left_at: SentMoment


class Dispute(Asked):
    """Why somebody objects to an award."""

    model_config = ConfigDict(json_schema_extra=example(reason="邻居说他没有来"))
    reason: Reason
