"""Goods reserved from the phone: set aside with their points, collected in whole or in part, let go, taken back."""

import asyncio

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.clock import DAY, MINUTE
from kernel.database import execute
from kernel.days import month_end
from kernel.errors import DomainError
from ledger.errors import NotEnoughPoints
from ledger.expiry import expire_lots
from people.errors import NoSuchMember
from redemption import picking_up, reservations, shop_rules, stock
from redemption.errors import (
    CartIsEmpty,
    OutOfStock,
    PriceHasChanged,
    ReliefOnly,
    ReturnsTooMuch,
    ServesOneself,
    UndoTimeIsOver,
)
from redemption.models import Redemption
from redemption.pickup_codes import code_of, read_code
from redemption.receipts import Receipt
from redemption.refunds import return_goods, undo
from redemption.reservation_errors import (
    ReservationHasEnded,
    ReservationNotFound,
    TooManyReservations,
)
from redemption.reservation_papers import Reservation
from redemption.states import RedemptionState, ReservationState, Source
from tests.redemption.reserving_world import fetch_it, wish
from tests.redemption.world import key, make_world, today, untrue
from tests.test_code_flips import flips

pytestmark = pytest.mark.anyio

COLUMNS = "book_id, shop_id, person_id, number, state, points_total, reserved_at, expires_at"


async def test_points_and_goods_are_set_aside_in_one_entry_with_their_paper(database):
    world = await make_world()
    kept = await wish(world, (world.rice.id, 2), (world.soap.id, 1), expected_total=68)
    assert (kept.state, kept.points_total, len(kept.number)) == (ReservationState.OPEN, 68, 6)
    assert sorted((line.item.name, line.quantity, line.price_points) for line in kept.lines) == [
        ("大米 5kg", 2, 30),
        ("香皂", 1, 8),
    ]
    assert (await world.points()).balance == 32
    assert (await world.on_shelf(world.rice), await world.on_shelf(world.soap)) == (8, 9)
    for said in (kept.number, f"{kept.number[:3]} {kept.number[3:]}", code_of(world.book, kept.id)):
        found = await reservations.by_code(world.book, said)
        assert found is not None
        assert found.id == kept.id
    listed = await reservations.to_prepare(world.book, world.shop.id)
    assert [(item.name, pieces) for item, pieces in listed.items] == [("大米 5kg", 2), ("香皂", 1)]
    assert await untrue(world.book) == []


async def test_what_is_reserved_is_handed_out_once_with_a_receipt_like_any_other(database):
    world = await make_world()
    kept = await wish(world, (world.rice.id, 2))
    given = await fetch_it(world, kept)
    assert (given.points_total, given.number, given.state) == (60, 1, RedemptionState.DONE)
    assert (await world.points()).balance == 40
    assert await world.on_shelf(world.rice) == 8
    with pytest.raises(ReservationHasEnded):
        await fetch_it(world, kept)
    assert await reservations.by_code(world.book, kept.number) is None
    assert await untrue(world.book) == []
    back = await return_goods(
        world.book, given.redemption_id, [(given.lines[0].line_id, 1)], world.clerk, key()
    )
    assert back.points_refunded == 30
    assert ((await world.points()).balance, await world.on_shelf(world.rice)) == (70, 9)
    assert await untrue(world.book) == []


async def test_a_part_is_collected_and_the_rest_goes_back_in_the_same_entry(database):
    world = await make_world(points=0)
    first, second = month_end(today() + 10000), month_end(today() + 20000)
    await world.give_points(40, expires_on=first)
    await world.give_points(60, expires_on=second)
    kept = await wish(world, (world.rice.id, 3))
    (line,) = kept.lines
    with pytest.raises(ReturnsTooMuch):
        await fetch_it(world, kept, (line.id, 4))
    with pytest.raises(ReservationNotFound):
        await fetch_it(world, kept, (line.id + 1, 1))
    with pytest.raises(CartIsEmpty):
        await picking_up.collect(world.book, kept.id, world.clerk, key(), parts=[])
    given = await fetch_it(world, kept, (line.id, 1))
    assert given.points_total == 30
    assert [tuple(lot) for lot in (await world.points()).lots] == [(first, 10), (second, 60)]
    assert await world.on_shelf(world.rice) == 9
    assert await untrue(world.book) == []


