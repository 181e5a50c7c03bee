"""The posting desk: takes posts from many callers, gathers those of one book into batches, and answers each.

Callers only leave a post and wait; what they do meanwhile reaches nobody. Posts that must wait for a batch being
written are decided meanwhile on what it will leave behind. A batch that loses a race is decided again with the same
keys; one that meets a defect is taken apart, so that only the post at fault hears of it. A line that broke during
COMMIT is settled by the key, because a second commit of the same key cannot happen.
"""

import asyncio
import random
from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient

from kernel import clock
from kernel.database import (
    Dialect,
    connection,
    connection_was_lost,
    dialect,
    hold,
    is_duplicate,
    is_overloaded,
    may_be_retried,
)
from ledger.accounts import Account, find_accounts, open_accounts
from ledger.batch import Answer, Decided, Failed, Signed, Told
from ledger.books import zone_of
from ledger.chart import AccountName
from ledger.errors import DeskIsBusy, DocumentAlreadyExists, OutcomeIsUnknown
from ledger.post import Post, Posted
from ledger.posting import decide_batch, fence_of, needs_locks, post_batch, write_batch
from ledger.waiting import Batch, Waiting, a_future, give_up, holds_of, parted, tell

LANES: dict[Dialect, int] = {"sqlite": 1, "postgresql": 2}
WAITING_MAX = 1024
KNOWN_MAX = 100_000
ATTEMPTS = 8
DUPLICATE_ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.01


# Whether the last post of this task was answered from its key, a refusal included: an edge may say so.
replayed: ContextVar[bool] = ContextVar("replayed", default=False)


