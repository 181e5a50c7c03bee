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
from kernel.database import connected, fetch, snapshot
from kernel.ids import new_id
from ledger.accounts import find_accounts
from ledger.chart import AccountName
from ledger.sealing import seal_everything
from ledger.statements import holding, statement

LINES_EACH = 100
READS = 300


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
        await analyze(url)
        yield Library(url, book_id, tuple(purses))


def reader(library: Library, names: tuple[AccountName, ...]) -> Side:
    """Return a side that reads balance and first page of random accounts: the median, in microseconds."""

    async def measure() -> tuple[float, float]:
        drawn, waits = random.Random(3), []  # noqa: S311
        async with connected(library.url):
            found = await find_accounts(library.book_id, names)
            for number in range(2 * READS):
                name = drawn.choice(names)
                start = time.perf_counter()
                async with snapshot():
                    await holding(library.book_id, name)
                    lines = await statement(library.book_id, found[name].id)
                # The first half warms connection, plans and pages.
                if number >= READS:
                    waits.append(time.perf_counter() - start)
                if not lines:
                    raise RuntimeError(f"{name} has no lines")
        return statistics.median(waits) * 1e6, READS

    return measure


async def reading_row(at: Shelf) -> Row:
    """Balance and first page of a purse."""
    some = 200
    sides = {
        "ours": reader(at.large, at.large.purses[:some]),
        "baseline": reader(at.small, at.small.purses[:some]),
    }
    samples = await in_turns(sides, at.plan.rounds, pid=at.server.pid)
    sizes = (f"{size:,}".replace(",", " ") for size in (at.plan.large, at.plan.small))
    what = "balance and first statement page, {} transfers in the book; against {}".format(*sizes)
    return row(("reading", what, "µs"), samples, Goal(1.2, at_least=False))


WITH_AN_ENTRY = (
    *("journal_entry", "transfer", "idempotency"),
    *("seal_queue", "seal_member", "seal_block", "block_total", "checkpoint"),
)


async def _bytes_per_row(tables: tuple[str, ...], per: str) -> float:
    names = ", ".join(f"'{table}'" for table in tables)
    rows = await fetch(
        "SELECT CAST(SUM(pg_total_relation_size(CAST(name AS regclass))) AS BIGINT) AS bytes, "
        f"(SELECT COUNT(*) FROM {per}) AS rows FROM unnest(ARRAY[{names}]) AS name"
    )
    return float(rows[0]["bytes"]) / int(rows[0]["rows"])


async def transfer_size_row(at: Shelf) -> Row:
    """Bytes on disk of a transfer."""
    size = await _bytes_per_row(("transfer",), "transfer")
    what = "bytes on disk of a `transfer` row with its indexes"
    return Row("bytes-transfer", what, "bytes", size, goal=Goal(260, at_least=False))


async def entry_size_row(at: Shelf) -> Row:
    """Bytes on disk of a one-line entry with all that goes with it."""
    size = await _bytes_per_row(WITH_AN_ENTRY, "journal_entry")
    what = "bytes on disk of a one-line entry with its transfer, key, seal and their indexes"
    return Row("bytes-entry", what, "bytes", size, goal=Goal(850, at_least=False))


ROWS: dict[str, Callable[[Shelf], Awaitable[Row]]] = {
    "reading": reading_row,
    "bytes-transfer": transfer_size_row,
    "bytes-entry": entry_size_row,
}
