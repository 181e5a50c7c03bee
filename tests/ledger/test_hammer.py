"""Two processes at the same few accounts: no point made or lost, nobody surprised."""

import asyncio
import json
import os
import sys

import pytest

from ledger import balances, chart, checks
from ledger.trial_balance import trial_balance
from tests.ledger import world
from tests.ledger.hammer import PEOPLE

pytestmark = [pytest.mark.anyio, pytest.mark.concurrency]

SECONDS = float(os.environ.get("HAMMER_SECONDS", "20"))
ANSWERS_OF_OURS = {"posted", "not-enough-points", "cancelled", "already-reversed", "desk-is-busy"}


async def hammer(url, book_id, seed):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.ledger.hammer", url, str(book_id), str(SECONDS), str(seed)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return json.loads(out)


async def test_two_processes_at_the_same_accounts_make_and_lose_nothing(database):
    book_id = await world.a_book()

    answers = await asyncio.gather(
        hammer(database.url, book_id, 1), hammer(database.url, book_id, 2)
    )

    assert all(set(each) <= ANSWERS_OF_OURS for each in answers), answers
    assert all(each["posted"] > 50 for each in answers), answers
    assert all("desk-is-busy" not in each for each in answers), answers
    totals = await trial_balance(book_id)
    assert sum(total.credits - total.debits for total in totals) == 0
    held = await balances.holdings(book_id, [chart.purse(person) for person in PEOPLE])
    assert all(holding.balance >= 0 for holding in held.values())
    assert await checks.check(book_id) == []
