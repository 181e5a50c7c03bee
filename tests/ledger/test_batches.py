"""A batch decides one post after the other: each finds what the one before left, and nothing of a refused one."""

from typing import Any

import pytest

from kernel import clock
from kernel.database import fetch
from ledger import chart, checks, holds, sealing
from ledger.balances import holding
from ledger.chart import Kind
from ledger.desk import post
from ledger.errors import AlreadyReversed, HoldEndsTooEarly, KeyReused
from ledger.post import Line, Lot
from ledger.reversals import reversing, the_undo
from ledger.statements import statement
from ledger.trial_balance import account_total, trial_balance
from ledger.waiting import Waiting, parted
from tests.ledger import world
from tests.ledger.test_guards import a_capture, a_hold, a_town, has, id_of, request
from tests.ledger.underway import under_way
from tests.ledger.world import ANN, BOB

pytestmark = pytest.mark.anyio


async def test_the_next_of_a_batch_finds_the_document_as_the_one_before_left_it(database):
    book_id = await a_town()
    hold_id = await a_hold(book_id)
    captures = [await a_capture(book_id, hold_id, 15, key) for key in ("c1", "c2")]

    async with under_way(database, *captures, locked=True) as batch:
        first, second = await batch.finish()

    assert first.document_id == hold_id
    assert second.refusal.members == {"left": 5, "needed": 15}
    assert (await fetch("SELECT captured FROM hold"))[0]["captured"] == 15


async def test_a_key_twice_in_one_batch_answers_once(database):
    book_id = await a_town()
    sale = world.a_sale(book_id, ANN, 30, request("k", 30))
    other = world.a_sale(book_id, ANN, 10, request("k", 10))
    poor = world.a_sale(book_id, BOB, 30, request("p", 30))

    async with under_way(database, sale, sale, other, poor, poor, locked=True) as batch:
        first, again, reused, told, told_again = await batch.finish()

    assert (again.entry_id, again.replayed, first.replayed) == (first.entry_id, True, False)
    assert isinstance(reused.refusal, KeyReused)
    assert (told.replayed, told_again.replayed) == (False, True)
    assert len(await fetch("SELECT * FROM idempotency WHERE outcome = 'refused'")) == 1


async def test_an_entry_is_reversed_once_in_one_batch_and_its_reversal_not_at_all(database):
    book_id = await a_town()
    sale = await post(world.a_sale(book_id, ANN, 30))
    undo = await the_undo(book_id, sale.entry_id)
    twice = [reversing(book_id, undo, request(key), 1, "wrong goods") for key in ("a", "b")]

    async with under_way(database, *twice, locked=True) as batch:
        posted, told = await batch.finish()

    assert isinstance(told.refusal, AlreadyReversed)
    assert await has(book_id, ANN) == 50
    assert not await fetch("SELECT * FROM idempotency WHERE outcome = 'refused'"), posted


async def test_two_lines_of_one_entry_take_from_one_lot_one_after_the_other(database):
    book_id = await a_town()
    parts = [
        Line(chart.purse(ANN), chart.redeemed(1), points, world.EXPIRES) for points in (20, 25)
    ]

    await post(world.fixed(book_id, Kind.GOODS_REDEEMED, *parts))

    assert (await holding(book_id, chart.purse(ANN))).lots == (Lot(world.EXPIRES, 5),)
    assert await checks.check(book_id) == []


async def test_a_refused_post_leaves_no_trace_for_the_next(database):
    book_id = await a_town()
    cases = [
        Line(chart.purse(ANN), chart.redeemed(1), 20, world.EXPIRES),
        Line(chart.purse(ANN), chart.redeemed(1), 40, world.EXPIRES),
    ]
    spoiled = world.fixed(book_id, Kind.GOODS_REDEEMED, *cases)
    sale = world.a_sale(book_id, ANN, 50)

    async with under_way(database, spoiled, sale, locked=True) as batch:
        told, posted = await batch.finish()

    assert told.refusal.members == {"available": 30, "needed": 40}
    assert posted.replayed is False
    assert await has(book_id, ANN) == 0
    assert await checks.check(book_id) == []


@pytest.mark.parametrize("lots_too", [False, True])
async def test_what_the_desk_would_let_through_the_database_refuses(
    database, monkeypatch, lots_too
):
    book_id = await a_town()
    spends = Line(chart.purse(ANN), chart.redeemed(1), 51, world.EXPIRES)
    sale = world.fixed(book_id, Kind.GOODS_REDEEMED, spends)
    if lots_too:
        await post(world.an_award(book_id, ANN, 20, expires_on=20_290_131))

    def move(counter, amount, *, debit):
        counter.debits += amount if debit else 0
        counter.credits += 0 if debit else amount
        counter.version += 1

    monkeypatch.setattr("ledger.tally.Counter.move", move)

    with pytest.raises(Exception, match=r"(?i)check constraint"):
        await post(sale)

    assert await has(book_id, ANN) == 50 + 20 * lots_too
    assert await checks.check(book_id) == []


# Lanes.


def waiting(name, *needs):
    unused: Any = None
    return Waiting(name, frozenset(needs), unused)


def names(posts):
    return "".join(each.signed for each in posts)


@pytest.mark.parametrize(
    ("queue", "held", "batch"),
    [
        ([("a", 1), ("b", 2)], {1}, "b"),  # what another lane holds waits
        ([("a", 1, 2), ("b", 2)], {1}, ""),  # and who would wait for it, too: nobody overtakes
        ([("a", 1, 2), ("b", 2, 3), ("c", 3)], {1}, ""),
        ([("a", 1), ("b", 2), ("c", 1), ("d", 2)], set(), "ab"),  # the rest is for other lanes
    ],
)
def test_two_lanes_are_never_at_one_account(queue, held, batch):
    taken, rest = parted([waiting(*each) for each in queue], held, 2)

    assert names(taken) == batch
    assert names(rest) == "".join(each[0] for each in queue if each[0] not in batch)


# Who commits late has an earlier id.


async def test_an_entry_with_an_earlier_id_than_what_is_sealed_is_counted_and_sealed(
    database, monkeypatch
):
    book_id = await a_town()
    (early,) = await fetch("SELECT id FROM journal_entry")
    await sealing.seal_everything(book_id)
    monkeypatch.setattr("ledger.batch.new_id", lambda: early["id"] - 1)
    late = await post(world.an_award(book_id, BOB, 7))
    issued = await id_of(book_id, chart.POINTS_ISSUED)

    async def told():
        (total,) = [t for t in await trial_balance(book_id) if t.account_id == issued]
        assert await account_total(book_id, issued) == total
        page = await statement(book_id, issued)
        assert page.lines[0].entry_id == late.entry_id
        assert page.closing == total.balance == sum(line.amount for line in page.lines)
        return total.balance

    assert await told() == 57
    assert (await sealing.seal_next(book_id)).block is not None
    assert await told() == 57
    assert await fetch("SELECT * FROM seal_queue") == []
    assert await checks.check(book_id) == []


# A key and time.


async def test_a_hold_asked_for_again_when_it_is_over_has_its_answer(database):
    book_id = await a_town()
    until = clock.now() + clock.MINUTE
    asked = {"expires_at": until, "key": request("h"), "actor_id": 1}
    placed = await holds.place(book_id, ANN, 20, **asked)

    with clock.frozen(until + clock.HOUR):
        again = await holds.place(book_id, ANN, 20, **asked)
        with pytest.raises(HoldEndsTooEarly):
            await holds.place(book_id, ANN, 20, **{**asked, "key": request("fresh")})

    assert (again.entry_id, again.replayed) == (placed.entry_id, True)
