"""Points above the hours of an attendance, in JSON."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.types import Answer, Asked, Id, Moment, Reason, example, one
from checkin import hours_models
from checkin.bonuses import MOST_AT_ONCE


class GiveBonus(Asked):
    """Points above the hours, and what for."""

    model_config = ConfigDict(json_schema_extra=example(points=5, reason="暴雨应急"))
    points: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]
    reason: Reason


class Bonus(Answer):
    """Points that were given above the hours; `stands` is false once they, or the hours, were taken back."""

    model_config = ConfigDict(
        json_schema_extra=example(
            bonus_id="482915093250080775",
            attendance_id="482915093250080771",
            points=5,
            reason="暴雨应急",
            given_at="2026-11-21T03:10:00Z",
            taken_back_at=None,
            stands=True,
        )
    )
    bonus_id: Id
    attendance_id: Id
    points: int
    reason: str
    given_at: Moment
    taken_back_at: Moment | None
    stands: bool

    @classmethod
    def of(cls, bonus: hours_models.Bonus, revision: int) -> Self:
        """Show a bonus of an attendance that is at some revision."""
        return cls(
            bonus_id=bonus.id,
            attendance_id=bonus.attendance_id,
            points=bonus.points,
            reason=bonus.reason,
            given_at=bonus.given_at,
            taken_back_at=bonus.taken_back_at,
            stands=bonus.taken_back_at is None and bonus.revision == revision,
        )


class Bonuses(Answer):
    """Every bonus of an attendance, earliest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Bonus)]))
    items: list[Bonus]
