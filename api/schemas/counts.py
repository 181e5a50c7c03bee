"""Counts of the shelves and goods to be written off, in JSON."""

from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas.types import Asked, Reason, SentId, example
from redemption.counts import Pile
from redemption.stock import MOST_RECEIVED
from redemption.stock_papers import Cause


class CountedPile(Asked):
    """How many pieces of an item lie together; those for relief lie apart from the others."""

    model_config = ConfigDict(
        json_schema_extra=example(item_id="482915093250080776", relief=False, quantity_pieces=11)
    )
    item_id: SentId
    relief: bool = False
    quantity_pieces: Annotated[int, Field(ge=0, le=MOST_RECEIVED)]


class Count(Asked):
    """What was counted of a shop's shelves."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shop_id="482915093250080775",
            lines=[{"item_id": "482915093250080776", "quantity_pieces": 11}],
            reason="月末盘点",
        )
    )
    shop_id: SentId
    lines: Annotated[tuple[CountedPile, ...], Field(min_length=1, max_length=500, strict=False)]
    reason: Reason

    @property
    def piles(self) -> dict[Pile, int]:
        """Return what was counted, by pile."""
        return {Pile(line.item_id, line.relief): line.quantity_pieces for line in self.lines}


class WriteOff(Asked):
    """Pieces of a lot that cannot be handed out any more, and why."""

    model_config = ConfigDict(
        json_schema_extra=example(
            lot_id="482915093250080790", quantity_pieces=2, cause="spoiled", reason="受潮发霉"
        )
    )
    lot_id: SentId
    quantity_pieces: Annotated[int, Field(ge=1, le=MOST_RECEIVED)]
    cause: Annotated[Cause, Field(strict=False)]
    reason: Reason
