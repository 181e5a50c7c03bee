"""The other processes of the hammer: one reads in snapshots, one closes months, seals and audits.

Run as `python -m tests.ledger.hammer_watch reader|keeper URL BOOK SECONDS`; prints what it did, as JSON.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter

from audit.proofs import proofs
from kernel import clock
from kernel.database import connected
from kernel.days import day_of, month_end, plus_months
from kernel.reading import undisturbed
from ledger import periods, sealing, verifying
from ledger.auditor import Audit, audit_step
from ledger.errors import FenceIsBusy, PeriodNotSealed
from ledger.statements import statement
from ledger.trial_balance import account_total, trial_balance
from tests.ledger.months import ZONE, sums_until

PAGE = 40
PROOF_EVERY = 10
CLOSERS_PAUSE_SECONDS = 0.8


async def read_until(book_id: int, ends_at: float) -> Counter[str]:
    """Read until the time is over: whatever the moment, everything agrees."""
    dice, done = random.Random(3), Counter[str]()  # noqa: S311  a repeatable reader
    while time.monotonic() < ends_at:
        async with undisturbed():
            some = await agrees(book_id, dice)
            if done["snapshots"] % PROOF_EVERY == 0:
                proven = await verifying.prove(book_id)
                assert proven.findings == [], proven.findings
                done["proofs"] += 1
                await closed_months_agree(book_id, done)
        done["snapshots"] += 1
        if some is not None:
            done["pages"] += await pages_join(book_id, some)
        await asyncio.sleep(0.02)
    return done


async def agrees(book_id, dice):
    """Hold one moment's trial balance against its equations, and two accounts against their statements."""
    totals = await trial_balance(book_id)
    assert all(proof.holds for proof in proofs(totals)), proofs(totals)
    by_asset: Counter[str] = Counter()
    for total in totals:
        by_asset[total.name.asset] += total.credits - total.debits
    assert not any(by_asset.values()), by_asset
    if not totals:
        return None
    house = [each for each in totals if not each.name.path.startswith(("volunteer", "hold"))]
    some = dice.choice(totals)
    for total in (some, dice.choice(house)):
        assert await account_total(book_id, total.account_id) == total
        assert await listed(book_id, total.account_id) == total.balance
    return some.account_id


async def listed(book_id, account_id):
    """Add up an account's whole statement; its pages chain down to nothing."""
    page = await statement(book_id, account_id, limit=PAGE)
    assert page.closing == page.account.balance
    summed = 0
    while True:
        moved = sum(line.amount for line in page.lines) + page.unlisted.amount
        assert page.opening + moved == page.closing
        summed += moved
        if page.next is None:
            assert page.opening == 0
            return summed
        further = await statement(book_id, account_id, before=page.next, limit=PAGE)
        assert further.closing == page.opening
        page = further


async def pages_join(book_id, account_id):
    """Turn pages while others post and seal: each begins where the one before ended, and none shows a line twice."""
    page, pages = await statement(book_id, account_id, limit=PAGE), 1
    shown = [(line.entry_id, line.line) for line in page.lines]
    while page.next is not None and pages < 20:
        further = await statement(book_id, account_id, before=page.next, limit=PAGE)
        assert further.closing == page.opening
        shown += [(line.entry_id, line.line) for line in further.lines]
        page, pages = further, pages + 1
    assert len(set(shown)) == len(shown)
    return pages


async def closed_months_agree(book_id, done):
    """What a closed month kept is what is booked in it, counted the long way, however late one looks."""
    for period in await periods.closed_periods(book_id):
        kept = {
            total.account_id: (total.debits, total.credits)
            for total in await trial_balance(book_id, period.ends_on)
        }
        assert kept == await sums_until(book_id, period.ends_on)
        done["closed months read"] += 1


async def close_until(book_id, ends_at, done):
    """Close month after month, all that are over, while entries come in that belong into them."""
    last = month_end(plus_months(day_of(clock.now(), ZONE), -1))
    await asyncio.sleep(CLOSERS_PAUSE_SECONDS)
    while time.monotonic() < ends_at:
        month = await periods.first_open_month(book_id)
        if month > last:
            return
        try:
            await periods.close(book_id, month, 7)
            done["months closed"] += 1
        except (FenceIsBusy, PeriodNotSealed) as refusal:
            done[refusal.slug] += 1
        await asyncio.sleep(CLOSERS_PAUSE_SECONDS)


async def seal_until(book_id, ends_at, done):
    """Seal small blocks, in the way of another process that seals too."""
    while time.monotonic() < ends_at:
        sealed = await sealing.seal_next(book_id, 60)
        assert not sealed.altered, sealed
        assert not sealed.gone, sealed
        done["blocks"] += sealed.block is not None
        await asyncio.sleep(0.05)


async def audit_until(book_id, ends_at, done):
    """Prove slice after slice; an alarm would shut the book."""
    audit = Audit()
    while time.monotonic() < ends_at:
        await audit_step(book_id, audit)
        await asyncio.sleep(0.02)
    done["audited lines"] = audit.lines
    done["audited rounds"] = audit.rounds
    done["suspected"] = audit.suspected


async def main(what, url, book_id, seconds):
    """Read, or keep the books, until the time is over."""
    async with connected(url):
        ends_at = time.monotonic() + seconds
        if what == "reader":
            return await read_until(book_id, ends_at)
        done: Counter[str] = Counter()
        await asyncio.gather(
            close_until(book_id, ends_at, done),
            seal_until(book_id, ends_at, done),
            audit_until(book_id, ends_at, done),
        )
        return done


if __name__ == "__main__":
    _, what, url, book, seconds = sys.argv
    sys.stdout.write(json.dumps(asyncio.run(main(what, url, int(book), float(seconds)))))
