"""Weekly plans and the days they skip in JSON."""

from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from api.days import AskedDay
from api.schemas.checkin import Activity, Shift
from api.schemas.types import TEXT_PATTERN, Answer, Asked, Day, Id, Scanned, SentId, example, one
from checkin import signup_models
from checkin.occasions import weekdays_of
from kernel.days import from_date

_ID = "482915093250080790"
Weekday = Annotated[int, Field(ge=0, le=6)]


class PlanWeekly(Asked):
    """A shift on some days of every week (Monday is 0), at a minute of the local day, and how far ahead it is made."""

    model_config = ConfigDict(
        json_schema_extra=example(
            activity_id="482915093250080768",
            weekdays=[5],
            starts_minute=540,
            minutes=120,
            capacity=12,
            people=12,
            weeks_ahead=2,
            leader_id=None,
        )
    )
    activity_id: SentId
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    starts_minute: Annotated[int, Field(ge=0, le=1439)]
    minutes: Annotated[int, Field(ge=1, le=1440)]
    capacity: Annotated[int, Field(ge=0, le=10_000)] = 0
    people: Annotated[int, Field(ge=1, le=10_000)] = 20
    weeks_ahead: Annotated[int, Field(ge=1, le=8)] = 2
    leader_id: SentId | None = None


class CrewMember(Answer):
    """Somebody who is signed up every time."""

    model_config = ConfigDict(
        json_schema_extra=example(person_id="482915093250080772", name_masked="王*兰")
    )
    person_id: Id
    name_masked: str


class WeeklyPlan(Answer):
    """A weekly plan with its crew; an ended one makes no further shifts."""

    model_config = ConfigDict(
        json_schema_extra=example(
            template_id=_ID,
            activity=one(Activity),
            weekdays=[5],
            starts_minute=540,
            minutes=120,
            capacity=12,
            weeks_ahead=2,
            leader_masked=None,
            begins_on="2026-11-21",
            is_ended=False,
            crew=[one(CrewMember)],
        )
    )
    template_id: Id
    activity: Activity
    weekdays: list[int]
    starts_minute: int
    minutes: int
    capacity: int
    weeks_ahead: int
    leader_masked: str | None
    begins_on: Day
    is_ended: bool
    crew: list[CrewMember]

    @classmethod
    def of(
        cls, plan: signup_models.ShiftTemplate, crew: list[signup_models.StandingSignUp]
    ) -> Self:
        """Show a plan with its activity and leader, and its crew with their persons."""
        return cls(
            template_id=plan.id,
            activity=Activity.of(plan.activity),
            weekdays=weekdays_of(plan.weekdays),
            starts_minute=plan.starts_minute,
            minutes=plan.minutes,
            capacity=plan.capacity,
            weeks_ahead=plan.weeks_ahead,
            leader_masked=plan.leader.masked_name if plan.leader else None,
            begins_on=plan.begins_on,
            is_ended=plan.ended_at is not None,
            crew=[
                CrewMember(person_id=each.person_id, name_masked=each.person.masked_name)
                for each in crew
            ],
        )


class WeeklyPlans(Answer):
    """The weekly plans that are not ended."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(WeeklyPlan)]))
    items: list[WeeklyPlan]


class MadeShifts(Answer):
    """The shifts that were made just now; none if all were there."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Shift)]))
    items: list[Shift]


class JoinCrew(Asked):
    """Whose card, code or short number was read."""

    model_config = ConfigDict(json_schema_extra=example(card="103"))
    card: Scanned


def _read_day(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("a day is a date such as 2026-11-30")  # noqa: TRY004  pydantic wants a ValueError
    return value


SentDay = Annotated[
    AskedDay,
    Field(strict=False),
    BeforeValidator(_read_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-30"]}),
]


class SkipDays(Asked):
    """Days on which weekly plans make no shift, both included, and what for."""

    model_config = ConfigDict(
        json_schema_extra=example(first="2027-02-06", last="2027-02-12", title="春节")
    )
    first: SentDay
    last: SentDay
    title: Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)] = ""

    @property
    def between(self) -> tuple[int, int]:
        """Return both as day numbers (yyyymmdd)."""
        return from_date(self.first), from_date(self.last)


class SkippedDay(Answer):
    """A day that is skipped."""

    model_config = ConfigDict(json_schema_extra=example(day="2027-02-06", title="春节"))
    day: Day
    title: str


class SkippedDays(Answer):
    """The days from today on that are skipped, and the shifts that were made for some of them before."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(SkippedDay)], standing=[]))
    items: list[SkippedDay]
    standing: list[Shift]
