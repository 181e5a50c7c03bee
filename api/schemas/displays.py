"""The counter's second screen in JSON: its code, what it is told and what it shows."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.shop import CartLine
from api.schemas.types import Answer, Asked, SentId, example
from redemption import displays

_SHOP, _ITEM, _PERSON = "482915093250080775", "482915093250080776", "482915093250080772"


class DisplayCode(Answer):
    """Six digits by which one device becomes the counter's second screen, once."""

    model_config = ConfigDict(json_schema_extra=example(code="204815", good_for_seconds=300))
    code: str
    good_for_seconds: int


class PairDisplay(Asked):
    """The digits that the counter shows."""

    model_config = ConfigDict(json_schema_extra=example(code="204815"))
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class PairedDisplay(Answer):
    """The token with which the device reads what it shows, for one shift."""

    model_config = ConfigDict(
        json_schema_extra=example(
            display_token="s3cr3t-of-43-characters", expires_in_seconds=43_200
        )
    )
    display_token: str
    expires_in_seconds: int


class TellDisplay(Asked):
    """What lies on the counter: for whom, if anybody stands there, and what was scanned last."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shop_id=_SHOP,
            person_id=_PERSON,
            lines=[{"item_id": _ITEM, "quantity_pieces": 1}],
            just_item_id=_ITEM,
        )
    )
    shop_id: SentId
    person_id: SentId | None = None
    lines: Annotated[tuple[CartLine, ...], Field(max_length=60, strict=False)] = ()
    just_item_id: SentId | None = None

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Return the lines as the counter takes them."""
        return [(line.item_id, line.quantity_pieces) for line in self.lines]


class DisplayShown(Answer):
    """What the customer reads along; empty and zero while nobody is served."""

    model_config = ConfigDict(
        json_schema_extra=example(
            name_masked="王*兰",
            points_total=60,
            points_left=1226,
            points_missing=0,
            just_item="大米 5kg",
            just_pieces=1,
            just_points=60,
            is_thanks=False,
        )
    )
    name_masked: str
    points_total: int
    points_left: int
    points_missing: int
    just_item: str
    just_pieces: int
    just_points: int
    is_thanks: bool

    @classmethod
    def of(cls, shown: displays.Shown) -> Self:
        """Show what a screen says."""
        return cls(
            name_masked=shown.name,
            points_total=shown.total,
            points_left=shown.left,
            points_missing=shown.missing,
            just_item=shown.just,
            just_pieces=shown.pieces,
            just_points=shown.points,
            is_thanks=shown.thanks,
        )
