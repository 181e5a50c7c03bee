"""Holds: points set aside and goods with them, taken, given back, and let go when their time is over."""

import asyncio
from contextlib import contextmanager
from itertools import count

import pytest
from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.database import execute, fetch
from kernel.errors import DomainError
from ledger import balances, chart, holds
from ledger.books import open_asset
from ledger.chart import Kind
from ledger.desk import post
from ledger.errors import HoldHasEnded
from ledger.hold_rules import Goods, Hold, Releasing
from ledger.post import DocumentKey, Line, Lot, RequestKey
from ledger.reversals import reverse
from ledger.trial_balance import trial_balance
from tests.ledger import world
from tests.ledger.months import noon
from tests.ledger.world import ANN, BOB, SHOP

pytestmark = pytest.mark.anyio

NOV, DEC, JAN = 20_261_130, 20_261_231, 20_270_131
TODAY = 20_261_121
RICE, LOT = 11, 21
BAGS = Goods(SHOP, RICE, LOT, 2)
_keys = count(1)


def key():
    return RequestKey("clerk", f"hold-{next(_keys)}")


async def place(book_id, points, *, day=TODAY, until=None, person=ANN, goods=(), with_key=None):
    """Place a hold at noon of a day, for two days unless told otherwise."""
    with clock.frozen(noon(day)):
        ends = noon(until) if until else clock.now() + 2 * clock.DAY
        done = await holds.place(
            *(book_id, person, points),
            expires_at=ends,
            key=with_key or key(),
            actor_id=9,
            goods=goods,
        )
    return done.document_id


async def capture(book_id, hold_id, points, *, day=TODAY, goods=(), with_key=None):
    with clock.frozen(noon(day) + clock.HOUR):
        return await holds.capture(
            *(book_id, hold_id, points),
            shop_id=SHOP,
            key=with_key or key(),
            actor_id=9,
            goods=goods,
        )


async def release(book_id, hold_id, points=None, *, day=TODAY, goods=(), with_key=None):
    with clock.frozen(noon(day) + clock.HOUR):
        return await holds.release(
            book_id, hold_id, key=with_key or key(), actor_id=9, amount=points, goods=goods
        )


async def expire(book_id, day):
    with clock.frozen(noon(day)):
        return await holds.expire_due(book_id)


async def ann_with(points_by_lot):
    """Open a book in which Ann has some lots."""
    book_id = await world.a_book()
    for lot, points in points_by_lot.items():
        await post(world.an_award(book_id, ANN, points, lot))
    return book_id


async def lots_of(book_id, name):
    return {lot.expires_on: lot.amount for lot in (await balances.holding(book_id, name)).lots}


async def paper(book_id, hold_id):
    (row,) = await fetch("SELECT * FROM hold WHERE book_id = $1 AND id = $2", book_id, hold_id)
    return row["captured"], row["released"], row["ended_at"] is not None


@contextmanager
def refused(slug):
    with pytest.raises(DomainError) as told:
        yield told
    assert told.value.slug == slug


async def test_a_hold_takes_the_earliest_lots_that_have_not_lapsed(database):
    book_id = await ann_with({20_261_031: 5, NOV: 10, DEC: 10})

    hold_id = await place(book_id, 15)

    assert await lots_of(book_id, chart.hold(hold_id)) == {NOV: 10, DEC: 5}
    assert await lots_of(book_id, chart.purse(ANN)) == {20_261_031: 5, DEC: 5}
    with refused("not-enough-points") as told:
        await place(book_id, 6)
    assert told.value.members == {"available": 5, "needed": 6, "missing": 1}


