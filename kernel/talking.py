"""Hold a talk where this task stands: in the open transaction, or on one connection for all that is said.

A statement that goes through the ORM takes a connection for itself; that costs twice what asking it does.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from tortoise.backends.base.client import TransactionalDBClient

from kernel.database import Dialect, connection, dialect, execute, fetch, hold
from kernel.direct import Answer, Ask, Rows, Steps

Among = TypeVar("Among")
Question = TypeVar("Question")


async def talk(steps: Steps[Answer]) -> Answer:
    """Carry out a talk whose rows are read by name, and return what it comes to. Raises what the database says."""
    engine = connection()
    if not isinstance(engine, TransactionalDBClient):
        return await hold(engine, steps, None)
    try:
        rows = await _answered(next(steps))
        while True:
            rows = await _answered(steps.send(rows))
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    finally:
        steps.close()


async def _answered(ask: Ask) -> Rows:
    if ask.many:
        return [(sum([await execute(ask.sql, *values) for values in ask.values]),)]
    return await fetch(ask.sql, *ask.values)


def talked(
    read: Callable[[Among, Sequence[Question], Dialect], Steps[list[Answer]]],
) -> Callable[[Among, Sequence[Question]], Awaitable[list[Answer]]]:
    """Return the act that answers many questions by one talk."""

    async def act(among: Any, questions: Sequence[Question]) -> list[Answer]:
        return await talk(read(among, questions, dialect()))

    return act
