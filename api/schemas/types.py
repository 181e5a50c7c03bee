"""The kinds of value in JSON: ids as strings, moments as RFC 3339 in UTC, days as dates, texts without unseen signs."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from kernel import days

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 2000, 2100
LARGEST_ID = 2**63 - 1
ID_PATTERN = r"^[1-9][0-9]{0,18}$"
# What PostgreSQL cannot keep, or nobody can read, is refused at the edge; the domain folds the rest.
TEXT_PATTERN = r"^[^\u0000-\u001f\u007f-\u009f]*$"
KEY_PATTERN = r"^[\x21-\x7e]{1,64}$"
MOST_PIECES = 999
MOST_FEN = 100_000_000


class Asked(BaseModel):
    """A body that somebody sent: nothing is converted, and nothing unknown is passed over."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Answer(BaseModel):
    """A body that we send."""

    model_config = ConfigDict(frozen=True)


def one(model: type[BaseModel]) -> Any:
    """Return a model's own example, for the example of a list of them."""
    extra = model.model_config.get("json_schema_extra")
    return extra["examples"][0] if isinstance(extra, dict) else None  # type: ignore[index]


def examples() -> dict[str, list[Any]]:
    """Return the examples of every shape by its name."""
    return {each.__name__: [one(each)] for kind in (Asked, Answer) for each in _kinds_of(kind)}


def _kinds_of(model: type[BaseModel]) -> list[type[BaseModel]]:
    below = [deeper for each in model.__subclasses__() for deeper in (each, *_kinds_of(each))]
    return [each for each in below if one(each) is not None]


def example(**values: Any) -> dict[str, Any]:
    """Return the extra of a schema that shows one example."""
    return {"examples": [values]}


def _read_id(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_ID:
        return value  # Ours, on its way out.
    if not isinstance(value, str) or not re.fullmatch(r"[1-9][0-9]{0,18}", value, re.ASCII):
        raise ValueError("an id is a string of 1 to 19 digits")
    # Nothing ever has the largest id, so a larger one means what it says: there is no such thing.
    return min(int(value), LARGEST_ID)


def _read_sent_id(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError("an id is a string of 1 to 19 digits")  # noqa: TRY004  pydantic wants a ValueError
    return _read_id(value)


def _read_moment(value: object) -> int:
    if not isinstance(value, str) or len(value) > 40:  # noqa: PLR2004  longer than any timestamp
        raise ValueError("a moment is an RFC 3339 timestamp with its offset")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None or not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise ValueError("a moment is an RFC 3339 timestamp with its offset, from 2000 to 2099")
    return (moment - EPOCH) // timedelta(microseconds=1)


def _read_day(value: object) -> int:
    if not isinstance(value, str) or not re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII
    ):
        raise ValueError("a day is a date such as 2026-11-30")
    day = days.from_date(date.fromisoformat(value))
    if not FIRST_YEAR <= day // 10_000 < LAST_YEAR:
        raise ValueError("a day lies from 2000 to 2099")
    return day


def in_words(moment: int) -> str:
    """Return a moment (UTC microseconds) as RFC 3339."""
    return (EPOCH + timedelta(microseconds=moment)).isoformat().replace("+00:00", "Z")


def _day_in_words(day: int) -> str:
    return days.to_date(day).isoformat()


_ID = {"type": "string", "pattern": ID_PATTERN, "examples": ["482915093250080768"]}
_MOMENT = {"type": "string", "format": "date-time", "examples": ["2026-11-21T01:30:00Z"]}
_DAY = {"type": "string", "format": "date", "examples": [date(2026, 11, 30).isoformat()]}

Id = Annotated[int, PlainSerializer(str, return_type=str), WithJsonSchema(_ID)]
SentId = Annotated[int, BeforeValidator(_read_sent_id), WithJsonSchema(_ID)]
Moment = Annotated[int, PlainSerializer(in_words, return_type=str), WithJsonSchema(_MOMENT)]
SentMoment = Annotated[int, BeforeValidator(_read_moment), WithJsonSchema(_MOMENT)]
Day = Annotated[int, PlainSerializer(_day_in_words, return_type=str), WithJsonSchema(_DAY)]
SentDay = Annotated[int, BeforeValidator(_read_day), WithJsonSchema(_DAY)]

Line = Annotated[str, Field(min_length=1, max_length=80, pattern=TEXT_PATTERN)]
Reason = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT_PATTERN)]
Scanned = Annotated[str, Field(min_length=1, max_length=512, pattern=TEXT_PATTERN)]
Pieces = Annotated[int, Field(ge=1, le=MOST_PIECES)]
Fen = Annotated[int, Field(ge=1, le=MOST_FEN)]


class Page(Answer):
    """How a list goes on: `next` is the `after` of the following page, or null on the last one."""

    next: str | None
