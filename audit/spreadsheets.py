"""Tables as CSV and XLSX that no spreadsheet program takes for formulas.

A name that begins with `=` would be run by the program of whoever opens the file. Such text gets an apostrophe in
front, which spreadsheets show as text; numbers and dates are written as what they are.
"""

import csv
import unicodedata
from collections.abc import AsyncIterable, Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

Cell = str | int | Decimal | date | None
Rows = AsyncIterable[Sequence[Cell]]
Tick = Callable[[], object]

FORMULA_SIGNS = frozenset("=+-@")
SHEET_ROWS = 1_048_576
TEXT_LENGTH = 32_767
# Beyond 15 digits a spreadsheet rounds: such a number is kept as text.
EXACT = 999_999_999_999_999
COLUMN_WIDTH = 18
NAME_LENGTH = 28
NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
UNSEEN = ("C", "Z")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet evaluates.

    Programs skip blanks and unseen signs before a formula, and take the full-width ＝＋－＠ for the plain ones.
    """
    seen = next((sign for sign in text if unicodedata.category(sign)[0] not in UNSEEN), "")
    begins_blank = text[:1] in ("\t", "\r", "\n", "\0")
    begins_formula = unicodedata.normalize("NFKC", seen)[:1] in FORMULA_SIGNS or seen == "−"
    return f"'{text}" if begins_blank or begins_formula else text


def _plain(cell: Cell) -> str | int | Decimal:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


async def write_csv(path: Path, heads: Sequence[str], rows: Rows, tick: Tick) -> None:
    """Write a table as UTF-8 with the mark by which Excel knows it; every text stands in quotes."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow([harmless(head) for head in heads])
        async for row in rows:
            writer.writerow([_plain(cell) for cell in row])
            tick()


async def write_xlsx(path: Path, name: str, heads: Sequence[str], rows: Rows, tick: Tick) -> None:
    """Write a table as an Excel workbook, in as many sheets as its rows need; rows leave memory as they come."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheets = _Sheets(workbook, name, heads)
        async for row in rows:
            sheets.add(row)
            tick()


class _Sheets:
    """The sheets of one workbook, the last of which is being filled."""

    def __init__(self, workbook: Any, name: str, heads: Sequence[str]) -> None:
        self.workbook, self.name, self.heads = workbook, name, heads
        self.bold = workbook.add_format({"bold": True})
        self.formats: dict[type, Any] = {
            Decimal: workbook.add_format({"num_format": "#,##0.00"}),
            int: workbook.add_format({"num_format": "#,##0"}),
            date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self.count = 0
        self._begin()

    def _begin(self) -> None:
        self.count += 1
        name = self.name.translate(NOT_IN_NAMES)[:NAME_LENGTH].strip() + (
            f" {self.count}" if self.count > 1 else ""
        )
        self.sheet = self.workbook.add_worksheet(name)
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_column(0, len(self.heads) - 1, COLUMN_WIDTH)
        for column, head in enumerate(self.heads):
            self.sheet.write_string(0, column, harmless(head), self.bold)
        self.row = 1

    def add(self, cells: Sequence[Cell]) -> None:
        if self.row == SHEET_ROWS:
            self._begin()
        for column, cell in enumerate(cells):
            self._write(column, cell)
        self.row += 1

    def _write(self, column: int, cell: Cell) -> None:
        if cell is None:
            return
        if isinstance(cell, date):
            self.sheet.write_datetime(self.row, column, cell, self.formats[date])
        elif isinstance(cell, str) or not -EXACT <= cell <= EXACT:
            self.sheet.write_string(self.row, column, harmless(str(cell))[:TEXT_LENGTH])
        else:
            self.sheet.write_number(self.row, column, cell, self.formats[type(cell)])
