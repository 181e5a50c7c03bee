"""A month is closed once, in order, with everything of it sealed; what it keeps is true for ever after."""

import asyncio
import json
import sys

import asyncpg
import pytest

from kernel import clock
from kernel.database import execute, fetch
from kernel.errors import NotFound
from ledger import periods
from ledger.alarms import raise_alarm
from ledger.errors import (
    BookIsReadOnly,
    EarlierPeriodOpen,
    FenceIsBusy,
    NotAMonth,
    PeriodAlreadyClosed,
    PeriodNotOver,
    PeriodNotSealed,
)
from ledger.post import Posted
from ledger.sealing import seal_everything
from ledger.trial_balance import kept_totals, trial_balance
from tests.ledger.months import (
    BY,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    a_book_since,
    a_post_under_way,
    award_on,
    noon,
    sums_until,
)
from tests.ledger.world import BOB, count_entries

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def november():
    with clock.frozen(noon(20_261_121)):
        yield


async def booked_on(entry_id):
    return (await fetch("SELECT booked_on FROM journal_entry WHERE id = $1", entry_id))[0][
        "booked_on"
    ]


async def test_a_closed_month_keeps_its_trial_balance_whatever_comes_to_light_later(database):
    book_id = await a_book_since(20_260_905)
    await award_on(book_id, 20_260_910, 100)
    await award_on(book_id, 20_261_003, 10)
    await seal_everything(book_id)

    closed = await periods.close(book_id, SEPTEMBER, BY)
    kept = await kept_totals(book_id, SEPTEMBER)
    late = await award_on(book_id, 20_260_911, 7, BOB)

    assert await booked_on(late.entry_id) == 20_261_001
    assert (closed.ends_on, closed.closed_by, closed.closed_at) == (SEPTEMBER, BY, clock.now())
    assert sorted(kept.values()) == [(0, 100), (100, 0)]
    assert await kept_totals(book_id, SEPTEMBER) == kept == await sums_until(book_id, SEPTEMBER)
    assert await periods.closed_periods(book_id) == [closed]


async def test_each_month_builds_on_the_one_before(database):
    book_id = await a_book_since(20_260_905)
    for day, points in ((20_260_910, 100), (20_261_003, 10), (20_261_104, 1)):
        await award_on(book_id, day, points)
    await seal_everything(book_id)

    await periods.close(book_id, SEPTEMBER, BY)
    await periods.close(book_id, OCTOBER, BY)

    assert sorted((await kept_totals(book_id, OCTOBER)).values()) == [(0, 110), (110, 0)]
    assert await kept_totals(book_id, OCTOBER) == await sums_until(book_id, OCTOBER)
    assert await periods.first_open_month(book_id) == NOVEMBER


async def test_what_a_month_would_keep_is_what_it_keeps(database):
    book_id = await a_book_since(20_260_905)
    await award_on(book_id, 20_260_910, 100)
    await award_on(book_id, 20_261_003, 10)
    await seal_everything(book_id)

    before = await trial_balance(book_id, SEPTEMBER)
    await periods.close(book_id, SEPTEMBER, BY)

    assert await trial_balance(book_id, SEPTEMBER) == before
    assert [(each.name.path, each.balance) for each in before] == [
        ("points:issued", 100),
        ("volunteer:101:points", 100),
    ]


async def test_a_month_in_which_nothing_happened_is_closed_too(database):
    book_id = await a_book_since(20_260_905)

    await periods.close(book_id, SEPTEMBER, BY)

    assert await trial_balance(book_id, SEPTEMBER) == []
    assert await periods.first_open_month(book_id) == OCTOBER


@pytest.mark.parametrize(
    ("ends_on", "refusal"),
    [
        (20_260_929, NotAMonth),
        (20_261_131, NotAMonth),
        (NOVEMBER, PeriodNotOver),
        (20_261_231, PeriodNotOver),
        (OCTOBER, EarlierPeriodOpen),
        (20_260_731, PeriodAlreadyClosed),
    ],
)
async def test_only_the_first_open_month_that_is_over_is_closed(database, ends_on, refusal):
    book_id = await a_book_since(20_260_805)
    await periods.close(book_id, 20_260_831, BY)

    with pytest.raises(refusal):
        await periods.close(book_id, ends_on, BY)
    assert len(await periods.closed_periods(book_id)) == 1


