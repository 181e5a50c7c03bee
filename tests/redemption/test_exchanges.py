"""One receipt in another's place: goods swapped in one entry, and a sale that pays from the right purse."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from audit.reconcile import reconcile
from kernel import clock
from kernel.clock import DAY, MINUTE
from kernel.database import execute
from kernel.errors import DomainError
from ledger.chart import Kind
from ledger.checks import check
from ledger.entries import entry, entry_lines
from ledger.errors import NotEnoughPoints
from people.codes import make_code, member_key
from people.deciding import approve
from people.lookup import find_member
from people.models import Membership, Role
from people.own_data import own_data
from people.recognition import Way
from people.registration import grant_role
from redemption.allowances import Allowance
from redemption.counter import redeem
from redemption.errors import (
    AlreadyUndone,
    PartlyReturned,
    ReturnsTooMuch,
    ServesOneself,
    UndoTimeIsOver,
)
from redemption.exchange_acts import ask_exchange
from redemption.exchange_errors import (
    ExchangeIsOver,
    ExchangeNeedsApproval,
    FollowsAnother,
    SamePerson,
)
from redemption.exchanging import exchange, move_sale, swap_of
from redemption.receipts import receipt
from redemption.refunds import return_goods, undo
from redemption.spending import Recognised
from redemption.states import RedemptionState
from tests.redemption.approving import somebody, viewer
from tests.redemption.world import key, make_world
from web.acts import ACTS
from web.approval_words import say_all
from web.personal_words import sheets_of


async def sold(world, *cart, person=None):
    """Hand a cart out."""
    who = person or world.member
    return await redeem(world.book, world.shop.id, who, cart, world.clerk, key())


async def swapped(world, old, item, pieces, *, back=1, damaged=False, by=None):
    """Bring pieces of a receipt's first line back, and take pieces of an item."""
    line = old.lines[0].line_id
    swap = swap_of(
        old.redemption_id, [(line, back)], [(item.id, pieces)], [line] if damaged else []
    )
    return await exchange(world.book, swap, by or world.clerk, key())


async def sound(world) -> None:
    """Every proof of the books and their papers holds; the points of this world came without a paper."""
    found = await check(world.book) + await reconcile(world.book)
    assert [str(each) for each in found if "opening" not in each.members.values()] == []


@pytest.mark.parametrize(
    ("pieces", "left"), [(3, 100 - 24), (4, 100 - 32), (6, 100 - 48)], ids=["back", "even", "pays"]
)
async def test_goods_are_swapped_in_one_entry_and_only_the_difference_moves(database, pieces, left):
    world = await make_world(rice=2)
    await execute("UPDATE item SET price_points = 32 WHERE id = $1", world.rice.id)
    old = await sold(world, (world.rice.id, 1))
    new = await swapped(world, old, world.soap, pieces)
    assert (new.follows, new.points_total) == ((old.redemption_id, old.number), pieces * 8)
    assert (await world.points()).balance == left
    assert (await world.on_shelf(world.rice), await world.on_shelf(world.soap)) == (2, 10 - pieces)
    posted = await entry(world.book, new.entry_id)
    assert (posted["kind"], posted["document_id"]) == ("GOODS_EXCHANGED", new.redemption_id)
    before = await receipt(world.book, old.redemption_id)
    assert (before.points_refunded, before.followers) == (32, ((new.redemption_id, new.number),))
    await sound(world)


async def test_what_came_back_is_spent_again_lot_by_lot(database):
    world = await make_world(points=40)
    old = await sold(world, (world.rice.id, 1))
    # Points that lapse sooner came in meanwhile: the swap leaves them alone.
    await world.give_points(50, expires_on=20261231)
    new = await swapped(world, old, world.soap, 4)
    lots = (await world.points()).lots
    assert [lot.amount for lot in lots] == [48, 10]
    given = [line for line in await entry_lines(world.book, new.entry_id) if line.expires_on]
    assert [line.amount for line in given] == [30, 30, 2]


