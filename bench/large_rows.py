"""Reading, keeping and proving a large book, against the same on a small one or against plain copying."""

import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bench.filling import fill
from bench.place import Place, Server, a_database, analyze
from bench.rows import Goal, Plan, Row, Side, in_turns, row
from bench.soundness import BooksAreWrong
from kernel.database import connected, fetch
from kernel.ids import new_id
from ledger.accounts import find_accounts
from ledger.chart import POINTS_ISSUED, AccountName
from ledger.sealing import seal_everything
from ledger.statements import PAGE, statement

LINES_EACH = 100
SOME = 20  # few enough that their pages stay in the memory of a stock server


@dataclass(frozen=True, slots=True)
class Library:
    """One filled book in a database of its own."""

    url: str
    book_id: int
    purses: tuple[AccountName, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A large book and a small one whose volunteers have as many lines each."""

    server: Server
    plan: Plan
    large: Library
    small: Library


@asynccontextmanager
async def ground(place: Place, plan: Plan) -> AsyncIterator[Shelf]:
    """Make and fill both databases."""
    async with AsyncExitStack() as stack:
        small = await stack.enter_async_context(_library(place.server, plan.small))
        large = await stack.enter_async_context(_library(place.server, plan.large))
        yield Shelf(place.server, plan, large, small)


@asynccontextmanager
async def _library(server: Server, entries: int) -> AsyncIterator[Library]:
    async with a_database(server) as url:
        book_id = new_id()
        purses = await fill(book_id, entries, volunteers=max(1, entries // LINES_EACH))
        await seal_everything(book_id)
        # In life the queue is short; here all of it passed through at once.
        await analyze(url, shrunk="seal_queue")
        yield Library(url, book_id, tuple(purses))


def reader(library: Library, names: tuple[AccountName, ...], seconds: float) -> Side:
    """Return a side that reads balance and first page of random accounts: the median, in microseconds."""

    async def measure() -> tuple[float, float]:
        async with connected(library.url):
            found = await find_accounts(library.book_id, names)
            accounts = [account.id for account in found.values()]
            await _read(library.book_id, accounts, seconds)  # warms connection, plans and pages
            waits = await _read(library.book_id, accounts, seconds)
        return statistics.median(waits) * 1e6, len(waits)

    return measure


async def _read(book_id: int, accounts: list[int], seconds: float) -> list[float]:
    drawn, waits, end = random.Random(3), [], time.perf_counter() + seconds  # noqa: S311
    while time.perf_counter() < end:
        start = time.perf_counter()
        page = await statement(book_id, drawn.choice(accounts))
        waits.append(time.perf_counter() - start)
        if len(page.lines) != PAGE or page.account.balance != page.closing:
            raise BooksAreWrong(f"this page does not hold: {page.account}")
    return waits


async def _reading(at: Shelf, name: str, what: str, sides: dict[str, Side]) -> Row:
    samples = await in_turns(sides, at.plan.rounds, pid=at.server.pid)
    sizes = (f"{size:,}".replace(",", " ") for size in (at.plan.large, at.plan.small))
    what += ", {} transfers in the book; against {}".format(*sizes)
    return row((name, what, "µs"), samples, Goal(1.2, at_least=False))


async def purse_row(at: Shelf) -> Row:
    """Balance and first page of a purse."""
    large, small = (library.purses[:SOME] for library in (at.large, at.small))
    sides = {
        "ours": reader(at.large, large, at.plan.seconds),
        "baseline": reader(at.small, small, at.plan.seconds),
    }
    return await _reading(at, "reading", "balance and first statement page of a purse", sides)


async def house_row(at: Shelf) -> Row:
    """Balance and first page of the house account that is one side of every transfer."""
    sides = {
        "ours": reader(at.large, (POINTS_ISSUED,), at.plan.seconds),
        "baseline": reader(at.small, (POINTS_ISSUED,), at.plan.seconds),
    }
    return await _reading(at, "reading-house", "the same of the busiest house account", sides)


WITH_AN_ENTRY = (
    *("journal_entry", "transfer", "idempotency"),
    *("seal_queue", "seal_member", "seal_block", "block_total", "checkpoint"),
)


async def _bytes_of(tables: tuple[str, ...], per: str) -> dict[str, float]:
    """Return what each table takes with its indexes, divided by the rows of one table."""
    names = ", ".join(f"'{table}'" for table in tables)
    rows = await fetch(
        "SELECT name, pg_total_relation_size(CAST(name AS regclass)) AS bytes, "
        f"(SELECT COUNT(*) FROM {per}) AS rows FROM unnest(ARRAY[{names}]) AS name"
    )
    return {row["name"]: row["bytes"] / row["rows"] for row in rows}


async def transfer_size_row(at: Shelf) -> Row:
    """Bytes on disk of a transfer."""
    size = sum((await _bytes_of(("transfer",), "transfer")).values())
    what = "bytes on disk of a `transfer` row with its indexes"
    return Row("bytes-transfer", what, "bytes", size, goal=Goal(260, at_least=False))


async def entry_size_row(at: Shelf) -> Row:
    """Bytes on disk of a one-line entry with all that goes with it."""
    sizes = await _bytes_of(WITH_AN_ENTRY, "journal_entry")
    parts = ", ".join(f"{table} {size:.0f}" for table, size in sizes.items() if size >= 1)
    what = "bytes on disk of a one-line entry with its transfer, key, seal and their indexes"
    goal = Goal(850, at_least=False)
    return Row("bytes-entry", what, "bytes", sum(sizes.values()), goal=goal, note=parts)


ROWS: dict[str, Callable[[Shelf], Awaitable[Row]]] = {
    "reading": purse_row,
    "reading-house": house_row,
    "bytes-transfer": transfer_size_row,
    "bytes-entry": entry_size_row,
}
