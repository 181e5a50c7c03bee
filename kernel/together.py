"""Those who ask the same at the same moment are answered by one act: while it runs, the next gather.

A statement for many costs the database little more than a statement for one, and so does the way to it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from tortoise.backends.base.client import TransactionalDBClient

from kernel.database import connection

Question = TypeVar("Question")
Answer = TypeVar("Answer")
LANES = "_asked_together"
MOST = 64


@dataclass(slots=True)
class _Lane:
    """Those who wait on one engine, by what they may be asked among."""

    waiting: dict[Hashable, deque[tuple[Any, Any]]] = field(default_factory=dict)
    runner: "asyncio.Task[None] | None" = None


async def at_once(*asked: Coroutine[Any, Any, Any]) -> list[Any]:
    """Await several questions that do not need each other's answers, outside any transaction.

    All are answered before this returns. Raises: what the first of them in this order raised.
    """
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return answers


class Together(Generic[Question, Answer]):
    """An act on many questions at once; `act(among, questions)` returns an answer for each, in their order."""

    def __init__(
        self, act: Callable[[Any, Sequence[Question]], Awaitable[Sequence[Answer]]]
    ) -> None:
        """Take the act."""
        self.act = act

    async def ask(self, among: Hashable, question: Question) -> Answer:
        """Ask with whoever else asks `among` the same now; inside a transaction, alone, so as to see what it did.

        Raises: whatever the act raises.
        """
        engine = connection()
        if isinstance(engine, TransactionalDBClient):
            return (await self.act(among, [question]))[0]
        lanes: dict[Any, _Lane] = vars(engine).setdefault(LANES, {})
        lane = lanes.setdefault(self, _Lane())
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        lane.waiting.setdefault(among, deque()).append((question, answer))
        if lane.runner is None:
            lane.runner = asyncio.create_task(self._run(lane))
        return await answer

    async def _run(self, lane: _Lane) -> None:
        try:
            while lane.waiting:
                among = next(iter(lane.waiting))
                queue = lane.waiting.pop(among)
                group = [queue.popleft() for _ in range(min(MOST, len(queue)))]
                if queue:
                    lane.waiting[among] = queue
                await self._answer(among, group)
        finally:
            lane.runner = None

    async def _answer(self, among: Hashable, group: list[tuple[Question, Any]]) -> None:
        """Answer everybody of a group who still waits; what goes wrong goes wrong for all of them."""
        try:
            answers = await self.act(among, [question for question, _ in group])
        except Exception as problem:  # noqa: BLE001  each of them raises it where it asked
            for _, waits in group:
                if not waits.done():
                    waits.set_exception(problem)
            return
        for (_, waits), answer in zip(group, answers, strict=True):
            if not waits.done():
                waits.set_result(answer)