async def test_a_damaged_piece_is_written_off_by_a_swap_and_by_a_return(database):
    world = await make_world()
    old = await sold(world, (world.soap.id, 3))
    new = await swapped(world, old, world.soap, 1, damaged=True)
    assert await world.on_shelf(world.soap) == 6
    line = old.lines[0].line_id
    back = await return_goods(
        world.book, old.redemption_id, [(line, 1)], world.clerk, key(), damaged=[line]
    )
    assert (back.lines[0].quantity_refunded, back.lines[0].quantity_damaged) == (2, 2)
    assert await world.on_shelf(world.soap) == 6
    assert (await world.points()).balance == 100 - 16
    totals = await world.totals()
    assert totals[f"shop:{world.shop.id}:written-off"] == 2
    assert new.lines[0].quantity_damaged == 0
    await sound(world)


async def test_a_swap_that_cannot_be_leaves_everything_as_it_was(database):
    world = await make_world(points=60)
    old = await sold(world, (world.rice.id, 2))
    with pytest.raises(ReturnsTooMuch):
        await swapped(world, old, world.soap, 1, back=3)
    with pytest.raises(NotEnoughPoints):
        await swapped(world, old, world.soap, 5)
    with pytest.raises(ServesOneself):
        await swapped(world, old, world.soap, 1, by=world.member)
    with clock.frozen(clock.now() + DAY), pytest.raises(ExchangeIsOver):
        await swapped(world, old, world.soap, 1)
    assert await receipt(world.book, old.redemption_id) == old
    assert await world.on_shelf(world.soap) == 10
    await undo(world.book, old.redemption_id, world.clerk, key())
    with pytest.raises(AlreadyUndone):
        await swapped(world, old, world.soap, 1)


async def test_what_took_anothers_place_comes_back_by_pieces_and_not_as_a_whole(database):
    world = await make_world()
    old = await sold(world, (world.rice.id, 1))
    new = await swapped(world, old, world.soap, 5)
    with pytest.raises(FollowsAnother):
        await undo(world.book, new.redemption_id, world.clerk, key())
    with pytest.raises(PartlyReturned):
        await undo(world.book, old.redemption_id, world.clerk, key())
    again = await swapped(world, new, world.soap, 1, back=2)
    parts = [(again.lines[0].line_id, 1)]
    await return_goods(world.book, again.redemption_id, parts, world.clerk, key())
    assert (await world.points()).balance == 100 - 24
    await sound(world)


@pytest.mark.concurrency
async def test_one_piece_is_swapped_once_by_fifty_at_once(database):
    world = await make_world()
    old = await sold(world, (world.rice.id, 1))
    told = await asyncio.gather(
        *(swapped(world, old, world.soap, 1) for _ in range(50)), return_exceptions=True
    )
    assert sum(isinstance(each, ReturnsTooMuch) for each in told) == 49
    assert (await world.points()).balance == 92
    assert await world.on_shelf(world.soap) == 9
    await sound(world)


async def test_a_swap_of_many_points_waits_for_one_tap(database):
    world = await make_world(points=800, rice=30, soap=50)
    old = await sold(world, (world.rice.id, 11))
    swap = swap_of(old.redemption_id, [(old.lines[0].line_id, 11)], [(world.soap.id, 40)])
    with pytest.raises(ExchangeNeedsApproval):
        await exchange(world.book, swap, world.clerk, key())
    clerk = await viewer(world.book, world.clerk, Role.CLERK)
    zhao = await somebody(world.book, "赵敏", Role.ORGANISER)
    request = await ask_exchange(ACTS, clerk, swap, "拿错了")
    looked = await ACTS[request.act].look(request)
    assert [(each.before, each.after) for each in looked.effects] == [(11, 0), (50, 10), (470, 480)]
    assert (await world.points()).balance == 470
    # She reads on her own phone what comes, what goes, and what is between them; so does whoever decides.
    data = await own_data(world.book, world.member, by=world.member)
    [row] = next(each.rows for each in data.sections if each.name == "approval")
    assert (row["points"], row["points_out"], row["points_between"]) == (330, 320, 10)
    assert any(row[1:4] == ["330", "320", "10"] for each in sheets_of(data) for row in each.rows)
    [said] = await say_all(zhao, [request])
    assert all(points in said.title for points in ("330", "320", "+10"))
    # The customer has long gone home: it is booked for the day on which they stood there.
    with clock.frozen(clock.now() + DAY):
        await approve(ACTS, zhao, request.id, request.digest)
    assert (await world.points()).balance == 480
    assert await world.on_shelf(world.soap) == 10
    await sound(world)


