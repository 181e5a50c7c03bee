"""Prove to a stranger that one entry is in the sealed books: its leaf, the path to its block, and to a checkpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.database import fetch
from kernel.errors import NotFound
from ledger.blocks import Block
from ledger.checkpoints import Checkpoint, Statement, read_statement
from ledger.merkle import consistency_path, inclusion_path, is_consistent
from ledger.seal_errors import BookRewritten, EntryAltered, NotSealed
from ledger.stored import fields_of, holds, leaf_in, read_entries

WHAT = "caihong inclusion proof"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Everything that leads from an entry's fields to a signed checkpoint, if one follows."""

    entry: Mapping[str, Any]
    lines: list[Mapping[str, Any]]
    leaf: bytes
    place: int
    path: list[bytes]
    block: Block
    checkpoint: Checkpoint | None
    blocks_path: list[bytes]

    def as_json(self) -> dict[str, Any]:
        """Return plain values; docs/verify_inclusion.py checks them with nothing of ours."""
        block = self.block
        return {
            "what": WHAT,
            "version": VERSION,
            "entry": {name: _canonical(value) for name, value in self.entry.items()},
            "lines": [
                {name: _canonical(value) for name, value in line.items()} for line in self.lines
            ],
            "leaf": self.leaf.hex(),
            "place": self.place,
            "path": [each.hex() for each in self.path],
            "block": {
                "format_version": block.format_version,
                "book": str(block.book_id),
                "number": block.number,
                "previous_hash": block.previous_hash.hex(),
                "root": block.root.hex(),
                "entries": block.entries,
                "entries_total": block.entries_total,
                "totals_hash": block.totals_hash.hex(),
                "sealed_at": block.sealed_at,
                "hash": block.hash.hex(),
            },
            "blocks_path": [each.hex() for each in self.blocks_path],
            "statement": self.checkpoint.text if self.checkpoint else None,
        }


def _canonical(value: int | str | bytes | None) -> str:
    """Return a field as the leaf marks it: i:5, s:word, b:00ff, n: for nothing."""
    if value is None:
        return "n:"
    if isinstance(value, int):
        return f"i:{value}"
    return f"s:{value}" if isinstance(value, str) else f"b:{bytes(value).hex()}"


async def book_of(entry_id: int) -> int:
    """Return the book that an entry stands in. Raises: NotFound."""
    rows = await fetch("SELECT book_id FROM journal_entry WHERE id = $1", entry_id)
    if not rows:
        raise NotFound
    return int(rows[0]["book_id"])


async def inclusion(book_id: int, entry_id: int, given: Checkpoint | None = None) -> Inclusion:
    """Return the proof that an entry is sealed, up to a given checkpoint or the first one that follows.

    Raises: NotFound, NotSealed, EntryAltered.
    """
    stored = (await read_entries(book_id, [entry_id])).get(entry_id)
    if stored is None:
        raise NotFound
    places = await fetch(
        "SELECT block_number, position FROM seal_member WHERE book_id = $1 AND entry_id = $2",
        *(book_id, entry_id),
    )
    if not places:
        raise NotSealed(entry=entry_id)
    number, place = places[0]["block_number"], places[0]["position"]
    block, leaves = await _block(book_id, number), await _leaves(book_id, number)
    if not holds(stored) or leaves[place : place + 1] != [leaf_in(stored)]:
        raise EntryAltered(entry=entry_id)
    checkpoint = given or await _following(book_id, number)
    blocks_path: list[bytes] = []
    if checkpoint:
        hashes = await _hashes(book_id, read_statement(checkpoint.text).block)
        blocks_path = inclusion_path(hashes, number - 1)
    entry, lines = fields_of(stored)
    path = inclusion_path(leaves, place)
    return Inclusion(entry, lines, leaf_in(stored), place, path, block, checkpoint, blocks_path)


async def consistency(earlier: Statement, later: Statement) -> list[bytes]:
    """Return the path that proves that a book went on from one checkpoint to another: nothing before was changed.

    The tree of block hashes at the later one begins with the tree at the earlier one (RFC 9162, 2.1.4). Raises:
    BookRewritten if it does not.
    """
    hashes = await _hashes(later.book_id, later.block)
    path: list[bytes] = []
    if earlier.book_id == later.book_id and 0 < earlier.block <= later.block == len(hashes):
        path = consistency_path(hashes, earlier.block)
        if follows(earlier, later, path):
            return path
    raise BookRewritten(earlier=earlier.block, later=later.block)


def follows(earlier: Statement, later: Statement, path: Sequence[bytes]) -> bool:
    """Say whether a path proves that one checkpoint's book only went on to another's."""
    sizes_and_roots = earlier.block, earlier.blocks_root, later.block, later.blocks_root
    return earlier.book_id == later.book_id and is_consistent(*sizes_and_roots, path)


async def _block(book_id: int, number: int) -> Block:
    rows = await fetch(
        "SELECT book_id, number, previous_hash, root, entries, entries_total, totals_hash, sealed_at, format_version "
        "FROM seal_block WHERE book_id = $1 AND number = $2",
        *(book_id, number),
    )
    return Block(**rows[0])


async def _leaves(book_id: int, number: int) -> list[bytes]:
    rows = await fetch(
        "SELECT leaf FROM seal_member WHERE book_id = $1 AND block_number = $2 ORDER BY position",
        *(book_id, number),
    )
    return [bytes(row["leaf"]) for row in rows]


async def _hashes(book_id: int, until: int) -> list[bytes]:
    rows = await fetch(
        "SELECT hash FROM seal_block WHERE book_id = $1 AND number <= $2 ORDER BY number",
        *(book_id, until),
    )
    return [bytes(row["hash"]) for row in rows]


async def _following(book_id: int, number: int) -> Checkpoint | None:
    rows = await fetch(
        "SELECT statement, signature FROM checkpoint WHERE book_id = $1 AND block_number >= $2 "
        "ORDER BY block_number LIMIT 1",
        *(book_id, number),
    )
    return Checkpoint(rows[0]["statement"], bytes(rows[0]["signature"])) if rows else None
