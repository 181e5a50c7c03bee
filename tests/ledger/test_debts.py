"""Debts after hours were taken back, what pays them, who may write them off; notice and donations beside them."""

from contextlib import contextmanager
from itertools import count

import pytest

from kernel import clock
from kernel.errors import DomainError
from ledger import balances, chart, debts, donations, entries, notice
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import DocumentKey, Fact, Lot, RequestKey
from ledger.reversals import reverse
from ledger.trial_balance import trial_balance
from tests.ledger import world
from tests.ledger.months import noon
from tests.ledger.world import ANN, FUND

pytestmark = pytest.mark.anyio

NOV, DEC, JAN = 20_261_130, 20_261_231, 20_270_131
TODAY = 20_261_121
MAKER, CHECKER = 8, 9
WAITING = (Lot(NOV, 5), Lot(DEC, 10))
_keys = count(1)


def key():
    return RequestKey("clerk", f"debt-{next(_keys)}")


@contextmanager
def refused(slug):
    with pytest.raises(DomainError) as told:
        yield told
    assert told.value.slug == slug


async def ann_owes(points):
    """Open a book in which Ann spent what was then taken back."""
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, points, DEC))
    await post(world.a_sale(book_id, ANN, points))
    await post(world.an_unverification(book_id, ANN, (Lot(DEC, points),), points))
    return book_id


async def stand(book_id):
    """Return Ann's lots, what she owes, and what waits for the notice."""
    names = (chart.purse(ANN), chart.owed(ANN), chart.pending(ANN))
    held = await balances.holdings(book_id, names)
    purse, owed, waiting = (held[name] for name in names)
    return {lot.expires_on: lot.amount for lot in purse.lots}, owed.balance, waiting.balance


async def write_off(book_id, amount=None, actor_id=MAKER, approver_id=CHECKER, reason="moved away"):
    return await debts.write_off(
        *(book_id, ANN, amount),
        actor_id=actor_id,
        approver_id=approver_id,
        reason=reason,
        key=key(),
    )


async def test_a_debt_is_written_off_by_two_people_in_part_and_whole(database):
    book_id = await ann_owes(40)

    done = await write_off(book_id, 15)
    assert await stand(book_id) == ({}, 25, 0)
    entry = await entries.entry(book_id, done.entry_id)
    assert (entry["actor_id"], entry["approver_id"], entry["reason"]) == (8, 9, "moved away")
    with refused("owes-less") as told:
        await write_off(book_id, 26)
    assert told.value.members == {"owed": 25, "needed": 26}

    await write_off(book_id)
    assert await stand(book_id) == ({}, 0, 0)
    for amount in (None, 1):
        with refused("nothing-is-owed"):
            await write_off(book_id, amount)
    assert await world.faults(book_id) == []


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"approver_id": MAKER}, "needs-two-people"),
        ({"actor_id": ANN}, "own-debt"),
        ({"approver_id": ANN}, "own-debt"),
        ({"actor_id": ANN, "approver_id": ANN}, "needs-two-people"),
        ({"reason": "  "}, "write-off-needs-reason"),
        ({"amount": 0}, "amount-is-odd"),
    ],
)
async def test_nobody_writes_off_alone_for_themselves_or_without_saying_why(database, change, slug):
    book_id = await ann_owes(10)

    with refused(slug):
        await write_off(book_id, **change)

    assert await stand(book_id) == ({}, 10, 0)


async def test_a_write_off_is_sent_twice_and_counts_once(database):
    book_id = await ann_owes(10)
    once = key()
    told = {"actor_id": MAKER, "approver_id": CHECKER, "reason": "moved away", "key": once}

    first = await debts.write_off(book_id, ANN, 4, **told)
    again = await debts.write_off(book_id, ANN, 4, **told)

    assert again.replayed
    assert again.entry_id == first.entry_id
    with refused("idempotency-key-reused"):
        await debts.write_off(book_id, ANN, 5, **told)


