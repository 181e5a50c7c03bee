"""Public notice: awarded points wait until nobody has objected, and then become points to spend, debts first.

While they wait they pay no debt, cannot be spent and do not expire; an award taken back before that leaves no debt.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel import clock
from kernel.days import day_of, month_end
from ledger import chart, purse
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.paper import Require, nothing_else
from ledger.post import Balances, Decision, DocumentKey, Fact, Facts, Line, Lot, Post, Posted


def waiting(person_id: int, amount: int, expires_on: int) -> list[Line]:
    """Return the lines that award points which wait for the end of the notice."""
    lot = month_end(expires_on)
    return [Line(chart.POINTS_ISSUED, chart.pending(person_id), amount, lot)]


def withdrawn(person_id: int, awarded: Sequence[Lot]) -> list[Line]:
    """Return the lines that take back an award whose notice has not ended."""
    source = chart.pending(person_id)
    return [Line(source, chart.POINTS_ISSUED, lot.amount, lot.expires_on) for lot in awarded]


@dataclass(frozen=True, slots=True)
class Notice:
    """The award whose notice ends: the paper that says so, whose points they are, and their lots."""

    paper: Fact
    person_id: int
    awarded: tuple[Lot, ...]


async def end(
    book_id: int,
    notice: Notice,
    *,
    key: DocumentKey,
    actor_id: int | None = None,
    facts: tuple[Fact, ...] = (),
    require: Require = nothing_else,
) -> Posted:
    """Turn an award's pending points into points to spend: what is owed is paid first, in the same entry.

    `require(facts, balances)` refuses by the state of the papers, or returns what to write on them. Raises:
    WouldOverdraw if so much is not pending.
    """
    today = day_of(clock.now(), await zone_of(book_id))
    return await post(to_end(book_id, notice, today, key, actor_id, facts, require))


def to_end(
    book_id: int,
    notice: Notice,
    today: int,
    key: DocumentKey,
    actor_id: int | None = None,
    facts: tuple[Fact, ...] = (),
    require: Require = nothing_else,
) -> Post:
    """Return the post that ends the notice of an award."""
    who = notice.person_id

    def decide(known: Facts, balances: Balances) -> Decision:
        writes = require(known, balances)
        return Decision(tuple(purse.notice_ended(who, notice.awarded, balances, today)), writes)

    return Post(
        book_id=book_id,
        kind=Kind.NOTICE_ENDED,
        key=key,
        document=notice.paper,
        facts=facts,
        accounts=(chart.pending(who), chart.owed(who), chart.purse(who), chart.POINTS_EXPIRED),
        decide=decide,
        actor_id=actor_id,
    )
