"""The counter with the real desk: goods for points in one entry, undo, returns, and what is refused."""

import asyncio

import pytest

from kernel import clock
from kernel.clock import MINUTE
from kernel.days import month_end, plus_days
from kernel.errors import NotFound
from ledger import chart
from ledger.chart import Kind
from ledger.entries import entry_lines
from ledger.errors import AlreadyReversed, KeyReused, NotEnoughPoints, PointsAreOwed
from ledger.post import Fact, Lot
from redemption import counter, stock
from redemption.counter import quote, redeem
from redemption.entries import entry_about
from redemption.errors import (
    AlreadyUndone,
    CartIsEmpty,
    ItemIsWithdrawn,
    ItemNotHere,
    NotAMember,
    OutOfStock,
    PartlyReturned,
    PriceHasChanged,
    QuantityIsOdd,
    RedemptionNotFound,
    ReliefOnly,
    ReturnNeedsApproval,
    ReturnsTooMuch,
    ServesOneself,
    ShopNotHere,
    UndoTimeIsOver,
)
from redemption.models import Redemption
from redemption.receipts import of_person, receipt, recent
from redemption.refunds import return_goods, undo
from redemption.states import OnOffer, RedemptionState, Source
from tests.redemption.approving import approved_return
from tests.redemption.world import World, key, make_world, today, untrue


async def sell(world: World, *cart: tuple[int, int], **more):
    """Redeem rice and soap as given, for the member."""
    person = more.pop("person", world.member)
    with_key = more.pop("key", None) or key()
    return await redeem(world.book, world.shop.id, person, cart, world.clerk, with_key, **more)


async def answers(*acts) -> list:
    """Do several things at once; a refusal is an answer."""
    return await asyncio.gather(*acts, return_exceptions=True)


async def test_goods_and_points_leave_in_one_entry(database):
    world = await make_world()
    given = await sell(world, (world.rice.id, 2), (world.soap.id, 1))
    assert (given.points_total, given.number, given.state) == (68, 1, RedemptionState.DONE)
    assert [(line.name, line.quantity, line.points) for line in given.lines] == [
        ("大米 5kg", 2, 60),
        ("香皂", 1, 8),
    ]
    assert (given.shop, given.person, given.clerk) == ("金苑慈善超市", "王秀兰", "张店员")
    assert (await world.points()).balance == 32
    assert await world.on_shelf(world.rice) == 8
    assert await world.on_shelf(world.soap) == 9
    assert len(await entry_lines(world.book, given.entry_id)) == 3
    totals = await world.totals()
    assert totals[f"shop:{world.shop.id}:redeemed"] == 68


async def test_the_same_key_twice_is_one_redemption(database):
    world = await make_world()
    first = await sell(world, (world.rice.id, 1), key="once")
    again = await sell(world, (world.rice.id, 1), key="once")
    assert first == again
    assert (await world.points()).balance == 70
    with pytest.raises(KeyReused):
        await sell(world, (world.rice.id, 2), key="once")


@pytest.mark.concurrency
async def test_the_same_key_five_times_at_once_is_one_redemption(database):
    world = await make_world()
    told = await answers(*(sell(world, (world.rice.id, 1), key="once") for _ in range(5)))
    assert len({each.redemption_id for each in told}) == 1
    assert await world.on_shelf(world.rice) == 9


@pytest.mark.concurrency
async def test_the_last_piece_goes_to_one_of_fifty(database):
    world = await make_world(points=1000, rice=1)
    told = await answers(*(sell(world, (world.rice.id, 1)) for _ in range(50)))
    refused = [each for each in told if isinstance(each, OutOfStock)]
    assert len(refused) == 49
    assert refused[0].members["item"] == "大米 5kg"
    assert refused[0].members["left"] == 0
    assert await world.on_shelf(world.rice) == 0
    assert (await world.points()).balance == 970
    assert await untrue(world.book) == []


@pytest.mark.concurrency
async def test_the_last_points_are_spent_once(database):
    world = await make_world(points=30)
    told = await answers(*(sell(world, (world.rice.id, 1)) for _ in range(50)))
    assert sum(isinstance(each, NotEnoughPoints) for each in told) == 49
    assert (await world.points()).balance == 0
    assert await untrue(world.book) == []


