"""The counter's other acts in JSON: swaps, moved sales, parked carts, and lines of a printed passbook."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.recognised import Pin, Recognised
from api.schemas.shop import CartLine, Return, ReturnedPieces
from api.schemas.types import Answer, Asked, Id, Moment, Reason, SentId, example, one
from people.masks import masked_name
from redemption import counter_papers
from redemption.exchanging import Swap, swap_of
from web.record_words import Record

_SHOP, _ITEM, _PERSON = "482915093250080775", "482915093250080776", "482915093250080772"
_BACK = {"line_id": "482915093250080778", "quantity_pieces": 1, "damaged": False}
_OUT = {"item_id": _ITEM, "quantity_pieces": 1}


class Swapped(Asked):
    """What comes back of a receipt, and what goes out instead; with the total shown, another price is refused."""

    model_config = ConfigDict(
        json_schema_extra=example(returned=[_BACK], lines=[_OUT], expected_points=60)
    )
    returned: Annotated[
        tuple[ReturnedPieces, ...], Field(min_length=1, max_length=60, strict=False)
    ]
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=60, strict=False)]
    expected_points: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None

    def of(self, redemption_id: int) -> Swap:
        """Return the swap as the counter takes it."""
        return swap_of(
            redemption_id,
            [(each.line_id, each.quantity_pieces) for each in self.returned],
            [(each.item_id, each.quantity_pieces) for each in self.lines],
            [each.line_id for each in self.returned if each.damaged],
            self.expected_points,
        )


class Exchange(Swapped):
    """A swap at once; the PIN is asked for where more points are taken than go without it today."""

    model_config = ConfigDict(
        json_schema_extra=example(returned=[_BACK], lines=[_OUT], expected_points=60, pin="2749")
    )
    pin: Pin = None


class AskExchange(Swapped):
    """A swap of many points, and why."""

    model_config = ConfigDict(
        json_schema_extra=example(returned=[_BACK], lines=[_OUT], reason="尺码拿错了")
    )
    reason: Reason


class AskReturn(Return):
    """What comes back late, or much, and why."""

    model_config = ConfigDict(
        json_schema_extra=example(
            lines=[{"line_id": "482915093250080778", "quantity_pieces": 1}], reason="米里有虫"
        )
    )
    reason: Reason


class Move(Recognised):
    """Whose sale it really is."""

    model_config = ConfigDict(
        json_schema_extra=example(person_id=_PERSON, recognised_by="card", pin="2749")
    )
    person_id: SentId


class Park(Asked):
    """A cart to be put aside, for a member or nobody yet."""

    model_config = ConfigDict(json_schema_extra=example(person_id=_PERSON, lines=[_OUT]))
    person_id: SentId | None = None
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=60, strict=False)]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Return the lines as the counter takes them."""
        return [(line.item_id, line.quantity_pieces) for line in self.lines]


class ParkedLine(Answer):
    """So many pieces of one item."""

    model_config = ConfigDict(json_schema_extra=example(**_OUT))
    item_id: Id
    quantity_pieces: int


class ParkedSale(Answer):
    """A cart that waits; nothing is reserved by it, and it is gone at midnight."""

    model_config = ConfigDict(
        json_schema_extra=example(
            parked_id="482915093250080790",
            place=1,
            person_id=_PERSON,
            name_masked="王*兰",
            parked_by="482915093250080773",
            parked_at="2026-11-21T06:06:00Z",
            lines=[_OUT],
        )
    )
    parked_id: Id
    place: int
    person_id: Id | None
    name_masked: str | None
    parked_by: Id
    parked_at: Moment
    lines: list[ParkedLine]

    @classmethod
    def of(cls, sale: counter_papers.ParkedSale) -> Self:
        """Show a parked sale, its person loaded with it."""
        return cls(
            parked_id=sale.id,
            place=sale.place,
            person_id=sale.person_id,
            name_masked=masked_name(sale.person.name) if sale.person else None,
            parked_by=sale.parked_by,
            parked_at=sale.parked_at,
            lines=[ParkedLine(item_id=item, quantity_pieces=pieces) for item, pieces in sale.lines],
        )


class ParkedSales(Answer):
    """What waits at a shop today."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(ParkedSale)]))
    items: list[ParkedSale]


class PassbookLine(Answer):
    """One line of a booklet: when, what, how many points, and how many are left."""

    model_config = ConfigDict(
        json_schema_extra=example(
            happened_at="2026-11-21T06:06:00Z", title="大米", points=-60, points_left=1226
        )
    )
    happened_at: Moment
    title: str
    points: int
    points_left: int


class Passbook(Answer):
    """What is not printed yet, earliest first; say both marks again once it is printed."""

    model_config = ConfigDict(
        json_schema_extra=example(
            lines_printed=12, printed_to=31, ready_to=32, items=[one(PassbookLine)]
        )
    )
    lines_printed: int
    printed_to: int
    ready_to: int
    items: list[PassbookLine]

    @classmethod
    def of(cls, book: counter_papers.Passbook, ready_to: int, records: list[Record]) -> Self:
        """Show what goes into a booklet next."""
        return cls(
            lines_printed=book.lines_printed,
            printed_to=book.printed_to,
            ready_to=ready_to,
            items=[
                PassbookLine(
                    happened_at=each.occurred_at,
                    title=each.title,
                    points=each.amount,
                    points_left=each.balance_after,
                )
                for each in records
            ],
        )


class Printed(Asked):
    """Up to where a booklet stood, and up to where it is printed now."""

    model_config = ConfigDict(json_schema_extra=example(printed_to=31, ready_to=32))
    printed_to: Annotated[int, Field(ge=0, lt=2**62)]
    ready_to: Annotated[int, Field(ge=0, lt=2**62)]
