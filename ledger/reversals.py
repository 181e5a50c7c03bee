"""Reverse an entry: a new entry with the sides swapped, once. A reversal is final.

What the entry gave must still be there: points that were spent, held or expired meanwhile are not taken a second time,
and the reversal is refused.
"""

from dataclasses import dataclass, replace

from kernel import clock
from kernel.days import day_of
from ledger import entries
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.errors import GiftIsFinal, HasAnUndoOfItsOwn
from ledger.paper import Require, nothing_else
from ledger.post import (
    Balances,
    Decision,
    DocumentKey,
    Fact,
    Facts,
    Line,
    Post,
    Posted,
    RequestKey,
)
from ledger.purse import swapped

# A hold's row counts what it gave: it is captured, released or taken back by `holds`, never by its entry alone.
OWN_UNDO = frozenset({Kind.HOLD_PLACED, Kind.HOLD_CAPTURED, Kind.HOLD_RELEASED})


@dataclass(frozen=True, slots=True)
class Undo:
    """An entry to be reversed, with its lines, and the day (yyyymmdd) on which that happens."""

    entry_id: int
    kind: Kind
    document: Fact
    lines: tuple[Line, ...]
    today: int


async def reverse(
    book_id: int,
    entry_id: int,
    *,
    key: RequestKey | DocumentKey,
    actor_id: int | None,
    reason: str,
    facts: tuple[Fact, ...] = (),
    require: Require = nothing_else,
) -> Posted:
    """Post the reversal of a whole entry.

    `require(facts, balances)` refuses by the state of the documents, or returns what to write on them. Raises:
    AlreadyReversed, also for what is itself a reversal, WouldOverdraw when what the entry gave has been used since,
    HasAnUndoOfItsOwn, GiftIsFinal, KeyReused, NotFound.
    """
    undo = await the_undo(book_id, entry_id)
    if undo.kind in OWN_UNDO:
        raise HasAnUndoOfItsOwn
    if undo.kind is Kind.POINTS_DONATED:
        raise GiftIsFinal
    return await post(reversing(book_id, undo, key, actor_id, reason, facts, require))


async def the_undo(book_id: int, entry_id: int) -> Undo:
    """Return what there is to reverse; an entry never changes. Raises: NotFound."""
    original = await entries.entry(book_id, entry_id)
    return Undo(
        entry_id,
        Kind(original["kind"]),
        Fact(original["document_type"], original["document_id"]),
        await entries.entry_lines(book_id, entry_id),
        day_of(clock.now(), await zone_of(book_id)),
    )


def reversing(
    book_id: int,
    undo: Undo,
    key: RequestKey | DocumentKey,
    actor_id: int | None,
    reason: str,
    facts: tuple[Fact, ...] = (),
    require: Require = nothing_else,
) -> Post:
    """Return the post that reverses an entry."""

    def decide(known: Facts, balances: Balances) -> Decision:
        writes = require(known, balances)
        return Decision(tuple(swapped(undo.lines, undo.today)), writes)

    return Post(
        book_id=book_id,
        kind=Kind.REVERSAL,
        key=replace(key, request=["reverse", undo.entry_id]),
        document=undo.document,
        facts=facts,
        accounts=tuple({name for line in undo.lines for name in (line.debit, line.credit)}),
        decide=decide,
        actor_id=actor_id,
        reason=reason,
        reverses_id=undo.entry_id,
    )
