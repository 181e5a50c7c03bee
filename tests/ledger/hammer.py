"""One process of the hammer: its callers do what a community does, on a few accounts much more than on others.

Run as `python -m tests.ledger.hammer URL BOOK SECONDS SEED SEALS`; prints what was asked and told, as JSON.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from kernel import clock
from kernel.database import connected, fetch
from kernel.days import day_of, plus_months
from kernel.errors import DomainError
from kernel.ids import new_id
from ledger import chart, donations, expiry, grants, holds, purse, sealing
from ledger.chart import AccountName, Kind
from ledger.desk import desk, post
from ledger.post import Balances, Line, Lot, Post, Posted, RequestKey
from ledger.reversals import reverse
from tests.ledger import world
from tests.ledger.hammer_record import PRINCIPAL, Record, Told

CALLERS = 8
PEOPLE = range(101, 131)
WEIGHTS = [1 / rank**1.1 for rank in range(1, len(PEOPLE) + 1)]  # Zipf's
ZONE = "Asia/Shanghai"
DAYS_BACK = 110
TWINS_A_SECOND = 10
LET_GO = 0.06


class Caller:
    """Somebody who asks one thing after the other, and goes away in the middle of some."""

    def __init__(self, book_id: int, seed: int, record: Record) -> None:
        self.book_id = book_id
        self.dice = random.Random(seed)  # noqa: S311  a repeatable storm
        self.record = record
        self.jobs_done = 0

    @property
    def today(self) -> int:
        return day_of(clock.now(), ZONE)

    @property
    def person(self) -> int:
        return self.dice.choices(PEOPLE, WEIGHTS)[0]

    @property
    def then(self) -> int:
        """A moment in these months: some of them are closed, or are being closed right now."""
        return clock.now() - self.dice.randrange(DAYS_BACK) * clock.DAY

    def key(self) -> RequestKey:
        return RequestKey(PRINCIPAL, str(new_id()), [])

    async def ask(self, act: Post) -> tuple[Told, Posted | None]:
        return await self.record.ask(act.key.key, lambda: post(act))

    async def award(self) -> None:
        """Points and minutes, in a lot that lapsed last month, or will some day; debts first."""
        person, points = self.person, self.dice.randint(1, 40)
        day = plus_months(self.today, self.dice.randint(-1, 6))

        def lines(balances: Balances) -> Sequence[Line]:
            minutes = Line(chart.SERVICE_RENDERED, chart.minutes(person), points)
            return [minutes, *purse.earned(person, points, day, balances)]

        act = self.act(Kind.HOURS_EARNED, world.names_of_award(person), lines)
        await self.ask(replace(act, occurred_at=self.then))

    def act(self, kind: Kind, accounts: Sequence[AccountName], lines: world.Lines) -> Post:
        return world.a_post(self.book_id, kind, accounts, lines, self.key())

    async def sale(self) -> None:
        """Spend; then sometimes bring a part back, and later another."""
        person, points = self.person, self.dice.randint(1, 30)
        sale = world.a_sale(self.book_id, person, points, self.key(), self.today)
        _, posted = await self.ask(sale)
        if posted is None or self.dice.random() < 0.6:
            return
        lots = await self.lots_of(posted.entry_id)
        for already, part in ((0, points // 2), (points // 2, points - points // 2)):
            if part:
                back = world.a_refund(self.book_id, person, lots, already, part, self.today)
                await self.ask(replace(back, key=self.key()))

    async def lots_of(self, entry_id: int) -> list[Lot]:
        rows = await fetch(
            "SELECT expires_on, amount FROM transfer WHERE book_id = $1 AND entry_id = $2 AND expires_on > 0",
            *(self.book_id, entry_id),
        )
        return [Lot(row["expires_on"], row["amount"]) for row in rows]

    async def unverify(self) -> None:
        """Take hours back: more than there is becomes a debt."""
        lots = [Lot(plus_months(self.today, 1), 10)]
        act = world.an_unverification(
            self.book_id, self.person, lots, self.dice.choice((1, 2, 5, 60))
        )
        await self.ask(replace(act, key=self.key(), occurred_at=self.then))

    async def donate(self) -> None:
        person, points, key = self.person, self.dice.randint(1, 10), self.key()
        await self.record.ask(
            key.key,
            lambda: donations.donate(self.book_id, person, 1, points, key=key, actor_id=person),
        )

    async def place(self) -> None:
        """Set points aside, for a moment or for long."""
        person, points, key = self.person, self.dice.randint(1, 20), self.key()
        until = clock.now() + self.dice.choice((1, 3, 600)) * clock.SECOND
        await self.record.ask(
            key.key,
            lambda: holds.place(
                self.book_id, person, points, expires_at=until, key=key, actor_id=1
            ),
        )

    async def end(self) -> None:
        """Capture or release a part or all of a hold, which others are at too: its row decides."""
        rows = await fetch(
            "SELECT id FROM hold WHERE book_id = $1 AND ended_at IS NULL ORDER BY id DESC LIMIT 5",
            self.book_id,
        )
        if not rows:
            return
        hold_id, points, key = self.dice.choice(rows)["id"], self.dice.randint(1, 12), self.key()
        if self.dice.random() < 0.6:
            await self.record.ask(
                key.key,
                lambda: holds.capture(
                    self.book_id, hold_id, points, shop_id=1, key=key, actor_id=1
                ),
            )
            return
        part = self.dice.choice((points, None))
        await self.record.ask(
            key.key,
            lambda: holds.release(self.book_id, hold_id, key=key, actor_id=1, amount=part),
        )

    async def undo(self) -> None:
        """Reverse what was posted of late, by whomever: once at most."""
        rows = await fetch(
            "SELECT id, kind FROM journal_entry WHERE book_id = $1 AND kind IN "
            "('GOODS_REDEEMED', 'HOURS_EARNED', 'POINTS_DONATED', 'HOLD_CAPTURED') ORDER BY id DESC LIMIT 12",
            self.book_id,
        )
        if not rows:
            return
        row, key = self.dice.choice(rows), self.key()
        undo = holds.take_capture_back if row["kind"] == Kind.HOLD_CAPTURED else reverse
        await self.record.ask(
            key.key, lambda: undo(self.book_id, row["id"], key=key, actor_id=1, reason="a mistake")
        )

    async def twin(self) -> None:
        """Ask what callers of every process ask in this moment, with the same key."""
        number = int(time.time() * TWINS_A_SECOND)
        dice = random.Random(number)  # noqa: S311  the same in every process
        person, points = dice.choices(PEOPLE, WEIGHTS)[0], dice.randint(1, 20)
        key = RequestKey(PRINCIPAL, f"twin:{number}", [person, points])
        await self.ask(world.a_sale(self.book_id, person, points, key, self.today))

    async def grant(self) -> None:
        """Grant a list that callers of every process grant in this moment: nobody gets anything twice."""
        number = int(time.time() * TWINS_A_SECOND)
        dice = random.Random(number)  # noqa: S311  the same in every process
        some = tuple(grants.Grant(person, 5) for person in dice.sample(PEOPLE, 5))
        wanted = grants.GrantList(some, 1, f"list {number}", plus_months(self.today, 3), 2)
        answers = await grants.grant(self.book_id, wanted)
        assert len({each.entry_id for each in answers}) == 1
        self.record.counts["granted"] += not answers[0].replayed

    async def jobs(self) -> None:
        """Let what is over go, as the server's jobs do; for them ten days pass each time."""
        self.jobs_done += 1
        ahead = clock.now() + self.jobs_done * 10 * clock.DAY
        with clock.frozen(ahead):
            self.record.counts["lapsed"] += await expiry.expire_lots(self.book_id)
        self.record.counts["let go"] += await holds.expire_due(self.book_id)

    async def work_until(self, ends_at: float) -> None:
        """Do the jobs and grant a list, again and again."""
        while time.monotonic() < ends_at:
            await self.grant()
            await self.jobs()
            await asyncio.sleep(0.4)

    async def again(self) -> None:
        await self.record.ask_again(self.dice)

    async def otherwise(self) -> None:
        await self.record.ask_otherwise(self.dice, world.a_sale(self.book_id, self.person, 1))

    async def act_once(self) -> None:
        """Do one thing; only refusals of ours are let through."""
        act = self.dice.choices([act for act, _ in ACTS], [often for _, often in ACTS])[0]
        try:
            await act(self)
        except DomainError as refusal:
            self.record.counts[refusal.slug] += 1

    async def act_until(self, ends_at: float) -> None:
        """Act until the time is over, going away in the middle of some acts."""
        while time.monotonic() < ends_at:
            act = asyncio.create_task(self.act_once())
            if self.dice.random() < LET_GO:
                await asyncio.sleep(self.dice.uniform(0, 0.02))
                act.cancel()
            try:
                await act
            except asyncio.CancelledError:
                self.record.counts["cancelled"] += 1