async def test_a_month_is_over_where_the_community_lives(database):
    book_id = await a_book_since(20_261_021)
    midnight = noon(20_261_101) - 12 * clock.HOUR

    with clock.frozen(midnight - 1), pytest.raises(PeriodNotOver):
        await periods.close(book_id, OCTOBER, BY)
    with clock.frozen(midnight):
        await periods.close(book_id, OCTOBER, BY)


async def test_the_first_month_is_that_of_the_first_entry_even_from_before_the_book_was_opened(
    database,
):
    book_id = await a_book_since(20_261_105)
    await award_on(book_id, 20_260_910, 100)
    assert await periods.first_open_month(book_id) == SEPTEMBER


async def test_a_month_is_closed_once(database):
    book_id = await a_book_since(20_260_905)

    answers = await asyncio.gather(
        *(periods.close(book_id, SEPTEMBER, by) for by in range(1, 5)), return_exceptions=True
    )

    assert sum(isinstance(each, periods.Period) for each in answers) == 1
    assert sum(isinstance(each, PeriodAlreadyClosed) for each in answers) == 3


async def nothing_is_sealed(_):
    """Stand in for a sealer that is kept from its work."""
    return 0


async def test_closing_a_month_seals_it(database):
    book_id = await a_book_since(20_260_905)
    await award_on(book_id, 20_260_910, 1)

    await periods.close(book_id, SEPTEMBER, BY)

    assert await fetch("SELECT * FROM seal_queue") == []


async def test_what_is_not_sealed_keeps_its_month_open_and_no_other(database, monkeypatch):
    monkeypatch.setattr(periods, "seal_everything", nothing_is_sealed)
    book_id = await a_book_since(20_260_905)
    await award_on(book_id, 20_260_910, 1)
    await award_on(book_id, 20_261_003, 2)

    with pytest.raises(PeriodNotSealed) as told:
        await periods.close(book_id, SEPTEMBER, BY)
    assert told.value.members == {"entries": 1, "month": "2026-09"}
    assert await periods.closed_periods(book_id) == []

    await execute(
        "DELETE FROM seal_queue WHERE entry_id IN (SELECT id FROM journal_entry WHERE booked_on <= $1)",
        SEPTEMBER,
    )
    await periods.close(book_id, SEPTEMBER, BY)


async def test_a_book_that_is_shut_closes_no_month(database):
    book_id = await a_book_since(20_260_905)
    await raise_alarm(book_id, "balances", "x", {})
    with pytest.raises(BookIsReadOnly):
        await periods.close(book_id, SEPTEMBER, BY)


async def test_a_book_that_is_not_there_has_no_months(database):
    with pytest.raises(NotFound):
        await periods.close(404, SEPTEMBER, BY)
    with pytest.raises(NotFound):
        await periods.first_open_month(404)


async def test_a_post_under_way_when_its_month_is_closed_is_in_it(database):
    book_id = await a_book_since(20_260_905)
    first = await award_on(book_id, 20_260_910, 100)
    await seal_everything(book_id)

    async with a_post_under_way(database, book_id, like=first.entry_id) as finish:
        closing = asyncio.create_task(periods.close(book_id, SEPTEMBER, BY))
        await asyncio.sleep(0.3)
        assert not closing.done()
        await finish()
        await closing

    assert await kept_totals(book_id, SEPTEMBER) == await sums_until(book_id, SEPTEMBER)
    assert sorted((await kept_totals(book_id, SEPTEMBER)).values()) == [(0, 200), (200, 0)]


