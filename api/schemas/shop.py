"""Goods over the counter in JSON: carts, quotes and receipts."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.recognised import Recognised
from api.schemas.types import Answer, Asked, Id, Moment, Pieces, Scanned, SentId, example, one
from people.masks import masked_name
from redemption import receipts
from redemption.counter import Quote
from redemption.states import RedemptionState
from web.i18n import say

_SHOP, _ITEM, _PERSON = "482915093250080775", "482915093250080776", "482915093250080772"


class CartLine(Asked):
    """So many pieces of one item."""

    model_config = ConfigDict(json_schema_extra=example(item_id=_ITEM, quantity_pieces=1))
    item_id: SentId
    quantity_pieces: Pieces


class Cart(Asked):
    """What a member wants from one shop."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shop_id=_SHOP,
            person_id=_PERSON,
            lines=[{"item_id": _ITEM, "quantity_pieces": 1}],
        )
    )
    shop_id: SentId
    person_id: SentId
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=60, strict=False)]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Return the lines as the counter takes them."""
        return [(line.item_id, line.quantity_pieces) for line in self.lines]


class Redeem(Recognised, Cart):
    """A cart to be handed out. With the total the member was shown, another price is refused rather than taken.

    `family_ids` are those of the family who pay too; with a `collect_code` somebody else collects, from one purse.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            shop_id=_SHOP,
            person_id=_PERSON,
            lines=[{"item_id": _ITEM, "quantity_pieces": 1}],
            expected_points=60,
            recognised_by="card",
            pin="2749",
        )
    )
    expected_points: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None
    family_ids: Annotated[tuple[SentId, ...], Field(max_length=20, strict=False)] = ()
    collect_code: Scanned | None = None


class QuotedLine(Answer):
    """What one thing costs and what speaks against it, in the reader's language."""

    model_config = ConfigDict(
        json_schema_extra=example(
            item_id=_ITEM,
            name="大米",
            quantity_pieces=1,
            points=60,
            pieces_for_points=12,
            refusal=None,
        )
    )
    item_id: Id
    name: str
    quantity_pieces: int
    points: int
    pieces_for_points: int
    refusal: str | None


class Quoted(Answer):
    """What a cart would cost now; nothing is reserved."""

    model_config = ConfigDict(
        json_schema_extra=example(
            lines=[one(QuotedLine)],
            points_total=60,
            points_available=1286,
            points_owed=0,
            points_missing=0,
            can_confirm=True,
        )
    )
    lines: list[QuotedLine]
    points_total: int
    points_available: int
    points_owed: int
    points_missing: int
    can_confirm: bool

    @classmethod
    def of(cls, quote: Quote) -> Self:
        """Show a quote."""
        return cls(
            lines=[
                QuotedLine(
                    item_id=line.item.id,
                    name=line.item.name,
                    quantity_pieces=line.quantity,
                    points=line.points,
                    pieces_for_points=line.on_shelf,
                    refusal=say(line.refusal) if line.refusal else None,
                )
                for line in quote.lines
            ],
            points_total=quote.total,
            points_available=quote.available,
            points_owed=quote.owed,
            points_missing=quote.missing,
            can_confirm=quote.can_confirm,
        )


class ReturnedPieces(Asked):
    """So many pieces of one line of a receipt; damaged ones cannot be handed out any more."""

    model_config = ConfigDict(
        json_schema_extra=example(line_id="482915093250080778", quantity_pieces=1, damaged=True)
    )
    line_id: SentId
    quantity_pieces: Pieces
    damaged: bool = False


class Return(Asked):
    """What comes back over the counter."""

    model_config = ConfigDict(
        json_schema_extra=example(lines=[{"line_id": "482915093250080778", "quantity_pieces": 1}])
    )
    lines: Annotated[tuple[ReturnedPieces, ...], Field(min_length=1, max_length=60, strict=False)]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Return the lines as the counter takes them."""
        return [(line.line_id, line.quantity_pieces) for line in self.lines]

    @property
    def damaged(self) -> list[int]:
        """Return the lines of which what comes back is damaged."""
        return [line.line_id for line in self.lines if line.damaged]


class ReceiptLine(Answer):
    """Pieces of one item, and how many of them came back."""

    model_config = ConfigDict(
        json_schema_extra=example(
            line_id="482915093250080778",
            item_id=_ITEM,
            name="大米",
            unit="袋",
            quantity_pieces=1,
            returned_pieces=0,
            damaged_pieces=0,
            price_points=60,
        )
    )
    line_id: Id
    item_id: Id
    name: str
    unit: str
    quantity_pieces: int
    returned_pieces: int
    damaged_pieces: int
    price_points: int


class Redemption(Answer):
    """A receipt as it stands now, with the journal entry that proves it and the entry's leaf."""

    model_config = ConfigDict(
        json_schema_extra=example(
            redemption_id="482915093250080777",
            number=42,
            shop_id=_SHOP,
            person_id=_PERSON,
            name_masked="王*兰",
            state="done",
            points_total=60,
            points_returned=0,
            follows_redemption_id=None,
            points_back=0,
            redeemed_at="2026-11-21T06:06:00Z",
            undo_until="2026-11-21T06:21:00Z",
            lines=[one(ReceiptLine)],
            entry_id="482915093250080779",
            leaf="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        )
    )
    redemption_id: Id
    number: int
    shop_id: Id
    person_id: Id
    name_masked: str
    state: RedemptionState
    points_total: int
    points_returned: int
    follows_redemption_id: Id | None
    points_back: int
    redeemed_at: Moment
    undo_until: Moment
    lines: list[ReceiptLine]
    entry_id: Id
    leaf: str

    @classmethod
    def of(cls, receipt: receipts.Receipt) -> Self:
        """Show a receipt."""
        return cls(
            redemption_id=receipt.redemption_id,
            number=receipt.number,
            shop_id=receipt.shop_id,
            person_id=receipt.person_id,
            name_masked=masked_name(receipt.person),
            state=receipt.state,
            points_total=receipt.points_total,
            points_returned=receipt.points_refunded,
            follows_redemption_id=receipt.follows[0] if receipt.follows else None,
            points_back=receipt.points_back,
            redeemed_at=receipt.redeemed_at,
            undo_until=receipt.undo_until,
            lines=[
                ReceiptLine(
                    line_id=line.line_id,
                    item_id=line.item_id,
                    name=line.name,
                    unit=line.unit,
                    quantity_pieces=line.quantity,
                    returned_pieces=line.quantity_refunded,
                    damaged_pieces=line.quantity_damaged,
                    price_points=line.price_points,
                )
                for line in receipt.lines
            ],
            entry_id=receipt.entry_id,
            leaf=receipt.leaf.hex(),
        )