async def test_a_hold_is_captured_in_parts_earliest_first_and_released_latest_first(database):
    book_id = await ann_with({NOV: 10, DEC: 10})
    hold_id = await place(book_id, 20)

    await capture(book_id, hold_id, 4)
    await release(book_id, hold_id, 3)
    assert await lots_of(book_id, chart.hold(hold_id)) == {NOV: 6, DEC: 7}
    assert await paper(book_id, hold_id) == (4, 3, False)
    with refused("hold-gives-no-more") as told:
        await capture(book_id, hold_id, 14)
    assert told.value.members == {"left": 13, "needed": 14}
    with refused("hold-gives-no-more"):
        await release(book_id, hold_id, 14)

    await release(book_id, hold_id)
    assert await lots_of(book_id, chart.purse(ANN)) == {NOV: 6, DEC: 10}
    assert await paper(book_id, hold_id) == (4, 16, True)
    for again in (release(book_id, hold_id), capture(book_id, hold_id, 1)):
        with refused("hold-has-ended"):
            await again
    assert await world.faults(book_id) == []


async def test_a_hold_captured_whole_has_ended(database):
    book_id = await ann_with({DEC: 10})
    hold_id = await place(book_id, 10)

    await capture(book_id, hold_id, 10)

    assert await paper(book_id, hold_id) == (10, 0, True)
    assert await holds.held_by(book_id, ANN) == []


async def test_a_hold_whose_time_is_over_gives_nothing_more_and_goes_back_once(database):
    book_id = await ann_with({DEC: 30})
    over, due_too, running = (
        await place(book_id, 10, until=20_261_123),
        await place(book_id, 5, until=20_261_124),
        await place(book_id, 2, until=20_261_125),
    )
    await capture(book_id, due_too, 1)
    with refused("hold-has-expired"):
        await capture(book_id, over, 1, day=20_261_123)

    with clock.frozen(noon(20_261_124)):
        both = await asyncio.gather(holds.expire_due(book_id), holds.expire_due(book_id))

    assert sum(both) == 2
    assert await expire(book_id, 20_261_124) == 0
    assert await lots_of(book_id, chart.purse(ANN)) == {DEC: 27}
    assert await paper(book_id, due_too) == (1, 4, True)
    assert [each.hold_id for each in await holds.held_by(book_id, ANN)] == [running]


async def test_holds_are_let_go_in_several_rounds(database, monkeypatch):
    monkeypatch.setattr("ledger.holds.AT_ONCE", 2)
    book_id = await ann_with({DEC: 5})
    for _ in range(5):
        await place(book_id, 1)

    assert await expire(book_id, 20_261_201) == 5
    assert await lots_of(book_id, chart.purse(ANN)) == {DEC: 5}


async def test_a_hold_that_cannot_be_let_go_stops_no_other_and_is_told(
    database, caplog, monkeypatch
):
    monkeypatch.setattr("ledger.holds.AT_ONCE", 1)
    book_id = await ann_with({DEC: 5})
    await post(world.an_award(book_id, BOB, 5, DEC))
    stuck = await place(book_id, 5)
    await place(book_id, 5, person=BOB)
    await execute(
        "UPDATE balance SET closed = 1 WHERE account_id = (SELECT id FROM account WHERE path = $1)",
        chart.purse(ANN).path,
    )

    async with asyncio.timeout(20):
        assert await expire(book_id, 20_261_201) == 1

    assert await lots_of(book_id, chart.purse(BOB)) == {DEC: 5}
    assert f"hold:{stuck}:expired" in caplog.text


async def test_a_book_that_takes_no_entries_stops_the_job_and_loses_nothing(database):
    book_id = await ann_with({DEC: 5})
    await place(book_id, 5)
    await execute("UPDATE book SET read_only = 1 WHERE id = $1", book_id)

    with refused("book-is-read-only"):
        await expire(book_id, 20_261_201)

    await execute("UPDATE book SET read_only = 0 WHERE id = $1", book_id)
    assert await expire(book_id, 20_261_201) == 1


async def test_points_do_not_expire_while_held_and_come_back_with_grace(database):
    book_id = await ann_with({NOV: 10})
    hold_id = await place(book_id, 10, until=20_261_205)
    await capture(book_id, hold_id, 4, day=20_261_202)

    assert await expire(book_id, 20_261_206) == 1

    assert await lots_of(book_id, chart.purse(ANN)) == {JAN: 6}
    totals = {each.name.path: each.balance for each in await trial_balance(book_id)}
    assert totals["points:expired"] == 0
    assert totals[f"shop:{SHOP}:redeemed"] == 4


