"""Lots lapse on their day, once, whoever runs the job; a person sees beforehand what will."""

import asyncio

import pytest

from kernel import clock
from kernel.database import execute, fetch
from ledger import at_once, balances, chart, expiry, holds
from ledger.desk import post
from ledger.errors import BookIsReadOnly
from ledger.holds import Held
from ledger.post import Lot, RequestKey
from ledger.trial_balance import trial_balance
from tests.ledger import world
from tests.ledger.months import noon
from tests.ledger.world import ANN, BOB

pytestmark = pytest.mark.anyio

NOV, DEC, JAN = 20_261_130, 20_261_231, 20_270_131


async def purse_of(book_id, person):
    held = await balances.holding(book_id, chart.purse(person))
    return {lot.expires_on: lot.amount for lot in held.lots}


async def expire(book_id, day):
    with clock.frozen(noon(day)):
        return await expiry.expire_lots(book_id)


async def a_town(people=(ANN, BOB)):
    """Open a book in which each of some people has 10 points until November and 20 until December."""
    book_id = await world.a_book()
    for person in people:
        await post(world.an_award(book_id, person, 10, NOV))
        await post(world.an_award(book_id, person, 20, DEC))
    return book_id


@pytest.mark.parametrize(("day", "lapse"), [(NOV, False), (20_261_201, True)])
async def test_a_lot_lapses_when_its_last_day_is_over_where_the_community_lives(
    database, day, lapse
):
    book_id = await a_town()

    assert await expire(book_id, day) == (2 if lapse else 0)

    assert await purse_of(book_id, ANN) == ({DEC: 20} if lapse else {NOV: 10, DEC: 20})
    assert await world.faults(book_id) == []


async def test_the_day_turns_in_the_books_own_zone(database):
    book_id = await a_town()

    # 16:30 in Greenwich on the 30th is half past midnight on the 1st in Shanghai.
    with clock.frozen(noon(NOV) + 12 * clock.HOUR + 30 * clock.MINUTE):
        assert await expiry.expire_lots(book_id) == 2


async def test_each_purse_has_one_entry_a_day_however_many_run_the_job(database):
    book_id = await a_town()

    with clock.frozen(noon(JAN)):
        runs = await asyncio.gather(*(expiry.expire_lots(book_id) for _ in range(4)))

    assert sum(runs) == 2
    assert await purse_of(book_id, ANN) == {}
    rows = await fetch(
        "SELECT document_type, document_id FROM journal_entry WHERE kind = 'POINTS_EXPIRED' ORDER BY document_id"
    )
    assert [tuple(row.values()) for row in rows] == [("person", ANN), ("person", BOB)]
    assert await expire(book_id, JAN) == 0


async def test_many_purses_lapse_in_several_rounds(database, monkeypatch):
    monkeypatch.setattr("ledger.expiry.AT_ONCE", 2)
    people = range(201, 206)
    book_id = await a_town(people)

    assert await expire(book_id, 20_261_201) == 5
    assert [await purse_of(book_id, person) for person in people] == [{DEC: 20}] * 5


async def test_what_lapses_is_what_the_entry_finds_and_not_what_the_job_saw(database, monkeypatch):
    book_id = await a_town()
    seen = at_once.post_many

    async def after_a_sale(posts, **how):
        await post(world.a_sale(book_id, ANN, 7, today=NOV))
        await post(world.a_sale(book_id, BOB, 10, today=NOV))
        return await seen(posts, **how)

    monkeypatch.setattr("ledger.expiry.post_many", after_a_sale)

    # Of Ann's ten seven were spent after the job had looked, of Bob's all: there is nothing left to lapse.
    assert await expire(book_id, 20_261_201) == 1
    totals = {each.name.path: each.balance for each in await trial_balance(book_id)}
    assert totals["points:expired"] == 3


async def test_only_purses_lapse_no_hold_no_pending_points_no_other_book(database):
    book_id = await a_town([ANN])
    other = await a_town([ANN])
    with clock.frozen(noon(20_261_121)):
        await holds.place(
            *(book_id, ANN, 8), expires_at=noon(JAN), key=RequestKey("p", "h"), actor_id=1
        )

    assert await expire(book_id, 20_261_201) == 1

    assert await purse_of(book_id, ANN) == {DEC: 20}
    assert await purse_of(other, ANN) == {NOV: 10, DEC: 20}
    totals = {each.name.path: each.balance for each in await trial_balance(book_id)}
    assert totals["points:expired"] == 2


async def test_the_job_asks_nothing_of_a_purse_in_which_nothing_has_lapsed(database, monkeypatch):
    book_id = await a_town([ANN])
    with clock.frozen(noon(20_261_121)):
        await holds.place(
            *(book_id, ANN, 8), expires_at=noon(JAN), key=RequestKey("p", "h"), actor_id=1
        )
    asked: list[int] = []

    async def noted(posts, **_):
        asked.extend(each.document.id for each in posts)
        return 0

    assert await expire(book_id, 20_261_201) == 1
    monkeypatch.setattr("ledger.expiry.post_many", noted)
    # Ann's first lot is empty, what she has set aside does not lapse, and her second lot's last day is today.
    for day in (20_261_201, DEC):
        assert await expire(book_id, day) == 0
    assert asked == []
    await expire(book_id, JAN)
    assert asked == [ANN]


async def test_a_book_that_takes_no_entries_stops_the_job(database, monkeypatch):
    book_id = await a_town()

    async def shut(_):
        raise BookIsReadOnly

    monkeypatch.setattr("ledger.at_once.post", shut)

    with pytest.raises(BookIsReadOnly):
        await expire(book_id, JAN)


async def test_a_purse_that_is_closed_stops_no_other_and_is_told_in_the_log(database, caplog):
    book_id = await a_town()
    await execute(
        "UPDATE balance SET closed = 1 WHERE account_id = (SELECT id FROM account WHERE path = $1)",
        chart.purse(ANN).path,
    )

    async with asyncio.timeout(20):
        assert await expire(book_id, JAN) == 1

    assert await purse_of(book_id, BOB) == {}
    assert f"volunteer:{ANN}:expired:{JAN}" in caplog.text


async def test_the_timeline_says_what_expires_when_and_what_is_set_aside_until_when(database):
    book_id = await a_town()
    placed = []
    for day, points in ((20_261_125, 3), (20_261_123, 4)):
        with clock.frozen(noon(20_261_121)):
            key = RequestKey("p", f"hold-until-{day}")
            placed.append(
                await holds.place(book_id, ANN, points, expires_at=noon(day), key=key, actor_id=1)
            )
    late, early = (each.document_id for each in placed)

    found = await expiry.timeline(book_id, ANN, NOV)
    assert found.lots == (Lot(NOV, 3), Lot(DEC, 20))
    assert found.held == (Held(early, 4, noon(20_261_123)), Held(late, 3, noon(20_261_125)))
    assert found.points_held == 7
    # A lot that has lapsed is nothing to come, also before the job has been there.
    assert (await expiry.timeline(book_id, ANN, 20_261_201)).lots == (Lot(DEC, 20),)
    assert await expiry.timeline(book_id, 999, NOV) == expiry.Timeline((), ())
