"""Checkpoints: signed statements of how far a book was sealed and what it sealed to, to be kept outside the database.

Whoever rewrites the books with all their seals cannot rewrite a checkpoint that somebody else keeps. A statement is
canonical JSON, signed as it stands (Ed25519). It also names the digests of the closed months, and the root of a Merkle
tree over all block hashes, so that a proof from any block to any later checkpoint stays short.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kernel import clock
from kernel.database import execute, fetch
from ledger.merkle import root_of
from ledger.periods import closed_periods

WHAT = "caihong checkpoint"
VERSION = 1
KEY_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says: the last block of a book, its hash, and everything that hash stands for."""

    book_id: int
    block: int
    block_hash: bytes
    blocks_root: bytes
    entries_total: int
    periods: tuple[tuple[int, bytes], ...]  # each closed month's last day, and its digest
    signed_at: int
    key_id: str

    def text(self) -> str:
        """Return the statement as canonical JSON: one text for one statement."""
        told = {
            "what": WHAT,
            "version": VERSION,
            "book": str(self.book_id),
            "block": self.block,
            "block_hash": self.block_hash.hex(),
            "blocks_root": self.blocks_root.hex(),
            "entries_total": self.entries_total,
            "periods": [{"ends_on": day, "digest": digest.hex()} for day, digest in self.periods],
            "signed_at": self.signed_at,
            "key": self.key_id,
        }
        return json.dumps(told, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A statement as it was signed: its text, its signature (64 bytes)."""

    text: str
    signature: bytes

    def as_file(self) -> str:
        """Return what is written to a file that leaves the house."""
        return json.dumps({"statement": self.text, "signature": self.signature.hex()}, indent=1)


class NotACheckpoint(ValueError):
    """A file or row that should be a checkpoint does not read as one."""


def read_statement(text: str) -> Statement:
    """Return what a statement's text says. Raises: NotACheckpoint, also if the text is not the canonical one."""
    try:
        told = json.loads(text)
        read = Statement(
            int(told["book"]),
            told["block"],
            bytes.fromhex(told["block_hash"]),
            bytes.fromhex(told["blocks_root"]),
            told["entries_total"],
            tuple((each["ends_on"], bytes.fromhex(each["digest"])) for each in told["periods"]),
            told["signed_at"],
            told["key"],
        )
        canonical = read.text()
    except (ValueError, KeyError, TypeError, AttributeError) as unreadable:
        raise NotACheckpoint(text[:80]) from unreadable
    if canonical != text:
        raise NotACheckpoint(text[:80])
    return read


def read_file(content: str) -> Checkpoint:
    """Return the checkpoint a file holds. Raises: NotACheckpoint."""
    try:
        told = json.loads(content)
        found = Checkpoint(str(told["statement"]), bytes.fromhex(told["signature"]))
    except (ValueError, KeyError, TypeError) as unreadable:
        raise NotACheckpoint(content[:80]) from unreadable
    read_statement(found.text)
    return found


def key_id(key: Ed25519PublicKey) -> str:
    """Return the short name of a public key: the beginning of its hash, in hexadecimal."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[: 2 * KEY_ID_BYTES]


def sign(key: Ed25519PrivateKey, statement: Statement) -> Checkpoint:
    """Sign a statement."""
    text = statement.text()
    return Checkpoint(text, key.sign(text.encode()))


def is_signed(checkpoint: Checkpoint, key: Ed25519PublicKey) -> bool:
    """Say whether a checkpoint was signed with a key."""
    try:
        key.verify(checkpoint.signature, checkpoint.text.encode())
    except InvalidSignature:
        return False
    return True


async def take_checkpoint(book_id: int, key: Ed25519PrivateKey) -> Checkpoint | None:
    """Sign how far a book is sealed, keep that in the book, and return it; None if nothing is sealed yet.

    If nothing was sealed or closed since the last one, that one is returned. A month that was closed since, while
    nothing was sealed, is in the checkpoint that is returned, but the book keeps one checkpoint a block.
    """
    hashes = await fetch(
        "SELECT number, hash, entries_total FROM seal_block WHERE book_id = $1 ORDER BY number",
        book_id,
    )
    if not hashes:
        return None
    last = hashes[-1]
    periods = [(each.ends_on, each.digest) for each in reversed(await closed_periods(book_id))]
    kept = (await stored(book_id, last["number"] - 1, last["number"])).get(last["number"])
    if kept and _says(kept, periods):
        return kept
    statement = Statement(
        *(book_id, last["number"], last["hash"], root_of([row["hash"] for row in hashes])),
        *(last["entries_total"], tuple(periods), clock.now(), key_id(key.public_key())),
    )
    taken = sign(key, statement)
    if not kept:
        await execute(
            "INSERT INTO checkpoint (book_id, block_number, signed_at, key_id, statement, signature) "
            "SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS "
            "(SELECT 1 FROM checkpoint WHERE book_id = $1 AND block_number = $2) ON CONFLICT DO NOTHING",
            *(book_id, statement.block, statement.signed_at, statement.key_id),
            *(taken.text, taken.signature),
        )
    return taken


def _says(kept: Checkpoint, periods: Sequence[tuple[int, bytes]]) -> bool:
    try:
        return read_statement(kept.text).periods == tuple(periods)
    except NotACheckpoint:
        return False


def export(checkpoint: Checkpoint, folder: Path) -> Path:
    """Put a checkpoint into a folder, once, and return its file: of one book the later name is the later checkpoint."""
    statement = read_statement(checkpoint.text)
    closed = statement.periods[-1][0] if statement.periods else 0
    file = folder.joinpath(
        f"book-{statement.book_id}-block-{statement.block:09}-closed-{closed}.json"
    )
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(f".{os.getpid()}.part")
        unfinished.write_text(checkpoint.as_file(), encoding="utf-8")
        unfinished.replace(file)
    return file


async def stored(book_id: int, after: int, until: int) -> dict[int, Checkpoint]:
    """Return the checkpoints that a book keeps of the blocks after one number and until another, by block."""
    rows = await fetch(
        "SELECT block_number, statement, signature FROM checkpoint WHERE book_id = $1 AND block_number > $2 "
        "AND block_number <= $3 ORDER BY block_number",
        *(book_id, after, until),
    )
    return {
        row["block_number"]: Checkpoint(row["statement"], bytes(row["signature"])) for row in rows
    }


async def is_due(book_id: int, every: int) -> bool:
    """Say whether a checkpoint is to be taken: something was sealed or a month closed since, and long enough ago.

    A closed month waits for nothing; what was sealed waits for `every` microseconds since the last checkpoint.
    """
    rows = await fetch(
        "SELECT (SELECT MAX(number) FROM seal_block WHERE book_id = $1) AS block, "
        "(SELECT MAX(closed_at) FROM period WHERE book_id = $1) AS closed_at, "
        "(SELECT MAX(block_number) FROM checkpoint WHERE book_id = $1) AS signed_block, "
        "(SELECT MAX(signed_at) FROM checkpoint WHERE book_id = $1) AS signed_at",
        book_id,
    )
    last: Mapping[str, Any] = rows[0]
    if last["block"] is None:
        return False
    if last["signed_at"] is None:
        return True
    if last["closed_at"] is not None and last["closed_at"] > last["signed_at"]:
        return True
    waited = clock.now() - last["signed_at"] >= every
    return bool(waited and last["block"] != last["signed_block"])
