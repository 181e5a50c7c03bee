"""Several processes at the same few accounts, while others read, close months, seal and audit: nobody is surprised."""

import asyncio
import json
import sys
from collections import Counter

import pytest

from audit.proofs import proofs
from kernel import clock
from kernel.database import fetch
from kernel.days import day_of, plus_months
from ledger import checks, periods, sealing, verifying
from ledger.alarms import all_alarms
from ledger.errors import DeskIsBusy
from ledger.trial_balance import trial_balance
from tests.ledger.hammer_record import PRINCIPAL, Told
from tests.ledger.months import ZONE, a_book_since, sums_until

pytestmark = [pytest.mark.anyio, pytest.mark.concurrency]

MONTHS = 4
REFUSALS = {
    *("not-enough-points", "points-are-owed", "would-overdraw", "already-reversed"),
    *("hold-has-ended", "hold-has-expired", "hold-gives-no-more", "hold-ends-too-early"),
    *("document-not-found", "idempotency-key-reused", "desk-is-busy", "has-an-undo-of-its-own"),
    "gift-is-final",
}
THINGS = {"posted", "replayed", "cancelled", "granted", "lapsed", "let go"}


async def run(module, *arguments):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.ledger.{module}", *map(str, arguments)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await process.communicate()
    finally:
        if process.returncode is None:  # Another one failed first.
            process.kill()
            await process.wait()
    assert process.returncode == 0, err.decode()
    return json.loads(out)


@pytest.mark.parametrize("seconds", [9, pytest.param(60, marks=pytest.mark.slow)])
async def test_whatever_many_do_at_once_every_answer_is_true_and_every_check_is_green(
    database, seconds
):
    today = day_of(clock.now(), ZONE)
    book_id = await a_book_since(plus_months(today, -MONTHS))

    async with asyncio.TaskGroup() as group:
        running = [
            group.create_task(run(module, *arguments))
            for module, *arguments in (
                ("hammer", database.url, book_id, seconds, 1, 0),
                ("hammer", database.url, book_id, seconds, 2, 1),
                ("hammer_watch", "reader", database.url, book_id, seconds),
                ("hammer_watch", "keeper", database.url, book_id, seconds),
            )
        ]
    one, two, read, kept = (each.result() for each in running)

    counts = Counter(one["counts"]) + Counter(two["counts"])
    print(f"\n{database.dialect}: {dict(counts)}\n{read}\n{kept}")  # noqa: T201  shown when it fails
    assert set(counts) <= THINGS | REFUSALS
    assert counts["posted"] > 100
    assert min(counts[each] for each in ("replayed", "cancelled", "granted", "lapsed")) > 0
    assert counts[DeskIsBusy.slug] <= counts["posted"] // 100
    assert read["snapshots"] > 5
    assert kept["suspected"] == 0
    await answers_are_true(book_id, one, two)
    await months_are_as_they_were_closed(book_id, kept)
    await everything_is_green(book_id)


async def answers_are_true(book_id, *processes):
    """Hold what callers were told against what the keys keep, and both against the entries."""
    asked = {key for process in processes for key in process["asked"]}
    told = [Told(*each) for process in processes for each in process["told"]]
    rows = await fetch("SELECT * FROM idempotency WHERE book_id = $1", book_id)
    entries = {
        row["id"] for row in await fetch("SELECT id FROM journal_entry WHERE book_id = $1", book_id)
    }
    posted = Counter(row["entry_id"] for row in rows if row["entry_id"] is not None)
    assert posted == Counter(entries), "each entry answers one key"
    kept = {row["key"]: row for row in rows if row["scope"] == f"request:{PRINCIPAL}"}
    assert set(kept) <= asked, "nothing was posted that nobody asked for"
    fresh = Counter(each.key for each in told if each.lasts and not each.replayed)
    assert set(fresh.values()) <= {1}, "a key has its first answer once"
    for each in told:
        if each.lasts:
            assert said(kept[each.key]) == (each.answer, each.entry_id)


def said(row):
    """Return what a key keeps: that it was posted, or the refusal."""
    return (
        json.loads(row["refusal"])["slug"] if row["refusal"] else row["outcome"],
        row["entry_id"],
    )


async def months_are_as_they_were_closed(book_id, kept):
    """What a month kept when it was closed is still all that is booked in it."""
    closed = await periods.closed_periods(book_id)
    assert len(closed) == kept["months closed"] > 0
    for period in closed:
        totals = {
            total.account_id: (total.debits, total.credits)
            for total in await trial_balance(book_id, period.ends_on)
        }
        assert totals == await sums_until(book_id, period.ends_on)
    assert await trial_balance(book_id, closed[0].ends_on)


async def everything_is_green(book_id):
    """Prove the books as they were left, and again when everything is sealed."""
    proven = await verifying.prove(book_id)
    assert proven.findings == []
    assert proven.sealed + proven.waiting == proven.entries == await checks.count_entries(book_id)
    assert proven.sealed > 0
    await sealing.seal_everything(book_id)
    proven = await verifying.prove(book_id)
    assert (proven.findings, proven.waiting) == ([], 0)
    assert await checks.balances(book_id) == await checks.lots(book_id) == []
    totals = await trial_balance(book_id)
    assert all(proof.holds for proof in proofs(totals))
    assert await all_alarms(book_id) == []