@pytest.mark.parametrize("step", ["count_totals", "_entries_in"])
@pytest.mark.parametrize("sealed", [True, False])
async def test_what_is_posted_while_the_month_is_counted_is_counted_again(
    database, monkeypatch, step, sealed
):
    book_id = await a_book_since(20_260_905)
    await award_on(book_id, 20_260_910, 100)
    await seal_everything(book_id)
    counted = getattr(periods, step)
    late: list[Posted] = []

    async def overtaken(*asked):
        if step == "count_totals":
            answer = await counted(*asked)
        if not late:
            late.append(await award_on(book_id, 20_260_911, 7))
            if sealed:
                await seal_everything(book_id)
        return answer if step == "count_totals" else await counted(*asked)

    monkeypatch.setattr(periods, step, overtaken)
    await periods.close(book_id, SEPTEMBER, BY)

    assert await fetch("SELECT * FROM seal_queue") == []
    assert await booked_on(late[0].entry_id) == 20_260_911
    assert sorted((await kept_totals(book_id, SEPTEMBER)).values()) == [(0, 107), (107, 0)]


@pytest.mark.parametrize("scratch", ["postgresql"], indirect=True)
async def test_a_closer_who_cannot_be_alone_gives_up_and_nobody_waits_for_long(
    database, monkeypatch
):
    monkeypatch.setattr(periods, "ATTEMPTS", 2)
    monkeypatch.setattr("ledger.books.FENCE_WAIT_MS", 100)
    book_id = await a_book_since(20_260_905)
    first = await award_on(book_id, 20_260_910, 100)
    await seal_everything(book_id)

    async with a_post_under_way(database, book_id, like=first.entry_id):
        with pytest.raises(FenceIsBusy):
            await periods.close(book_id, SEPTEMBER, BY)
    assert await periods.closed_periods(book_id) == []


@pytest.mark.parametrize("scratch", ["postgresql"], indirect=True)
async def test_a_crowd_of_posts_does_not_keep_the_closer_waiting(database):
    book_id = await a_book_since(20_260_905)
    over = asyncio.Event()

    async def poster():
        line = await asyncpg.connect(database.url)
        while not over.is_set():
            async with line.transaction():
                await line.execute(
                    f"SELECT closed_until FROM book WHERE id = {book_id} FOR KEY SHARE"
                )
                await line.execute("SELECT pg_sleep(0.004)")
        await line.close()

    posters = [asyncio.create_task(poster()) for _ in range(10)]
    await asyncio.sleep(0.2)
    async with asyncio.timeout(3):
        await periods.close(book_id, SEPTEMBER, BY)
    over.set()
    await asyncio.gather(*posters)


@pytest.mark.parametrize("scratch", ["postgresql"], indirect=True)
async def test_while_another_process_posts_a_month_closes_with_what_it_holds(database):
    book_id = await a_book_since(20_260_905)
    await award_on(book_id, 20_260_910, 100)
    rival = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "tests.ledger.late_awards",
            database.url,
            str(book_id),
            "20260910",
            "2",
        ),
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(20):
        while await count_entries() < 5:  # noqa: ASYNC110  another process tells by its entries alone
            await asyncio.sleep(0.02)

    await periods.close(book_id, SEPTEMBER, BY)
    out, _ = await rival.communicate()

    assert json.loads(out)["posted"] > 5
    assert await kept_totals(book_id, SEPTEMBER) == await sums_until(book_id, SEPTEMBER)
    days = await fetch("SELECT booked_on FROM journal_entry GROUP BY booked_on ORDER BY booked_on")
    assert [row["booked_on"] for row in days] == [20_260_910, 20_261_001]


def test_the_hash_of_a_trial_balance_is_of_every_number_in_it():
    rows = [
        {"account_id": 1, "debits": 2, "credits": 3},
        {"account_id": 4, "debits": 5, "credits": 6},
    ]
    others = [
        (SEPTEMBER, [{**rows[0], name: 9}, rows[1]]) for name in ("account_id", "debits", "credits")
    ]
    others += [(OCTOBER, rows), (SEPTEMBER, rows[:1]), (SEPTEMBER, [])]
    hashes = {periods.period_digest(*each) for each in [(SEPTEMBER, rows), *others]}

    assert len(hashes) == 1 + len(others)
    assert periods.period_digest(SEPTEMBER, rows) == periods.period_digest(SEPTEMBER, rows[::-1])
    assert periods.period_digest(SEPTEMBER, []).hex()[:8] == "75c5ac7f"