async def test_nothing_is_held_while_points_are_owed_and_what_comes_back_stays_in_its_lot(database):
    book_id = await ann_with({DEC: 10})
    hold_id = await place(book_id, 10)
    await post(world.an_unverification(book_id, ANN, (Lot(DEC, 10),), 10))

    await release(book_id, hold_id)

    assert await lots_of(book_id, chart.purse(ANN)) == {DEC: 10}
    assert (await balances.holding(book_id, chart.owed(ANN))).balance == 10
    with refused("points-are-owed"):
        await place(book_id, 1)
    await post(world.an_award(book_id, ANN, 10, DEC))
    assert await place(book_id, 10)


async def test_one_key_places_one_hold(database):
    book_id = await ann_with({DEC: 30})
    once = key()

    first = await place(book_id, 10, with_key=once)

    assert await place(book_id, 10, with_key=once, day=20_261_122) == first
    with refused("idempotency-key-reused"):
        await place(book_id, 11, with_key=once)
    with refused("idempotency-key-reused"):
        await place(book_id, 10, with_key=once, person=BOB)
    part = key()
    await capture(book_id, first, 4, with_key=part)
    await capture(book_id, first, 4, with_key=part)
    with refused("idempotency-key-reused"):
        await capture(book_id, first, 5, with_key=part)
    with refused("idempotency-key-reused"):
        await release(book_id, first, with_key=part)
    assert await paper(book_id, first) == (4, 0, False)


async def test_what_cannot_be_right_is_refused_at_once(database):
    book_id = await ann_with({DEC: 30})
    hold_id = await place(book_id, 5)
    for points in (0, -1, True, "5"):
        with refused("amount-is-odd"):
            await place(book_id, points)
        with refused("amount-is-odd"):
            await capture(book_id, hold_id, points)
        with refused("amount-is-odd"):
            await release(book_id, hold_id, points)
    with refused("amount-is-odd"):
        await place(book_id, 5, goods=[Goods(SHOP, RICE, LOT, 0)])
    with refused("hold-ends-too-early"):
        await place(book_id, 5, until=TODAY)
    with refused("document-not-found"):
        await capture(book_id, 404, 1)
    with refused("document-not-found"):
        await release(await world.a_book(), hold_id)


async def test_many_captures_at_once_take_no_more_than_was_set_aside(database):
    book_id = await ann_with({NOV: 10, DEC: 10})
    hold_id = await place(book_id, 20)

    answers = await asyncio.gather(
        *(capture(book_id, hold_id, 3) for _ in range(10)), return_exceptions=True
    )

    assert sum(isinstance(each, DomainError) for each in answers) == 4
    assert await paper(book_id, hold_id) == (18, 0, False)
    assert await world.faults(book_id) == []


@pytest.mark.parametrize(
    "values", ["captured = 11", "released = -1", "captured = 10", "ended_at = 1", "amount = 11"]
)
async def test_the_database_keeps_the_walls_of_a_hold(database, values):
    book_id = await ann_with({DEC: 10})
    hold_id = await place(book_id, 10)

    with pytest.raises(IntegrityError):
        await execute(f"UPDATE hold SET {values} WHERE id = $1", hold_id)


async def test_a_job_that_comes_too_early_lets_nothing_go():
    hold = Hold(1, ANN)
    early = Releasing(hold, None, (), noon(TODAY), TODAY, expired=True)
    row = {"amount": 5, "captured": 0, "released": 0, "expires_at": noon(TODAY) + 1}

    with pytest.raises(HoldHasEnded):
        early.decide({hold.paper: row}, {})