async def test_a_sale_moves_to_the_right_purse_in_one_entry(database):
    world = await make_world()
    await world.give_points(70, person=world.other)
    old = await sold(world, (world.rice.id, 2), (world.soap.id, 1))
    new = await move_sale(world.book, old.redemption_id, world.other, world.clerk, key())
    assert (await world.points()).balance == 100
    assert (await world.points(world.other)).balance == 2
    assert (new.person_id, new.follows) == (world.other, (old.redemption_id, old.number))
    assert [line.quantity for line in new.lines] == [2, 1]
    before = await receipt(world.book, old.redemption_id)
    assert before.state is RedemptionState.UNDONE
    assert (await entry(world.book, new.entry_id))["kind"] == Kind.SALE_MOVED
    assert await world.on_shelf(world.rice) == 8
    with pytest.raises(AlreadyUndone):
        await undo(world.book, old.redemption_id, world.clerk, key())
    # What was moved is brought back like anything else, to the purse that paid.
    parts = [(new.lines[1].line_id, 1)]
    await return_goods(world.book, new.redemption_id, parts, world.clerk, key())
    assert (await world.points(world.other)).balance == 10
    await sound(world)


async def test_a_sale_that_cannot_move_leaves_everything_as_it_was(database):
    world = await make_world()
    await world.give_points(50, person=world.other)
    old = await sold(world, (world.rice.id, 2))
    book, at = world.book, old.redemption_id
    with pytest.raises(NotEnoughPoints):
        await move_sale(book, at, world.other, world.clerk, key())
    with pytest.raises(SamePerson):
        await move_sale(book, at, world.member, world.clerk, key())
    with pytest.raises(ServesOneself):
        await move_sale(book, at, world.clerk, world.clerk, key())
    with clock.frozen(clock.now() + 16 * MINUTE), pytest.raises(UndoTimeIsOver):
        await move_sale(book, at, world.other, world.clerk, key())
    assert await receipt(book, at) == old
    await swapped(world, old, world.soap, 1)
    with pytest.raises(PartlyReturned):
        await move_sale(book, at, world.other, world.clerk, key())
    assert (await world.points(world.other)).balance == 50
    await sound(world)


async def test_moving_a_sale_gives_nobody_more_time(database):
    world = await make_world()
    await world.give_points(50, person=world.other)
    old = await sold(world, (world.rice.id, 1))
    with clock.frozen(old.redeemed_at + 14 * MINUTE):
        new = await move_sale(world.book, old.redemption_id, world.other, world.clerk, key())
    assert new.undo_until == old.undo_until
    with clock.frozen(old.redeemed_at + 16 * MINUTE), pytest.raises(UndoTimeIsOver):
        await move_sale(world.book, new.redemption_id, world.member, world.clerk, key())
    with clock.frozen(old.redeemed_at + 15 * MINUTE):
        third = await move_sale(world.book, new.redemption_id, world.member, world.clerk, key())
    assert third.undo_until == old.undo_until
    await sound(world)
    await execute(
        "UPDATE redemption SET first_sold_at = $1 WHERE id = $2",
        new.redeemed_at,
        third.redemption_id,
    )
    found = await reconcile(world.book)
    assert any(each.members.get("document") == third.redemption_id for each in found)


