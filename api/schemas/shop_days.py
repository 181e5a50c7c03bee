"""A shop's days in JSON: what was done, what was signed off, and the figures of each clerk."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.types import (
    TEXT_PATTERN,
    Answer,
    Asked,
    Day,
    Id,
    Moment,
    SentDay,
    SentId,
    example,
    one,
)
from redemption import day_closing, day_figures, outliers
from redemption.day_papers import COUNTS, NOTE_LIMIT, SUMS, DayClose
from redemption.outliers import Figure

_SHOP, _CLERK = "482915093250080775", "482915093250080771"
_FIGURES = dict.fromkeys((*COUNTS, *SUMS), 0) | {"sales": 9, "points_taken": 524, "pieces_out": 15}


class CloseDay(Asked):
    """Which day of which shop is signed off, with a word about it."""

    model_config = ConfigDict(
        json_schema_extra=example(shop_id=_SHOP, day="2026-11-27", note="下雨，人少")
    )
    shop_id: SentId
    day: SentDay
    note: Annotated[str, Field(max_length=NOTE_LIMIT, pattern=TEXT_PATTERN)] = ""


class DayFigures(Answer):
    """How often what was done, and the points and pieces that went and came back."""

    model_config = ConfigDict(json_schema_extra=example(**_FIGURES))
    sales: int
    swaps: int
    moves: int
    pick_ups: int
    reliefs: int
    refunds: int
    undos: int
    points_taken: int
    points_back: int
    pieces_out: int
    pieces_back: int

    @classmethod
    def of(cls, found: day_figures.Figures) -> Self:
        """Show figures."""
        return cls(**found.columns)


class DayClosing(Answer):
    """What somebody signed off; `number` 2 and later stand for what came after the closing before."""

    model_config = ConfigDict(
        json_schema_extra=example(
            closing_id="482915093250080779",
            day="2026-11-27",
            number=1,
            closed_by_id=_CLERK,
            closed_at="2026-11-27T09:00:00Z",
            carts_gone=0,
            note="",
            figures=one(DayFigures),
        )
    )
    closing_id: Id
    day: Day
    number: int
    closed_by_id: Id
    closed_at: Moment
    carts_gone: int
    note: str
    figures: DayFigures

    @classmethod
    def of(cls, made: DayClose) -> Self:
        """Show a closing."""
        return cls(
            closing_id=made.id,
            day=made.day,
            number=made.number,
            closed_by_id=made.closed_by,
            closed_at=made.closed_at,
            carts_gone=made.carts_gone,
            note=made.note,
            figures=DayFigures(**{name: getattr(made, name) for name in (*COUNTS, *SUMS)}),
        )


class ClerkOfDay(Answer):
    """What one clerk did on a day; without an id, what nobody did."""

    model_config = ConfigDict(json_schema_extra=example(clerk_id=_CLERK, figures=one(DayFigures)))
    clerk_id: Id | None
    figures: DayFigures


class ShopDay(Answer):
    """A day of a shop as it stands now; `after_closing` counts what nobody signed off yet."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shop_id=_SHOP,
            day="2026-11-27",
            figures=one(DayFigures),
            clerks=[one(ClerkOfDay)],
            closings=[one(DayClosing)],
            after_closing=0,
            left_open=False,
        )
    )
    shop_id: Id
    day: Day
    figures: DayFigures
    clerks: list[ClerkOfDay]
    closings: list[DayClosing]
    after_closing: int
    left_open: bool

    @classmethod
    def of(cls, found: day_closing.Day) -> Self:
        """Show a day."""
        return cls(
            shop_id=found.shop.id,
            day=found.day,
            figures=DayFigures.of(found.figures),
            clerks=[
                ClerkOfDay(clerk_id=who or None, figures=DayFigures.of(own))
                for who, own in found.clerks.items()
            ],
            closings=[DayClosing.of(each) for each in found.closings],
            after_closing=len(found.after_closing),
            left_open=found.left_open,
        )


class ShopDays(Answer):
    """The days of a month on which something was done, latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(ShopDay)]))
    items: list[ShopDay]


class ClerkFigures(Answer):
    """What a clerk did in the last 30 days, by name of the figure."""

    model_config = ConfigDict(
        json_schema_extra=example(clerk_id=_CLERK, sales=38, counts={"undos": 8, "swaps": 1})
    )
    clerk_id: Id
    sales: int
    counts: dict[Figure, int]

    @classmethod
    def of(cls, found: outliers.ClerkDays) -> Self:
        """Show a clerk's figures."""
        return cls(clerk_id=found.clerk_id, sales=found.sales, counts=dict(found.counts))


class UnlikeOthers(Answer):
    """A figure that is so many times the median of the other clerks; null where they have none."""

    model_config = ConfigDict(
        json_schema_extra=example(clerk_id=_CLERK, figure="undos", count=8, times=6)
    )
    clerk_id: Id
    figure: Figure
    count: int
    times: int | None

    @classmethod
    def of(cls, found: outliers.StandsOut) -> Self:
        """Show what stands out."""
        return cls(
            clerk_id=found.clerk_id, figure=found.figure, count=found.count, times=found.times
        )


class Clerks(Answer):
    """Every clerk's figures, and those that are unlike the others'."""

    model_config = ConfigDict(
        json_schema_extra=example(items=[one(ClerkFigures)], unlike=[one(UnlikeOthers)])
    )
    items: list[ClerkFigures]
    unlike: list[UnlikeOthers]
