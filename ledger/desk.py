"""The posting desk: takes posts from many callers, gathers those of one book into batches, and answers each.

Callers only leave a post and wait; what they do meanwhile reaches nobody. A batch that loses a race is decided again
with the same keys; one that meets a defect is taken apart, so that only the post at fault hears of it. A line that
broke during COMMIT is settled by the key, because a second commit of the same key cannot happen.
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
from ledger.batch import Answer, Failed, Signed, Told
from ledger.books import zone_of
from ledger.chart import AccountName, class_of
from ledger.errors import DeskIsBusy, DocumentAlreadyExists, OutcomeIsUnknown
from ledger.post import Post, Posted
from ledger.posting import fence_of, needs_locks, post_batch

LANES: dict[Dialect, int] = {"sqlite": 1, "postgresql": 2}
BATCH_MAX = 128
WAITING_MAX = 1024
KNOWN_MAX = 100_000
ATTEMPTS = 8
DUPLICATE_ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.01


# Whether the last post of this task was answered from its key, a refusal included: an edge may say so.
replayed: ContextVar[bool] = ContextVar("replayed", default=False)


@dataclass(slots=True)
class Waiting:
    """A post at the desk: what nobody else may hold meanwhile, and where its answer goes."""

    signed: Signed
    holds: frozenset[Hashable]
    answer: "asyncio.Future[Posted | Told]"

    def tell(self, answer: Posted | Told | Failed) -> None:
        """Answer the caller, if there still is one."""
        if self.answer.done():
            return
        if isinstance(answer, Failed):
            self.answer.set_exception(answer.error)
        else:
            self.answer.set_result(answer)


@dataclass(slots=True)
class Desk:
    """The posts waiting and under way on one engine."""

    engine: BaseDBAsyncClient
    dialect: Dialect
    books: dict[int, deque[Waiting]] = field(default_factory=dict)
    held: dict[int, set[Hashable]] = field(default_factory=dict)
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
            _holds(post),
            asyncio.get_running_loop().create_future(),
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
        """Carry out one batch after the other for as long as there is one that nobody else holds back."""
        try:
            while batch := self._next_batch():
                book_id = batch[0].signed.post.book_id
                held = self.held.setdefault(book_id, set())
                ours = frozenset().union(*(each.holds for each in batch))
                held |= ours
                self.busy += 1
                try:
                    await self._carry_out(batch)
                finally:
                    self.busy -= 1
                    held -= ours
                    self.count -= len(batch)
        finally:
            # Here and not in a callback: a caller just answered may come again before any callback runs.
            self.lanes.discard(asyncio.current_task())

    def _next_batch(self) -> list[Waiting]:
        """Take posts of the next book that has any, in the order they came, past those that must wait for a lane."""
        free = LANES[self.dialect] - self.busy
        for book_id in list(self.books):
            queue = self.books.pop(book_id)
            batch, rest = _parted(queue, self.held.get(book_id, ()), -(-len(queue) // free))
            if rest:
                self.books[book_id] = rest  # At the end: books take turns.
            if batch:
                return batch
        return []

    async def _carry_out(self, batch: Sequence[Waiting]) -> None:
        """Answer every post of a batch, whatever happens."""
        quick = self.dialect == "postgresql" and not any(
            needs_locks(each.signed.post) for each in batch
        )
        try:
            await self._settle(batch, locked=not quick)
        except BaseException:
            for each in batch:
                each.tell(Failed(OutcomeIsUnknown()))
            raise

    async def _settle(
        self, batch: Sequence[Waiting], *, locked: bool = True, lost: bool = False
    ) -> None:
        """Post until every post is answered: what did not go through without locks is decided again with them."""
        duplicates = 0
        for attempt in range(ATTEMPTS):
            try:
                answers = await self._post(batch, locked=locked)
            except Exception as error:  # noqa: BLE001  whatever the database says, its callers hear of it
                if is_overloaded(error):
                    break
                lost = lost or connection_was_lost(error)
                duplicates += locked and is_duplicate(error)
                if locked and not _is_worth_another_try(error, duplicates):
                    await self._apart(batch, error, lost=lost)
                    return
                await asyncio.sleep(_pause(attempt) if locked else 0)
            else:
                batch = _tell(batch, answers)
                if not batch:
                    return
            locked = True
        for each in batch:
            each.tell(Failed(OutcomeIsUnknown() if lost else DeskIsBusy()))

    async def _apart(self, batch: Sequence[Waiting], error: Exception, *, lost: bool) -> None:
        """Post one by one what could not be posted together; one alone hears what is wrong with it."""
        if len(batch) > 1:
            for each in batch:
                await self._settle([each], lost=lost)
            return
        batch[0].tell(Failed(DocumentAlreadyExists() if is_duplicate(error) else error))

    async def _post(self, batch: Sequence[Waiting], *, locked: bool) -> list[Answer]:
        book_id = batch[0].signed.post.book_id
        accounts = await self._accounts(
            book_id, {name for each in batch for name in each.signed.post.accounts}
        )
        posts = [each.signed for each in batch]
        steps = post_batch(book_id, posts, accounts, self.dialect, locked=locked)
        return await hold(self.engine, steps, fence_of(book_id) if locked else None)

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


def _holds(post: Post) -> frozenset[Hashable]:
    """Name what two batches of a book must not share at one time: floored accounts, documents, the key."""
    floored = [name for name in post.accounts if class_of(name).floored]
    return frozenset((*floored, *post.facts, (post.key.scope, post.key.key, "")))


def _parted(
    queue: Iterable[Waiting], held: Iterable[Hashable], share: int
) -> tuple[list[Waiting], deque[Waiting]]:
    """Part a queue into a batch of about `share` posts and the rest, which other lanes can take.

    Posts that would have to wait for this batch ride along; nobody overtakes on a shared account.
    """
    batch: list[Waiting] = []
    rest: deque[Waiting] = deque()
    ours: set[Hashable] = set()
    blocked = set(held)
    for each in queue:
        rides = len(batch) < share or not ours.isdisjoint(each.holds)
        if rides and len(batch) < BATCH_MAX and blocked.isdisjoint(each.holds):
            batch.append(each)
            ours |= each.holds
        else:
            rest.append(each)
            blocked |= each.holds
    return batch, rest


def _tell(batch: Sequence[Waiting], answers: Sequence[Answer]) -> list[Waiting]:
    """Answer what is answered, and return the rest."""
    left = []
    for each, answer in zip(batch, answers, strict=True):
        if answer is None:
            left.append(each)
        else:
            each.tell(answer)
    return left


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
