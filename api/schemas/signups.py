"""Sign-ups, lists from a group, and tomorrow's sheets in JSON."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from api.schemas.types import Answer, Asked, Day, Id, Moment, Scanned, SentId, example, one
from checkin import signup_models
from checkin.signup_lists import Opening, Sheet
from checkin.signup_models import SignUpWay, Standing
from people.models import Membership

_SHIFT, _PERSON = "482915093250080769", "482915093250080772"
# A pasted list keeps its lines; every other sign that nobody sees is refused.
LINES_PATTERN = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"


class SignUpSomebody(Asked):
    """Whom an organiser signs up: by id, or by the card, code or short number that was read. One of the two."""

    model_config = ConfigDict(json_schema_extra=example(person_id=None, card="103"))
    person_id: SentId | None = None
    card: Scanned | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.person_id is None) == (self.card is None):
            raise ValueError("give either the person or the card")
        return self


class SignUp(Answer):
    """Somebody on a shift's sheet; an offered place is theirs if they sign up again before `answer_by`."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shift_id=_SHIFT,
            person_id=_PERSON,
            name_masked="王*兰",
            state="signed",
            way="own",
            answer_by=None,
            absences=0,
        )
    )
    shift_id: Id
    person_id: Id
    name_masked: str
    state: Standing
    way: SignUpWay
    answer_by: Moment | None
    absences: int

    @classmethod
    def of(cls, row: signup_models.SignUp, member: Membership, absences: int = 0) -> Self:
        """Show one line of a sheet."""
        return cls(
            shift_id=row.shift_id,
            person_id=row.person_id,
            name_masked=member.person.masked_name,
            state=row.state,
            way=row.way,
            answer_by=row.answer_by,
            absences=absences,
        )


class SignUpSheet(Answer):
    """A shift's sheet in the order of its line; a capacity of 0 is no limit, and then no number of places is left."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shift_id=_SHIFT, capacity=12, places_left=11, sign_ups=[one(SignUp)]
        )
    )
    shift_id: Id
    capacity: int
    places_left: int | None
    sign_ups: list[SignUp]

    @classmethod
    def of(cls, sheet: Sheet) -> Self:
        """Show a sheet."""
        lines = [*sheet.coming, *sheet.offered, *sheet.waiting]
        return cls(
            shift_id=sheet.shift.id,
            capacity=sheet.capacity,
            places_left=sheet.places_left,
            sign_ups=[SignUp.of(each.sign_up, each.member, each.absences) for each in lines],
        )


class Capacity(Asked):
    """How many places a shift has; 0 is no limit."""

    model_config = ConfigDict(json_schema_extra=example(capacity=12))
    capacity: Annotated[int, Field(ge=0, le=10_000)]


class OwnSignUp(Answer):
    """A shift as the bearer may join it: places, what an hour brings (null without a rule), and where they stand."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shift_id=_SHIFT,
            activity="周六清洁家园",
            place="彩虹里",
            starts_at="2026-11-21T01:00:00Z",
            ends_at="2026-11-21T03:00:00Z",
            points_per_hour=10,
            multiplier_percent=100,
            capacity=12,
            places_left=11,
            waiting=0,
            state="signed",
            place_in_line=None,
            answer_by=None,
            cancelled_because="",
        )
    )
    shift_id: Id
    activity: str
    place: str
    starts_at: Moment
    ends_at: Moment
    points_per_hour: int | None
    multiplier_percent: int
    capacity: int
    places_left: int | None
    waiting: int
    state: Standing | None
    place_in_line: int | None
    answer_by: Moment | None
    cancelled_because: str

    @classmethod
    def of(cls, opening: Opening) -> Self:
        """Show a shift to somebody who may join it."""
        shift = opening.shift
        return cls(
            shift_id=shift.id,
            activity=shift.activity.title,
            place=shift.activity.place,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            points_per_hour=opening.points_per_hour,
            multiplier_percent=shift.multiplier_percent,
            capacity=opening.capacity,
            places_left=opening.places_left,
            waiting=opening.waiting,
            state=opening.standing,
            place_in_line=opening.place,
            answer_by=opening.own.answer_by if opening.own else None,
            cancelled_because=shift.cancelled_because,
        )


class OwnSignUps(Answer):
    """Shifts that have not begun, earliest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(OwnSignUp)]))
    items: list[OwnSignUp]


class GroupList(Asked):
    """A list as it is pasted from a chat group, lines and all."""

    model_config = ConfigDict(json_schema_extra=example(text="#接龙\n1. 王秀兰\n2. 李建国 带孙子"))
    text: Annotated[str, Field(min_length=1, max_length=20_000, pattern=LINES_PATTERN)]


class Candidate(Answer):
    """A member whom an entry may mean."""

    model_config = ConfigDict(
        json_schema_extra=example(person_id=_PERSON, name_masked="王*兰", number="103")
    )
    person_id: Id
    name_masked: str
    number: str

    @classmethod
    def of(cls, member: Membership) -> Self:
        """Show whom an entry may mean."""
        return cls(
            person_id=member.person_id,
            name_masked=member.person.masked_name,
            number=member.shown_number,
        )


class GroupEntry(Answer):
    """One entry: sure with one candidate, doubtful with some, nobody's with none."""

    model_config = ConfigDict(
        json_schema_extra=example(text="王秀兰", is_sure=True, candidates=[one(Candidate)])
    )
    text: str
    is_sure: bool
    candidates: list[Candidate]


class GroupReading(Answer):
    """Whom a pasted list means, entry by entry; nobody is signed up yet."""

    model_config = ConfigDict(json_schema_extra=example(entries=[one(GroupEntry)]))
    entries: list[GroupEntry]


class GroupText(Answer):
    """Ready words for a chat group, in the language that was asked for."""

    model_config = ConfigDict(
        json_schema_extra=example(text="“周六清洁家园”缺人手\n时间:11月21日 周六 09:00–11:00")
    )
    text: str


class Tomorrow(Answer):
    """Who is due tomorrow, shift by shift, and the words to remind a group with."""

    model_config = ConfigDict(
        json_schema_extra=example(
            day="2026-11-21", sheets=[one(SignUpSheet)], text="明天,11月21日 周六"
        )
    )
    day: Day
    sheets: list[SignUpSheet]
    text: str
