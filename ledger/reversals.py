"""Reverse an entry: a new entry with the sides swapped, once."""

from collections.abc import Callable

from kernel import clock
from kernel.days import day_of
from ledger import statements
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import (
    Balances,
    Change,
    Decision,
    DocumentKey,
    Fact,
    Facts,
    Insert,
    Post,
    Posted,
    RequestKey,
)
from ledger.purse import swapped

Require = Callable[[Facts, Balances], tuple[Insert | Change, ...]]


def nothing_else(_: Facts, __: Balances) -> tuple[Insert | Change, ...]:
    """Ask nothing of the documents and write none."""
    return ()


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
    AlreadyReversed, WouldOverdraw when what the entry gave has been used since, NotFound.
    """
    original = await statements.entry(book_id, entry_id)
    lines = await statements.entry_lines(book_id, entry_id)
    today = day_of(clock.now(), await zone_of(book_id))

    def decide(known: Facts, balances: Balances) -> Decision:
        writes = require(known, balances)
        return Decision(tuple(swapped(lines, today)), writes)

    return await post(
        Post(
            book_id=book_id,
            kind=Kind.REVERSAL,
            key=key,
            document=Fact(original["document_type"], original["document_id"]),
            facts=facts,
            accounts=tuple({name for line in lines for name in (line.debit, line.credit)}),
            decide=decide,
            actor_id=actor_id,
            reason=reason,
            reverses_id=entry_id,
        )
    )
