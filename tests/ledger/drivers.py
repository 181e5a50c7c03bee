"""Three ways to keep the same books: the desk's pure decisions in memory, SQLite, PostgreSQL."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tortoise.context import TortoiseContext

from kernel import clock
from kernel.database import fetch, tortoise_config
from kernel.days import day_of
from kernel.errors import DomainError
from ledger import expiry, hold_posts, holds
from ledger.accounts import Account
from ledger.batch import Earlier, Failed, Fence, KeyName, Seen, Signed, Told, decide
from ledger.chart import AccountName, class_of
from ledger.desk import post
from ledger.hold_rules import Hold
from ledger.leaf import ENTRY_FIELDS, TRANSFER_FIELDS
from ledger.post import Fact
from ledger.tally import Counter as Count
from ledger.tally import Tally
from tests.harness.databases import scratch_database
from tests.ledger import world
from tests.ledger.months import ZONE

TRANSFER_COLUMNS = ("entry_id", *TRANSFER_FIELDS)
HOLD_COLUMNS = "id, person_id, amount, captured, released, placed_at, expires_at, ended_at"


@dataclass
class Books:
    """Everything that stands in the books, as plain rows."""

    entries: dict[int, str] = field(default_factory=dict)
    transfers: list[tuple] = field(default_factory=list)
    balances: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    lots: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    holds: dict[int, tuple] = field(default_factory=dict)
    keys: Counter = field(default_factory=Counter)

    def of_entry(self, entry_id):
        """Return an entry's transfers in order."""
        return sorted(row for row in self.transfers if row[0] == entry_id)


class InMemory:
    """The decisions of a batch, with nothing but dictionaries around them."""

    def __init__(self):
        self.book_id = 1
        self.accounts: dict[AccountName, Account] = {}
        self.tally = Tally(self.accounts, {}, {})
        self.facts: dict[Fact, Mapping[str, Any]] = {}
        self.earlier: dict[KeyName, Earlier] = {}
        self.reversed: set[int] = set()
        self.entries: dict[int, str] = {}
        self.transfers: list[tuple] = []
        self.keys: Counter[str] = Counter()

    def post(self, at, *posts):
        """Decide posts as one batch; return what each was answered."""
        for each in posts:
            for name in each.accounts:
                self._open(name)
        seen = Seen(
            book_id=self.book_id,
            fence=Fence(None, False, ZONE),
            tally=self.tally,
            facts=self.facts,
            earlier=self.earlier,
            reversed=self.reversed,
            locked=True,
        )
        outcome = decide([Signed(each, each.fingerprint, at) for each in posts], seen)
        kind = ENTRY_FIELDS.index("kind") - 1  # the book's id is left out
        self.entries.update({row[0]: row[kind] for row in outcome.entries})
        self.transfers += outcome.transfers
        self.keys.update("refused" if row[0] is None else "posted" for row in outcome.keys)
        assert not self.facts.keys() & outcome.inserts.keys()
        self.facts.update(outcome.inserts)
        return [_plain(answer) for answer in outcome.answers]

    def _open(self, name):
        if name not in self.accounts:
            kept, number = class_of(name), len(self.accounts) + 1
            self.accounts[name] = Account(number, name, kept)
            if kept.floored:
                self.tally.counters[number] = Count(side=kept.side)

    def expire_lots(self, at):
        today = day_of(at, ZONE)
        people = [
            int(name.path.split(":")[1])
            for name, account in self.accounts.items()
            if name.path.endswith(":points") and account.kept.lots
            for day, lot in self.tally.lots.get(account.id, {}).items()
            if day < today and lot.balance
        ]
        posts = [expiry.to_expire(self.book_id, person, today) for person in dict.fromkeys(people)]
        return self._ours(at, posts)

    def expire_holds(self, at):
        due = [
            row
            for row in self.facts.values()
            if row["ended_at"] is None and row["expires_at"] <= at
        ]
        today = day_of(at, ZONE)
        posts = [
            hold_posts.to_expire(
                self.book_id, Hold(row["id"], row["person_id"]), row["released"], at, today
            )
            for row in due
        ]
        return self._ours(at, posts)

    def _ours(self, at, posts):
        answers = self.post(at, *posts)
        return sum(not isinstance(each, str) and not each.replayed for each in answers)

    def standing(self):
        paths = {account.id: account.name.path for account in self.accounts.values()}
        debit, credit = TRANSFER_COLUMNS.index("debit_id"), TRANSFER_COLUMNS.index("credit_id")
        found = Books(dict(self.entries), keys=Counter(self.keys))
        for row in self.transfers:
            named = list(row)
            named[debit], named[credit] = paths[row[debit]], paths[row[credit]]
            found.transfers.append(tuple(named))
        for number, count in self.tally.counters.items():
            if count.version:  # A refused post may have opened accounts that nothing moved through.
                found.balances[paths[number]] = (count.debits, count.credits, count.version)
        for number, kept in self.tally.lots.items():
            for day, lot in kept.items():
                found.lots[paths[number], day] = (lot.debits, lot.credits)
        for fact, paper in self.facts.items():
            found.holds[fact.id] = tuple(paper[name] for name in HOLD_COLUMNS.split(", "))
        return found

    def check(self):
        return []

    def close(self):
        """There is nothing to close."""


