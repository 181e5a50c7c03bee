"""Prove the sealed blocks again, in their order: entries, leaves, roots, running totals, and the chain they make."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from kernel.errors import N_
from kernel.reading import count, rows
from ledger.blocks import BEFORE_THE_FIRST, Block, totals_hash
from ledger.findings import Findings
from ledger.merkle import Growing, root_of
from ledger.recounting import Recount
from ledger.stored import ALTERED, GONE, Stored, holds, leaf_in, read_entries

HEADS_AT_ONCE = 1_000
ENTRIES_AT_ONCE = 2_000
TOTALS_AT_ONCE = 100_000
TURN = 200  # entries after which what was read meanwhile is taken in

HEADS = (
    "SELECT number, previous_hash, root, entries, entries_total, totals_hash, sealed_at, format_version, hash "
    "FROM seal_block WHERE book_id = $1 AND number > $2 ORDER BY number LIMIT $3"
)
MEMBERS = (
    "SELECT block_number, entry_id, position, leaf FROM seal_member "
    "WHERE book_id = $1 AND block_number >= $2 AND block_number <= $3 ORDER BY block_number, position"
)
TOTALS = (
    "SELECT block_number, account_id, debits, credits FROM block_total "
    "WHERE book_id = $1 AND block_number >= $2 AND block_number < $3 ORDER BY block_number, account_id"
)

OTHER_THAN_SEALED = N_("Entry %(entry)s is not what was sealed in block %(block)s")
MOVED = N_("Entry %(entry)s is not in its place in block %(block)s: the order was changed")
NOT_AS_MANY = N_("Block %(block)s has %(found)s entries instead of %(entries)s")
OTHER_ROOT = N_("The entries of block %(block)s are not those it was sealed with")
OTHER_TOTALS = N_("The totals or account names of block %(block)s are not those it was sealed with")
NOT_THE_TOTAL = N_(
    "The total of %(path)s (%(asset)s) in block %(block)s does not follow from the one before"
)
ALTERED_BLOCK = N_("Block %(block)s was altered: it no longer hashes to its hash")
NO_CHAIN = N_("Block %(block)s does not follow the block before it: blocks were taken out or exchanged")  # fmt: skip

Head = Sequence[Any]
Member = Sequence[Any]
Batch = tuple[list[Head], dict[int, list[Member]], dict[int, Stored]]
Known = tuple[bytes, int, bytes]  # a block's hash, entries up to it, root of all block hashes


class Chain:
    """The blocks of a book, proved one after the other; remembers what checkpoints may ask of them."""

    def __init__(self, book_id: int, recount: Recount, found: Findings) -> None:
        """Begin before the first block."""
        self.book_id, self.recount, self.found = book_id, recount, found
        self.number, self.hash, self.entries = 0, BEFORE_THE_FIRST, 0
        self.members = self.present = 0
        self.totals = 0
        self.grown = Growing()
        self._totals: dict[int, list[Sequence[Any]]] = {}
        self._totals_until = 0
        self._span = 1

    async def blocks(self) -> AsyncIterator[int]:
        """Prove block after block, and say after each when it was sealed (UTC microseconds).

        While blocks are proved here, the database already reads the next ones.
        """
        await self._plan_totals()
        batches = self._batches()
        reading = await _begun(batches, self._read)
        try:
            while reading:
                batch, members, stored = await reading
                reading = await _begun(batches, self._read)
                for head in batch:
                    totals = await self._totals_of(head[0])
                    await self._prove(head, members.get(head[0], []), stored, totals)
                    yield head[6]
        finally:
            if reading:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _batches(self) -> AsyncIterator[list[Head]]:
        last = 0
        while heads := await rows(HEADS, self.book_id, last, HEADS_AT_ONCE):
            for batch in _of_a_size(heads):
                yield batch
            last = heads[-1][0]

    async def _read(self, batch: list[Head]) -> Batch:
        members = await rows(MEMBERS, self.book_id, batch[0][0], batch[-1][0])
        stored = await read_entries(self.book_id, [row[1] for row in members])
        by_block = {number: list(found) for number, found in groupby(members, itemgetter(0))}
        return batch, by_block, stored

    @property
    def known(self) -> Known:
        """Return what a checkpoint of the last proved block has to say."""
        return self.hash, self.entries, self.grown.root

    async def _prove(
        self,
        head: Head,
        members: list[Member],
        stored: dict[int, Stored],
        totals: list[Sequence[Any]],
    ) -> None:
        touched: set[int] = set()
        for place, member in enumerate(members):
            if place % TURN == 0:
                await asyncio.sleep(0)
            touched |= self._prove_member(member, place, stored.get(member[1]))
        number, entries, root = head[0], head[3], bytes(head[2])
        if len(members) != entries:
            told = {"block": number, "found": len(members), "entries": entries}
            self.found.add("members", NOT_AS_MANY, **told)
        if root_of([bytes(member[3]) for member in members]) != root:
            self.found.add("roots", OTHER_ROOT, block=number)
        self._prove_totals(head, touched, totals)
        self._prove_head(head)

    def _prove_member(self, member: Member, place: int, stored: Stored | None) -> set[int]:
        number, entry_id, position, leaf = member
        self.members += 1
        if stored is None:
            self.found.add("orphans", GONE, entry_id=entry_id, table="seal_member")
            return set()
        self.present += 1
        if not holds(stored):
            self.found.add("leaves", ALTERED, entry_id=entry_id)
        if leaf_in(stored) != leaf:
            self.found.add("members", OTHER_THAN_SEALED, entry_id=entry_id, block=number)
        if position != place:
            self.found.add("members", MOVED, entry_id=entry_id, block=number)
        return self.recount.add(entry_id, stored[1])

    def _prove_head(self, head: Head) -> None:
        number, previous, root, entries, entries_total, totals, sealed_at, version, kept = head
        block = Block(
            *(self.book_id, number, bytes(previous), bytes(root), entries, entries_total),
            *(bytes(totals), sealed_at, version),
        )
        if block.hash != kept:
            self.found.add("chain", ALTERED_BLOCK, block=number)
        follows = (self.number + 1, self.hash, self.entries + entries)
        if (number, previous, entries_total) != follows:
            self.found.add("chain", NO_CHAIN, block=number)
        self.number, self.hash, self.entries = number, bytes(kept), entries_total
        self.grown.add(self.hash)

    def _prove_totals(self, head: Head, touched: set[int], totals: list[Sequence[Any]]) -> None:
        number, accounts = head[0], self.recount.accounts
        self.totals += len(totals)
        moved = [accounts[each] for each in touched if each in accounts]
        named = [(account.named, 0, 0) for account in moved if account.floored]
        missing = {account.id for account in moved if not account.floored}
        wrong = []
        for _, account_id, debits, credited in totals:
            account = accounts.get(account_id)
            if account is None:
                continue  # and so the hash is another one
            named.append((account.named, debits, credited))
            follows = account.debits == debits and account.credits == credited
            if account_id not in missing or not follows:
                wrong.append(account_id)
            missing.discard(account_id)
        for account in (accounts[each] for each in (*wrong, *sorted(missing))):
            told = {"path": account.path, "asset": account.asset, "block": number}
            self.found.add("block-totals", NOT_THE_TOTAL, account_id=account.id, **told)
        if totals_hash(named) != head[5]:
            self.found.add("block-totals", OTHER_TOTALS, block=number)

    async def _plan_totals(self) -> None:
        """Totals are kept by account: they are read in a few passes, each over so many blocks."""
        held = await count("block_total", "book_id = $1", self.book_id)
        blocks = await count("seal_block", "book_id = $1", self.book_id)
        self._span = max(1, blocks * TOTALS_AT_ONCE // max(held, 1))

    async def _totals_of(self, number: int) -> list[Sequence[Any]]:
        if number >= self._totals_until:
            self._totals_until = number + self._span
            found = await rows(TOTALS, self.book_id, number, self._totals_until)
            self._totals = {block: list(of_it) for block, of_it in groupby(found, itemgetter(0))}
        return self._totals.pop(number, [])


async def _begun(
    batches: AsyncIterator[list[Head]], read: Callable[[list[Head]], Coroutine[Any, Any, Batch]]
) -> "asyncio.Task[Batch] | None":
    """Begin to read the next batch, if there is one."""
    batch = await anext(batches, None)
    return None if batch is None else asyncio.create_task(read(batch))


def _of_a_size(heads: Sequence[Head]) -> list[list[Head]]:
    """Part blocks into batches of about so many entries."""
    batches: list[list[Head]] = []
    size = ENTRIES_AT_ONCE
    for head in heads:
        if size + head[3] > ENTRIES_AT_ONCE:
            batches.append([])
            size = 0
        batches[-1].append(head)
        size += head[3]
    return batches
