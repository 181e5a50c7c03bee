"""Tokens, persons and purses in JSON."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from api.schemas.types import (
    TEXT_PATTERN,
    Answer,
    Asked,
    Day,
    Id,
    Scanned,
    example,
    one,
)
from people.models import Membership, Role


class SignIn(Asked):
    """A staff member's sign-in name and password, with a code of the authenticator app or of the printed sheet."""

    model_config = ConfigDict(
        json_schema_extra=example(name="chen", password="seven cranes fly", code="123456")
    )
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT_PATTERN)]
    password: Annotated[str, Field(min_length=1, max_length=400)]
    code: Annotated[str | None, Field(max_length=50, pattern=TEXT_PATTERN)] = None


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
    """What a volunteer has: points to spend, points that wait or are owed, and minutes served.

    `points_earned_ever` is all that was ever credited to the purse or against a debt: awards, grants, opening points,
    and what came back (goods returned, reservations given up). `points_spent_ever` is all that was ever debited:
    exchanged, set aside, given away, expired, and hours taken back. What was undone stands in both. Earned less spent
    is what is in the purse, lapsed points included, less what is owed.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            points_available=60,
            points_pending=0,
            points_owed=0,
            points_earned_ever=180,
            points_spent_ever=120,
            minutes_served=360,
            lots=[{"expires_on": "2028-11-30", "points": 60}],
        )
    )
    points_available: int
    points_pending: int
    points_owed: int
    points_earned_ever: int
    points_spent_ever: int
    minutes_served: int
    lots: list[PointsLot]


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