@pytest.mark.concurrency
async def test_receipts_are_numbered_without_gaps(database):
    world = await make_world(points=1000)
    await answers(*(sell(world, (world.soap.id, 1)) for _ in range(6)))
    papers = await Redemption.filter(book_id=world.book)
    assert sorted(paper.number for paper in papers) == [1, 2, 3, 4, 5, 6]


async def test_what_must_be_used_soonest_goes_first(database):
    world = await make_world(points=1000, rice=0)
    no_day = await world.receive(world.rice, 2)
    later = await world.receive(world.rice, 2, use_by=plus_days(today(), 30))
    sooner = await world.receive(world.rice, 2, use_by=plus_days(today(), 1))
    await world.receive(world.rice, 2, use_by=plus_days(today(), -1))
    await world.receive(world.rice, 2, source=Source.DONATED_RELIEF)
    given = await sell(world, (world.rice.id, 5))
    lines = await entry_lines(world.book, given.entry_id)
    taken = [(line.credit.path, line.amount) for line in lines[1:]]
    shop = world.shop.id
    assert taken == [
        (f"shop:{shop}:lot:{sooner}", 2),
        (f"shop:{shop}:lot:{later}", 2),
        (f"shop:{shop}:lot:{no_day}", 1),
    ]
    with pytest.raises(OutOfStock, match="only 1 are left"):
        await sell(world, (world.rice.id, 2))
    shelf = (await stock.shelves(world.book, shop))[0]
    assert (shelf.for_points, shelf.relief, shelf.past_date, shelf.on_shelf) == (1, 2, 2, 5)


async def test_relief_goods_are_never_exchanged_for_points(database):
    world = await make_world()
    relief = await stock.add_item(world.book, world.shop.id, "大米（救助）", 0)
    await world.receive(relief, 5, source=Source.DONATED_RELIEF)
    with pytest.raises(ReliefOnly):
        await sell(world, (relief.id, 1))


async def test_the_price_is_the_items_own(database):
    world = await make_world()
    await stock.set_price(world.book, world.rice.id, 40)
    with pytest.raises(PriceHasChanged) as refused:
        await sell(world, (world.rice.id, 1), expected_total=30)
    assert refused.value.members == {"total": 40, "expected": 30}
    assert (await sell(world, (world.rice.id, 1), expected_total=40)).points_total == 40


async def test_a_withdrawn_item_stays_on_the_shelf(database):
    world = await make_world()
    await stock.set_on_offer(world.book, world.rice.id, OnOffer.WITHDRAWN)
    with pytest.raises(ItemIsWithdrawn, match="大米"):
        await sell(world, (world.rice.id, 1))
    assert await world.on_shelf(world.rice) == 10


async def test_too_few_points_move_nothing(database):
    world = await make_world(points=59)
    with pytest.raises(NotEnoughPoints) as refused:
        await sell(world, (world.rice.id, 2))
    assert refused.value.members == {"available": 59, "needed": 60, "missing": 1}
    assert (await world.points()).balance == 59
    assert await world.on_shelf(world.rice) == 10
    assert await Redemption.filter(book_id=world.book).count() == 0


@pytest.mark.parametrize("cart", [[], [(1, 0)], [(1, -1)], [(1, 1000)], [(1, 1.5)], [(1, True)]])
async def test_an_odd_cart_is_refused_before_anything_is_read(cart):
    with pytest.raises((CartIsEmpty, QuantityIsOdd)):
        await redeem(1, 1, 1, cart, 2, "k")


async def test_strangers_and_strange_things_are_not_found(database):
    world, elsewhere = await make_world(), await make_world()
    rice = [(world.rice.id, 1)]
    with pytest.raises(ItemNotHere):
        await sell(world, (elsewhere.rice.id, 1))
    with pytest.raises(ShopNotHere):
        await redeem(world.book, elsewhere.shop.id, world.member, rice, world.clerk, key())
    with pytest.raises(NotAMember):
        await sell(world, *rice, person=elsewhere.member)
    with pytest.raises(RedemptionNotFound):
        await receipt(world.book, 1)
    given = await sell(world, *rice)
    with pytest.raises(RedemptionNotFound):
        await undo(elsewhere.book, given.redemption_id, elsewhere.clerk, key())


