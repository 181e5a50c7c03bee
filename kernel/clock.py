"""The one place that reads the time: UTC, in whole microseconds since 1970."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_frozen: ContextVar[int | None] = ContextVar("frozen_clock", default=None)


def now() -> int:
    """Return the present moment in UTC microseconds."""
    frozen_at = _frozen.get()
    return machine_now() if frozen_at is None else frozen_at


def machine_now() -> int:
    """Return the machine's own moment, held still or not: how long somebody stays signed in (UTC microseconds)."""
    return time.time_ns() // 1000


@contextmanager
def frozen(at: int) -> Iterator[None]:
    """Hold the clock still at `at` (UTC microseconds), for this task and those it starts."""
    token = _frozen.set(at)
    try:
        yield
    finally:
        _frozen.reset(token)
