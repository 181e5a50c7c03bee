"""Reservations in JSON: what is set aside for whom, until when, and the code to collect it by."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.shop import CartLine, ReturnedPieces
from api.schemas.types import Answer, Asked, Id, Moment, SentId, example, one
from redemption import pickup_codes, reservation_papers
from redemption import reservations as kept
from redemption.states import ReservationState

_RESERVATION, _LINE = "482915093250080790", "482915093250080791"


class Reserve(Asked):
    """What the bearer wants set aside. With the total that was shown, another price is refused rather than held."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shop_id="482915093250080775",
            lines=[one(CartLine)],
            expected_points=60,
        )
    )
    shop_id: SentId
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=60, strict=False)]
    expected_points: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Return the lines as the counter takes them."""
        return [(line.item_id, line.quantity_pieces) for line in self.lines]


class Collect(Asked):
    """What of a reservation is handed out; without lines, all of it. The rest goes back."""

    model_config = ConfigDict(
        json_schema_extra=example(lines=[{"line_id": _LINE, "quantity_pieces": 1}])
    )
    lines: (
        Annotated[tuple[ReturnedPieces, ...], Field(min_length=1, max_length=60, strict=False)]
        | None
    ) = None

    @property
    def pairs(self) -> list[tuple[int, int]] | None:
        """Return the lines as the counter takes them, or None for all."""
        if self.lines is None:
            return None
        return [(line.line_id, line.quantity_pieces) for line in self.lines]


class ReservedLine(Answer):
    """Pieces of one item, and how many of them were collected."""

    model_config = ConfigDict(
        json_schema_extra=example(
            line_id=_LINE,
            item_id="482915093250080776",
            name="大米",
            quantity_pieces=2,
            collected_pieces=0,
            price_points=30,
        )
    )
    line_id: Id
    item_id: Id
    name: str
    quantity_pieces: int
    collected_pieces: int
    price_points: int


class Reservation(Answer):
    """Goods set aside with their points; the code opens the reservation at the counter."""

    model_config = ConfigDict(
        json_schema_extra=example(
            reservation_id=_RESERVATION,
            shop_id="482915093250080775",
            name_masked="王*兰",
            number="204815",
            code="EQDLHF2WAAAAAUX6BTYQWG5SXMWJZ4A",
            state="open",
            points_total=60,
            reserved_at="2026-11-21T06:06:00Z",
            expires_at="2026-11-24T16:00:00Z",
            redemption_id=None,
            lines=[one(ReservedLine)],
        )
    )
    reservation_id: Id
    shop_id: Id
    name_masked: str
    number: str
    code: str
    state: ReservationState
    points_total: int
    reserved_at: Moment
    expires_at: Moment
    redemption_id: Id | None
    lines: list[ReservedLine]

    @classmethod
    def of(cls, found: reservation_papers.Reservation) -> Self:
        """Show a reservation with its lines and person."""
        return cls(
            reservation_id=found.id,
            shop_id=found.shop_id,
            name_masked=found.person.masked_name,
            number=found.number,
            code=pickup_codes.code_of(found.book_id, found.id),
            state=found.state,
            points_total=found.points_total,
            reserved_at=found.reserved_at,
            expires_at=found.expires_at,
            redemption_id=found.redemption_id,
            lines=[
                ReservedLine(
                    line_id=line.id,
                    item_id=line.item_id,
                    name=line.item.name,
                    quantity_pieces=line.quantity,
                    collected_pieces=line.quantity_collected,
                    price_points=line.price_points,
                )
                for line in sorted(found.lines, key=lambda line: line.id)
            ],
        )


class Reservations(Answer):
    """Reservations, the bearer's own latest first, or what a shop has to prepare."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Reservation)]))
    items: list[Reservation]


class PreparedItem(Answer):
    """So many pieces of one item, over all that is reserved."""

    model_config = ConfigDict(
        json_schema_extra=example(item_id="482915093250080776", name="大米", quantity_pieces=7)
    )
    item_id: Id
    name: str
    quantity_pieces: int


class ToPrepare(Answer):
    """The list that a shop prepares: the pieces in all, and every open reservation."""

    model_config = ConfigDict(
        json_schema_extra=example(items=[one(PreparedItem)], reservations=[one(Reservation)])
    )
    items: list[PreparedItem]
    reservations: list[Reservation]

    @classmethod
    def of(cls, listed: kept.ToPrepare) -> Self:
        """Show the list."""
        return cls(
            items=[
                PreparedItem(item_id=item.id, name=item.name, quantity_pieces=pieces)
                for item, pieces in listed.items
            ],
            reservations=[Reservation.of(each) for each in listed.reservations],
        )