async def test_nobody_serves_oneself(database):
    world = await make_world()
    with pytest.raises(ServesOneself):
        await sell(world, (world.rice.id, 1), person=world.clerk)
    given = await sell(world, (world.rice.id, 1))
    with pytest.raises(ServesOneself):
        await undo(world.book, given.redemption_id, world.member, key())


async def test_an_undo_puts_everything_back_where_it_was(database):
    world = await make_world()
    await world.give_points(20, expires_on=today())
    before = await world.points()
    given = await sell(world, (world.rice.id, 2))
    back = await undo(world.book, given.redemption_id, world.clerk, key())
    assert back.state == RedemptionState.UNDONE
    assert await world.points() == before
    assert await world.on_shelf(world.rice) == 10


@pytest.mark.concurrency
async def test_an_undo_happens_once(database):
    world = await make_world()
    given = await sell(world, (world.rice.id, 2))
    undoing = (undo(world.book, given.redemption_id, world.clerk, key()) for _ in range(50))
    told = await answers(*undoing)
    assert sum(isinstance(each, AlreadyReversed | AlreadyUndone) for each in told) == 49
    assert (await world.points()).balance == 100
    assert await untrue(world.book) == []


async def test_the_books_say_which_entry_sold_and_which_undid(database):
    world = await make_world()
    given = await sell(world, (world.soap.id, 1))
    paper = Fact("redemption", given.redemption_id)
    with pytest.raises(NotFound):
        await entry_about(world.book, paper, Kind.REVERSAL)
    back = await undo(world.book, given.redemption_id, world.clerk, key())
    assert back.entry_id == given.entry_id
    undone = await entry_about(world.book, paper, Kind.REVERSAL)
    assert undone["reverses_id"] == given.entry_id


async def test_an_undo_is_for_fifteen_minutes(database):
    world = await make_world()
    given = await sell(world, (world.rice.id, 1))
    assert given.may_be_undone(given.redeemed_at + 15 * MINUTE)
    with (
        clock.frozen(given.redeemed_at + 15 * MINUTE + 1),
        pytest.raises(UndoTimeIsOver),
    ):
        await undo(world.book, given.redemption_id, world.clerk, key())
    with clock.frozen(given.redeemed_at + 15 * MINUTE):
        await undo(world.book, given.redemption_id, world.clerk, key())


async def test_returned_pieces_go_back_to_their_lots(database):
    world = await make_world(points=0)
    await world.give_points(40, expires_on=plus_days(today(), 40))
    await world.give_points(100)
    before = await world.points()
    given = await sell(world, (world.rice.id, 2), (world.soap.id, 1))
    rice, soap = given.lines
    await return_goods(world.book, given.redemption_id, [(rice.line_id, 1)], world.clerk, key())
    early, late = before.lots
    # 68 were 40 of the early lot and 28 of the late one: the late one is refilled first.
    assert (await world.points()).lots == (Lot(early.expires_on, 2), late)
    rest = [(rice.line_id, 1), (soap.line_id, 1)]
    back = await return_goods(world.book, given.redemption_id, rest, world.clerk, key())
    assert await world.points() == before
    assert back.points_refunded == back.points_total == 68
    assert [line.quantity_refunded for line in back.lines] == [2, 1]
    with pytest.raises(ReturnsTooMuch):
        await return_goods(world.book, given.redemption_id, rest, world.clerk, key())


async def test_points_that_lapsed_meanwhile_come_back_with_a_grace(database):
    world = await make_world(points=0)
    await world.give_points(60, expires_on=today())
    given = await sell(world, (world.rice.id, 2))
    later = clock.now() + 40 * clock.DAY
    with clock.frozen(later):
        part = [(given.lines[0].line_id, 1)]
        with pytest.raises(ReturnNeedsApproval):
            await return_goods(world.book, given.redemption_id, part, world.clerk, key())
        await approved_return(world, given.redemption_id, part)
        until = month_end(plus_days(today(), 30))
    assert (await world.points()).lots == (Lot(until, 30),)


