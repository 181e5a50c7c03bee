"""Readers beside posts and a sealer: no page has a gap, nothing is counted twice, and no balance jumps."""

import asyncio
from contextlib import asynccontextmanager

from kernel.database import fetch, transaction
from kernel.days import plus_days
from ledger import chart
from ledger.accounts import find_accounts
from ledger.dated_statements import statement_between
from ledger.desk import post
from ledger.statements import statement
from ledger.trial_balance import account_total, trial_balance
from tests.ledger.full_scan import seal
from tests.ledger.months import a_book_since, award_on
from tests.ledger.world import ANN, BOB, a_sale, an_award

FIRST = 20_261_001
ENTRIES = 24


@asynccontextmanager
async def beside(*acts):
    """Let these go on, over and over, for as long as the block lasts; they must have gone on."""
    turns = [0] * len(acts)
    over = asyncio.Event()

    async def again(place, act):
        while not over.is_set():
            await act()
            turns[place] += 1
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(again(place, act)) for place, act in enumerate(acts)]
    try:
        yield turns
    finally:
        over.set()
        await asyncio.gather(*tasks)
    assert all(turns)


async def ids_of(book_id, *names):
    found = await find_accounts(book_id, names)
    return [found[name].id for name in names]


async def all_pages(read):
    pages = [await read(None)]
    while pages[-1].next is not None:
        pages.append(await read(pages[-1].next))
        assert pages[-2].opening == pages[-1].closing
    for page in pages:
        moved = sum(line.amount for line in page.lines) + page.unlisted.amount
        assert page.closing - page.opening == moved
        for newer, older in zip(page.lines, page.lines[1:], strict=False):
            assert newer.balance_before == older.balance_after or page.unlisted.lines
    assert pages[0].closing == pages[0].account.balance
    assert pages[-1].opening == 0
    return pages


async def test_pages_join_while_posts_and_the_sealer_go_on(database):
    book_id = await a_book_since(FIRST)
    for _ in range(ENTRIES):
        await post(an_award(book_id, ANN, 10))
    purse, house = await ids_of(book_id, chart.purse(ANN), chart.POINTS_ISSUED)

    async def posting():
        await asyncio.gather(post(an_award(book_id, ANN, 3)), post(a_sale(book_id, ANN, 1)))

    async def sealing():
        async with transaction():
            await seal(book_id, 3)

    async with beside(posting, sealing) as turns:
        rounds = 0
        while rounds < 4 or min(turns) < 3:
            rounds += 1
            for account_id in (purse, house):

                async def read(before, account_id=account_id):
                    return await statement(book_id, account_id, before=before, limit=5)

                pages = await all_pages(read)
                lines = [line for page in pages for line in page.lines]
                places = [line.place for line in lines if line.place]
                assert places == sorted(set(places), reverse=True)
                if account_id == purse:
                    assert [place for (place,) in places] == list(range(len(places), 0, -1))
                assert len({(line.entry_id, line.line) for line in lines}) == len(lines)


async def test_statements_that_meet_are_the_one_over_both_while_posts_go_on(database):
    book_id = await a_book_since(FIRST)
    for number in range(ENTRIES):
        await award_on(book_id, plus_days(FIRST, number), 5 + number)
    purse, house = await ids_of(book_id, chart.purse(ANN), chart.POINTS_ISSUED)
    middle, last = plus_days(FIRST, 10), plus_days(FIRST, ENTRIES)

    async def posting():
        await award_on(book_id, plus_days(last, 5), 1)

    async def sealing():
        async with transaction():
            await seal(book_id, 1, skipping=1)

    async with beside(posting, sealing) as turns:
        while min(turns) < 4:
            for account_id in (purse, house):
                early = await statement_between(book_id, account_id, FIRST, middle)
                late = await statement_between(book_id, account_id, plus_days(middle, 1), last)
                both = await statement_between(book_id, account_id, FIRST, last)
                assert early.closing == late.opening
                assert (early.opening, late.closing) == (both.opening, both.closing)
                moved = sorted(line.amount for line in early.lines + late.lines)
                assert moved == sorted(line.amount for line in both.lines)
                assert len(moved) == ENTRIES


async def test_a_house_balance_never_jumps_while_entries_move_from_the_queue_to_blocks(database):
    book_id = await a_book_since(FIRST)
    for number in range(ENTRIES):
        await post(an_award(book_id, (ANN, BOB)[number % 2], 10))
    (house,) = await ids_of(book_id, chart.POINTS_ISSUED)
    readings: list[tuple[int, ...]] = []

    async def sealing():
        # The second in the queue before the first: whoever sums by ids above the last sealed one misses the first.
        async with transaction():
            await seal(book_id, 1, skipping=1)
            await seal(book_id, 1 if len(readings) % 3 == 0 else 0)
        await asyncio.sleep(0.02)

    async def waiting():
        rows = await fetch("SELECT COUNT(*) AS entries FROM seal_queue WHERE book_id = $1", book_id)
        return rows[0]["entries"]

    async with beside(sealing) as turns:
        while await waiting() > 1 or not turns[0]:
            total = await account_total(book_id, house)
            [listed] = [t for t in await trial_balance(book_id) if t.account_id == house]
            page = await statement(book_id, house, limit=ENTRIES)
            readings.append(
                (total.balance, listed.balance, page.closing, page.closing - page.opening)
            )
            await asyncio.sleep(0)
    await seal(book_id)
    assert set(readings) == {(ENTRIES * 10,) * 4}
    assert (await account_total(book_id, house)).balance == ENTRIES * 10
    assert len(readings) > 5