ACTS = (
    *((Caller.award, 24.0), (Caller.sale, 18.0), (Caller.place, 8.0), (Caller.end, 14.0)),
    *((Caller.undo, 8.0), (Caller.unverify, 5.0), (Caller.donate, 4.0), (Caller.twin, 8.0)),
    *((Caller.again, 8.0), (Caller.otherwise, 3.0)),
)


async def seal_until(book_id: int, ends_at: float) -> None:
    """Seal, in the way of another process that seals too."""
    while time.monotonic() < ends_at:
        await sealing.seal_next(book_id, 50)
        await asyncio.sleep(0.05)


async def main(url: str, book_id: int, seconds: float, seed: int, *, seals: bool) -> Record:
    """Run all callers of this process."""
    record = Record()
    async with connected(url):
        ends_at = time.monotonic() + seconds
        callers = [Caller(book_id, seed * 100 + n, record) for n in range(CALLERS)]
        work = [each.act_until(ends_at) for each in callers]
        work.append(Caller(book_id, seed, record).work_until(ends_at))
        if seals:
            work.append(seal_until(book_id, ends_at))
        await asyncio.gather(*work)
        await desk().drain()
    return record


if __name__ == "__main__":
    _, url, book, seconds, seed, seals = sys.argv
    done = asyncio.run(main(url, int(book), float(seconds), int(seed), seals=bool(int(seals))))
    told = {"asked": sorted(done.asked), "told": done.told, "counts": done.counts}
    sys.stdout.write(json.dumps(told))
