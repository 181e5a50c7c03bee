"""What a post rests on besides the books: the paper it is about, the rows it looks at, and what it writes on them."""

from collections.abc import Callable
from dataclasses import dataclass

from ledger.post import Balances, Change, Fact, Facts, Insert

Require = Callable[[Facts, Balances], tuple[Insert | Change, ...]]


def nothing_else(_: Facts, __: Balances) -> tuple[Insert | Change, ...]:
    """Ask nothing of the documents and write none."""
    return ()


@dataclass(frozen=True, slots=True)
class Paper:
    """The document of a post; `require` refuses by the state of the facts, or returns what to write on them."""

    document: Fact
    facts: tuple[Fact, ...] = ()
    require: Require = nothing_else
