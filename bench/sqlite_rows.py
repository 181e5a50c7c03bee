"""Posting on SQLite with full durability: ours against a plain sqlite3 loop that commits every post."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.acts import every_settlement, random_settlements
from bench.callers import each_once
from bench.filling import SettlingBook, fill_settling
from bench.place import Place, migrated
from bench.posting_rows import ours, rate
from bench.rows import Goal, Plan, Row, Side, in_turns, row
from bench.soundness import Answers, BooksAreWrong, require, watched
from kernel.database import connected
from kernel.ids import new_id
from ledger.checks import count_entries
from ledger.desk import desk


@dataclass(frozen=True, slots=True)
class Files:
    """Two files alike: one for us, one for the loop."""

    own: str
    other: Path
    plan: Plan
    book: SettlingBook


@asynccontextmanager
async def ground(place: Place, plan: Plan) -> AsyncIterator[Files]:
    """Make and fill both files; at the end prove the other one too."""
    path, other = place.folder / "own.db", place.folder / "plain.db"
    url = f"sqlite://{path}"
    await migrated(url)
    async with connected(url):
        book = await fill_settling(new_id(), plan.entries, accounts=plan.accounts)
    shutil.copyfile(path, other)
    async with connected(url):
        await each_once(every_settlement(book))
        yield Files(url, other, plan, book)
        await desk().drain()


def plain(at: Files, answers: Answers) -> Side:
    """Return the baseline's side: the loop in a process of its own."""
    asked = {
        "book": at.book.book_id,
        "payable": at.book.payables[0].id,
        "settling": at.book.settling[0].id,
        "accounts": len(at.book.payables),
        "seconds": at.plan.seconds,
    }

    async def measure() -> tuple[float, float]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.plain_sqlite", str(at.other), json.dumps(asked)),
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
        done = json.loads(out)
        answers.count += done["posts"]
        return done["posts"] / done["seconds"], done["posts"]

    return measure


async def at_once(name: str, callers: int, goal: Goal, at: Files) -> Row:
    """Posting by that many callers at once."""
    calls = Answers()
    before = await _entries(at)
    async with watched(at.book.book_id) as answers:
        sides = {
            "ours": ours(random_settlements(at.book), callers, at.plan.seconds, answers, rate),
            "baseline": plain(at, calls),
        }
        samples = await in_turns(sides, at.plan.rounds)
    if await _entries(at) - before != calls.count:
        raise BooksAreWrong("the plain loop wrote more or fewer entries than it says")
    what = f"SQLite (FULL), {callers} at once, random accounts; against a plain sqlite3 loop, one commit per post"
    return row((name, what, "posts/s"), samples, goal)


async def _entries(at: Files) -> int:
    """Prove the loop's book and count its entries, in a task of its own: one task stands in one database."""

    async def proved() -> int:
        async with connected(f"sqlite://{at.other}"):
            await require(at.book.book_id)
            return await count_entries(at.book.book_id)

    return await asyncio.create_task(proved())


ROWS = {
    "sqlite-64": partial(at_once, "sqlite-64", 64, Goal(1.5)),
    "sqlite-256": partial(at_once, "sqlite-256", 256, Goal(2.0)),
}
