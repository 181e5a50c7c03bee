"""Read what people keep in spreadsheets: the first sheet of an XLSX file, or a CSV as Excel and WPS write it.

A cell is what the file says it is (text, number, date, nothing); what it means is the reader's business.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from kernel.errors import N_, Invalid

Cell = str | int | float | bool | date | datetime | time | timedelta | None

MOST_BYTES = 16 * 1024 * 1024
MOST_UNPACKED_BYTES = 256 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 100
SEPARATORS = ",;\t，"
# What spreadsheets save as "CSV" here, the strictest first: almost any bytes are GB 18030 (which contains GBK).
ENCODINGS = ("utf-8-sig", "gb18030")
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class TableIsUnreadable(Invalid):
    """A file is neither an XLSX workbook nor a CSV text."""

    slug = "table-unreadable"
    title = N_("This file cannot be read")
    detail = N_(
        "This file is not a table we can read. Please save it as an Excel workbook (.xlsx) or as CSV."
    )


class TableIsTooLarge(Invalid):
    """A file has more bytes, rows or columns than a list of people needs."""

    slug = "table-too-large"
    title = N_("This file is too large")
    detail = N_(
        "At most %(rows)s rows and %(columns)s columns can be read at once. Please split the file."
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it, under the number that a spreadsheet shows beside it (from 1)."""

    number: int
    cells: tuple[Cell, ...]


def read_table(content: bytes) -> list[Row]:
    """Return the rows of a table that are not blank.

    Raises:
        TableIsUnreadable, TableIsTooLarge
    """
    if len(content) > MOST_BYTES:
        raise _too_large()
    rows = _workbook(content) if content.startswith((ZIP, OLD_EXCEL)) else _csv(content)
    found = []
    for number, cells in enumerate(rows, 1):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise _too_large()
        if any(cell not in (None, "") for cell in cells):
            found.append(Row(number, tuple(cells)))
    return found


def _too_large() -> TableIsTooLarge:
    return TableIsTooLarge(rows=MOST_ROWS, columns=MOST_COLUMNS)


def _workbook(content: bytes) -> Iterable[list[Cell]]:
    _require_small_when_unpacked(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            sheet = workbook.get_sheet_by_index(0)
            if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
                raise _too_large()
            # With the empty area, so that a row has the number its reader sees.
            return [list(cells) for cells in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, IndexError) as unreadable:
        raise TableIsUnreadable from unreadable


def _require_small_when_unpacked(content: bytes) -> None:
    """A few kilobytes of ZIP can unpack to gigabytes; its directory tells how much."""
    if not content.startswith(ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
    except zipfile.BadZipFile as unreadable:
        raise TableIsUnreadable from unreadable
    if unpacked > MOST_UNPACKED_BYTES:
        raise _too_large()


def _csv(content: bytes) -> Iterator[list[Cell]]:
    text = _decoded(content)
    head = "\n".join(text.splitlines()[:20])
    separator = max(SEPARATORS, key=head.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield list(cells)
    except csv.Error as unreadable:
        raise TableIsUnreadable from unreadable


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith(BYTE_ORDER_MARKS) else ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableIsUnreadable
