"""Posting on PostgreSQL: ours in one process against pgbench calling one stored function per post."""

import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bench import pgbench
from bench.acts import (
    NextPost,
    every_settlement,
    hot_settlements,
    random_awards,
    random_settlements,
)
from bench.callers import Tally, closed_loop, each_once
from bench.filling import SettlingBook, fill_settling
from bench.place import Place, Server, a_database, analyze, settle_down
from bench.rows import Goal, Plan, Row, Sample, Side, in_turns, row
from bench.soundness import Answers, watched
from kernel.ids import new_id
from ledger import chart
from ledger.accounts import find_accounts
from ledger.desk import desk

AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Ground:
    """A database with two books alike: one for us, one for the baseline."""

    server: Server
    url: str
    plan: Plan
    own: SettlingBook
    other: SettlingBook


@asynccontextmanager
async def ground(place: Place, plan: Plan) -> AsyncIterator[Ground]:
    """Make the database, fill both books alike, and warm up both sides."""
    async with a_database(place.server) as url:
        sizes = {"accounts": plan.accounts}
        own = await fill_settling(new_id(), plan.entries, **sizes)
        other = await fill_settling(new_id(), plan.entries, **sizes)
        await analyze(url)
        await pgbench.make_functions(url)
        await each_once(every_settlement(own))
        await pgbench.run(url, pgbench.transfers(other, hot=False), AT_ONCE, 2)
        yield Ground(place.server, url, plan, own, other)
        await desk().drain()


def ours(
    next_post: NextPost,
    callers: int,
    seconds: float,
    answers: Answers,
    figure: Callable[[Tally], float],
) -> Side:
    """Return our side: callers in a closed loop."""

    async def measure() -> tuple[float, float]:
        done = await closed_loop(next_post, callers, seconds)
        answers.count += done.posts
        return figure(done), done.posts

    return measure


def theirs(
    url: str,
    script: str,
    clients: int,
    seconds: float,
    answers: Answers,
    figure: Callable[[pgbench.Run], float],
) -> Side:
    """Return the baseline's side."""

    async def measure() -> tuple[float, float]:
        done = await pgbench.run(url, script, clients, seconds)
        answers.count += done.calls
        return figure(done), done.calls

    return measure


def rate(done: Tally | pgbench.Run) -> float:
    """Return posts a second."""
    return done.rate


def wait_us(done: Tally | pgbench.Run) -> float:
    """Return the median wait for an answer, in microseconds."""
    seconds = done.median if isinstance(done, pgbench.Run) else statistics.median(done.waits)
    return seconds * 1e6


async def compared(
    at: Ground,
    next_post: NextPost,
    script: str,
    callers: int,
    figure: Callable[[Tally | pgbench.Run], float],
) -> dict[str, list[Sample]]:
    """Measure both sides in turns, and prove both books afterwards."""
    seconds = at.plan.seconds
    async with watched(at.own.book_id) as answers, watched(at.other.book_id) as calls:
        sides = {
            "ours": ours(next_post, callers, seconds, answers, figure),
            "baseline": theirs(at.url, script, callers, seconds, calls, figure),
        }
        before = partial(settle_down, at.url)
        return await in_turns(sides, at.plan.rounds, pid=at.server.pid, before=before)


async def random_row(at: Ground) -> Row:
    """Posting between random accounts, 64 at once."""
    script = pgbench.transfers(at.other, hot=False)
    samples = await compared(at, random_settlements(at.own), script, AT_ONCE, rate)
    what = "PostgreSQL, one process, 64 at once, random accounts; against pgbench, one stored function per post"
    return row(("posting-random-64", what, "posts/s"), samples, Goal(2.0))


async def hot_row(at: Ground) -> Row:
    """Posting out of one hot account, 64 at once."""
    script = pgbench.transfers(at.other, hot=True)
    samples = await compared(at, hot_settlements(at.own), script, AT_ONCE, rate)
    what = "the same, every post out of one hot account"
    return row(("posting-hot-64", what, "posts/s"), samples, Goal(6.0))


async def alone_row(at: Ground) -> Row:
    """One caller, nobody else waiting."""
    script = pgbench.transfers(at.other, hot=False)
    samples = await compared(at, random_settlements(at.own), script, 1, wait_us)
    what = "one post alone, median wait; against the wait for the stored function"
    return row(("posting-alone", what, "µs"), samples, Goal(3.0, at_least=False))


async def award_row(at: Ground) -> Row:
    """The everyday award, with lots; for information."""
    found = await find_accounts(at.other.book_id, [chart.POINTS_ISSUED])
    script = pgbench.awards(at.other, found[chart.POINTS_ISSUED].id)
    samples = await compared(at, random_awards(at.own), script, AT_ONCE, rate)
    what = "points for one person (house account → a lot in a purse), 64 at once; against its own stored function"
    return row(("award-64", what, "posts/s"), samples, None)


ROWS = {
    "posting-random-64": random_row,
    "posting-hot-64": hot_row,
    "posting-alone": alone_row,
    "award-64": award_row,
}
