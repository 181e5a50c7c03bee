"""The terms of exchange in JSON: prices, what is on offer, limits of a day, and who takes vouchers."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from api.schemas.types import MOST_FEN, TEXT_PATTERN, Answer, Asked, Line, example
from people.lives import PassesTo
from redemption.stock import CATEGORY_LENGTH

MOST_POINTS = 1_000_000
Points = Annotated[int, Field(ge=0, le=MOST_POINTS)]


class NewPrice(Asked):
    """What a thing costs from now on."""

    model_config = ConfigDict(json_schema_extra=example(price_points=55))
    price_points: Points


class Keep(Asked):
    """Where a thing stands in the catalogue, and how many of it a household may have in a month; null is no limit."""

    model_config = ConfigDict(json_schema_extra=example(category="食品", household_limit_pieces=2))
    category: Annotated[str, Field(max_length=CATEGORY_LENGTH, pattern=TEXT_PATTERN)] = ""
    household_limit_pieces: Annotated[int, Field(ge=1, le=999)] | None = None


class NewState(Asked):
    """Whether a thing can be exchanged."""

    model_config = ConfigDict(json_schema_extra=example(state="withdrawn"))
    state: Literal["on_sale", "withdrawn"]


class NewOffer(Asked):
    """A denomination about to be put on offer."""

    model_config = ConfigDict(
        json_schema_extra=example(face_fen=5000, price_points=100, months_valid=12)
    )
    face_fen: Annotated[int, Field(ge=1, le=MOST_FEN)]
    price_points: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    months_valid: Annotated[int, Field(ge=1, le=120)] = 12


class EnterCompany(Asked):
    """A property company about to be entered."""

    model_config = ConfigDict(json_schema_extra=example(name="安和物业"))
    name: Line


class SpendingLimits(Answer):
    """What may be exchanged in a day by card, number or name, without the PIN and with it."""

    model_config = ConfigDict(
        json_schema_extra=example(points_without_pin=100, points_with_pin=300)
    )
    points_without_pin: int
    points_with_pin: int


class SetSpendingLimits(Asked):
    """Other limits of a day."""

    model_config = ConfigDict(
        json_schema_extra=example(points_without_pin=100, points_with_pin=300)
    )
    points_without_pin: Points
    points_with_pin: Points


class AllowToday(Asked):
    """Up to how many points one member may exchange today."""

    model_config = ConfigDict(json_schema_extra=example(points=400))
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)]


class Passing(Asked):
    """Where the points of closed records go; the fund is named where they go to one."""

    model_config = ConfigDict(json_schema_extra=example(passes_to="fund", fund_name="敬老基金"))
    passes_to: Annotated[PassesTo, Field(strict=False)]
    fund_name: Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)] = ""


class PassingRule(Answer):
    """The community's written rule."""

    model_config = ConfigDict(json_schema_extra=example(passes_to="fund", fund_name="敬老基金"))
    passes_to: PassesTo
    fund_name: str
