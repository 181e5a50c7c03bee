"""What became of gifts, in JSON."""

from typing import Self

from pydantic import ConfigDict

from api.schemas.stock_months import Sums
from api.schemas.types import Answer, Id, example, one
from audit import gifts


class GiftLine(Answer):
    """One item that a donor gave, and what became of its pieces."""

    model_config = ConfigDict(json_schema_extra=example(item="香皂", pieces=one(Sums)))
    item: str
    pieces: Sums


class Gifts(Answer):
    """A donor's gifts: how many pieces came, and how many residents have by now."""

    model_config = ConfigDict(
        json_schema_extra=example(
            donor="爱心企业",
            lot_id="482915093250080790",
            pieces_given=120,
            pieces_reached=21,
            lines=[one(GiftLine)],
        )
    )
    donor: str
    lot_id: Id
    pieces_given: int
    pieces_reached: int
    lines: list[GiftLine]

    @classmethod
    def of(cls, given: gifts.Gifts) -> Self:
        """Show a donor's gifts."""
        lines = [GiftLine(item=line.item, pieces=Sums.of(line.pieces)) for line in given.lines]
        return cls(
            donor=given.donor,
            lot_id=given.lot_id,
            pieces_given=given.pieces,
            pieces_reached=given.reached,
            lines=lines,
        )


class Donors(Answer):
    """The donors of a shop by name."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Gifts)]))
    items: list[Gifts]
