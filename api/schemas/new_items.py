"""New items of the counter in JSON."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.types import Answer, Asked, Id, Line, Moment, Scanned, SentId, example, one
from people.masks import masked_name
from redemption.models import RedemptionLine
from redemption.new_item_papers import MOST_NEW_PIECES, MOST_NEW_POINTS
from redemption.new_items import Brought, Waiting
from redemption.states import RedemptionState, Source
from redemption.stock import MOST_POINTS

_SHOP, _ITEM, _NEW = "482915093250080775", "482915093250080776", "482915093250080798"


class AddNewItem(Asked):
    """What stands at the counter and is in no catalogue; without a maker's barcode it gets one of the shop's own."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shop_id=_SHOP,
            name="毛线帽",
            price_points=12,
            quantity_pieces=6,
            source="donated-free-use",
            donor="李奶奶",
            barcode=None,
        )
    )
    shop_id: SentId
    name: Line
    price_points: Annotated[int, Field(ge=1, le=MOST_NEW_POINTS)]
    quantity_pieces: Annotated[int, Field(ge=1, le=MOST_NEW_PIECES)]
    source: Annotated[Source, Field(strict=False)]
    donor: Annotated[str, Field(max_length=80)] = ""
    barcode: Scanned | None = None

    @property
    def brought(self) -> Brought:
        """Return what was brought."""
        return Brought(
            *(self.name, self.price_points, self.quantity_pieces, self.source),
            donor=self.donor,
            barcode=self.barcode,
        )


class Confirm(Asked):
    """An item put right as it is confirmed; what is not given stays as it was added."""

    model_config = ConfigDict(json_schema_extra=example(name="灰色毛线帽", price_points=15))
    name: Line | None = None
    price_points: Annotated[int, Field(ge=0, le=MOST_POINTS)] | None = None


class HandedOut(Answer):
    """Pieces that somebody had before the item was confirmed."""

    model_config = ConfigDict(
        json_schema_extra=example(
            redemption_id="482915093250080790",
            member="王**",
            clerk="张店员",
            quantity_pieces=1,
            returned_pieces=0,
            state="done",
            redeemed_at="2026-11-21T01:30:00Z",
        )
    )
    redemption_id: Id
    member: str
    clerk: str
    quantity_pieces: int
    returned_pieces: int
    state: RedemptionState
    redeemed_at: Moment

    @classmethod
    def of(cls, line: RedemptionLine) -> Self:
        """Show one exchange."""
        sold = line.redemption
        return cls(
            redemption_id=sold.id,
            member=masked_name(sold.person.name),
            clerk=sold.clerk.name,
            quantity_pieces=line.quantity,
            returned_pieces=line.quantity_refunded,
            state=sold.state,
            redeemed_at=sold.redeemed_at,
        )


class NewItem(Answer):
    """An item that a counter added, how it stands now, and what was handed out of it."""

    model_config = ConfigDict(
        json_schema_extra=example(
            new_item_id=_NEW,
            item_id=_ITEM,
            shop_id=_SHOP,
            name="毛线帽",
            price_points=12,
            quantity_pieces=6,
            pieces_left=5,
            source="donated-free-use",
            donor="李奶奶",
            barcode="2000000000015",
            added_by="482915093250080772",
            added_at="2026-11-21T01:00:00Z",
            confirmed_at=None,
            refused_at=None,
            lapsed_at=None,
            handed_out=[one(HandedOut)],
        )
    )
    new_item_id: Id
    item_id: Id
    shop_id: Id
    name: str
    price_points: int
    quantity_pieces: int
    pieces_left: int
    source: Source
    donor: str
    barcode: str | None
    added_by: Id
    added_at: Moment
    confirmed_at: Moment | None
    refused_at: Moment | None
    lapsed_at: Moment | None
    handed_out: list[HandedOut]

    @classmethod
    def of(cls, waiting: Waiting) -> Self:
        """Show a new item."""
        paper = waiting.paper
        return cls(
            new_item_id=paper.id,
            item_id=paper.item_id,
            shop_id=paper.shop_id,
            name=paper.item.name,
            price_points=paper.item.price_points,
            quantity_pieces=paper.pieces,
            pieces_left=waiting.left,
            source=paper.source,
            donor=paper.donor,
            barcode=paper.item.barcode,
            added_by=paper.added_by,
            added_at=paper.added_at,
            confirmed_at=paper.confirmed_at,
            refused_at=paper.refused_at,
            lapsed_at=paper.lapsed_at,
            handed_out=[HandedOut.of(line) for line in waiting.handed_out],
        )


class NewItems(Answer):
    """The new items that wait to be confirmed, oldest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(NewItem)]))
    items: list[NewItem]
