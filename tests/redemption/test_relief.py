"""Relief goods: for households in hardship, for nothing, and never for points."""

import asyncio

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from audit.reconcile import reconcile
from kernel import clock
from kernel.clock import DAY, MINUTE
from kernel.database import execute
from ledger.post import Fact, Holding
from people import hardship, households
from people.hardship_errors import AlreadyMarked, MarkDayIsOdd, MarksOwnHousehold, NotMarked
from people.hardship_marks import HardshipMark
from people.household_errors import NoSuchHousehold
from people.lives import ConsentGiven
from redemption import relief
from redemption.counter import redeem
from redemption.errors import ItemIsWithdrawn, OutOfStock, ServesOneself
from redemption.family_errors import ServesOwnFamily
from redemption.relief_rules import Gift, accounts_of, given
from redemption.serving import ShelfLot
from redemption.states import Source
from redemption.stock_errors import HandoutIsOver, HandoutIsUndone, HandoutNotFound, NotInHardship
from redemption.stock_papers import ReliefHandout
from tests.redemption.world import key, make_world, today, untrue

RELIEF, FREE = Source.DONATED_RELIEF.value, Source.DONATED_FREE_USE.value
MARK = {"ended_at": None, "valid_until": 20261231, "household_id": 9}
LIVING = {"left_at": None, "household_id": 9}
ITEM = {"id": 4, "name": "rice", "state": "on_sale"}


def decided(mark=MARK, living=LIVING, item=ITEM, lots=((7, RELIEF, None),), wanted=2):
    """What `given` decides with five pieces in every lot."""
    shelf = tuple(ShelfLot(4, number, source, 1, use_by, number) for number, source, use_by in lots)
    gift = Gift(1, 1, 2, 3, 5, 6, ((4, wanted),), shelf, now=1, today=20261115)
    facts = {Fact("hardship_mark", 5): mark, Fact("household_member", 6): living}
    facts[Fact("item", 4)] = item
    names = {f"shop:1:lot:{lot.lot_id}" for lot in shelf}
    balances = {name: Holding(5) for name in accounts_of(gift) if name.path in names}
    return given(gift, facts, balances)


@pytest.mark.parametrize(
    ("odd", "refusal"),
    [
        ({"mark": {**MARK, "ended_at": 1}}, NotInHardship),
        ({"mark": {**MARK, "valid_until": 20261114}}, NotInHardship),
        ({"mark": {**MARK, "household_id": 8}}, NotInHardship),
        ({"living": {**LIVING, "left_at": 1}}, NotInHardship),
        ({"item": {**ITEM, "state": "withdrawn"}}, ItemIsWithdrawn),
        ({"wanted": 6}, OutOfStock),
        ({"lots": ((7, FREE, None),)}, OutOfStock),
        ({"lots": ((7, RELIEF, 20261114),)}, OutOfStock),
    ],
)
def test_a_hand_out_that_may_not_be_is_refused(odd, refusal):
    with pytest.raises(refusal):
        decided(**odd)


def test_relief_costs_no_points_and_what_spoils_first_goes_first():
    decision = decided(lots=((7, RELIEF, None), (8, RELIEF, 20261120)), wanted=6)
    assert [(line.credit.path, line.amount) for line in decision.lines] == [
        ("shop:1:lot:8", 5),
        ("shop:1:lot:7", 1),
    ]
    assert {line.debit.path for line in decision.lines} == {"shop:1:handed-out:relief"}


async def in_hardship(world, pieces=3):
    """The member's household is in hardship, and there is relief rice alone."""
    await households.make(world.book, "3-2-601", world.member, None)
    await hardship.mark(world.book, world.member, ConsentGiven.PAPER, today(), world.other)
    await world.receive(world.rice, pieces, source=Source.DONATED_RELIEF)


async def test_relief_stock_never_leaves_for_points(database):
    world = await make_world(points=400, rice=0)
    await in_hardship(world)
    rice = [(world.rice.id, 1)]
    with pytest.raises(OutOfStock):
        await redeem(world.book, world.shop.id, world.member, rice, world.clerk, key())
    soap = [(world.soap.id, 1)]
    await redeem(world.book, world.shop.id, world.member, soap, world.clerk, key())
    lots = "(SELECT MIN(id) FROM stock_lot WHERE source = 'donated-relief')"
    with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
        await execute(f"UPDATE redemption_line SET lot_id = {lots}")
    assert await untrue(world.book) == []


async def test_relief_goes_home_for_nothing_once_and_comes_back_within_minutes(database):
    world = await make_world(points=10, rice=0)
    await in_hardship(world)
    asked = (world.book, world.shop.id, world.member, [(world.rice.id, 2)], world.clerk)
    first = await relief.hand_out(*asked, "once")
    assert (await relief.hand_out(*asked, "once")).id == first.id
    assert [(line.item.name, line.quantity) for line in first.lines] == [("大米 5kg", 2)]
    assert (await world.points()).balance == 10
    assert await relief.relief_shelf(world.book, world.shop.id) == [(world.rice, 1)]
    totals = await world.totals()
    assert totals[f"shop:{world.shop.id}:handed-out:relief"] == 2
    assert await untrue(world.book) == []
    back = await relief.undo(world.book, first.id, world.clerk, key())
    assert back.undone_at
    with pytest.raises(HandoutIsUndone):
        await relief.undo(world.book, first.id, world.clerk, key())
    assert await relief.relief_shelf(world.book, world.shop.id) == [(world.rice, 3)]
    assert await untrue(world.book) == []
    second = await relief.hand_out(*asked, key())
    with clock.frozen(clock.now() + 16 * MINUTE), pytest.raises(HandoutIsOver):
        await relief.undo(world.book, second.id, world.clerk, key())
    with pytest.raises(HandoutNotFound):
        await relief.undo(world.book, 1, world.clerk, key())


