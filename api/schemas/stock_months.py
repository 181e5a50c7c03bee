"""A month of the shelves in JSON."""

from typing import Self

from pydantic import ConfigDict

from api.schemas.types import Answer, Day, Id, example, one
from audit import stock_months
from redemption.states import Source


class Sums(Answer):
    """Opening + received − handed out − written off + difference = closing."""

    model_config = ConfigDict(
        json_schema_extra=example(
            opening=12,
            received=40,
            for_points=21,
            relief=0,
            fund=0,
            written_off=1,
            difference=-1,
            closing=29,
        )
    )
    opening: int
    received: int
    for_points: int
    relief: int
    fund: int
    written_off: int
    difference: int
    closing: int

    @classmethod
    def of(cls, sums: stock_months.Sums) -> Self:
        """Show sums."""
        return cls(
            opening=sums.opening,
            received=sums.received,
            for_points=sums.for_points,
            relief=sums.relief,
            fund=sums.fund,
            written_off=sums.written_off,
            difference=sums.difference,
            closing=sums.closing,
        )


class StockLine(Answer):
    """One item from one source."""

    model_config = ConfigDict(
        json_schema_extra=example(
            item_id="482915093250080776",
            name="大米 10 斤装（5 公斤）",
            source="purchased",
            pieces=one(Sums),
            fen=one(Sums),
        )
    )
    item_id: Id
    name: str
    source: Source
    pieces: Sums
    fen: Sums


class StockMonth(Answer):
    """A shop's month, a line for each item and source."""

    model_config = ConfigDict(
        json_schema_extra=example(ends_on="2026-11-30", lines=[one(StockLine)])
    )
    ends_on: Day
    lines: list[StockLine]

    @classmethod
    def of(cls, month: stock_months.StockMonth) -> Self:
        """Show a month."""
        return cls(
            ends_on=month.ends_on,
            lines=[
                StockLine(
                    item_id=line.item_id,
                    name=line.name,
                    source=Source(line.source),
                    pieces=Sums.of(line.pieces),
                    fen=Sums.of(line.fen),
                )
                for line in month.lines
            ],
        )