@pytest.mark.parametrize("parts", [0, 1])
async def test_an_undo_within_minutes_puts_all_that_was_collected_back(database, parts):
    world = await make_world()
    kept = await wish(world, (world.rice.id, 2), (world.soap.id, 1))
    taken = [(line.id, 1) for line in kept.lines][:parts]
    given = await fetch_it(world, kept, *taken)
    back = await undo(world.book, given.redemption_id, world.clerk, key())
    assert back.state is RedemptionState.UNDONE
    assert (await world.points()).balance == 100
    assert (await world.on_shelf(world.rice), await world.on_shelf(world.soap)) == (10, 10)
    assert await untrue(world.book) == []
    with pytest.raises(DomainError):
        await undo(world.book, given.redemption_id, world.clerk, key())
    later = await fetch_it(world, await wish(world, (world.rice.id, 1)))
    with clock.frozen(clock.now() + 16 * MINUTE), pytest.raises(UndoTimeIsOver):
        await undo(world.book, later.redemption_id, world.clerk, key())


async def test_points_that_are_held_do_not_lapse_and_come_back_with_a_grace(database):
    world = await make_world(points=0)
    await world.give_points(30, expires_on=today())
    kept = await wish(world, (world.rice.id, 1))
    with clock.frozen(clock.now() + 40 * DAY):
        assert await expire_lots(world.book) == 0
        assert await picking_up.expire_due(world.book) == 1
        assert await picking_up.expire_due(world.book) == 0
        assert (await world.points()).balance == 30
        assert await reservations.not_collected(world.book, world.member) == 1
    gone = await reservations.reservation(world.book, kept.id)
    assert (gone.state, gone.ended_by) == (ReservationState.EXPIRED, None)
    assert await world.on_shelf(world.rice) == 10
    assert await untrue(world.book) == []


async def test_a_reservation_is_kept_as_many_days_as_the_shop_says(database):
    world = await make_world()
    kept = await wish(world, (world.rice.id, 1))
    rule = shop_rules.Rule(reservation_days=1)
    await shop_rules.set_rule(world.book, world.shop.id, rule, world.other)
    short = await wish(world, (world.rice.id, 1))
    assert kept.expires_at - short.expires_at == 2 * DAY
    with clock.frozen(short.expires_at):
        with pytest.raises(ReservationHasEnded):
            await fetch_it(world, short)
        assert await picking_up.expire_due(world.book) == 1
        await fetch_it(world, kept)
    assert await untrue(world.book) == []


async def test_its_owner_or_the_staff_cancels_it_once(database):
    world = await make_world()
    kept = await wish(world, (world.rice.id, 2))
    ended = await picking_up.cancel(world.book, kept.id, world.member, "once")
    again = await picking_up.cancel(world.book, kept.id, world.member, "once")
    assert (ended.state, ended.ended_by) == (ReservationState.CANCELLED, world.member)
    assert again.ended_at == ended.ended_at
    assert ((await world.points()).balance, await world.on_shelf(world.rice)) == (100, 10)
    with pytest.raises(ReservationHasEnded):
        await picking_up.cancel(world.book, kept.id, world.clerk, key())
    with pytest.raises(ReservationNotFound):
        await picking_up.cancel(world.book, 1, world.clerk, key())
    assert await untrue(world.book) == []


async def test_what_cannot_be_reserved(database):
    world = await make_world(points=100, rice=0)
    await world.receive(world.rice, 5, source=Source.DONATED_RELIEF)
    with pytest.raises(OutOfStock):
        await wish(world, (world.rice.id, 1))
    free = await stock.add_item(world.book, world.shop.id, "赠品", 0)
    with pytest.raises(ReliefOnly):
        await wish(world, (free.id, 1))
    with pytest.raises(NotEnoughPoints):
        await wish(world, (world.soap.id, 10), person=world.other)
    with pytest.raises(PriceHasChanged):
        await wish(world, (world.soap.id, 1), expected_total=7)
    with pytest.raises(NoSuchMember):
        await wish(world, (world.soap.id, 1), person=999)
    for _ in range(5):
        await wish(world, (world.soap.id, 1))
    with pytest.raises(TooManyReservations):
        await wish(world, (world.soap.id, 1))
    own = (await Reservation.filter(person_id=world.member))[0]
    with pytest.raises(ServesOneself):
        await picking_up.collect(world.book, own.id, world.member, key())
    assert await untrue(world.book) == []