async def test_only_a_household_with_a_mark_gets_relief(database):
    world = await make_world()
    await in_hardship(world)
    rice = [(world.rice.id, 1)]
    give = (world.book, world.shop.id)
    with pytest.raises(NotInHardship):
        await relief.hand_out(*give, world.other, rice, world.clerk, key())
    with pytest.raises(ServesOneself):
        await relief.hand_out(*give, world.clerk, rice, world.clerk, key())
    home = await households.of_person(world.book, world.member)
    assert home
    await households.join(world.book, home.id, world.clerk, None)
    with pytest.raises(ServesOwnFamily):
        await relief.hand_out(*give, world.member, rice, world.clerk, key())
    assert await relief.may_have(world.book, world.member)
    with clock.frozen(clock.now() + 2 * DAY):
        assert not await relief.may_have(world.book, world.member)
        with pytest.raises(NotInHardship):
            await relief.hand_out(*give, world.member, rice, world.desk_clerk, key())
    await hardship.end(world.book, world.member, world.other)
    with pytest.raises(NotInHardship):
        await relief.hand_out(*give, world.member, rice, world.desk_clerk, key())
    assert await ReliefHandout.all().count() == 0


async def test_a_mark_is_set_once_by_somebody_else_until_a_day(database):
    world = await make_world()
    mark = (world.book, world.member, ConsentGiven.PAPER)
    with pytest.raises(NoSuchHousehold):
        await hardship.mark(*mark, today(), world.other)
    home = await households.make(world.book, "3-2-601", world.member, None)
    for odd in (20200101, 20991231, 20261340):
        with pytest.raises(MarkDayIsOdd):
            await hardship.mark(*mark, odd, world.other)
    with pytest.raises(NotMarked):
        await hardship.end(world.book, world.member, world.other)
    told = await asyncio.gather(
        *(hardship.mark(*mark, today(), world.other) for _ in range(2)), return_exceptions=True
    )
    assert sum(isinstance(each, AlreadyMarked) for each in told) == 1
    await households.join(world.book, home.id, world.desk_clerk, None)
    with pytest.raises(MarksOwnHousehold):
        await hardship.mark(*mark, today(), world.desk_clerk)
    await hardship.end(world.book, world.member, world.other)
    assert (await HardshipMark.get()).ended_by == world.other


async def test_fifty_at_once_give_the_last_piece_once(database):
    world = await make_world(points=0, rice=0)
    await in_hardship(world, pieces=1)
    asked = (world.book, world.shop.id, world.member, [(world.rice.id, 1)], world.clerk)
    told = await asyncio.gather(
        *(relief.hand_out(*asked, key()) for _ in range(50)), return_exceptions=True
    )
    assert sum(isinstance(each, ReliefHandout) for each in told) == 1
    assert sum(isinstance(each, OutOfStock) for each in told) == 49
    assert await untrue(world.book) == []


async def test_raw_sql_breaks_no_rule_of_relief(database):
    world = await make_world()
    await in_hardship(world)
    rice = [(world.rice.id, 1)]
    await relief.hand_out(world.book, world.shop.id, world.member, rice, world.clerk, key())
    free = "(SELECT MIN(id) FROM stock_lot WHERE source <> 'donated-relief')"
    columns = "book_id, shop_id, person_id, mark_id, clerk_id, day, handed_at, state"
    copied = (
        f"INSERT INTO relief_handout (id, {columns}) SELECT id + 1, {columns} FROM relief_handout"
    )
    stranger = copied.replace(
        "SELECT id + 1, book_id, shop_id, person_id", "SELECT id + 1, book_id, shop_id, $1"
    )
    marked = "book_id, household_id, agreed_id, agreed_how, valid_until, marked_by, marked_at"
    for statement, values in (
        (f"UPDATE relief_line SET lot_id = {free}", ()),
        ("UPDATE relief_line SET quantity = 0", ()),
        ("UPDATE relief_handout SET clerk_id = person_id", ()),
        (stranger, (world.other,)),
        (
            (
                f"INSERT INTO hardship_mark (id, {marked}) SELECT id + 1, {marked} FROM hardship_mark"
            ),
            (),
        ),
    ):
        with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
            await execute(statement, *values)
    await execute("UPDATE hardship_mark SET ended_at = marked_at, ended_by = marked_by")
    with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
        await execute(copied)


async def test_the_audit_finds_relief_that_went_elsewhere(database):
    world = await make_world(points=400)
    await in_hardship(world)
    rice = [(world.rice.id, 1)]
    await relief.hand_out(world.book, world.shop.id, world.member, rice, world.clerk, key())
    soap = [(world.soap.id, 1)]
    await redeem(world.book, world.shop.id, world.member, soap, world.clerk, key())
    await execute(
        "UPDATE stock_lot SET source = 'donated-relief' WHERE item_id = $1", world.soap.id
    )
    assert any("relief lot" in str(each) for each in await reconcile(world.book))
    await execute("UPDATE stock_lot SET source = 'purchased'")
    assert any("not for that" in str(each) for each in await reconcile(world.book))
    await execute("UPDATE hardship_mark SET valid_until = 20200101")
    assert any("mark of hardship" in str(each) for each in await reconcile(world.book))
