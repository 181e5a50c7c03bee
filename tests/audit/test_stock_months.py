"""The month of the shelves: what came, went and is there, in pieces and yuan, tied to the ledger's lots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.gifts import gifts, gifts_of
from audit.reconcile import reconcile
from audit.stock_months import Sums, lots_tie, stock_month
from audit.stock_papers import came_in, register, went_out
from kernel import clock
from kernel.clock import DAY
from kernel.database import execute
from kernel.days import month_end, plus_months
from kernel.errors import NotFound
from people import hardship, households
from people.deciding import approve
from people.lives import ConsentGiven
from people.models import Role
from redemption import refunds, relief
from redemption.counter import redeem
from redemption.counts import Pile, ask_count
from redemption.slips import LotSlip
from redemption.states import Source
from redemption.stock_papers import Cause
from redemption.write_offs import ask_write_off
from tests.redemption.approving import somebody, viewer
from tests.redemption.world import ZONE, key, make_world, today
from web.acts import ACTS

figures = st.lists(st.integers(-50, 50), min_size=7, max_size=7)


@given(figures, figures, st.integers(0, 9))
def test_sums_close_together_as_they_do_alone(one, other, cost):
    first, second = Sums(*one), Sums(*other)
    both = Sums(*one)
    both.add(second, cost)
    assert both.closing == first.closing + cost * second.closing


async def a_month(world):
    """Rice bought, sponsored and for relief; sold, returned, given, counted short and written off."""
    slip = LotSlip(2500, "S-1", world.other)
    await world.receive(world.rice, 10, slip=slip)
    gift = await world.receive(world.rice, 4, source=Source.SPONSOR, donor="爱心企业")
    await world.receive(world.rice, 3, source=Source.DONATED_RELIEF)
    rice = [(world.rice.id, 3)]
    sold = await redeem(world.book, world.shop.id, world.member, rice, world.clerk, key())
    back = [(sold.lines[0].line_id, 1)]
    await refunds.return_goods(world.book, sold.redemption_id, back, world.clerk, key())
    await households.make(world.book, "3-2-601", world.other, None)
    await hardship.mark(world.book, world.other, ConsentGiven.PAPER, today(), world.member)
    one = [(world.rice.id, 1)]
    await relief.hand_out(world.book, world.shop.id, world.other, one, world.clerk, key())
    clerk = await viewer(world.book, world.clerk, Role.CLERK)
    organiser = await somebody(world.book, "赵敏", Role.ORGANISER)
    off = await ask_write_off(ACTS, clerk, gift, 1, Cause.DAMAGED, "破损")
    counted = {Pile(world.rice.id, relief=False): 11}
    short = await ask_count(ACTS, clerk, world.shop.id, counted, "盘点")
    for request in (short, off):
        await approve(ACTS, organiser, request.id, request.digest)


async def test_a_month_says_what_became_of_every_source(database):
    world = await make_world(points=400, rice=0, soap=0)
    await a_month(world)
    this = month_end(today())
    month = await stock_month(world.book, world.shop.id, this)
    lines = {line.source: line for line in month.lines}
    bought, gift = lines["purchased"], lines["sponsor"]
    assert bought.pieces == Sums(received=10, for_points=2, difference=-1)
    assert (bought.pieces.closing, bought.fen.closing) == (7, 17_500)
    assert gift.pieces == Sums(received=4, written_off=1)
    assert lines["donated-relief"].pieces == Sums(received=3, relief=1)
    assert month.by_source["purchased"].fen.received == 25_000
    following = await stock_month(world.book, world.shop.id, plus_months(this, 1))
    assert {line.source: line.pieces.opening for line in following.lines} == {
        "purchased": 7,
        "sponsor": 3,
        "donated-relief": 2,
    }
    assert all(line.pieces.closing == line.pieces.opening for line in following.lines)
    assert (await stock_month(world.book, world.shop.id, plus_months(this, -1))).lines == ()
    assert await lots_tie(world.book) == []


async def test_the_papers_list_what_came_what_went_and_to_whom(database):
    world = await make_world(points=400, rice=0, soap=0)
    await a_month(world)
    this = month_end(today())
    lots = await came_in(world.book, world.shop.id, this, ZONE)
    assert [(lot.quantity_received, lot.slip) for lot in lots] == [(10, "S-1"), (4, ""), (3, "")]
    issued = await went_out(world.book, world.shop.id, this)
    assert {(row["path"].rpartition(":")[2], row["pieces"], row["fen"]) for row in issued} == {
        ("for-points", 2, 5000),
        ("relief", 1, 0),
        ("written-off", 1, 0),
    }
    received = await register(world.book, world.shop.id, this, ZONE)
    assert [(each.name, each.pieces, each.points) for each in received] == [
        ("王*兰", 2, 60),
        ("李*", 1, 0),
    ]
    with clock.frozen(clock.now() + 40 * DAY):
        later = plus_months(this, 1)
        assert await register(world.book, world.shop.id, later, ZONE) == []


async def test_donors_are_told_what_became_of_their_gifts(database):
    world = await make_world(points=400, rice=0, soap=0)
    await a_month(world)
    later = await world.receive(world.rice, 2, source=Source.SPONSOR, donor="爱心企业")
    [given] = await gifts(world.book, world.shop.id)
    assert (given.donor, given.pieces, given.reached) == ("爱心企业", 6, 0)
    assert [(line.item, line.pieces.written_off, line.left) for line in given.lines] == [
        ("大米 5kg", 1, 5)
    ]
    assert await gifts_of(world.book, world.shop.id, later) == given
    bought = await world.receive(world.rice, 1)
    with pytest.raises(NotFound):
        await gifts_of(world.book, world.shop.id, bought)


@pytest.mark.parametrize(
    "tampered",
    [
        (
            "UPDATE balance SET debits = debits + 1 WHERE account_id IN "
            "(SELECT id FROM account WHERE path LIKE 'shop:%:lot:%')"
        ),
        "UPDATE stock_lot SET quantity_received = quantity_received + 1",
    ],
)
async def test_the_audit_finds_a_lot_that_does_not_tie(database, tampered):
    world = await make_world(points=400, rice=0, soap=0)
    await a_month(world)
    await execute(tampered)
    assert any("months say" in str(each) for each in await reconcile(world.book))