async def a_shelf(book_id, pieces):
    await open_asset(book_id, chart.item_asset(RICE), "bag", "Rice")
    came = Line(BAGS.shelf, chart.received(SHOP, RICE, "donation"), pieces)
    await post(world.fixed(book_id, Kind.STOCK_RECEIVED, came))


async def pieces(book_id, hold_id):
    names = (BAGS.shelf, BAGS.kept(hold_id))
    found = await balances.holdings(book_id, names)
    return tuple(found[name].balance for name in names)


async def test_goods_are_reserved_with_the_points_and_leave_with_them(database):
    book_id = await ann_with({DEC: 50})
    await a_shelf(book_id, 5)
    hold_id = await place(book_id, 40, goods=[BAGS, BAGS])
    assert await pieces(book_id, hold_id) == (1, 4)
    with refused("would-overdraw"):
        await place(book_id, 10, goods=[BAGS])

    await capture(book_id, hold_id, 10, goods=[Goods(SHOP, RICE, LOT, 1)])
    assert await pieces(book_id, hold_id) == (1, 3)
    await release(book_id, hold_id, 10, goods=[Goods(SHOP, RICE, LOT, 1)])
    assert await pieces(book_id, hold_id) == (2, 2)
    with refused("would-overdraw"):
        await capture(book_id, hold_id, 10, goods=[Goods(SHOP, RICE, LOT, 3)])
    # The last points leave with one bag: the bag nobody took is back on the shelf.
    await capture(book_id, hold_id, 20, goods=[Goods(SHOP, RICE, LOT, 1)])
    assert await pieces(book_id, hold_id) == (3, 0)
    assert await world.faults(book_id) == []


async def test_goods_go_back_to_their_shelf_when_the_time_is_over(database):
    book_id = await ann_with({DEC: 50})
    await a_shelf(book_id, 5)
    hold_id = await place(book_id, 40, goods=[BAGS])

    assert await expire(book_id, 20_261_201) == 1

    assert await pieces(book_id, hold_id) == (5, 0)


async def test_a_capture_taken_back_is_held_again_and_goes_back_if_its_time_is_over(database):
    book_id = await ann_with({NOV: 50})
    await a_shelf(book_id, 5)
    hold_id = await place(book_id, 40, goods=[BAGS])
    taken = await capture(book_id, hold_id, 30, goods=[BAGS])
    assert await expire(book_id, 20_261_129) == 1

    with clock.frozen(noon(20_261_201)):
        back = {"key": key(), "actor_id": 9, "reason": "the wrong bag"}
        await holds.take_capture_back(book_id, taken.entry_id, **back)
    assert await paper(book_id, hold_id) == (0, 10, False)
    assert await lots_of(book_id, chart.hold(hold_id)) == {NOV: 30}
    assert await pieces(book_id, hold_id) == (3, 2)

    assert await expire(book_id, 20_261_202) == 1
    assert await paper(book_id, hold_id) == (0, 40, True)
    assert await lots_of(book_id, chart.purse(ANN)) == {NOV: 20, JAN: 30}
    assert await pieces(book_id, hold_id) == (5, 0)
    with refused("already-reversed"):
        await holds.take_capture_back(book_id, taken.entry_id, **{**back, "key": key()})


async def test_entries_of_a_hold_are_not_reversed_behind_its_back(database):
    book_id = await ann_with({DEC: 50})
    with clock.frozen(noon(TODAY)):
        placed = await holds.place(*(book_id, ANN, 40), expires_at=noon(DEC), key=key(), actor_id=9)
    taken = await capture(book_id, placed.document_id, 30)
    freed = await release(book_id, placed.document_id)

    for entry in (placed, taken, freed):
        with refused("has-an-undo-of-its-own"):
            await reverse(book_id, entry.entry_id, key=key(), actor_id=9, reason="undone")
    for entry in (placed, freed):
        with refused("has-an-undo-of-its-own"):
            await holds.take_capture_back(
                book_id, entry.entry_id, key=DocumentKey("x"), actor_id=9, reason="undone"
            )