@pytest.mark.parametrize("code_first", [True, False], ids=["then by number", "then by code"])
async def test_what_comes_back_of_a_swap_frees_no_more_of_the_day_than_was_counted(
    database, code_first
):
    """A bag of rice for 30 becomes four soaps for 32; one was by the code on the phone, the other by number."""
    world = await make_world()
    by_number, by_code = Recognised(Way.NUMBER), Recognised(Way.CODE)

    async def counted() -> int:
        return int((await Allowance.get(person_id=world.member)).points)

    async def had(known, item, pieces):
        return await redeem(
            *(world.book, world.shop.id, world.member, [(item.id, pieces)], world.clerk, key()),
            recognised=known,
        )

    await had(by_number, world.soap, 2)
    old = await had(by_code if code_first else by_number, world.rice, 1)
    assert await counted() == (16 if code_first else 46)
    if not code_first:
        await grant_role(world.book, world.member, Role.VOLUNTEER, None)
        member = await Membership.get(person_id=world.member)
        await find_member(
            world.book, make_code(member_key(), world.book, member.id, clock.now()), world.clerk
        )
    new = await swapped(world, old, world.soap, 4)
    assert await counted() == (18 if code_first else 46)
    [line] = new.lines
    await return_goods(world.book, new.redemption_id, [(line.line_id, 1)], world.clerk, key())
    assert await counted() == (16 if code_first else 38)
    await return_goods(world.book, new.redemption_id, [(line.line_id, 3)], world.clerk, key())
    assert await counted() == 16
    await sound(world)


async def test_the_limits_of_a_day_follow_the_sale(database):
    world = await make_world()
    await world.give_points(100, person=world.other)
    by_number = Recognised(Way.NUMBER)
    old = await redeem(
        *(world.book, world.shop.id, world.member, [(world.rice.id, 1)], world.clerk, key()),
        recognised=by_number,
    )
    await move_sale(
        *(world.book, old.redemption_id, world.other, world.clerk, key()), recognised=by_number
    )
    spent = {row.person_id: row.points for row in await Allowance.all()}
    assert spent == {world.member: 0, world.other: 30}


@pytest.mark.parametrize(
    ("tampered", "says"),
    [
        (
            "UPDATE redemption SET points_back = points_back + 1 WHERE follows_id IS NOT NULL",
            "came back",
        ),
        ("UPDATE exchanged_line SET quantity = 2", "swapped than"),
        ("UPDATE redemption_line SET quantity_damaged = 1 WHERE quantity_refunded = 1", "pieces"),
    ],
)
async def test_the_audit_says_what_was_altered(database, tampered, says):
    world = await make_world()
    await swapped(world, await sold(world, (world.rice.id, 2)), world.soap, 1)
    await sound(world)
    await execute(tampered)
    assert any(says in str(each) for each in await reconcile(world.book))


async def test_the_database_keeps_the_rules_of_receipts_that_follow(database):
    world = await make_world()
    await swapped(world, await sold(world, (world.rice.id, 2)), world.soap, 1)
    for statement in (
        "UPDATE redemption SET follows_id = id",
        "UPDATE redemption SET points_back = 0",
        "UPDATE redemption_line SET quantity_damaged = quantity_refunded + 1",
        "UPDATE exchanged_line SET quantity_damaged = quantity + 1",
        "UPDATE exchanged_line SET quantity = 0",
        "DELETE FROM redemption_line",
    ):
        with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
            await execute(statement)


@pytest.mark.concurrency
async def test_fifty_at_once_move_or_undo_a_sale_once(database):
    world = await make_world()
    await world.give_points(100, person=world.other)
    old = await sold(world, (world.rice.id, 1))

    async def one(number: int):
        with suppress(DomainError):
            if number % 2:
                return await move_sale(
                    world.book, old.redemption_id, world.other, world.clerk, key()
                )
            return await undo(world.book, old.redemption_id, world.clerk, key())

    told = await asyncio.gather(*(one(number) for number in range(50)))
    assert sum(each is not None for each in told) == 1
    both = (await world.points()).balance + (await world.points(world.other)).balance
    assert both in (170, 200)
    await sound(world)
