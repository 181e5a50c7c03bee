"""Every reader of the books says what a full scan says: balances, statements, trial balances, on both databases."""

import random

import pytest

from kernel.database import fetch
from kernel.errors import NotFound
from ledger import chart, dated_statements, movements
from ledger.balances import balance_at, holding, wallet
from ledger.dated_statements import statement_between
from ledger.errors import DaysReversed
from ledger.statements import statement
from ledger.trial_balance import account_total, trial_balance
from tests.ledger.full_scan import a_history, between, scan, scan_total
from tests.ledger.months import ZONE
from tests.ledger.world import ANN, a_book

SEEDS = (1, 2, 3)
EVER = 99_991_231
DATES = (20_260_831, 20_260_915, 20_260_930, 20_261_001, 20_261_015, 20_261_031, 20_261_112)


async def accounts_of(book_id):
    rows = await fetch("SELECT * FROM account WHERE book_id = $1 ORDER BY path", book_id)
    assert len(rows) > 5
    return rows


def seen(page, floored):
    """A page's lines as the scan tells them, earliest first."""
    return [
        (line.entry_id, line.line, line.amount, line.balance_after, line.booked_on, line.kind)
        for line in reversed(page.lines)
    ]


def told(lines):
    return [
        (each.entry, each.line, each.amount, each.balance_after, each.booked_on, each.kind)
        for each in lines
    ]


async def all_pages(read, limit):
    """Read a statement to its end, and require that each page joins the next."""
    pages = [await read(before=None, limit=limit)]
    while pages[-1].next is not None:
        pages.append(await read(before=pages[-1].next, limit=limit))
        assert pages[-2].opening == pages[-1].closing
        assert len(pages) < 500
    for page in pages:
        assert len(page.lines) <= limit
        moved = sum(line.amount for line in page.lines) + page.unlisted.amount
        assert page.closing - page.opening == moved
    return pages


@pytest.mark.parametrize("seed", SEEDS)
async def test_balances_are_those_of_a_full_scan(database, seed, monkeypatch):
    book_id = await a_history(seed)
    for account in await accounts_of(book_id):
        debits, credited = await scan_total(book_id, account["id"])
        total = await account_total(book_id, account["id"])
        assert (total.debits, total.credits) == (debits, credited), account["path"]
        assert total.balance == (credited - debits) * account["side"]
        for few in (0, 2_000):
            monkeypatch.setattr(movements, "FEW_LINES", few)
            for day in DATES:
                dated = await account_total(book_id, account["id"], on=day)
                assert (dated.debits, dated.credits) == await scan_total(
                    book_id, account["id"], day
                )


@pytest.mark.parametrize("seed", SEEDS)
async def test_trial_balances_are_those_of_a_full_scan_in_the_order_of_the_chart(database, seed):
    book_id = await a_history(seed)
    for day in (None, *DATES):
        totals = await trial_balance(book_id, on=day)
        found = {each.account_id: (each.debits, each.credits) for each in totals}
        scanned = {
            row["id"]: await scan_total(book_id, row["id"], day or EVER)
            for row in await accounts_of(book_id)
        }
        assert found == {key: value for key, value in scanned.items() if value != (0, 0)}
        patterns = [chart.class_of(each.name).pattern for each in totals]
        assert patterns == sorted(patterns, key=list(chart.CHART).index)
        assert sum(each.debits - each.credits for each in totals) == 0


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_floored_account_has_a_balance_at_every_version(database, seed):
    book_id = await a_history(seed)
    for account in await accounts_of(book_id):
        lines = await scan(book_id, account["id"])
        if not account["floored"]:
            with pytest.raises(NotFound):
                await balance_at(book_id, account["id"], 0)
            continue
        assert await balance_at(book_id, account["id"], 0) == 0
        for version, line in enumerate(lines, 1):
            assert await balance_at(book_id, account["id"], version) == line.balance_after
        with pytest.raises(NotFound):
            await balance_at(book_id, account["id"], len(lines) + 1)


@pytest.mark.parametrize("limit", [1, 3, 7, 500])
async def test_statements_are_those_of_a_full_scan_page_by_page(database, limit):
    book_id = await a_history(7)
    for account in await accounts_of(book_id):

        async def read(before, limit, account_id=account["id"]):
            return await statement(book_id, account_id, before=before, limit=limit)

        lines = await scan(book_id, account["id"])
        pages = await all_pages(read, limit)
        listed = [each for page in reversed(pages) for each in seen(page, account["floored"])]
        left = pages[0].unlisted.lines
        waiting = sum(1 for line in lines if line.sealed is False)
        assert left == (max(0, waiting - limit) if waiting else 0)
        expected = told(lines)
        assert listed == expected[: len(lines) - waiting] + expected[len(lines) - waiting + left :]
        assert (
            pages[0].closing
            == pages[0].account.balance
            == (lines[-1].balance_after if lines else 0)
        )
        assert pages[-1].opening == 0
        marks = [line.place is None for line in pages[0].lines]
        assert sum(marks) == min(waiting, limit)
        assert marks == sorted(marks, reverse=True)


