"""The posting desk: takes posts from many callers, one transaction each, and survives whatever the callers do.

A caller that goes away does not stop its post; a post that loses a race is decided again with the same key; a line that
broke during COMMIT is settled by the key, because a second commit of the same key cannot happen.
"""

import asyncio
import random
from contextvars import ContextVar
from weakref import WeakKeyDictionary

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError

from kernel.database import (
    connection,
    connection_was_lost,
    dialect,
    in_a_transaction,
    is_overloaded,
    may_be_retried,
)
from ledger.errors import DeskIsBusy, DocumentAlreadyExists, OutcomeIsUnknown
from ledger.post import Post, Posted
from ledger.posting import AccountCache, Told, post_once

LANES = {"sqlite": 1, "postgresql": 6}
WAITING_MAX = 1024
ATTEMPTS = 8
DUPLICATE_ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.01


# Whether the last post of this task was answered from its key, a refusal included: an edge may say so.
replayed: ContextVar[bool] = ContextVar("replayed", default=False)


class Desk:
    """The posts under way on one engine."""

    def __init__(self, lanes: int) -> None:
        """Open a desk that commits at most `lanes` posts at a time."""
        self.lanes = asyncio.Semaphore(lanes)
        self.accounts: AccountCache = {}
        self.under_way: set[asyncio.Task[Posted | Told]] = set()

    async def take(self, post: Post) -> Posted:
        """Post, and answer. Raises: the refusal, DeskIsBusy, OutcomeIsUnknown."""
        if len(self.under_way) >= WAITING_MAX:
            raise DeskIsBusy
        task = asyncio.create_task(self._work(post))
        self.under_way.add(task)
        task.add_done_callback(self._forget)
        answer = await asyncio.shield(task)
        replayed.set(answer.replayed)
        if isinstance(answer, Told):
            raise answer.refusal
        return answer

    def _forget(self, task: "asyncio.Task[Posted | Told]") -> None:
        self.under_way.discard(task)
        if not task.cancelled():
            task.exception()  # Asked for, so that a caller that went away leaves no warning behind.

    async def drain(self) -> None:
        """Wait until every post under way has been answered."""
        while self.under_way:
            await asyncio.wait(set(self.under_way))

    async def _work(self, post: Post) -> Posted | Told:
        async with self.lanes:
            return await _persist(post, self.accounts)


async def _persist(post: Post, accounts: AccountCache) -> Posted | Told:
    duplicates = 0
    lost = False
    for attempt in range(ATTEMPTS):
        try:
            return await post_once(post, accounts)
        except IntegrityError as refused:
            duplicates += 1
            if not _is_duplicate(refused):
                raise
            if duplicates >= DUPLICATE_ATTEMPTS:
                raise DocumentAlreadyExists from refused
        except Exception as error:
            if is_overloaded(error):
                break
            if not may_be_retried(error) and not connection_was_lost(error):
                raise
            lost = lost or connection_was_lost(error)
        await asyncio.sleep(_pause(attempt))
    raise OutcomeIsUnknown if lost else DeskIsBusy


def _pause(attempt: int) -> float:
    """Return seconds to wait: longer each time, and never the same as a rival's."""
    return random.uniform(0, FIRST_PAUSE_SECONDS * 2**attempt)  # noqa: S311


def _is_duplicate(error: IntegrityError) -> bool:
    """A rival wrote the same key, id or document number first: decide again on what it left."""
    return isinstance(
        error.__cause__, asyncpg.UniqueViolationError
    ) or "UNIQUE constraint failed" in str(error)


_desks: WeakKeyDictionary[BaseDBAsyncClient, Desk] = WeakKeyDictionary()


def desk() -> Desk:
    """Return the desk of the database this task stands in."""
    engine = connection()
    if engine not in _desks:
        _desks[engine] = Desk(LANES[dialect()])
    return _desks[engine]


async def post(post: Post) -> Posted:
    """Post one business event, once per key. The one way value moves.

    Raises: what the decision refuses, KeyReused, BookIsReadOnly, AlreadyReversed, AccountIsClosed, DocumentIsMissing,
    DocumentAlreadyExists, DeskIsBusy, OutcomeIsUnknown.
    """
    if in_a_transaction():
        raise AssertionError(
            "a verb that moves value opens no transaction: the desk would wait for it for ever"
        )
    return await desk().take(post)
