"""Activities, shifts and attendances in JSON."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from api.schemas.types import (
    TEXT_PATTERN,
    Answer,
    Asked,
    Id,
    Line,
    Moment,
    Page,
    Scanned,
    SentId,
    SentMoment,
    example,
    one,
)
from checkin import models
from checkin.models import AttendanceState, Provenance, ShiftState
from people.masks import masked_name

_ID, _OTHER_ID = "482915093250080768", "482915093250080769"


class PlanActivity(Asked):
    """Something volunteers will do again and again; with `usual_minutes` it is on call and has no shifts."""

    model_config = ConfigDict(
        json_schema_extra=example(
            title="周六清洁家园",
            category="环境",
            place="彩虹里",
            multiplier_percent=100,
            usual_minutes=None,
        )
    )
    title: Line
    category: Annotated[str, Field(min_length=1, max_length=40, pattern=TEXT_PATTERN)]
    place: Annotated[str, Field(max_length=80, pattern=TEXT_PATTERN)] = ""
    multiplier_percent: Annotated[int, Field(ge=0, le=1000)] = 100
    usual_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None


class Activity(Answer):
    """An activity of the community."""

    model_config = ConfigDict(
        json_schema_extra=example(
            activity_id=_ID,
            title="周六清洁家园",
            category="环境",
            place="彩虹里",
            multiplier_percent=100,
            usual_minutes=None,
        )
    )
    activity_id: Id
    title: str
    category: str
    place: str
    multiplier_percent: int
    usual_minutes: int | None

    @classmethod
    def of(cls, activity: models.Activity) -> Self:
        """Show an activity."""
        return cls(
            activity_id=activity.id,
            title=activity.title,
            category=activity.category,
            place=activity.place,
            multiplier_percent=activity.multiplier_percent,
            usual_minutes=activity.usual_minutes,
        )


class Activities(Answer):
    """The community's activities by category and title."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Activity)]))
    items: list[Activity]


class PlanShift(Asked):
    """One occasion of an activity; its budget, if none is given, covers `people` for its whole length."""

    model_config = ConfigDict(
        json_schema_extra=example(
            activity_id=_ID,
            starts_at="2026-11-21T01:00:00Z",
            ends_at="2026-11-21T03:00:00Z",
            people=20,
        )
    )
    activity_id: SentId
    starts_at: SentMoment
    ends_at: SentMoment
    leader_id: SentId | None = None
    people: Annotated[int, Field(ge=1, le=10_000)] = 20
    points_budget: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None
    capacity: Annotated[int, Field(ge=0, le=10_000)] = 0


class Shift(Answer):
    """One occasion of an activity, with the points it may award and has awarded."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shift_id=_OTHER_ID,
            activity={
                "activity_id": _ID,
                "title": "周六清洁家园",
                "category": "环境",
                "place": "彩虹里",
                "multiplier_percent": 100,
                "usual_minutes": None,
            },
            leader_id=None,
            leader_masked=None,
            starts_at="2026-11-21T01:00:00Z",
            ends_at="2026-11-21T03:00:00Z",
            multiplier_percent=100,
            points_budget=400,
            points_awarded=0,
            bonus_awarded=0,
            state="open",
            cancelled_because="",
        )
    )
    shift_id: Id
    activity: Activity
    leader_id: Id | None
    leader_masked: str | None
    starts_at: Moment
    ends_at: Moment
    multiplier_percent: int
    points_budget: int
    points_awarded: int
    bonus_awarded: int
    state: ShiftState
    cancelled_because: str

    @classmethod
    def of(cls, shift: models.Shift) -> Self:
        """Show a shift with its activity and leader."""
        return cls(
            shift_id=shift.id,
            activity=Activity.of(shift.activity),
            leader_id=shift.leader_id,
            leader_masked=shift.leader.masked_name if shift.leader else None,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            multiplier_percent=shift.multiplier_percent,
            points_budget=shift.points_budget,
            points_awarded=shift.points_awarded,
            bonus_awarded=shift.bonus_awarded,
            state=shift.state,
            cancelled_because=shift.cancelled_because,
        )


class Shifts(Answer):
    """The shifts that have not ended, earliest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Shift)]))
    items: list[Shift]


class VenueCode(Answer):
    """What the organiser's screen shows now: the code, its address for phones, and six digits to type."""

    model_config = ConfigDict(
        json_schema_extra=example(
            code="CEAQNM5LDDVIACAAADQ6GHIAVXJ25PXQ",
            address="HTTPS://CAIHONG.EXAMPLE.CN/Q/CEAQNM5LDDVIACAAADQ6GHIAVXJ25PXQ",
            digits="402817",
            changes_in_seconds=7,
        )
    )
    code: str
    address: str | None
    digits: str
    changes_in_seconds: int


class CheckIn(Asked):
    """What the volunteer scanned on the screen, or the six digits beside it: one of the two."""

    model_config = ConfigDict(json_schema_extra=example(digits="402817"))
    code: Scanned | None = None
    digits: Annotated[str, Field(min_length=1, max_length=20, pattern=TEXT_PATTERN)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.code is None) == (self.digits is None):
            raise ValueError("give either the code or the digits")
        return self


class Attendance(Answer):
    """One person at one shift, and what became of it."""

    model_config = ConfigDict(
        json_schema_extra=example(
            attendance_id="482915093250080771",
            shift_id=_OTHER_ID,
            person_id="482915093250080772",
            name_masked="王*兰",
            activity="周六清洁家园",
            state="left",
            provenance="scanned",
            checked_in_at="2026-11-21T01:00:00Z",
            checked_out_at="2026-11-21T03:00:00Z",
            minutes_worked=120,
            minutes_counted=0,
            points_awarded=0,
            stopped_by="",
            arrives_at=None,
            verified_by_rule=False,
            needs_second=False,
            needs_word=False,
            disputed=False,
            reason="",
        )
    )
    attendance_id: Id
    shift_id: Id
    person_id: Id
    name_masked: str
    activity: str
    state: AttendanceState
    provenance: Provenance
    checked_in_at: Moment | None
    checked_out_at: Moment | None
    minutes_worked: int
    minutes_counted: int
    points_awarded: int
    stopped_by: str
    arrives_at: Moment | None
    verified_by_rule: bool
    needs_second: bool
    needs_word: bool
    disputed: bool
    reason: str

    @classmethod
    def of(cls, row: models.Attendance) -> Self:
        """Show an attendance with its person, shift and activity."""
        return cls(
            attendance_id=row.id,
            shift_id=row.shift_id,
            person_id=row.person_id,
            name_masked=row.person.masked_name,
            activity=row.shift.activity.title,
            state=row.state,
            provenance=row.provenance,
            checked_in_at=row.checked_in_at,
            checked_out_at=row.checked_out_at,
            minutes_worked=row.minutes_worked,
            minutes_counted=row.minutes_counted,
            points_awarded=row.points_awarded,
            stopped_by=row.stopped_by,
            arrives_at=row.arrives_at if row.is_on_notice else None,
            verified_by_rule=row.verified_by_rule,
            needs_second=row.needs_second,
            needs_word=row.needs_word,
            disputed=row.disputed_at is not None,
            reason=row.reason,
        )

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """Show an attendance read as `board.told` reads it."""
        shown = {name: row[name] for name in cls.model_fields.keys() & row.keys()}
        return cls(attendance_id=row["id"], name_masked=masked_name(row["name"]), **shown)


class Attendances(Page):
    """A page of attendances."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Attendance)], next=None))
    items: list[Attendance]
