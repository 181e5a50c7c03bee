"""Tokens, persons and purses in JSON."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from api.schemas.types import (
    TEXT_PATTERN,
    Answer,
    Asked,
    Day,
    Id,
    Moment,
    Page,
    Scanned,
    example,
    one,
)
from ledger.statements import StatementLine
from people.models import Membership, Role


class SignIn(Asked):
    """A staff member's sign-in name and password."""

    model_config = ConfigDict(json_schema_extra=example(name="chen", password="seven cranes fly"))
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT_PATTERN)]
    password: Annotated[str, Field(min_length=1, max_length=400)]


class SignInByLink(Asked):
    """A volunteer's one-time sign-in code, or the address that ends in it."""

    model_config = ConfigDict(json_schema_extra=example(link="MFRGGZDFMZTWQ2LKNNWG23TPOA"))
    link: Scanned


class Refresh(Asked):
    """The refresh token of the last answer; it works once."""

    model_config = ConfigDict(json_schema_extra=example(refresh_token="s3cr3t-of-43-characters"))
    refresh_token: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]


class Tokens(Answer):
    """A short access token for the requests, and a refresh token for the next pair."""

    model_config = ConfigDict(
        json_schema_extra=example(
            access_token="eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJjYWlob25nIn0.c2lnbmF0dXJl",
            token_type="Bearer",
            expires_in_seconds=600,
            refresh_token="s3cr3t-of-43-characters",
        )
    )
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in_seconds: int
    refresh_token: str


class Community(Answer):
    """The community in which the bearer is signed in."""

    model_config = ConfigDict(
        json_schema_extra=example(
            community_id="482915093250080768", name="金苑社区", zone="Asia/Shanghai"
        )
    )
    community_id: Id
    name: str
    zone: str


class Me(Answer):
    """Who the bearer is, and what they may do here."""

    model_config = ConfigDict(
        json_schema_extra=example(
            person_id="482915093250080769",
            name="陈静",
            number=102,
            roles=["clerk", "organiser", "volunteer"],
            company_id=None,
            community={
                "community_id": "482915093250080768",
                "name": "金苑社区",
                "zone": "Asia/Shanghai",
            },
        )
    )
    person_id: Id
    name: str
    number: int | None
    roles: list[Role]
    company_id: Id | None
    community: Community


class PointsLot(Answer):
    """Points that lapse together."""

    model_config = ConfigDict(json_schema_extra=example(expires_on="2028-11-30", points=60))
    expires_on: Day
    points: int


class Balance(Answer):
    """What a volunteer has: points to spend, points that wait or are owed, and minutes served."""

    model_config = ConfigDict(
        json_schema_extra=example(
            points_available=60,
            points_pending=0,
            points_owed=0,
            minutes_served=360,
            lots=[{"expires_on": "2028-11-30", "points": 60}],
        )
    )
    points_available: int
    points_pending: int
    points_owed: int
    minutes_served: int
    lots: list[PointsLot]


class Movement(Answer):
    """One line of an account: positive where the balance grew. `asset` names the unit of `amount`."""

    model_config = ConfigDict(
        json_schema_extra=example(
            entry_id="482915093250080770",
            line=1,
            kind="HOURS_EARNED",
            asset="points",
            amount=20,
            balance_after=60,
            expires_on="2028-11-30",
            other_account="points:issued",
            document_type="attendance",
            document_id="482915093250080771",
            reason_code=None,
            occurred_at="2026-11-21T03:00:00Z",
            booked_on="2026-11-21",
            posted_at="2026-11-21T03:05:12.000001Z",
        )
    )
    entry_id: Id
    line: int
    kind: str
    asset: str
    amount: int
    balance_after: int | None
    expires_on: Day | None
    other_account: str
    document_type: str
    document_id: Id
    reason_code: str | None
    occurred_at: Moment
    booked_on: Day
    posted_at: Moment

    @classmethod
    def of(cls, line: StatementLine) -> Self:
        """Show a line of a statement."""
        return cls(
            entry_id=line.entry_id,
            line=line.line,
            kind=line.kind,
            asset=line.other.asset,
            amount=line.amount,
            balance_after=line.balance_after,
            expires_on=line.expires_on,
            other_account=line.other.path,
            document_type=line.document_type,
            document_id=line.document_id,
            reason_code=line.reason_code,
            occurred_at=line.occurred_at,
            booked_on=line.booked_on,
            posted_at=line.posted_at,
        )


class Statement(Page):
    """A page of an account's lines, latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Movement)], next=None))
    items: list[Movement]


class Member(Answer):
    """A member as others may see them."""

    model_config = ConfigDict(
        json_schema_extra=example(
            person_id="482915093250080772",
            number=107,
            name_masked="王*兰",
            phone_masked="138****1234",
        )
    )
    person_id: Id
    number: int
    name_masked: str
    phone_masked: str

    @classmethod
    def of(cls, member: Membership) -> Self:
        """Show a membership with its person."""
        return cls(
            person_id=member.person_id,
            number=member.number,
            name_masked=member.person.masked_name,
            phone_masked=member.person.masked_phone,
        )


class Members(Answer):
    """Everybody that a text can mean; more than one where a family shares a phone."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Member)]))
    items: list[Member]
