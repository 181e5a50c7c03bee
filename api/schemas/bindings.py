"""Barcodes bound at the counter, in JSON."""

from typing import Self

from pydantic import ConfigDict

from api.schemas.types import Answer, Asked, Id, Moment, Scanned, SentId, example, one
from redemption.stock_papers import BoundBarcode

_ITEM, _BINDING = "482915093250080776", "482915093250080795"


class Bind(Asked):
    """An unknown barcode, and the item it is on."""

    model_config = ConfigDict(json_schema_extra=example(item_id=_ITEM, barcode="4006381333931"))
    item_id: SentId
    barcode: Scanned


class Bound(Answer):
    """A barcode bound to an item; it waits until somebody else confirms it."""

    model_config = ConfigDict(
        json_schema_extra=example(
            binding_id=_BINDING,
            item_id=_ITEM,
            barcode="4006381333931",
            bound_at="2026-11-21T01:30:00Z",
            confirmed_at=None,
        )
    )
    binding_id: Id
    item_id: Id
    barcode: str
    bound_at: Moment
    confirmed_at: Moment | None

    @classmethod
    def of(cls, bound: BoundBarcode) -> Self:
        """Show a binding."""
        return cls(
            binding_id=bound.id,
            item_id=bound.item_id,
            barcode=bound.barcode,
            bound_at=bound.bound_at,
            confirmed_at=bound.confirmed_at,
        )


class Waiting(Answer):
    """The barcodes that wait to be confirmed, oldest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Bound)]))
    items: list[Bound]