@dataclass(slots=True)
class Desk:
    """The posts waiting and under way on one engine."""

    engine: BaseDBAsyncClient
    dialect: Dialect
    books: dict[int, deque[Waiting]] = field(default_factory=dict)
    running: dict[int, list[Batch]] = field(default_factory=dict)
    lanes: set["asyncio.Task[None] | None"] = field(default_factory=set)
    busy: int = 0
    count: int = 0
    known: dict[tuple[int, AccountName], Account] = field(default_factory=dict)

    async def take(self, post: Post) -> Posted:
        """Post, and answer. Raises: the refusal, DeskIsBusy, OutcomeIsUnknown."""
        if self.count >= WAITING_MAX:
            raise DeskIsBusy
        waiting = Waiting(
            Signed(post, post.fingerprint, clock.now()),
            holds_of(post),
            a_future(),
        )
        self.count += 1
        self.books.setdefault(post.book_id, deque()).append(waiting)
        if len(self.lanes) < LANES[self.dialect]:
            self.lanes.add(asyncio.create_task(self._lane()))
        answer = await waiting.answer
        replayed.set(answer.replayed)
        if isinstance(answer, Told):
            raise answer.refusal
        return answer

    async def drain(self) -> None:
        """Wait until every post under way has been answered."""
        while self.lanes:
            await asyncio.wait({lane for lane in self.lanes if lane})

    async def _lane(self) -> None:
        """Carry out one batch after the other for as long as there is one that can go."""
        try:
            while found := await self._next_batch():
                batch, leader = found
                running = self.running.setdefault(batch.book_id, [])
                running.append(batch)
                self.busy += 1
                try:
                    await self._carry_out(batch, leader)
                finally:
                    self.busy -= 1
                    running.remove(batch)
                    self.count -= len(batch.posts)
        finally:
            # Here and not in a callback: a caller just answered may come again before any callback runs.
            self.lanes.discard(asyncio.current_task())

    async def _next_batch(self) -> tuple[Batch, Batch | None] | None:
        """Take posts that need not wait for another lane's batch.

        If all must wait, take those that can be decided meanwhile on what that batch, their leader, will leave behind.
        """
        if batch := self._beside():
            return batch, None
        # Callers just answered may bring posts that need not wait; they come first.
        await asyncio.sleep(0)
        if batch := self._beside():
            return batch, None
        return self._following()

    def _beside(self) -> Batch | None:
        for book_id in list(self.books):
            held = set().union(*(each.holds for each in self.running.get(book_id, ())))
            if posts := self._taken(book_id, held):
                return self._batch(posts)
        return None

    def _following(self) -> tuple[Batch, Batch] | None:
        for book_id in list(self.books):
            for leader in self.running[book_id]:
                if leader.quick and (posts := self._taken(book_id, leader.keys)):
                    return self._batch(posts), leader
        return None

    def _taken(self, book_id: int, held: Iterable[Hashable]) -> list[Waiting]:
        """Take a lane's share out of a book's queue; what is left goes to the end: books take turns."""
        queue = self.books.pop(book_id)
        free = LANES[self.dialect] - self.busy
        posts, rest = parted(queue, held, -(-len(queue) // free))
        if rest:
            self.books[book_id] = rest
        return posts

    def _batch(self, posts: Sequence[Waiting]) -> Batch:
        locks = self.dialect != "postgresql" or any(needs_locks(each.signed.post) for each in posts)
        return Batch(posts, quick=not locks)

    async def _carry_out(self, batch: Batch, leader: Batch | None) -> None:
        """Answer every post of a batch, whatever happens."""
        try:
            if batch.quick:
                await self._try_quickly(batch, leader)
            else:
                if leader:
                    await leader.went_through
                await self._settle(batch.posts)
        except BaseException:
            for each in batch.posts:
                each.tell(Failed(OutcomeIsUnknown()))
            raise
        finally:
            batch.is_over(as_decided=False)

    async def _try_quickly(self, batch: Batch, leader: Batch | None) -> None:
        """Post without locks; what does not go through so is settled with them."""
        try:
            left = tell(batch.posts, await self._without_locks(batch, leader))
        except Exception as error:  # noqa: BLE001  whatever the database says, its callers hear of it
            if is_overloaded(error):
                give_up(batch.posts, lost=False)
            else:
                await self._settle(batch.posts, lost=connection_was_lost(error))
        else:
            if left:
                await self._settle(left)

    async def _without_locks(self, batch: Batch, leader: Batch | None) -> list[Answer]:
        before = await leader.decided if leader else None
        decided = await self._decide(batch, before)
        if leader and before and not await leader.went_through:
            decided = await self._decide(batch, None)  # It rested on what never came to be.
        batch.will_leave(decided)
        answers = await hold(self.engine, write_batch(decided, self.dialect), None)
        batch.is_over(as_decided=True)
        return answers

    async def _decide(self, batch: Batch, before: Decided | None) -> Decided:
        posts = [each.signed for each in batch.posts]
        accounts = await self._accounts_of(batch.posts)
        steps = decide_batch(
            *(batch.book_id, posts, accounts, self.dialect), locked=False, before=before
        )
        return await hold(self.engine, steps, None)

    async def _settle(self, posts: Sequence[Waiting], *, lost: bool = False) -> None:
        """Post with locks until every post is answered."""
        duplicates = 0
        for attempt in range(ATTEMPTS):
            try:
                answers = await self._with_locks(posts)
            except Exception as error:  # noqa: BLE001  whatever the database says, its callers hear of it
                if is_overloaded(error):
                    break
                lost = lost or connection_was_lost(error)
                duplicates += is_duplicate(error)
                if not _is_worth_another_try(error, duplicates):
                    await self._apart(posts, error, lost=lost)
                    return
                await asyncio.sleep(_pause(attempt))
            else:
                tell(posts, answers)
                return
        give_up(posts, lost=lost)

    async def _apart(self, batch: Sequence[Waiting], error: Exception, *, lost: bool) -> None:
        """Post one by one what could not be posted together; one alone hears what is wrong with it."""
        if len(batch) > 1:
            for each in batch:
                await self._settle([each], lost=lost)
            return
        batch[0].tell(Failed(DocumentAlreadyExists() if is_duplicate(error) else error))

    async def _with_locks(self, posts: Sequence[Waiting]) -> list[Answer]:
        book_id = posts[0].signed.post.book_id
        signed = [each.signed for each in posts]
        steps = post_batch(book_id, signed, await self._accounts_of(posts), self.dialect)
        return await hold(self.engine, steps, fence_of(book_id))

    async def _accounts_of(self, posts: Sequence[Waiting]) -> dict[AccountName, Account]:
        names = {name for each in posts for name in each.signed.post.accounts}
        return await self._accounts(posts[0].signed.post.book_id, names)

    async def _accounts(
        self, book_id: int, names: Iterable[AccountName]
    ) -> dict[AccountName, Account]:
        if len(self.known) > KNOWN_MAX:
            self.known.clear()
        known, missing = {}, []
        for name in names:
            account = self.known.get((book_id, name))
            if account is None:
                missing.append(name)
            else:
                known[name] = account
        if missing:
            found = await find_accounts(book_id, missing)
            if len(found) < len(missing):
                await zone_of(book_id)
                await open_accounts(book_id, [name for name in missing if name not in found])
                found = await find_accounts(book_id, missing)
            self.known.update({(book_id, name): account for name, account in found.items()})
            known.update(found)
        return known


def _is_worth_another_try(error: Exception, duplicates: int) -> bool:
    """A rival wrote the same key, id or document number first, won a deadlock, or the line broke: decide again."""
    if is_duplicate(error):
        return duplicates < DUPLICATE_ATTEMPTS
    return may_be_retried(error) or connection_was_lost(error)


def _pause(attempt: int) -> float:
    """Return seconds to wait: longer each time, and never the same as a rival's."""
    return random.uniform(0, FIRST_PAUSE_SECONDS * 2**attempt)  # noqa: S311


DESK = "_posting_desk"


def desk() -> Desk:
    """Return the desk of the database this task stands in."""
    return desk_of(connection())


def desk_of(engine: BaseDBAsyncClient) -> Desk:
    """Return an engine's desk; it lives and goes with the engine."""
    found: Desk | None = vars(engine).get(DESK)
    if found is None:
        found = Desk(engine, dialect())
        setattr(engine, DESK, found)
    return found


async def post(post: Post) -> Posted:
    """Post one business event, once per key. The one way value moves.

    Raises: what the decision refuses, KeyReused, BookIsReadOnly, AlreadyReversed, AccountIsClosed, DocumentIsMissing,
    DocumentAlreadyExists, DeskIsBusy, OutcomeIsUnknown.
    """
    engine = connection()
    if isinstance(engine, TransactionalDBClient):
        raise AssertionError(  # noqa: TRY004  not a wrong argument, a wrong place
            "a verb that moves value opens no transaction: the desk would wait for it for ever"
        )
    return await desk_of(engine).take(post)
