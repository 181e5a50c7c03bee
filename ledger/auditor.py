"""The background auditor: proves a book again while it is in use, a few rows at a time, and shuts it if a proof fails.

A step reads as of one moment, so that posts beside it cannot look like faults; what looks wrong is looked at once more,
alone, before an alarm is raised. `caihong verify` proves the rest, and all of it at once.
"""

import logging
from dataclasses import dataclass

from kernel.database import fetch, snapshot
from ledger.alarms import all_alarms, raise_alarm
from ledger.checks import Finding
from ledger.rehashing import hash_entries, prove_block
from ledger.resumming import BEYOND, Head, Sum, add_lines, compare, heads

LINES_AT_ONCE = 2_000
ENTRIES_AT_ONCE = 200
ALARMS_AT_ONCE = 20
REPAIRABLE = ("balances", "lots")  # by `caihong rebuild`; an altered entry stays altered

log = logging.getLogger("caihong")


@dataclass(slots=True)
class Audit:
    """How far the auditor has come in one book: where it stands in its round, and what it has done so far."""

    account_id: int = 0
    partly: Sum | None = None
    queued_id: int = 0
    block: int = -1
    position: int = 0
    rounds: int = 0
    lines: int = 0
    entries: int = 0
    suspected: int = 0


async def audit_step(book_id: int, audit: Audit | None = None) -> Audit:
    """Prove the next slice of a book and raise an alarm for what fails; hand the answer to the next step.

    A step reads at most some 2 000 lines and 400 entries. After the last account the next round begins.
    """
    audit = audit or Audit()
    async with snapshot():
        accounts = await _next_accounts(book_id, audit)
        altered = await _next_entries(book_id, audit)
        found = await _next_of_block(book_id, audit)
    audit.suspected += len(accounts) + len(altered) + len(found)
    for account_id in accounts:
        found += await resum(book_id, account_id)
    async with snapshot():
        found += await hash_entries(book_id, altered)
    if found:
        await _tell(book_id, found)
    return audit


async def _tell(book_id: int, found: list[Finding]) -> None:
    """Raise alarms, but none that somebody has cleared about what no repair can change."""
    seen = [(each.check, each.members) for each in await all_alarms(book_id) if each.cleared_at]
    new = [
        each for each in found if each.check in REPAIRABLE or (each.check, each.members) not in seen
    ]
    for finding in new[:ALARMS_AT_ONCE]:
        await raise_alarm(book_id, finding.check, finding.says, finding.members)


async def resum(book_id: int, account_id: int) -> list[Finding]:
    """Add up one account from its first line as of one moment, and return where its counters are not the sum."""
    async with snapshot():
        (head,) = await heads(book_id, account_id - 1, 1)
        summed = Sum(account_id)
        sums, kept, read = {account_id: summed}, {account_id: head}, 1
        while read and summed.version < head.version:
            until = summed.version + LINES_AT_ONCE
            read = await add_lines(book_id, sums, kept, summed.version, until)
        await add_lines(book_id, sums, kept, summed.version, BEYOND)
        return compare(head, summed)


async def _next_accounts(book_id: int, audit: Audit) -> list[int]:
    """Go on with the account that was read in part, or take the next ones; return those that look wrong."""
    found = await heads(book_id, audit.partly.account_id - 1 if audit.partly else audit.account_id)
    if not found:
        audit.account_id = 0
        audit.rounds += 1
        log.info("the auditor has summed up every account of book %s again", book_id)
        return []
    if audit.partly or found[0].version > LINES_AT_ONCE:
        return await _part_of(book_id, found[0], audit)
    chosen = _fitting(found)
    sums = {head.id: Sum(head.id) for head in chosen}
    audit.lines += await add_lines(book_id, sums, {head.id: head for head in chosen}, 0, BEYOND)
    audit.account_id = chosen[-1].id
    return [head.id for head in chosen if compare(head, sums[head.id])]


def _fitting(found: list[Head]) -> list[Head]:
    """Return the first accounts, as many as have no more lines together than one step reads."""
    lines = 0
    for place, head in enumerate(found):
        lines += head.version
        if lines > LINES_AT_ONCE:
            return found[:place]
    return found


async def _part_of(book_id: int, head: Head, audit: Audit) -> list[int]:
    """Read the next lines of an account that has many; compare when the last of them is read."""
    summed = audit.partly or Sum(head.id)
    after, until = summed.version, summed.version + LINES_AT_ONCE
    ends = head.version <= until
    sums = {head.id: summed}
    read = await add_lines(book_id, sums, {head.id: head}, after, BEYOND if ends else until)
    audit.lines += read
    if read and not ends:
        audit.partly = summed
        return []
    audit.partly = None
    audit.account_id = head.id
    return [head.id] if compare(head, summed) else []


async def _next_entries(book_id: int, audit: Audit) -> list[int]:
    """Hash the next entries that wait for their seal; return those that look altered."""
    rows = await fetch(
        "SELECT entry_id FROM seal_queue WHERE book_id = $1 AND entry_id > $2 ORDER BY entry_id LIMIT $3",
        *(book_id, audit.queued_id, ENTRIES_AT_ONCE),
    )
    audit.queued_id = rows[-1]["entry_id"] if rows else 0
    audit.entries += len(rows)
    found = await hash_entries(book_id, [row["entry_id"] for row in rows])
    return [finding.members["entry"] for finding in found]


async def _next_of_block(book_id: int, audit: Audit) -> list[Finding]:
    """Hash the next entries of a sealed block, and prove its totals after the last; nothing of it ever moves."""
    blocks = await fetch(
        "SELECT number FROM seal_block WHERE book_id = $1 AND number > $2 ORDER BY number LIMIT 1",
        *(book_id, audit.block),
    )
    if not blocks:
        audit.block = -1
        return []
    number = blocks[0]["number"]
    rows = await fetch(
        "SELECT entry_id FROM seal_member WHERE book_id = $1 AND block_number = $2 AND position >= $3 "
        "ORDER BY position LIMIT $4",
        *(book_id, number, audit.position, ENTRIES_AT_ONCE),
    )
    audit.position += len(rows)
    audit.entries += len(rows)
    found = await hash_entries(book_id, [row["entry_id"] for row in rows])
    if len(rows) < ENTRIES_AT_ONCE:
        audit.block, audit.position = number, 0
        found += await prove_block(book_id, number)
    return found
