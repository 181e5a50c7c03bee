"""Work without an organiser in JSON: service cards, errands, and who speaks for them."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.checkin import Attendance
from api.schemas.types import (
    TEXT_PATTERN,
    Answer,
    Asked,
    Id,
    Moment,
    Reason,
    Scanned,
    SentId,
    example,
    one,
)
from checkin import alone_models
from checkin.alone_models import CardKind
from checkin.on_call import Out
from checkin.service_cards import PrintedServiceCard

_ID = "482915093250080768"
SentKind = Annotated[CardKind, Field(strict=False)]
Label = Annotated[str, Field(min_length=1, max_length=40, pattern=TEXT_PATTERN)]


class MakeServiceCard(Asked):
    """A card for a place, or for somebody served: a member, or only a name."""

    model_config = ConfigDict(
        json_schema_extra=example(kind="person", label="李奶奶家", person_id=None)
    )
    kind: SentKind
    label: Label
    person_id: SentId | None = None


class ServiceCard(Answer):
    """A card, without its code: that is on the printed card alone."""

    model_config = ConfigDict(
        json_schema_extra=example(
            card_id=_ID,
            kind="person",
            label="李奶奶家",
            person_id=None,
            number="48217730",
            made_at="2026-11-21T01:00:00Z",
            revoked_at=None,
        )
    )
    card_id: Id
    kind: CardKind
    label: str
    person_id: Id | None
    number: str
    made_at: Moment
    revoked_at: Moment | None

    @classmethod
    def of(cls, card: alone_models.ServiceCard) -> Self:
        """Show a card."""
        return cls(
            card_id=card.id,
            kind=card.kind,
            label=card.label,
            person_id=card.person_id,
            number=card.number,
            made_at=card.made_at,
            revoked_at=card.revoked_at,
        )


class NewServiceCard(Answer):
    """A card that was just made, with the code to print: it is told this once."""

    model_config = ConfigDict(
        json_schema_extra=example(card=one(ServiceCard), code="GIAQNM5LDDVIACAAADQ6GHIAVXJQ")
    )
    card: ServiceCard
    code: str

    @classmethod
    def of(cls, made: PrintedServiceCard) -> Self:
        """Show a new card."""
        return cls(card=ServiceCard.of(made.card), code=made.token)


class ServiceCards(Answer):
    """The community's cards, the good ones first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(ServiceCard)]))
    items: list[ServiceCard]


class BeginErrand(Asked):
    """Work on call that begins now: for whom (a member's number or a name), or on whose card."""

    model_config = ConfigDict(json_schema_extra=example(activity_id=_ID, whom="103", code=None))
    activity_id: SentId
    whom: Label | None = None
    code: Scanned | None = None


class EndErrand(Asked):
    """The end of an errand, by a card or without one."""

    model_config = ConfigDict(json_schema_extra=example(code="48217730"))
    code: Scanned | None = None


class ShowCard(Asked):
    """The card of the person served, scanned or typed."""

    model_config = ConfigDict(json_schema_extra=example(code="48217730"))
    code: Scanned


class OwnWord(Asked):
    """Whether the bearer was helped as the volunteer says."""

    model_config = ConfigDict(json_schema_extra=example(agrees=True))
    agrees: bool


class Confirmation(Asked):
    """How an organiser knows that it was so."""

    model_config = ConfigDict(json_schema_extra=example(note="15:20 电话问过李奶奶"))
    note: Reason


class Errand(Answer):
    """An errand: its attendance and, where the volunteer named one, the member it was for, or the name."""

    model_config = ConfigDict(
        json_schema_extra=example(
            attendance=one(Attendance), served_id=None, served_name="李奶奶家", denied_at=None
        )
    )
    attendance: Attendance
    served_id: Id | None
    served_name: str
    denied_at: Moment | None

    @classmethod
    def of(cls, out: Out) -> Self:
        """Show an errand."""
        return cls(
            attendance=Attendance.of(out.attendance),
            served_id=out.errand.served_id,
            served_name=out.errand.served_name,
            denied_at=out.errand.denied_at,
        )


class Errands(Answer):
    """Errands, the latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Errand)]))
    items: list[Errand]
