"""Paper sheets in JSON: packs that were numbered, rows typed in, and what is decided about those that wait."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.shop import CartLine
from api.schemas.types import Answer, Asked, Day, Id, Reason, SentDay, SentId, example, one
from redemption import sheet_papers
from redemption.sheet_papers import ROWS, Bearing, RowState, SheetEnd
from redemption.sheet_rows import Slip
from redemption.sheets import MOST_SHEETS

_SHEET, _ROW = "482915093250080795", "482915093250080796"
_SEEN = "1795000000000000"


class PrintSheets(Asked):
    """How many sheets of a shop are numbered."""

    model_config = ConfigDict(json_schema_extra=example(shop_id="482915093250080775", sheets=4))
    shop_id: SentId
    sheets: Annotated[int, Field(ge=1, le=MOST_SHEETS)]


class Sheet(Answer):
    """One numbered sheet; `end` says what became of it, once it was put away."""

    model_config = ConfigDict(
        json_schema_extra=example(sheet_id=_SHEET, number=7, day="2026-11-21", end=None)
    )
    sheet_id: Id
    number: int
    day: Day
    end: SheetEnd | None

    @classmethod
    def of(cls, sheet: sheet_papers.PaperSheet) -> Self:
        """Return a sheet as JSON shows it."""
        return cls(sheet_id=sheet.id, number=sheet.number, day=sheet.day, end=sheet.end)


class Sheets(Answer):
    """Sheets by number."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Sheet)]))
    items: list[Sheet]


class PutAway(Asked):
    """What became of a sheet."""

    model_config = ConfigDict(json_schema_extra=example(end="entered"))
    end: Annotated[SheetEnd, Field(strict=False)]


class TypeIn(Asked):
    """One row as it stands on the sheet: who took what home on which day, and the points written beside it."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shop_id="482915093250080775",
            sheet_number=7,
            row=1,
            person_id="482915093250080771",
            lines=[one(CartLine)],
            day="2026-11-21",
            points_written=60,
        )
    )
    shop_id: SentId
    sheet_number: Annotated[int, Field(ge=1, le=1_000_000_000)]
    row: Annotated[int, Field(ge=1, le=ROWS)]
    person_id: SentId
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=60, strict=False)]
    day: SentDay
    points_written: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None

    @property
    def slip(self) -> Slip:
        """Return the row as the room takes it."""
        cart = tuple((line.item_id, line.quantity_pieces) for line in self.lines)
        return Slip(self.row, self.person_id, cart, self.day, self.points_written)


class Row(Answer):
    """A row as it stands: booked as a receipt, waiting with the refusal that made it a case, or dropped."""

    model_config = ConfigDict(
        json_schema_extra=example(
            row_id=_ROW,
            sheet_number=7,
            row=1,
            person_id="482915093250080771",
            state="waiting",
            refusal="not-enough-points",
            missing_points=0,
            borne=None,
            redemption_id=None,
            seen=_SEEN,
        )
    )
    row_id: Id
    sheet_number: int
    row: int
    person_id: Id
    state: RowState
    refusal: str
    missing_points: int
    borne: Bearing | None
    redemption_id: Id | None
    seen: Id

    @classmethod
    def of(cls, row: sheet_papers.SheetRow) -> Self:
        """Return a row as JSON shows it."""
        return cls(
            row_id=row.id,
            sheet_number=row.sheet.number,
            row=row.place,
            person_id=row.person_id,
            state=row.state,
            refusal=row.refusal,
            missing_points=row.missing_points,
            borne=row.borne,
            redemption_id=row.redemption_id,
            seen=row.entered_at,
        )


class Rows(Answer):
    """Rows that wait, the oldest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Row)]))
    items: list[Row]


class DecideRow(Asked):
    """Book a row in spite of limits and hours; `borne` says who bears points that the purse lacks. Or drop it.

    `seen` is that of the row that was looked at: one that was typed anew since is refused.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            book=True, borne="owed", reason="大米已拿走，本人同意欠分", seen=_SEEN
        )
    )
    book: bool
    borne: Annotated[Bearing | None, Field(strict=False)] = None
    reason: Reason
    seen: SentId
