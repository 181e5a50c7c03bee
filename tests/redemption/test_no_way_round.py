"""Ways round a limit or a second person that somebody might try, and that are closed."""

import pytest

from kernel import clock
from people import households, pins
from people.card_errors import PinIsWrong
from redemption import sheets, shop_rules, vouchers
from redemption.counter import redeem
from redemption.exchanging import exchange, move_sale, swap_of
from redemption.family_errors import ServesOwnFamily
from redemption.limit_errors import OverDayLimit, PinNeeded
from redemption.receipts import receipt
from redemption.sheet_cases import decide
from redemption.sheet_errors import SheetRowChanged
from redemption.sheet_papers import Bearing, RowState
from redemption.sheet_rows import Slip, enter
from redemption.shop_rules import Rule
from tests.redemption.world import key, make_world, today, untrue


async def sold(world, item, pieces):
    """A sale to the member, by the code on the phone."""
    where = (world.book, world.shop.id, world.member)
    return await redeem(*where, [(item.id, pieces)], world.clerk, key())


async def swapped(world, old, pieces, item, count, **more):
    """Some pieces of a receipt's first line for others."""
    swap = swap_of(old.redemption_id, [(old.lines[0].line_id, pieces)], [(item.id, count)])
    return await exchange(world.book, swap, world.clerk, key(), **more)


async def test_a_code_that_was_read_once_does_not_open_dearer_swaps_for_the_rest_of_the_day(
    database,
):
    world = await make_world(points=10_000, rice=100, soap=100)
    first = await sold(world, world.soap, 10)
    with pytest.raises(OverDayLimit):
        await swapped(world, first, 1, world.rice, 10)
    with pytest.raises(PinNeeded):
        await swapped(world, first, 1, world.rice, 3)
    await swapped(world, first, 1, world.rice, 1)  # 22 points more
    with pytest.raises(PinNeeded):
        await swapped(world, first, 1, world.rice, 2)
    await pins.set_own_pin(world.book, world.member, "2749", "2749")
    with pytest.raises(PinIsWrong):
        await swapped(world, first, 1, world.rice, 2, pin="2748")
    await swapped(world, first, 1, world.rice, 2, pin="2749")
    cheaper = await sold(world, world.rice, 2)
    await swapped(world, cheaper, 1, world.soap, 1)
    assert await untrue(world.book) == []


async def test_a_receipt_from_a_paper_sheet_is_swapped_like_any_other(database):
    world = await make_world(points=500)
    (sheet,) = await sheets.print_pack(world.book, world.shop.id, 1, world.clerk)
    row = await enter(
        world.book, sheet, Slip(1, world.member, ((world.soap.id, 2),), today()), world.clerk
    )
    assert row.redemption_id
    await swapped(world, await receipt(world.book, row.redemption_id), 1, world.soap, 1)
    assert await untrue(world.book) == []


async def test_rows_of_one_day_pass_the_limit_of_a_day_only_with_a_second_persons_word(database):
    world = await make_world(points=5_000, rice=100)
    (sheet,) = await sheets.print_pack(world.book, world.shop.id, 1, world.clerk)

    async def typed(place, pieces, person=world.member):
        slip = Slip(place, person, ((world.rice.id, pieces),), today())
        return await enter(world.book, sheet, slip, world.clerk)

    assert (await typed(1, 6)).state is RowState.BOOKED
    assert (await typed(2, 1)).state is RowState.WAITING
    row = await typed(3, 6)
    assert (row.state, row.refusal) == (RowState.WAITING, "over-day-limit")
    # What was looked at is what is decided on.
    with clock.frozen(clock.now() + 1_000_000):
        await typed(3, 40, world.other)
    with pytest.raises(SheetRowChanged):
        await decide(
            world.book, row.id, world.desk_clerk, Bearing.COMMUNITY, "货已拿走", seen=row.entered_at
        )
    assert await untrue(world.book) == []


async def test_nobody_lets_the_community_pay_for_their_own_household(database):
    world = await make_world(points=0)
    home = await households.make(world.book, "3-2-601", world.member, None)
    await households.join(world.book, home.id, world.desk_clerk, None)
    (sheet,) = await sheets.print_pack(world.book, world.shop.id, 1, world.clerk)
    slip = Slip(1, world.member, ((world.rice.id, 2),), today())
    row = await enter(world.book, sheet, slip, world.clerk)
    with pytest.raises(ServesOwnFamily):
        await decide(
            world.book, row.id, world.desk_clerk, Bearing.COMMUNITY, "货已拿走", seen=row.entered_at
        )


async def test_no_clerk_turns_the_points_of_their_own_family_into_vouchers(database):
    world = await make_world(points=500)
    home = await households.make(world.book, "3-2-601", world.member, None)
    await households.join(world.book, home.id, world.clerk, None)
    with pytest.raises(ServesOwnFamily):
        await vouchers.issue(
            world.book, world.member, world.offer.id, world.company, world.clerk, key()
        )


async def test_a_swap_that_moves_to_another_member_gives_back_no_visit_that_was_not_counted(
    database,
):
    world = await make_world(points=500)
    await world.give_points(500, person=world.other)
    first = await sold(world, world.soap, 3)
    await shop_rules.set_rule(world.book, world.shop.id, Rule(exchanges_a_day=1), world.clerk)
    second = await swapped(world, first, 1, world.soap, 1)
    await move_sale(world.book, second.redemption_id, world.other, world.clerk, key())
    assert await untrue(world.book) == []
