"""What is on public notice, in JSON."""

from typing import Self

from pydantic import ConfigDict

from api.schemas.types import Answer, Id, Moment, Page, example, one
from checkin import models
from checkin.models import Provenance


class OnNotice(Answer):
    """Verified hours whose points have not arrived; names are masked."""

    model_config = ConfigDict(
        json_schema_extra=example(
            attendance_id="482915093250080771",
            name_masked="王*兰",
            activity="周六清洁家园",
            checked_in_at="2026-11-21T01:00:00Z",
            minutes_worked=120,
            points=20,
            provenance="corrected",
            arrives_at="2026-11-28T03:00:00Z",
            disputed=False,
            dispute="",
        )
    )
    attendance_id: Id
    name_masked: str
    activity: str
    checked_in_at: Moment
    minutes_worked: int
    points: int
    provenance: Provenance
    arrives_at: Moment
    disputed: bool
    dispute: str

    @classmethod
    def of(cls, row: models.Attendance) -> Self:
        """Show an attendance with its person, shift and activity."""
        return cls(
            attendance_id=row.id,
            name_masked=row.person.masked_name,
            activity=row.shift.activity.title,
            checked_in_at=row.checked_in_at or 0,
            minutes_worked=row.minutes_worked,
            points=row.points_awarded + row.bonus_points,
            provenance=row.provenance,
            arrives_at=row.arrives_at or 0,
            disputed=row.disputed_at is not None,
            dispute=row.dispute if row.disputed_at is not None else "",
        )


class PublicNotice(Page):
    """A page of what is on public notice, the first to arrive first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(OnNotice)], next=None))
    items: list[OnNotice]
