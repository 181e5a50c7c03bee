"""Callers in a closed loop: each posts, waits for its answer, and posts the next."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from ledger.desk import post
from ledger.post import Post


@dataclass(frozen=True, slots=True)
class Tally:
    """How many posts were answered in how many seconds, and how long each caller waited (seconds)."""

    posts: int
    seconds: float
    waits: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Return posts a second."""
        return self.posts / self.seconds


async def closed_loop(next_post: Callable[[], Post], callers: int, seconds: float) -> Tally:
    """Let that many callers post for that long. A refused or failed post ends the measurement with its error."""
    waits: list[float] = []
    start = time.perf_counter()
    end = start + seconds

    async def caller() -> None:
        asked = time.perf_counter()
        while asked < end:
            await post(next_post())
            answered = time.perf_counter()
            waits.append(answered - asked)
            asked = answered

    await asyncio.gather(*(caller() for _ in range(callers)))
    return Tally(len(waits), time.perf_counter() - start, tuple(waits))


async def each_once(posts: list[Post], callers: int = 64) -> None:
    """Post all of these: warms caches and statements before anything is measured."""
    waiting = iter(posts)

    async def caller() -> None:
        for each in waiting:
            await post(each)

    await asyncio.gather(*(caller() for _ in range(callers)))
