"""Those who ask the same at the same moment are answered by one act: while it runs, the next gather.

A statement for many costs the database little more than a statement for one, and so does the way to it. So few acts
are under way at a time: the longer the queue, the more of it each of them answers.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from tortoise.backends.base.client import TransactionalDBClient

from kernel.database import connection

Question = TypeVar("Question")
Answer = TypeVar("Answer")
WAITING = "_asked_together"
MOST = 64
# Without this limit each answered so few that a redemption cost a third more of the processor. One at a time is no
# faster than two, and a slow answer would keep everybody waiting.
ACTS = 2

_answering: ContextVar[bool] = ContextVar("answering", default=False)


Asked = tuple["Together[Any, Any]", Hashable]  # what is asked, and among whom


@dataclass(slots=True)
class _Waiting:
    """Those who wait on one engine, whoever came first first, and what is being answered."""

    groups: dict[Asked, deque[tuple[Any, Any]]] = field(default_factory=dict)
    under_way: set[Asked] = field(default_factory=set)
    runners: set["asyncio.Task[None] | None"] = field(default_factory=set)

    def next_group(self) -> tuple[Asked, list[tuple[Any, Any]]] | None:
        """Take those out who are answered next; nothing is answered twice at a time among the same."""
        asked = next((each for each in self.groups if each not in self.under_way), None)
        if asked is None:
            return None
        queue = self.groups.pop(asked)
        group = [queue.popleft() for _ in range(min(MOST, len(queue)))]
        if queue:
            self.groups[asked] = queue  # behind the others
        return asked, group


class Together(Generic[Question, Answer]):
    """An act on many questions at once; `act(among, questions)` returns an answer for each, in their order."""

    def __init__(
        self, act: Callable[[Any, Sequence[Question]], Awaitable[Sequence[Answer]]]
    ) -> None:
        """Take the act."""
        self.act = act

    async def ask(self, among: Hashable, question: Question) -> Answer:
        """Ask with whoever else asks `among` the same now.

        Inside a transaction it is asked alone, so as to see what that did; and so it is inside another act, which would
        wait for its own end.

        Raises: whatever the act raises.
        """
        engine = connection()
        if _answering.get() or isinstance(engine, TransactionalDBClient):
            return (await self.act(among, [question]))[0]
        waiting: _Waiting = vars(engine).setdefault(WAITING, _Waiting())
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        asked = (self, among)
        waiting.groups.setdefault(asked, deque()).append((question, answer))
        if asked not in waiting.under_way and len(waiting.runners) < ACTS:
            waiting.runners.add(asyncio.create_task(_answer_all(waiting)))
        return await answer

    async def answer(self, among: Hashable, group: list[tuple[Question, Any]]) -> None:
        """Answer everybody of a group who still waits; what goes wrong goes wrong for all of them."""
        try:
            answers = await self.act(among, [question for question, _ in group])
            told = list(zip(group, answers, strict=True))
        except Exception as problem:  # noqa: BLE001  each of them raises it where it asked
            for _, waits in group:
                if not waits.done():
                    waits.set_exception(problem)
            return
        for (_, waits), answer in told:
            if not waits.done():
                waits.set_result(answer)


async def _answer_all(waiting: _Waiting) -> None:
    _answering.set(True)
    try:
        while found := waiting.next_group():
            asked, group = found
            waiting.under_way.add(asked)
            try:
                together, among = asked
                await together.answer(among, group)
            finally:
                waiting.under_way.discard(asked)
    finally:
        waiting.runners.discard(asyncio.current_task())