async def test_a_write_off_that_is_reversed_is_owed_again(database):
    book_id = await ann_owes(10)
    done = await write_off(book_id)

    undone = await reverse(book_id, done.entry_id, key=key(), actor_id=MAKER, reason="by mistake")

    assert await stand(book_id) == ({}, 10, 0)
    with refused("already-reversed"):
        await reverse(book_id, undone.entry_id, key=key(), actor_id=MAKER, reason="undo the undo")


async def waiting_for_ann(book_id):
    lines = [line for lot in WAITING for line in notice.waiting(ANN, lot.amount, lot.expires_on)]
    await post(world.fixed(book_id, Kind.HOURS_EARNED, *lines))


async def end_notice(book_id, day=TODAY, revision=1):
    with clock.frozen(noon(day)):
        ended = notice.Notice(Fact("notice", 1), ANN, WAITING)
        return await notice.end(book_id, ended, key=DocumentKey(f"notice:1:ended:{revision}"))


async def test_points_on_notice_pay_what_is_owed_when_it_ends_and_not_before(database):
    book_id = await ann_owes(7)

    await waiting_for_ann(book_id)
    assert await stand(book_id) == ({}, 7, 15)
    await end_notice(book_id)

    # The earliest lot pays first.
    assert await stand(book_id) == ({DEC: 8}, 0, 0)
    assert (await end_notice(book_id)).replayed
    with refused("would-overdraw"):
        await end_notice(book_id, revision=2)
    assert await world.faults(book_id) == []


async def test_a_debt_larger_than_what_waits_takes_all_of_it(database):
    book_id = await ann_owes(20)
    await waiting_for_ann(book_id)

    await end_notice(book_id)

    assert await stand(book_id) == ({}, 5, 0)


async def test_a_lot_that_lapses_on_notice_comes_with_grace(database):
    book_id = await world.a_book()
    await waiting_for_ann(book_id)

    await end_notice(book_id, day=20_261_201)

    assert await stand(book_id) == ({DEC: 15}, 0, 0)
    totals = {each.name.path: each.balance for each in await trial_balance(book_id)}
    assert totals["points:expired"] == 0


async def test_an_award_taken_back_on_notice_leaves_no_debt(database):
    book_id = await world.a_book()
    await waiting_for_ann(book_id)

    await post(world.fixed(book_id, Kind.HOURS_UNVERIFIED, *notice.withdrawn(ANN, WAITING)))

    assert await stand(book_id) == ({}, 0, 0)
    with refused("would-overdraw"):
        await end_notice(book_id)


async def test_an_ended_notice_that_is_reversed_waits_again_in_its_lots(database):
    book_id = await world.a_book()
    await waiting_for_ann(book_id)
    ended = await end_notice(book_id)

    with clock.frozen(noon(20_261_201)):
        await reverse(book_id, ended.entry_id, key=key(), actor_id=1, reason="somebody objected")

    held = await balances.holding(book_id, chart.pending(ANN))
    assert held.lots == WAITING


async def donate(book_id, points, day=TODAY, with_key=None):
    with clock.frozen(noon(day)):
        return await donations.donate(
            book_id, ANN, FUND, points, key=with_key or key(), actor_id=ANN
        )


async def test_points_given_to_a_fund_are_the_earliest_and_expire_no_more(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, ANN, 10, NOV))
    await post(world.an_award(book_id, ANN, 10, DEC))

    once = key()
    given = await donate(book_id, 12, with_key=once)
    assert (await donate(book_id, 12, with_key=once)).entry_id == given.entry_id
    with refused("idempotency-key-reused"):
        await donate(book_id, 13, with_key=once)

    assert await stand(book_id) == ({DEC: 8}, 0, 0)
    assert (await balances.holding(book_id, chart.fund(FUND))).balance == 12
    with refused("not-enough-points"):
        await donate(book_id, 9)
    with refused("amount-is-odd"):
        await donate(book_id, 0)
    with refused("gift-is-final"):
        await reverse(book_id, given.entry_id, key=key(), actor_id=1, reason="by mistake")
    assert await stand(book_id) == ({DEC: 8}, 0, 0)


async def test_nothing_is_given_away_while_points_are_owed(database):
    book_id = await ann_owes(10)

    with refused("points-are-owed"):
        await donate(book_id, 1)
