"""The sealer: takes entries from the queue, proves each from its rows, and binds them into the next block of the chain.

It takes what is in the queue and never looks at how high an id is: who commits late has an earlier id, and is sealed
all the same. Posts wait for nothing of it, but on SQLite for its commit. Block, members, running totals and the places
taken from the queue are one commit, so that a house balance (last total plus queue) is right at every moment.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from kernel import clock
from kernel.database import Dialect, connection, dialect, fetch, hold, in_a_transaction
from kernel.direct import Ask, Rows, Steps
from kernel.listing import as_list
from ledger.alarms import all_alarms, raise_alarm
from ledger.blocks import BEFORE_THE_FIRST, FORMAT_VERSION, Block, named, totals_hash
from ledger.merkle import root_of
from ledger.stored import (
    ALTERED,
    ENTRIES,
    GONE,
    IN_ORDER,
    LINES,
    LISTED,
    Stored,
    holds,
    leaf_in,
    together,
)

MOST_IN_A_BLOCK = 1_000
READ_AT_ONCE = 200  # Between two readings the other tasks of the process have their turn.
ALARMS_AT_ONCE = 20
# Those who post while much is waiting are to notice at most a tenth.
REST_TIMES = 9
MOST_REST_SECONDS = 2.0
SEALER_LOCK = (
    0x5EA1  # Any fixed number: with it a book's id names its sealer's lock, and nothing else's.
)
OPENING = "SET LOCAL lock_timeout = '1s'"

TRY_LOCK = "SELECT pg_try_advisory_xact_lock($1)"
LAST = "SELECT number, hash, entries_total FROM seal_block WHERE book_id = $1 ORDER BY number DESC LIMIT 1"
QUEUE = "SELECT entry_id FROM seal_queue WHERE book_id = $1 ORDER BY entry_id LIMIT $2"
TOTALS_BEFORE = (
    "SELECT a.id, a.path, a.asset, a.floored, COALESCE(t.debits, 0), COALESCE(t.credits, 0) FROM account a "
    "LEFT JOIN block_total t ON a.floored = 0 AND t.book_id = a.book_id AND t.account_id = a.id "
    "AND t.block_number = "
    "(SELECT MAX(l.block_number) FROM block_total l WHERE l.book_id = $1 AND l.account_id = a.id) "
    "WHERE a.book_id = $1 AND a.id "
)
TAKE = "DELETE FROM seal_queue WHERE book_id = $1 AND entry_id "
ADD_BLOCK = (
    "INSERT INTO seal_block (book_id, number, sealed_at, entries, entries_total, format_version, previous_hash, root, "
    "totals_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING number"
)
ADD_MEMBERS = "INSERT INTO seal_member (book_id, block_number, entry_id, position, leaf) "
ADD_TOTALS = "INSERT INTO block_total (book_id, block_number, account_id, debits, credits) "
ADD: dict[Dialect, tuple[str, str]] = {
    "postgresql": (
        f"{ADD_MEMBERS} SELECT $1, $2, * FROM unnest($3::bigint[], $4::int[], $5::bytea[])",
        f"{ADD_TOTALS} SELECT $1, $2, * FROM unnest($3::bigint[], $4::bigint[], $5::bigint[])",
    ),
    "sqlite": (
        f"{ADD_MEMBERS} VALUES ($1, $2, $3, $4, $5)",
        f"{ADD_TOTALS} VALUES ($1, $2, $3, $4, $5)",
    ),
}


@dataclass(slots=True)
class Sealed:
    """What one turn of the sealer did: the block it made, if any, and the entries it would not bind."""

    block: Block | None = None
    altered: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    more: bool = False


@dataclass(slots=True)
class _Draft:
    """A block in the making: entries with their leaves, and what they moved by account."""

    members: list[tuple[int, bytes]] = field(default_factory=list)
    moved: dict[int, list[int]] = field(default_factory=dict)

    def add(self, entry_id: int, entry: Stored) -> None:
        self.members.append((entry_id, leaf_in(entry)))
        for line in entry[1]:
            debit_id, credit_id, amount = line[2:5]
            self.moved.setdefault(debit_id, [0, 0])[0] += amount
            self.moved.setdefault(credit_id, [0, 0])[1] += amount


async def seal_next(book_id: int, most: int = MOST_IN_A_BLOCK) -> Sealed:
    """Seal the next entries of a book into one block; does nothing while another sealer is at it.

    An entry that no longer hashes to its leaf raises an alarm and stays in the queue. When somebody has cleared the
    alarm it is sealed with the leaf that its receipt shows, so that it can always be proved to be altered.
    """
    if in_a_transaction():
        raise AssertionError("the sealer commits by itself")
    sealed = await _turn(book_id, most, frozenset())
    if sealed.altered or sealed.gone:
        seen = await _seen_by_somebody(book_id)
        await _tell(book_id, sealed, seen)
        if seen.intersection(sealed.altered):
            sealed = await _turn(book_id, most, seen)
    return sealed


async def seal_everything(book_id: int) -> int:
    """Seal until nothing is left to seal, and return how many blocks that took."""
    blocks = 0
    while (await seal_next(book_id)).block:
        blocks += 1
    return blocks


async def seal_gently(book_id: int) -> int:
    """Seal until less than a block is left, giving way to those who post; return how many blocks that took.

    While more is waiting, the sealer rests REST_TIMES as long as the last block took it.
    """
    loop, blocks = asyncio.get_running_loop(), 0
    while True:
        begun = loop.time()
        sealed = await seal_next(book_id)
        blocks += sealed.block is not None
        if not (sealed.more and sealed.block):
            return blocks
        await asyncio.sleep(min(REST_TIMES * (loop.time() - begun), MOST_REST_SECONDS))


async def books_in_the_queue() -> list[int]:
    """Return the books that have entries waiting for their seal."""
    rows = await fetch(
        "SELECT b.id FROM book b WHERE b.practice = 0 "
        "AND EXISTS (SELECT 1 FROM seal_queue q WHERE q.book_id = b.id) ORDER BY b.id"
    )
    return [int(row["id"]) for row in rows]


async def _turn(book_id: int, most: int, accepted: frozenset[int]) -> Sealed:
    talk = _seal(book_id, dialect(), most, accepted)
    return await hold(connection(), talk, OPENING)


async def _seen_by_somebody(book_id: int) -> frozenset[int]:
    """Return the entries whose alarm was raised and cleared."""
    alarms = [each for each in await all_alarms(book_id) if each.check == "leaves"]
    still_open = {each.members.get("entry") for each in alarms if each.cleared_at is None}
    return frozenset({each.members.get("entry", 0) for each in alarms} - still_open)


async def _tell(book_id: int, sealed: Sealed, seen: frozenset[int]) -> None:
    for entry_id in sorted(set(sealed.altered) - seen)[:ALARMS_AT_ONCE]:
        await raise_alarm(book_id, "leaves", ALTERED, {"entry": entry_id})
    for entry_id in sealed.gone[:ALARMS_AT_ONCE]:
        told = {"entry": entry_id, "table": "seal_queue"}
        await raise_alarm(book_id, "orphans", GONE, told)


def _seal(book_id: int, dialect: Dialect, most: int, accepted: frozenset[int]) -> Steps[Sealed]:
    if dialect == "postgresql":
        ((mine,),) = yield Ask(TRY_LOCK, (book_id ^ SEALER_LOCK,))
        if not mine:
            return Sealed()
    queue = [row[0] for row in (yield Ask(QUEUE, (book_id, most)))]
    sealed, draft = Sealed(more=len(queue) == most), _Draft()
    for start in range(0, len(queue), READ_AT_ONCE):
        ids = queue[start : start + READ_AT_ONCE]
        yield from _prove(book_id, dialect, ids, accepted, sealed, draft)
    if draft.members:
        sealed.block = yield from _bind(book_id, dialect, draft)
    return sealed


def _prove(
    book_id: int,
    dialect: Dialect,
    ids: list[int],
    accepted: frozenset[int],
    sealed: Sealed,
    draft: _Draft,
) -> Steps[None]:
    """Hash entries again from their rows: into the draft with those that hold, and with those somebody accepted."""
    wanted = (book_id, as_list(dialect, ids))
    entries = yield Ask(ENTRIES + LISTED[dialect], wanted)
    lines = yield Ask(LINES + LISTED[dialect] + IN_ORDER, wanted)
    stored = together(entries, lines)
    for entry_id in ids:
        entry = stored.get(entry_id)
        if entry is None:
            sealed.gone.append(entry_id)
        elif holds(entry) or entry_id in accepted:
            draft.add(entry_id, entry)
        else:
            sealed.altered.append(entry_id)


def _bind(book_id: int, dialect: Dialect, draft: _Draft) -> Steps[Block]:
    ids = [entry_id for entry_id, _ in draft.members]
    taken = yield Ask(
        f"{TAKE}{LISTED[dialect]} RETURNING entry_id", (book_id, as_list(dialect, ids))
    )
    if len(taken) != len(ids):
        raise AssertionError(f"{len(taken)} of {len(ids)} entries were in the queue")
    named_totals, house_totals = yield from _totals(book_id, dialect, draft)
    last: Rows = yield Ask(LAST, (book_id,))
    number, previous, total = last[0] if last else (0, BEFORE_THE_FIRST, 0)
    block = Block(
        *(book_id, number + 1, bytes(previous), root_of([leaf for _, leaf in draft.members])),
        *(len(ids), total + len(ids), totals_hash(named_totals), clock.now()),
    )
    yield Ask(
        ADD_BLOCK,
        (
            *(book_id, block.number, block.sealed_at, block.entries, block.entries_total),
            *(FORMAT_VERSION, block.previous_hash, block.root, block.totals_hash, block.hash),
        ),
    )
    members = [(entry_id, at, leaf) for at, (entry_id, leaf) in enumerate(draft.members)]
    yield from _add(dialect, 0, block, members)
    if house_totals:
        yield from _add(dialect, 1, block, house_totals)
    return block


def _totals(
    book_id: int, dialect: Dialect, draft: _Draft
) -> Steps[tuple[list[tuple[bytes, int, int]], list[tuple[int, int, int]]]]:
    """Return what the block binds of every account it touches, and the running totals of the house accounts to keep.

    A floored account is bound by its name alone: its running balance stands in its transfers, which have leaves.
    """
    bound: list[tuple[bytes, int, int]] = []
    kept: list[tuple[int, int, int]] = []
    wanted = (book_id, as_list(dialect, sorted(draft.moved)))
    for row in (yield Ask(TOTALS_BEFORE + LISTED[dialect], wanted)):
        account_id, path, asset, floored, *before = row
        total = (0, 0)
        if not floored:
            moved = draft.moved[account_id]
            total = (before[0] + moved[0], before[1] + moved[1])
            kept.append((account_id, *total))
        bound.append((named(account_id, path, asset), *total))
    return bound, kept


def _add(dialect: Dialect, what: int, block: Block, rows: list[tuple[Any, ...]]) -> Steps[None]:
    key = (block.book_id, block.number)
    if dialect == "postgresql":
        yield Ask(ADD[dialect][what], (*key, *map(list, zip(*rows, strict=True))))
    else:
        yield Ask(ADD[dialect][what], [(*key, *row) for row in rows], many=True)
