"""What happened with a member's points, what was not them, and what is about to lapse, in JSON."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.types import (
    TEXT_PATTERN,
    Answer,
    Asked,
    Day,
    Id,
    Moment,
    Reason,
    SentId,
    example,
    one,
)
from ledger.kinds import Kind
from people import lapsing
from redemption.notice_papers import TEXT_LIMIT, PointsCase
from web.happened_words import Said

_ENTRY, _CASE, _PERSON = "482915093250080790", "482915093250080791", "482915093250080770"


class Seen(Asked):
    """The latest event that was read."""

    model_config = ConfigDict(json_schema_extra=example(entry_id=_ENTRY))
    entry_id: SentId


class NotMe(Asked):
    """What the member knows of it; it may be empty."""

    model_config = ConfigDict(json_schema_extra=example(said="那天我没有去超市"))
    said: Annotated[str, Field(max_length=TEXT_LIMIT, pattern=TEXT_PATTERN)] = ""


class CaseAnswer(Asked):
    """What was found, for the member to read."""

    model_config = ConfigDict(json_schema_extra=example(answer="是老伴拿您的积分卡来兑换的"))
    answer: Reason


class Happening(Answer):
    """One event about the bearer's points, in a sentence; `points` is signed, `fen` is a voucher's money."""

    model_config = ConfigDict(
        json_schema_extra=example(
            entry_id=_ENTRY,
            kind="GOODS_REDEEMED",
            happened_at="2026-11-27T08:56:00Z",
            sentence="兑换货品，扣了 60 积分",
            where="金苑慈善超市 · 大米 ×2",
            points=-60,
            fen=0,
            is_new=True,
        )
    )
    entry_id: Id
    kind: Kind
    happened_at: Moment
    sentence: str
    where: str
    points: int
    fen: int
    is_new: bool

    @classmethod
    def of(cls, said: Said) -> Self:
        """Show an event in words."""
        each = said.happening
        return cls(
            entry_id=each.entry_id,
            kind=each.kind,
            happened_at=each.at,
            sentence=said.sentence,
            where=said.where,
            points=each.points,
            fen=each.fen,
            is_new=each.is_new,
        )


class Happenings(Answer):
    """What happened in 90 days, latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Happening)]))
    items: list[Happening]


class Case(Answer):
    """A member's word that an event was not them; answered once."""

    model_config = ConfigDict(
        json_schema_extra=example(
            case_id=_CASE,
            person_id=_PERSON,
            entry_id=_ENTRY,
            said="那天我没有去超市",
            opened_at="2026-11-28T01:00:00Z",
            answered_at=None,
            answer="",
        )
    )
    case_id: Id
    person_id: Id
    entry_id: Id
    said: str
    opened_at: Moment
    answered_at: Moment | None
    answer: str

    @classmethod
    def of(cls, case: PointsCase) -> Self:
        """Show a case."""
        return cls(
            case_id=case.id,
            person_id=case.person_id,
            entry_id=case.entry_id,
            said=case.said,
            opened_at=case.opened_at,
            answered_at=case.ended_at,
            answer=case.answer,
        )


class Cases(Answer):
    """Cases, those that wait first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Case)]))
    items: list[Case]


class Lapse(Answer):
    """Points of one member that lapse after a day; `stage_days` is the warning that is due: 60, 30 or 7 days before."""

    model_config = ConfigDict(
        json_schema_extra=example(
            person_id=_PERSON,
            name_masked="王*兰",
            phone_masked="138****1234",
            good_until="2026-11-30",
            points=6,
            days_left=1,
            stage_days=7,
        )
    )
    person_id: Id
    name_masked: str
    phone_masked: str
    good_until: Day
    points: int
    days_left: int
    stage_days: int

    @classmethod
    def of(cls, found: lapsing.Lapse) -> Self:
        """Show what lapses."""
        person = found.member.person
        return cls(
            person_id=person.id,
            name_masked=person.masked_name,
            phone_masked=person.masked_phone,
            good_until=found.day,
            points=found.points,
            days_left=found.days_left,
            stage_days=found.stage,
        )


class Lapses(Answer):
    """Whose points lapse within 60 days, by day."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Lapse)]))
    items: list[Lapse]
