"""After every row the books must be right: a fast wrong answer fails the bench."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kernel.database import dialect, execute, transaction
from ledger import checks


class BooksAreWrong(Exception):
    """What was measured did not do the work: the figures are worth nothing."""


SUMS: tuple[checks.Check, ...] = (checks.balances, checks.lots)


async def require(book_id: int, wanted: tuple[checks.Check, ...] = SUMS) -> None:
    """Require every balance, version and lot to be the sum of its transfers, or other checks to pass.

    Raises: BooksAreWrong.
    """
    async with transaction():
        if dialect() == "postgresql":
            await execute("SET LOCAL statement_timeout = 0")
        for check in wanted:
            if found := await check(book_id):
                raise BooksAreWrong("; ".join(str(finding) for finding in found[:3]))


@dataclass
class Answers:
    """How many posts to a book were answered."""

    count: float = 0


@asynccontextmanager
async def watched(book_id: int) -> AsyncIterator[Answers]:
    """Require as many new entries as answers were given meanwhile, and right sums. Raises: BooksAreWrong."""
    before, answers = await checks.count_entries(book_id), Answers()
    yield answers
    entries = await checks.count_entries(book_id) - before
    if entries != answers.count:
        raise BooksAreWrong(f"{answers.count} posts were answered, but {entries} entries written")
    await require(book_id)
