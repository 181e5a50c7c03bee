"""What is outside the sealed blocks: entries that wait for their seal, and rows that belong to nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.errors import N_
from kernel.reading import count, rows
from ledger.findings import Findings
from ledger.leaf import reason_hash
from ledger.recounting import Recount
from ledger.stored import ALTERED, GONE, Stored, holds, posted_at, read_entries

AT_ONCE = 2_000
LATE = 120 * clock.SECOND

QUEUE = (
    "SELECT q.entry_id, m.block_number FROM seal_queue q "
    "LEFT JOIN seal_member m ON m.book_id = q.book_id AND m.entry_id = q.entry_id "
    "WHERE q.book_id = $1 AND q.entry_id > $2 ORDER BY q.entry_id LIMIT $3"
)
NEITHER = (
    "SELECT e.id FROM journal_entry e WHERE e.book_id = $1 AND e.id > $2 "
    "AND NOT EXISTS (SELECT 1 FROM seal_queue q WHERE q.book_id = e.book_id AND q.entry_id = e.id) "
    "AND NOT EXISTS (SELECT 1 FROM seal_member m WHERE m.book_id = e.book_id AND m.entry_id = e.id) "
    "ORDER BY e.id LIMIT $3"
)
REASONS = (
    "SELECT r.entry_id, r.salt, r.reason, e.reason_hash FROM entry_reason r "
    "JOIN journal_entry e ON e.book_id = r.book_id AND e.id = r.entry_id "
    "WHERE r.book_id = $1 AND r.entry_id > $2 ORDER BY r.entry_id LIMIT $3"
)
WITHOUT_ENTRY = (
    "SELECT DISTINCT x.entry_id FROM {table} x WHERE x.book_id = $1 AND x.entry_id IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM journal_entry e WHERE e.book_id = x.book_id AND e.id = x.entry_id) ORDER BY x.entry_id"
)
WITHOUT_BLOCK = (
    "SELECT DISTINCT x.block_number FROM {table} x WHERE x.book_id = $1 AND NOT EXISTS "
    "(SELECT 1 FROM seal_block b WHERE b.book_id = x.book_id AND b.number = x.block_number) ORDER BY x.block_number"
)

NOT_ONCE = N_("Entry %(entry)s is not exactly once sealed or waiting to be sealed")
UNSEALED = N_(
    "%(entries)s entries were posted more than two minutes ago and are not sealed, the first is %(entry)s"
)
OTHER_REASON = N_("The reason of entry %(entry)s was altered")
BLOCK_GONE = N_("Block %(block)s is gone, but %(table)s still names it")


@dataclass(slots=True)
class Waiting:
    """The entries that are not sealed: how many, and those posted more than two minutes ago."""

    entries: int = 0
    late: int = 0
    first_late: int = 0


async def prove_waiting(book_id: int, recount: Recount, found: Findings) -> Waiting:
    """Prove the entries that wait for their seal."""
    waiting, last = Waiting(), 0
    while queue := await rows(QUEUE, book_id, last, AT_ONCE):
        last = queue[-1][0]
        for entry_id in [row[0] for row in queue if row[1] is not None]:
            found.add("incomplete", NOT_ONCE, entry_id=entry_id)
        ids = [row[0] for row in queue if row[1] is None]
        stored = await read_entries(book_id, ids)
        for entry_id in ids:
            if entry_id in stored:
                _prove(entry_id, stored[entry_id], recount, found)
                _count(entry_id, stored[entry_id], waiting)
            else:
                found.add("orphans", GONE, entry_id=entry_id, table="seal_queue")
    if waiting.late:
        told = {"entry_id": waiting.first_late, "entries": waiting.late}
        found.add("unsealed", UNSEALED, **told)
    return waiting


def _count(entry_id: int, stored: Stored, waiting: Waiting) -> None:
    waiting.entries += 1
    if clock.now() - posted_at(stored) > LATE:
        waiting.late += 1
        waiting.first_late = waiting.first_late or entry_id


def _prove(entry_id: int, stored: Stored, recount: Recount, found: Findings) -> None:
    if not holds(stored):
        found.add("leaves", ALTERED, entry_id=entry_id)
    recount.add(entry_id, stored[1])


async def prove_neither(book_id: int, recount: Recount, found: Findings) -> int:
    """Tell the entries that are neither sealed nor waiting, and return how many."""
    entries, last = 0, 0
    while strays := await rows(NEITHER, book_id, last, AT_ONCE):
        ids = [row[0] for row in strays]
        for entry_id, stored in (await read_entries(book_id, ids)).items():
            found.add("incomplete", NOT_ONCE, entry_id=entry_id)
            _prove(entry_id, stored, recount, found)
        entries, last = entries + len(ids), ids[-1]
    return entries


async def prove_reasons(book_id: int, found: Findings) -> None:
    """Every free-text reason that is still kept hashes to what its entry says."""
    last = 0
    while reasons := await rows(REASONS, book_id, last, AT_ONCE):
        for entry_id, salt, reason, kept in reasons:
            if kept is None or reason_hash(salt, reason) != kept:
                found.add("reasons", OTHER_REASON, entry_id=entry_id)
        last = reasons[-1][0]


async def find_orphans(
    book_id: int, lines: int, members: int, totals: int, found: Findings
) -> None:
    """Tell rows whose entry or block is not there; what was counted on the way saves looking for most of them."""
    for table in ("idempotency", "entry_reason"):
        await _orphans(WITHOUT_ENTRY, table, book_id, found)
    if await count("transfer", "book_id = $1", book_id) != lines:
        await _orphans(WITHOUT_ENTRY, "transfer", book_id, found)
    for table, counted in (("seal_member", members), ("block_total", totals)):
        if await count(table, "book_id = $1", book_id) != counted:
            strays: Iterable[Sequence[Any]] = await rows(WITHOUT_BLOCK.format(table=table), book_id)
            for (number,) in strays:
                found.add("chain", BLOCK_GONE, block=number, table=table)


async def _orphans(sql: str, table: str, book_id: int, found: Findings) -> None:
    for (entry_id,) in await rows(sql.format(table=table), book_id):
        found.add("orphans", GONE, entry_id=entry_id, table=table)