def _plain(answer):
    """Return an entry's receipt, or the word of the refusal; a defect is raised."""
    if isinstance(answer, Failed):
        raise answer.error
    return answer.refusal.slug if isinstance(answer, Told) else answer


class Database:
    """The real thing: the posting desk on a database of its own."""

    def __init__(self, dialect):
        self.stack = ExitStack()
        scratch = self.stack.enter_context(scratch_database(dialect))
        self.runner = asyncio.Runner()
        self.context = TortoiseContext()
        # Before the first run: a Runner copies the context once.
        self.context.__enter__()
        self.runner.run(self.context.init(config=tortoise_config(scratch.url)))
        self.book_id = self.runner.run(world.a_book())

    def post(self, at, *posts):
        """Post all at once; return what each was answered."""

        async def all_at_once():
            with clock.frozen(at):
                return await asyncio.gather(*(post(each) for each in posts), return_exceptions=True)

        return [self._answer(each) for each in self.runner.run(all_at_once())]

    def _answer(self, answer):
        if isinstance(answer, DomainError):
            return answer.slug
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def expire_lots(self, at):
        return self._job(expiry.expire_lots, at)

    def expire_holds(self, at):
        return self._job(holds.expire_due, at)

    def _job(self, work, at):
        async def twice():
            # Two workers: each of them does a part of it, or one of them all.
            with clock.frozen(at):
                return await asyncio.gather(work(self.book_id), work(self.book_id))

        return sum(self.runner.run(twice()))

    def standing(self):
        return self.runner.run(self._standing())

    async def _standing(self):
        found = Books()
        for row in await fetch("SELECT id, kind FROM journal_entry"):
            found.entries[row["id"]] = row["kind"]
        columns = ", ".join(
            {"debit_id": "d.path AS debit", "credit_id": "c.path AS credit"}.get(name, f"t.{name}")
            for name in TRANSFER_COLUMNS
        )
        for row in await fetch(
            f"SELECT {columns} FROM transfer t JOIN account d ON d.id = t.debit_id "
            "JOIN account c ON c.id = t.credit_id"
        ):
            found.transfers.append(tuple(row.values()))
        for row in await fetch(
            "SELECT a.path, b.debits, b.credits, b.version FROM balance b JOIN account a ON a.id = b.account_id "
            "WHERE b.version > 0"
        ):
            path, *counters = row.values()
            found.balances[path] = tuple(counters)
        for row in await fetch(
            "SELECT a.path, l.expires_on, l.debits, l.credits FROM lot_balance l "
            "JOIN account a ON a.id = l.account_id"
        ):
            path, day, *counters = row.values()
            found.lots[path, day] = tuple(counters)
        for row in await fetch(f"SELECT {HOLD_COLUMNS} FROM hold"):
            found.holds[row["id"]] = tuple(row.values())
        for row in await fetch("SELECT outcome, COUNT(*) AS n FROM idempotency GROUP BY outcome"):
            found.keys[row["outcome"]] = row["n"]
        return found

    def check(self):
        return self.runner.run(world.faults(self.book_id))

    def close(self):
        self.runner.run(self.context.close_connections())
        self.context.__exit__(None, None, None)
        self.runner.close()
        self.stack.close()
