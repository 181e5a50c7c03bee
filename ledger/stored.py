"""Entries as they stand in the tables, read many at a time and judged by their leaves."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from kernel.database import Dialect, dialect
from kernel.errors import N_
from kernel.listing import among, as_list
from kernel.reading import rows
from ledger.leaf import ENTRY_FIELDS, TRANSFER_FIELDS, VERSION, leaf_of_values

Row = Sequence[Any]
Stored = tuple[
    Row, list[Row]
]  # an entry (ENTRY_FIELDS, leaf, version), its lines (TRANSFER_FIELDS, entry id)

DIALECTS: tuple[Dialect, ...] = ("postgresql", "sqlite")
LISTED = {each: among(each, 2) for each in DIALECTS}
ENTRIES = f"SELECT {', '.join(ENTRY_FIELDS)}, leaf, leaf_version FROM journal_entry WHERE book_id = $1 AND id "
LINES = (
    f"SELECT {', '.join(TRANSFER_FIELDS)}, entry_id FROM transfer WHERE book_id = $1 AND entry_id "
)
IN_ORDER = " ORDER BY entry_id, line"

_FIELDS, _LINE_FIELDS = len(ENTRY_FIELDS), len(TRANSFER_FIELDS)
_entry_of = itemgetter(_LINE_FIELDS)

ALTERED = N_("Entry %(entry)s was altered: it no longer hashes to its leaf")
GONE = N_("Entry %(entry)s is gone, but %(table)s still names it")


def together(entries: Iterable[Row], lines: Iterable[Row]) -> dict[int, Stored]:
    """Put entries and their lines, which come in order, together by id."""
    by_entry = {entry_id: list(found) for entry_id, found in groupby(lines, _entry_of)}
    return {entry[1]: (entry, by_entry.get(entry[1], [])) for entry in entries}


async def read_entries(book_id: int, ids: Sequence[int]) -> dict[int, Stored]:
    """Return entries with their lines, by id; one that is not there is left out."""
    kind = dialect()
    wanted = (book_id, as_list(kind, ids))
    entries = await rows(ENTRIES + LISTED[kind], *wanted)
    lines = await rows(LINES + LISTED[kind] + IN_ORDER, *wanted)
    return together(entries, lines)


def holds(stored: Stored) -> bool:
    """Say whether an entry and its lines hash to the leaf that was computed when it was posted."""
    entry, lines = stored
    if entry[_FIELDS + 1] != VERSION or not lines:
        return False
    leaf = leaf_of_values(entry[:_FIELDS], [line[:_LINE_FIELDS] for line in lines])
    return leaf == bytes(entry[_FIELDS])


def leaf_in(stored: Stored) -> bytes:
    """Return the leaf that an entry's row carries."""
    return bytes(stored[0][_FIELDS])


def posted_at(stored: Stored) -> int:
    """Return when an entry was posted (UTC microseconds)."""
    return int(stored[0][_FIELDS - 1])


def fields_of(stored: Stored) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """Return an entry's and its lines' fields by name."""
    entry, lines = stored
    return (
        dict(zip(ENTRY_FIELDS, entry, strict=False)),
        [dict(zip(TRANSFER_FIELDS, line, strict=False)) for line in lines],
    )
