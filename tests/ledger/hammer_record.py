"""What the callers of one process asked of the books and what they were told: their word against the books' later."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from kernel.errors import DomainError
from kernel.ids import new_id
from ledger import desk
from ledger.errors import KeyReused
from ledger.post import Post, Posted, RequestKey

PRINCIPAL = "hammer"
LATELY = 200

# What a request key does not keep: the books themselves did not refuse, or not for good.
FORGOTTEN = (
    *("desk-is-busy", "already-reversed", "document-not-found", "not-found", "gift-is-final"),
    *("idempotency-key-reused", "outcome-is-unknown", "book-is-read-only"),
)

Send = Callable[[], Awaitable[Posted]]


class Told(NamedTuple):
    """One answer: to which key, `posted` or the refusal, the entry, and whether the key had answered before."""

    key: str
    answer: str
    entry_id: int | None
    replayed: bool

    @property
    def lasts(self) -> bool:
        """Say whether the key keeps this answer."""
        return self.answer not in FORGOTTEN


@dataclass
class Record:
    """Everything that was asked and told in one process.

    What was asked and never told was let go of: it may have been posted, once, or not.
    """

    asked: set[str] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)
    sent: list[tuple[str, Send]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    async def ask(self, key: str, send: Send) -> tuple[Told, Posted | None]:
        """Send a request, and write down what was asked before and what was told after."""
        self.asked.add(key)
        self.sent = [*self.sent[-LATELY:], (key, send)]
        posted = None
        try:
            posted = await send()
        except DomainError as refusal:
            told = Told(key, refusal.slug, None, desk.replayed.get())
        else:
            told = Told(key, "posted", posted.entry_id, posted.replayed)
        self.told.append(told)
        self.counts["replayed" if told.replayed else told.answer] += 1
        return told, posted

    async def ask_again(self, dice: random.Random) -> None:
        """Send something of late again as it was: what has answered answers the same."""
        if not self.sent:
            return
        key, send = dice.choice(self.sent)
        before = [each for each in self.told if each.key == key and each.lasts]
        now, _ = await self.ask(key, send)
        if before and now.lasts:
            assert now == before[0]._replace(replayed=True), (before, now)

    async def ask_otherwise(self, dice: random.Random, other: Post) -> None:
        """Send another request with a key that has answered: it is refused, whatever the books hold."""
        lasting = [each for each in self.told[-LATELY:] if each.lasts and ":" not in each.key]
        if not lasting:
            return
        key = RequestKey(PRINCIPAL, dice.choice(lasting).key, ["another request", new_id()])
        try:
            await desk.post(replace(other, key=key))
        except KeyReused:
            self.counts[KeyReused.slug] += 1
        else:
            raise AssertionError(f"{key} was good for two requests")
