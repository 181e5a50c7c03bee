"""Tortoise engines that keep their connection when a caller is cancelled.

What must not be left half done (a BEGIN that is on its way, a COMMIT, a ROLLBACK) runs in a task of its own: the
caller may go, the task goes on to its end.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_under_way: set["asyncio.Task[Any]"] = set()  # The event loop alone would not keep them alive.


def begun(work: Coroutine[Any, Any, Answer]) -> "asyncio.Task[Answer]":
    """Start work that outlives its caller."""
    task = asyncio.create_task(work)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return task


async def to_the_end(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Wait for work that is carried out whether or not the caller stays."""
    return await asyncio.shield(begun(work))
