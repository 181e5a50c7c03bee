"""Lists as people keep them: find the columns by their heads, and read cells that were typed, pasted or formatted.

What cannot be right is told with its row and column; nothing is guessed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from kernel.days import from_date, month_end, to_date
from kernel.errors import N_, DomainError, Invalid
from kernel.tables import Cell, Row
from people.naming import folded

HEAD_ROWS = 10  # A title and a remark may stand above the heads.
MOST = 10**9
MONTH = re.compile(
    r"(20\d\d)(?:[-/.年](?=\d)|(?=\d\d\Z))(\d{1,2})(?:月|[-/.月](\d{1,2})日?)?(?: 0?0:00(?::00)?)?\Z"
)

Value = TypeVar("Value")


class HeadsAreMissing(Invalid):
    """No row of the file names the columns that are needed."""

    slug = "heads-missing"
    title = N_("The columns are not named")
    detail = N_(
        "The first rows must name the columns. Missing: %(missing)s. The template shows how it is meant."
    )


class CellIsWrong(Invalid):
    """What a cell says cannot be right."""

    slug = "cell-wrong"
    title = N_("Please check this cell")
    detail = N_("Please check this cell.")

    def __init__(self, says: str, **members: Any) -> None:
        """Say what is wrong, with the facts that fill its placeholders."""
        super().__init__(**members)
        self.says = says


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in one row: the row as the spreadsheet counts it, the column's head, and what to put right."""

    row: int
    column: str
    says: str
    members: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows under the heads. `heads` are the columns that were found, by what they mean."""

    heads: Mapping[str, tuple[int, str]]
    rows: tuple[Row, ...]


def under_heads(
    rows: Sequence[Row], known: Mapping[str, frozenset[str]], needed: Iterable[str]
) -> Table:
    """Return the rows below the one that names the columns.

    Raises:
        HeadsAreMissing
    """
    wanted = set(needed)
    best: dict[str, tuple[int, str]] = {}
    for place, row in enumerate(rows[:HEAD_ROWS]):
        heads = _heads(row, known)
        if wanted <= heads.keys():
            return Table(heads, tuple(rows[place + 1 :]))
        best = max(best, heads, key=len)
    missing = [
        min(known[each], key=lambda name: (name.isascii(), name)) for each in wanted - best.keys()
    ]
    raise HeadsAreMissing(missing=", ".join(sorted(missing)))


def _heads(row: Row, known: Mapping[str, frozenset[str]]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for column, cell in enumerate(row.cells):
        head = re.sub(r"[\W_]", "", folded(text(cell))).casefold()
        for meaning, names in known.items():
            if head in names and meaning not in found:
                found[meaning] = (column, text(cell))
    return found


@dataclass(slots=True)
class Reader:
    """Reads the cells of one row, and keeps what is wrong with them."""

    table: Table
    row: Row
    problems: list[Problem]

    def read(self, meaning: str, read: Callable[[Cell], Value], otherwise: Value) -> Value:
        """Return what a cell says, or `otherwise` where it is blank, absent or wrong."""
        if meaning not in self.table.heads:
            return otherwise
        column, head = self.table.heads[meaning]
        cell = self.row.cells[column] if column < len(self.row.cells) else None
        if not text(cell):
            return otherwise
        try:
            return read(cell)
        except CellIsWrong as wrong:
            self.wrong(head, wrong.says, **wrong.members)
        except DomainError as refusal:
            self.wrong(head, refusal.detail, **refusal.members)
        return otherwise

    def wrong(self, column: str, says: str, **members: Any) -> None:
        """Keep a problem with this row."""
        self.problems.append(Problem(self.row.number, column, says, members))

    def head(self, meaning: str) -> str:
        """Return what the file calls a column."""
        return self.table.heads[meaning][1] if meaning in self.table.heads else ""


def text(cell: Cell) -> str:
    """Return a cell as text: a number without the `.0` that a spreadsheet gives it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return folded(str(cell)[:1000])


def number(cell: Cell) -> Decimal:
    """Return a number that may be typed as text, full-width or with commas. Raises: CellIsWrong."""
    said = text(cell).replace(" ", "")
    if isinstance(cell, bool | date) or not re.fullmatch(
        r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?", said
    ):
        raise CellIsWrong(N_("“%(said)s” is not a number."), said=text(cell)[:40])
    try:
        found = Decimal(said.replace(",", ""))
    except InvalidOperation as wrong:
        raise CellIsWrong(N_("“%(said)s” is not a number."), said=said[:40]) from wrong
    if found < 0:
        raise CellIsWrong(N_("A balance cannot be below zero: %(said)s."), said=said)
    if found > MOST:
        raise CellIsWrong(N_("%(said)s is more than anybody can have."), said=said[:40])
    return found


def whole(cell: Cell) -> int:
    """Return a whole number. Raises: CellIsWrong."""
    found = number(cell)
    if found != found.to_integral_value():
        raise CellIsWrong(N_("%(said)s is not a whole number."), said=text(cell))
    return int(found)


def minutes_of_hours(cell: Cell) -> int:
    """Return hours as minutes. Raises: CellIsWrong for parts of a minute."""
    found = number(cell) * 60
    if found != found.to_integral_value():
        raise CellIsWrong(N_("%(said)s hours are not whole minutes."), said=text(cell))
    return int(found)


def month(cell: Cell) -> int:
    """Return the last day (yyyymmdd) of a month given as a date or as text: 2027-06, 2027年6月. Raises: CellIsWrong."""
    if isinstance(cell, datetime | date):
        return month_end(from_date(cell))
    fits = MONTH.match(text(cell))
    if not fits:
        raise CellIsWrong(N_("“%(said)s” is not a month. Write 2027-06."), said=text(cell)[:40])
    year, in_year, day = (int(part or 1) for part in fits.groups())
    try:
        to_date(year * 10_000 + in_year * 100 + day)
    except ValueError as wrong:
        raise CellIsWrong(
            N_("“%(said)s” is not in the calendar. Write 2027-06."), said=text(cell)
        ) from wrong
    return month_end(year * 10_000 + in_year * 100 + 1)


def calendar_day(said: str) -> date:
    """Return a day typed as 2026-11-30. Raises: CellIsWrong."""
    try:
        return date.fromisoformat(said.strip())
    except ValueError as wrong:
        raise CellIsWrong(
            N_("“%(said)s” is not a day. Write 2026-11-30."), said=said[:40]
        ) from wrong