@pytest.mark.parametrize("few", [0, 2_000])
@pytest.mark.parametrize("limit", [2, 500])
async def test_any_two_predicates_are_the_filter_of_a_full_scan(database, limit, few, monkeypatch):
    monkeypatch.setattr(movements, "FEW_LINES", few)
    drawn, book_id = random.Random(limit + few), await a_history(11)  # noqa: S311
    for account in await accounts_of(book_id):
        lines = await scan(book_id, account["id"])
        for first, last in [(None, 20_261_010), (20_260_920, None), (20_260_920, 20_261_010)] + [
            sorted(drawn.sample(DATES, 2)) for _ in range(2)
        ]:

            async def read(before, limit, account_id=account["id"], days=(first, last)):
                return await statement_between(
                    book_id, account_id, *days, before=before, limit=limit
                )

            pages = await all_pages(read, limit)
            expected = between(lines, first or 0, last or EVER)
            waiting = sum(1 for line in expected if line.sealed is False)
            left = pages[0].unlisted.lines
            assert left == max(0, waiting - limit)
            listed = [each for page in reversed(pages) for each in seen(page, account["floored"])]
            told_ = told(expected)
            assert listed == told_[: len(told_) - waiting] + told_[len(told_) - waiting + left :]
            until = await scan_total(book_id, account["id"], last or EVER)
            since = await scan_total(book_id, account["id"], (first or 1) - 1)
            side = account["side"]
            assert pages[0].closing == pages[0].account.balance == (until[1] - until[0]) * side
            assert pages[-1].opening == (since[1] - since[0]) * side


async def test_two_statements_that_meet_are_the_one_over_both(database):
    book_id = await a_history(5)
    for account in await accounts_of(book_id):
        for middle in (20_260_930, 20_261_010):
            early = await statement_between(book_id, account["id"], None, middle, limit=500)
            late = await statement_between(book_id, account["id"], middle + 1, None, limit=500)
            both = await statement_between(book_id, account["id"], None, None, limit=500)
            assert early.closing == late.opening
            assert (early.opening, late.closing) == (both.opening, both.closing)
            assert {(line.entry_id, line.line) for line in both.lines} == {
                (line.entry_id, line.line) for line in early.lines + late.lines
            }


async def test_what_was_booked_late_says_when_it_happened(database):
    book_id = await a_history(2)
    late = 0
    for account in await accounts_of(book_id):
        for line in (await statement(book_id, account["id"], limit=500)).lines:
            happened = line.occurred_on(ZONE)
            late += happened != line.booked_on
            assert happened == line.booked_on or (happened <= 20_260_930 < line.booked_on)
    assert late


async def test_a_wallet_is_of_one_moment_and_adds_up(database):
    book_id = await a_history(3)
    held = await wallet(book_id, ANN)

    assert held.purse == await holding(book_id, chart.purse(ANN))
    assert held.points_earned - held.points_spent == held.purse.balance - held.owed.balance
    [purse] = [t for t in await trial_balance(book_id) if t.name == chart.purse(ANN)]
    assert (held.points_earned, held.points_spent) == (purse.credits, purse.debits)


async def test_an_account_nobody_knows_and_days_the_wrong_way_round_are_refused(database):
    book_id, other = await a_history(1, acts=5), await a_book()
    [account, *_] = await fetch("SELECT * FROM account WHERE book_id = $1", book_id)
    for reading in (
        statement(other, account["id"]),
        statement_between(other, account["id"], 20_260_901, 20_260_902),
        account_total(other, account["id"]),
        account_total(other, account["id"], on=20_260_901),
        balance_at(other, account["id"], 0),
    ):
        with pytest.raises(NotFound):
            await reading
    with pytest.raises(DaysReversed):
        await statement_between(book_id, account["id"], 20_260_902, 20_260_901)


async def test_places_nobody_gave_are_read_without_a_defect(database):
    book_id = await a_history(1, acts=12)
    largest = 2**63 - 1
    for account in await accounts_of(book_id):
        for place in ((largest,), (0,), (largest, largest, largest), (0, 0, 0), (1, largest, 0)):
            await statement(book_id, account["id"], before=place)
            await dated_statements.statement_between(
                book_id, account["id"], None, 20_261_001, before=place
            )
