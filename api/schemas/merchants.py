"""Merchants, their services and the shares of a price in JSON; amounts are fen, 1/100 yuan."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from api.schemas.recognised import Recognised
from api.schemas.types import (
    MOST_FEN,
    Answer,
    Asked,
    Day,
    Id,
    Line,
    Moment,
    Scanned,
    SentDay,
    SentId,
    example,
    one,
)
from people import models as people
from redemption import cost_shares, service_papers
from redemption.agreeing import MOST_POINTS, MOST_TIMES, OLDEST
from redemption.agreeing import Offer as OfferFound
from redemption.dues import slip_of
from redemption.states import OnOffer

_COMPANY, _SERVICE = "482915093250080782", "482915093250080795"
_PERSON, _USE, _AGREEMENT = "482915093250080772", "482915093250080796", "482915093250080797"
Amount = Annotated[int, Field(ge=0, le=MOST_FEN)]
Times = Annotated[int, Field(ge=1, le=MOST_TIMES)]


class Named(Asked):
    """A merchant or a service about to be entered, by its name."""

    model_config = ConfigDict(json_schema_extra=example(name="巷口理发"))
    name: Line


class Merchant(Answer):
    """A partner that renders services."""

    model_config = ConfigDict(json_schema_extra=example(company_id=_COMPANY, name="巷口理发"))
    company_id: Id
    name: str

    @classmethod
    def of(cls, found: people.PropertyCompany) -> Self:
        """Show a merchant."""
        return cls(company_id=found.id, name=found.name)


class Merchants(Answer):
    """Every merchant, by name."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Merchant)]))
    items: list[Merchant]


class Terms(Asked):
    """What is agreed about a service from a day on; without `valid_from`, from today."""

    model_config = ConfigDict(
        json_schema_extra=example(
            list_fen=2500, subsidy_fen=500, discount_fen=500, points=20, points_fen=500, a_month=2
        )
    )
    list_fen: Annotated[int, Field(ge=1, le=MOST_FEN)]
    subsidy_fen: Amount = 0
    discount_fen: Amount = 0
    points: Annotated[int, Field(ge=0, le=MOST_POINTS)] = 0
    points_fen: Amount = 0
    elder_age: Annotated[int, Field(ge=1, le=OLDEST)] | None = cost_shares.ELDER_AGE
    elder_percent: Annotated[int, Field(ge=0, le=100)] = 100
    elder_pays_points: bool = False
    a_day: Times | None = None
    a_month: Times | None = None
    household_a_month: Times | None = None
    valid_from: SentDay | None = None

    @property
    def agreed(self) -> cost_shares.Terms:
        """Return the terms."""
        return cost_shares.Terms(**self.model_dump(exclude={"valid_from"}))


class Agreement(Answer):
    """One version of what is agreed."""

    model_config = ConfigDict(
        json_schema_extra=example(
            agreement_id=_AGREEMENT,
            version=1,
            valid_from="2026-11-01",
            list_fen=2500,
            subsidy_fen=500,
            discount_fen=500,
            points=20,
            points_fen=500,
            elder_age=60,
            elder_percent=100,
            elder_pays_points=False,
            a_day=None,
            a_month=2,
            household_a_month=None,
        )
    )
    agreement_id: Id
    version: int
    valid_from: Day
    list_fen: int
    subsidy_fen: int
    discount_fen: int
    points: int
    points_fen: int
    elder_age: int | None
    elder_percent: int
    elder_pays_points: bool
    a_day: int | None
    a_month: int | None
    household_a_month: int | None

    @classmethod
    def of(cls, found: service_papers.Agreement) -> Self:
        """Show an agreement."""
        said = {name: getattr(found, name) for name in cls.model_fields if name != "agreement_id"}
        return cls(agreement_id=found.id, **said)


class Agreements(Answer):
    """Every version, the latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Agreement)]))
    items: list[Agreement]


class Price(Answer):
    """A list price and who pays what of it; the resident pays `resident_fen` at the merchant."""

    model_config = ConfigDict(
        json_schema_extra=example(
            list_fen=2500,
            subsidy_fen=500,
            discount_fen=500,
            points=20,
            points_fen=500,
            resident_fen=1000,
        )
    )
    list_fen: int
    subsidy_fen: int
    discount_fen: int
    points: int
    points_fen: int
    resident_fen: int

    @classmethod
    def of(cls, found: cost_shares.Price | service_papers.ServiceUse) -> Self:
        """Show a price, or what was paid."""
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


class Service(Answer):
    """A service, and what it costs the person in question today; null where no agreement holds."""

    model_config = ConfigDict(
        json_schema_extra=example(
            service_id=_SERVICE,
            company_id=_COMPANY,
            merchant="巷口理发",
            name="理发",
            state="on_sale",
            price=one(Price),
            elder=False,
        )
    )
    service_id: Id
    company_id: Id
    merchant: str
    name: str
    state: OnOffer
    price: Price | None
    elder: bool

    @classmethod
    def of(cls, offer: OfferFound) -> Self:
        """Show an offer."""
        found = offer.service
        return cls(
            service_id=found.id,
            company_id=found.company_id,
            merchant=found.company.name,
            name=found.name,
            state=found.state,
            price=Price.of(offer.price) if offer.price else None,
            elder=offer.elder,
        )


class Services(Answer):
    """Services by merchant."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Service)]))
    items: list[Service]


class ServiceState(Asked):
    """Whether a service is offered."""

    model_config = ConfigDict(json_schema_extra=example(state="withdrawn"))
    state: Literal["on_sale", "withdrawn"]


class WhoStands(Asked):
    """What was scanned or typed at a merchant's desk: a code, a card or a number, never a name."""

    model_config = ConfigDict(json_schema_extra=example(code="0101"))
    code: Scanned


class Customer(Answer):
    """Who stands at a merchant's desk, and what its services cost them."""

    model_config = ConfigDict(
        json_schema_extra=example(
            person_id=_PERSON, name_masked="王*兰", number="0101", services=[one(Service)]
        )
    )
    person_id: Id
    name_masked: str
    number: str
    services: list[Service]


class Render(Recognised):
    """A service about to be rendered at the price that was shown: points, and fen paid at the merchant."""

    model_config = ConfigDict(
        json_schema_extra=example(
            service_id=_SERVICE, person_id=_PERSON, points=20, resident_fen=1000
        )
    )
    service_id: SentId
    person_id: SentId
    points: Annotated[int, Field(ge=0, le=MOST_POINTS)]
    resident_fen: Amount


class Rendered(Answer):
    """One service rendered; the merchant is owed `owed_fen`."""

    model_config = ConfigDict(
        json_schema_extra=example(
            use_id=_USE,
            slip="F01-0001",
            service="理发",
            merchant="巷口理发",
            name_masked="王*兰",
            paid=one(Price),
            owed_fen=1000,
            used_at="2026-11-21T01:30:00Z",
            undone_at=None,
        )
    )
    use_id: Id
    slip: str
    service: str
    merchant: str
    name_masked: str
    paid: Price
    owed_fen: int
    used_at: Moment
    undone_at: Moment | None

    @classmethod
    def of(cls, use: service_papers.ServiceUse) -> Self:
        """Show a slip."""
        return cls(
            use_id=use.id,
            slip=slip_of(use),
            service=use.service.name,
            merchant=use.service.company.name,
            name_masked=use.person.masked_name,
            paid=Price.of(use),
            owed_fen=use.amount_fen,
            used_at=use.used_at,
            undone_at=use.undone_at,
        )


class AllRendered(Answer):
    """Services rendered, the latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Rendered)]))
    items: list[Rendered]
