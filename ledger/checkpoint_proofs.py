"""Hold the checkpoints, those the book keeps and those that were brought, against the blocks as they are proved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kernel import clock
from kernel.errors import N_
from ledger.checkpoints import (
    Checkpoint,
    NotACheckpoint,
    Statement,
    is_signed,
    read_statement,
    stored,
)
from ledger.findings import Findings

AT_ONCE = 1_000
LONGEST_WITHOUT = 2 * clock.DAY

Known = tuple[bytes, int, bytes]  # a block's hash, entries up to it, root of all block hashes

UNREADABLE = N_("The checkpoint of block %(block)s is not a statement of ours")
UNSIGNED = N_("The checkpoint of block %(block)s does not bear the signature of key %(key)s")
UNKNOWN_KEY = N_(
    "The checkpoint of block %(block)s was signed with key %(key)s, whose public key is not here"
)
CONTRADICTS = N_("The checkpoint of block %(block)s contradicts the book: the book was rewritten")
ENDS_EARLY = N_("A checkpoint knows block %(block)s, but the book ends at block %(last)s")
NOT_KEPT = N_("The book no longer keeps its checkpoint of block %(block)s")
NONE_FOR_LONG = N_("From block %(block)s on the book keeps no checkpoint for more than two days")


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What is brought along to a proof: public keys by their ids, and checkpoints kept elsewhere."""

    keys: Mapping[str, Ed25519PublicKey] = field(default_factory=dict)
    checkpoints: tuple[Checkpoint, ...] = ()


class CheckpointProofs:
    """The checkpoints of one book while its blocks are proved in their order."""

    def __init__(
        self, book_id: int, witnesses: Witnesses, digests: Mapping[int, bytes], found: Findings
    ) -> None:
        """Begin with what was brought, and the digests of closed months by their last day."""
        self.book_id, self.keys = book_id, witnesses.keys
        self.digests, self.found = digests, found
        self.brought = _by_block(book_id, witnesses.checkpoints)
        self.kept: dict[int, Checkpoint] = {}
        self.read_until = 0
        self.uncovered: tuple[int, int] | None = (
            None  # the first block without, and when it was sealed
        )
        self.complained = False

    async def at(self, number: int, sealed_at: int, known: Known) -> None:
        """Hold a proved block against the checkpoints that speak of it."""
        if number > self.read_until:
            self.read_until = number + AT_ONCE
            rows = await stored(self.book_id, number - 1, self.read_until)
            self.kept = dict(rows)
        kept, brought = self.kept.pop(number, None), self.brought.pop(number, [])
        self._watch(number, sealed_at, covered=kept is not None)
        if brought and kept is None:
            self.found.add("signatures", NOT_KEPT, block=number)
        for checkpoint in [*([kept] if kept else []), *brought]:
            statement = self._read(number, checkpoint)
            if statement and not self._agrees(statement, number, known):
                self.found.add("checkpoints", CONTRADICTS, block=number)

    def finish(self, last: int) -> None:
        """Tell the checkpoints of blocks that are not there."""
        for number, checkpoints in sorted(self.brought.items()):
            for checkpoint in checkpoints:
                if self._read(number, checkpoint):
                    self.found.add("checkpoints", ENDS_EARLY, block=number, last=last)

    def _watch(self, number: int, sealed_at: int, *, covered: bool) -> None:
        if self.uncovered and sealed_at - self.uncovered[1] > LONGEST_WITHOUT:
            if not self.complained:
                self.found.add("signatures", NONE_FOR_LONG, block=self.uncovered[0])
            self.complained = True
        if covered:
            self.uncovered = None
        elif self.uncovered is None:
            self.uncovered = (number, sealed_at)

    def _read(self, number: int, checkpoint: Checkpoint) -> Statement | None:
        """Return what a checkpoint says if its signature is good; otherwise tell what is wrong with it."""
        try:
            statement = read_statement(checkpoint.text)
        except NotACheckpoint:
            self.found.add("signatures", UNREADABLE, block=number)
            return None
        key = self.keys.get(statement.key_id)
        if key is None or not is_signed(checkpoint, key):
            says = UNKNOWN_KEY if key is None else UNSIGNED
            self.found.add("signatures", says, block=number, key=statement.key_id)
            return None
        return statement

    def _agrees(self, statement: Statement, number: int, known: Known) -> bool:
        said = (statement.block_hash, statement.entries_total, statement.blocks_root)
        months = all(self.digests.get(day) == digest for day, digest in statement.periods)
        return (
            (statement.book_id, statement.block) == (self.book_id, number)
            and said == known
            and months
        )


def _by_block(book_id: int, checkpoints: Iterable[Checkpoint]) -> dict[int, list[Checkpoint]]:
    found: dict[int, list[Checkpoint]] = {}
    for checkpoint in checkpoints:
        statement = read_statement(checkpoint.text)
        if statement.book_id == book_id:
            found.setdefault(statement.block, []).append(checkpoint)
    return found
