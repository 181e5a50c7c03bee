"""The posts that are measured, built as the verbs of the rooms build theirs."""

import random
from collections.abc import Callable, Sequence
from functools import partial

from bench.filling import Filled, SettlingBook
from kernel.ids import new_id
from ledger import chart, purse
from ledger.chart import Kind
from ledger.errors import WouldOverdraw
from ledger.post import Balances, Decision, Fact, Facts, Line, Post, RequestKey

EXPIRES = 20_301_130

NextPost = Callable[[], Post]
drawn = random.Random(7)  # noqa: S311


def a_key(request: object) -> RequestKey:
    """Return a key as a client would send it; as long and as random as those of the baselines."""
    return RequestKey("person:7", str(drawn.getrandbits(62)), request)


def _settled(line: Line, _: Facts, balances: Balances) -> Decision:
    left = balances[line.debit].balance
    if left < line.amount:
        raise WouldOverdraw(available=left, needed=line.amount)
    return Decision((line,))


def a_settlement(book: SettlingBook, payable: Filled, settling: Filled) -> Post:
    """One bare transfer between two floored accounts."""
    line = Line(payable.name, settling.name, 1)
    return Post(
        book_id=book.book_id,
        kind=Kind.SETTLEMENT_OPENED,
        key=a_key(["settle", payable.id, settling.id, 1]),
        document=Fact("settlement", new_id()),
        accounts=(payable.name, settling.name),
        decide=partial(_settled, line),
        actor_id=7,
    )


def random_settlements(book: SettlingBook) -> NextPost:
    """Two random accounts each time."""
    return lambda: a_settlement(book, drawn.choice(book.payables), drawn.choice(book.settling))


def hot_settlements(book: SettlingBook) -> NextPost:
    """Always out of the same account."""
    return lambda: a_settlement(book, book.payables[0], drawn.choice(book.settling))


def every_settlement(book: SettlingBook) -> list[Post]:
    """Each account once."""
    pairs = zip(book.payables, book.settling, strict=True)
    return [a_settlement(book, *pair) for pair in pairs]


def _granted(people: Sequence[int], points: int, _: Facts, balances: Balances) -> Decision:
    lines: list[Line] = []
    for person in people:
        lines += purse.earned(person, points, EXPIRES, balances)
    return Decision(tuple(lines))


def a_grant(book: SettlingBook, people: Sequence[int], kind: Kind = Kind.POINTS_GRANTED) -> Post:
    """Points for some people in one entry, debts first."""
    own = [name(person) for person in people for name in (chart.purse, chart.owed)]
    return Post(
        book_id=book.book_id,
        kind=kind,
        key=a_key(["grant", list(people), 40]),
        document=Fact("grant", new_id()),
        accounts=(chart.POINTS_ISSUED, *own),
        decide=partial(_granted, people, 40),
        actor_id=7,
    )


def random_awards(book: SettlingBook) -> NextPost:
    """The everyday act: points for one random person."""
    people = range(1, len(book.purses) + 1)
    return lambda: a_grant(book, (drawn.choice(people),), Kind.HOURS_EARNED)


def bulk_grants(book: SettlingBook, size: int = 100) -> NextPost:
    """Points for a hundred random people in one entry."""
    people = range(1, len(book.purses) + 1)
    return lambda: a_grant(book, drawn.sample(people, size))
