"""What waits at the posting desk, and which posts may go together."""

import asyncio
from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.batch import Answer, Decided, Failed, Signed, Told
from ledger.chart import class_of
from ledger.errors import DeskIsBusy, OutcomeIsUnknown
from ledger.post import Post, Posted

BATCH_MAX = 256
RIDERS = 4  # one to so many of a batch's share


def a_future() -> "asyncio.Future[Any]":
    """Return what is not known yet."""
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True)
class Waiting:
    """A post at the desk: what it shares with no batch that is written beside its own, and where its answer goes."""

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


@dataclass(slots=True, eq=False)
class Batch:
    """Posts of one book that go together.

    A batch that follows may be decided on what this one will leave behind (`decided`; None: nobody can know), and is
    written once this one `went_through` just so.
    """

    posts: Sequence[Waiting]
    quick: bool
    decided: "asyncio.Future[Decided | None]" = field(default_factory=a_future)
    went_through: "asyncio.Future[bool]" = field(default_factory=a_future)

    @property
    def book_id(self) -> int:
        """Return the book of its posts."""
        return self.posts[0].signed.post.book_id

    @property
    def holds(self) -> set[Hashable]:
        """Return what no other batch may be written beside."""
        return set().union(*(each.holds for each in self.posts))

    @property
    def keys(self) -> set[Hashable]:
        """Return its keys: who asks with one of them again waits for the answer."""
        return {key_of(each.signed.post) for each in self.posts}

    def will_leave(self, decided: Decided | None) -> None:
        """Say it to the batch that follows, unless it was said."""
        if not self.decided.done():
            self.decided.set_result(decided)

    def is_over(self, *, as_decided: bool) -> None:
        """Let the batch that follows go on: to its writing, or back to its reading."""
        self.will_leave(None)
        if not self.went_through.done():
            self.went_through.set_result(as_decided)


def key_of(post: Post) -> Hashable:
    """Name a post's key so that it is mistaken for no account and no document."""
    return (post.key.scope, post.key.key, "")


def holds_of(post: Post) -> frozenset[Hashable]:
    """Name what two batches of a book must not write at one time: floored accounts, documents, the key."""
    floored = [name for name in post.accounts if class_of(name).floored]
    return frozenset((*floored, *post.facts, key_of(post)))


def parted(
    queue: Iterable[Waiting], held: Iterable[Hashable], share: int
) -> tuple[list[Waiting], deque[Waiting]]:
    """Part a queue into a batch of about `share` posts and the rest, for other lanes.

    Nobody overtakes on what is shared. A few that would have to wait for this batch ride along: they would not be worth
    a batch of their own.
    """
    batch: list[Waiting] = []
    rest: deque[Waiting] = deque()
    ours: set[Hashable] = set()
    blocked = set(held)
    for each in queue:
        room = share if ours.isdisjoint(each.holds) else share + share // RIDERS
        if len(batch) < min(room, BATCH_MAX) and blocked.isdisjoint(each.holds):
            batch.append(each)
            ours |= each.holds
        else:
            rest.append(each)
            blocked |= each.holds
    return batch, rest


def tell(batch: Sequence[Waiting], answers: Sequence[Answer]) -> list[Waiting]:
    """Answer what is answered, and return the rest."""
    left = []
    for each, answer in zip(batch, answers, strict=True):
        if answer is None:
            left.append(each)
        else:
            each.tell(answer)
    return left


def give_up(posts: Iterable[Waiting], *, lost: bool) -> None:
    """Tell whoever waits that the desk is busy, or that nobody knows what became of a post."""
    for each in posts:
        each.tell(Failed(OutcomeIsUnknown() if lost else DeskIsBusy()))