async def test_raw_sql_breaks_no_rule_of_reservations(database):
    world = await make_world()
    kept = await wish(world, (world.rice.id, 1))
    relief = await world.receive(world.rice, 5, source=Source.DONATED_RELIEF)
    for statement in (
        f"UPDATE reservation_line SET lot_id = {relief}",
        "UPDATE reservation_line SET quantity_collected = 2",
        "UPDATE reservation SET state = 'collected', ended_at = 1",
        "UPDATE reservation SET state = 'cancelled'",
        f"INSERT INTO reservation (id, {COLUMNS}) SELECT id + 1, {COLUMNS} FROM reservation",
    ):
        with pytest.raises(Exception, match=r"relief_not_reserved|reservation_|UNIQUE|unique"):
            await execute(statement)
    await execute("UPDATE reservation_line SET quantity = 2")
    found = await untrue(world.book)
    assert any(f"Reservation {kept.id} says 2 pieces of lot" in each for each in found)
    await execute("UPDATE reservation SET state = 'cancelled', ended_at = 1")
    assert f"Reservation {kept.id} and its hold do not say the same" in await untrue(world.book)


async def test_a_pick_up_code_is_ours_or_nothing(database):
    world = await make_world(points=0, rice=0, soap=0)
    token = code_of(world.book, 12345)
    assert (len(token), read_code(world.book, token)) == (31, 12345)
    assert read_code(world.book + 1, token) is None
    assert [flipped for flipped in flips(token) if read_code(world.book, flipped)] == []
    with pytest.raises(ReservationNotFound):
        await reservations.by_code(world.book, token)
    with pytest.raises(ReservationNotFound):
        await reservations.by_code(world.book + 1, token)


@pytest.mark.concurrency
async def test_fifty_pick_ups_at_once_hand_it_out_once(database):
    world = await make_world()
    kept = await wish(world, (world.rice.id, 2))
    told = await asyncio.gather(*(fetch_it(world, kept) for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(each, Receipt) for each in told) == 1
    assert sum(isinstance(each, ReservationHasEnded) for each in told) == 49
    assert await Redemption.filter(book_id=world.book).count() == 1
    assert await untrue(world.book) == []


@pytest.mark.concurrency
async def test_fifty_at_once_reserve_the_last_piece_once(database):
    world = await make_world(points=100, rice=1)
    told = await asyncio.gather(
        *(wish(world, (world.rice.id, 1)) for _ in range(50)), return_exceptions=True
    )
    assert sum(isinstance(each, Reservation) for each in told) == 1
    assert {type(each) for each in told} <= {Reservation, OutOfStock}
    assert await untrue(world.book) == []


@pytest.mark.concurrency
async def test_collecting_cancelling_and_letting_go_at_once_is_one_of_them(database):
    world = await make_world()
    kept = await wish(world, (world.rice.id, 1))
    told = await asyncio.gather(
        *(fetch_it(world, kept) for _ in range(5)),
        *(picking_up.cancel(world.book, kept.id, world.member, key()) for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, ReservationHasEnded) for each in told) == 9
    assert await untrue(world.book) == []


@pytest.mark.concurrency
async def test_of_fifty_wishes_at_once_five_are_kept_and_whoever_lets_one_go_may_wish_again(
    database,
):
    world = await make_world(points=1000, soap=99)
    told = await asyncio.gather(
        *(wish(world, (world.soap.id, 1)) for _ in range(50)), return_exceptions=True
    )
    kept = [each for each in told if isinstance(each, Reservation)]
    refused = [each for each in told if isinstance(each, TooManyReservations)]
    assert (len(kept), len(refused)) == (5, 45)
    assert (await world.on_shelf(world.soap), await untrue(world.book)) == (94, [])
    await fetch_it(world, kept[0])
    await picking_up.cancel(world.book, kept[1].id, world.member, key())
    for _ in range(2):
        await wish(world, (world.soap.id, 1))
    with pytest.raises(TooManyReservations):
        await wish(world, (world.soap.id, 1))
    assert await untrue(world.book) == []
    with pytest.raises((IntegrityError, asyncpg.CheckViolationError)):
        await execute("UPDATE allowance SET open_reservations = 6")
    await execute("UPDATE allowance SET open_reservations = 4")
    [found] = await untrue(world.book)
    assert "says 4 open reservations, its papers make 5" in found
