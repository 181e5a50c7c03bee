"""Funds, gifts of points and what became of them in JSON."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.recognised import Recognised
from api.schemas.types import TEXT_PATTERN, Answer, Asked, Id, Line, Moment, SentId, example, one
from people import fund_papers
from redemption import gift_papers, giving

_FUND, _GIFT, _PERSON = "482915093250080798", "482915093250080799", "482915093250080772"
MOST_POINTS = 1_000_000


class OpenFund(Asked):
    """A fund about to be opened."""

    model_config = ConfigDict(json_schema_extra=example(name="敬老基金", purpose="给困难老人"))
    name: Line
    purpose: Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)] = ""


class Fund(Answer):
    """A fund, and the points that are in it."""

    model_config = ConfigDict(
        json_schema_extra=example(
            fund_id=_FUND, name="敬老基金", purpose="给困难老人", points_left=120, closed_at=None
        )
    )
    fund_id: Id
    name: str
    purpose: str
    points_left: int
    closed_at: Moment | None

    @classmethod
    def of(cls, found: fund_papers.Fund, left: int) -> Self:
        """Show a fund."""
        return cls(
            fund_id=found.id,
            name=found.name,
            purpose=found.purpose,
            points_left=left,
            closed_at=found.closed_at,
        )


class Funds(Answer):
    """The funds, the open ones first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Fund)]))
    items: list[Fund]


class Goods(Answer):
    """Goods of one kind that a fund paid for."""

    model_config = ConfigDict(json_schema_extra=example(item="大米 5kg", quantity_pieces=1))
    item: str
    quantity_pieces: int


class Spent(Answer):
    """What a fund paid for once, without a word about whom it helped."""

    model_config = ConfigDict(
        json_schema_extra=example(handed_at="2026-11-21T01:30:00Z", points=30, goods=[one(Goods)])
    )
    handed_at: Moment
    points: int
    goods: list[Goods]

    @classmethod
    def of(cls, found: giving.Spent, points: int | None = None) -> Self:
        """Show it, or the part of it that `points` paid."""
        return cls(
            handed_at=found.handed_at,
            points=found.points if points is None else points,
            goods=[Goods(item=item, quantity_pieces=pieces) for item, pieces in found.goods],
        )


class FundSpent(Answer):
    """Everything a fund paid for, the latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Spent)]))
    items: list[Spent]


class Give(Recognised):
    """Points for a fund: the bearer's own, or by a clerk those of the member named. A gift is final."""

    model_config = ConfigDict(json_schema_extra=example(points=20))
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    person_id: SentId | None = None


class Gift(Answer):
    """A gift, what of it was spent so far and on what (first in, first out); the rest is still in the fund."""

    model_config = ConfigDict(
        json_schema_extra=example(
            gift_id=_GIFT,
            fund_id=_FUND,
            fund="敬老基金",
            person_id=_PERSON,
            points=50,
            given_at="2026-11-20T01:30:00Z",
            points_left=20,
            became=[one(Spent)],
        )
    )
    gift_id: Id
    fund_id: Id
    fund: str
    person_id: Id
    points: int
    given_at: Moment
    points_left: int
    became: list[Spent]

    @classmethod
    def of(cls, found: giving.Became) -> Self:
        """Show a gift."""
        gift: gift_papers.PointsGift = found.gift
        return cls(
            gift_id=gift.id,
            fund_id=gift.fund_id,
            fund=gift.fund.name,
            person_id=gift.person_id,
            points=gift.points,
            given_at=gift.given_at,
            points_left=found.left,
            became=[Spent.of(share.spent, share.points) for share in found.shares],
        )


class Gifts(Answer):
    """Gifts, the latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Gift)]))
    items: list[Gift]