@pytest.mark.concurrency
async def test_fifty_refunds_of_30_on_a_sale_of_50_give_one(database):
    world = await make_world()
    bread = await stock.add_item(world.book, world.shop.id, "面包", 1)
    await world.receive(bread, 50)
    given = await sell(world, (bread.id, 50))
    part = [(given.lines[0].line_id, 30)]
    told = await answers(
        *(
            return_goods(world.book, given.redemption_id, part, world.clerk, key())
            for _ in range(50)
        )
    )
    assert sum(isinstance(each, ReturnsTooMuch) for each in told) == 49
    assert (await world.points()).balance == 80
    assert await world.on_shelf(bread) == 30
    assert await untrue(world.book) == []


async def test_a_return_after_an_undo_and_an_undo_after_a_return_are_refused(database):
    world = await make_world()
    undone = await sell(world, (world.soap.id, 2))
    await undo(world.book, undone.redemption_id, world.clerk, key())
    part = [(undone.lines[0].line_id, 1)]
    with pytest.raises(AlreadyUndone):
        await return_goods(world.book, undone.redemption_id, part, world.clerk, key())
    partly = await sell(world, (world.soap.id, 2))
    part = [(partly.lines[0].line_id, 1)]
    back = await return_goods(world.book, partly.redemption_id, part, world.clerk, key())
    assert not back.may_be_undone(clock.now())
    with pytest.raises(PartlyReturned):
        await undo(world.book, partly.redemption_id, world.clerk, key())
    with pytest.raises(RedemptionNotFound):
        await return_goods(world.book, partly.redemption_id, [(1, 1)], world.clerk, key())


async def test_a_quote_says_what_is_missing_and_moves_nothing(database):
    world = await make_world(points=50, soap=1)
    said = await quote(
        world.book, world.shop.id, world.member, [(world.rice.id, 2), (world.soap.id, 2)]
    )
    assert (said.total, said.available, said.missing, said.owed) == (76, 50, 26, 0)
    assert [(line.points, line.on_shelf) for line in said.lines] == [(60, 10), (16, 1)]
    assert said.lines[0].refusal is None
    assert isinstance(said.lines[1].refusal, OutOfStock)
    assert not said.can_confirm
    fine = await quote(world.book, world.shop.id, world.member, [(world.rice.id, 1)])
    assert fine.can_confirm
    empty = await quote(world.book, world.shop.id, world.member, [])
    assert (empty.total, empty.can_confirm) == (0, True)
    assert (await world.points()).balance == 50


async def test_the_last_three_receipts_are_shown_latest_first(database):
    world = await make_world()
    for _ in range(4):
        await sell(world, (world.soap.id, 1))
    assert [each.number for each in await recent(world.book, world.shop.id)] == [4, 3, 2]
    assert [each.number for each in await of_person(world.book, world.member)] == [4, 3, 2, 1]


def test_every_act_of_the_counter_says_what_it_refuses():
    for verb in (counter.redeem, undo, return_goods, counter.quote):
        assert "Raises:" in (verb.__doc__ or "")


async def test_who_owes_points_redeems_nothing(database):
    world = await make_world()
    await owe(world, 5)
    with pytest.raises(PointsAreOwed):
        await sell(world, (world.soap.id, 1))
    said = await quote(world.book, world.shop.id, world.member, [(world.soap.id, 1)])
    assert (said.owed, said.can_confirm) == (5, False)


async def owe(world: World, points: int) -> None:
    """Let the member owe points, as un-verified hours do."""
    from kernel.ids import new_id
    from ledger.desk import post
    from ledger.post import Decision, DocumentKey, Fact, Line, Post

    line = Line(chart.owed(world.member), chart.POINTS_ISSUED, points)
    await post(
        Post(
            book_id=world.book,
            kind=Kind.HOURS_UNVERIFIED,
            key=DocumentKey(key()),
            document=Fact("attendance", new_id()),
            accounts=(line.debit, line.credit),
            decide=lambda _facts, _balances: Decision((line,)),
        )
    )
