"""Items that the counter adds: exchanged at once, by nobody who added them, and gone unless somebody else says yes."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from audit.new_items import new_items as findings
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import execute
from kernel.days import start_of
from ledger.errors import KeyReused
from people import households
from people.models import Membership
from redemption import new_items, sheets, stock
from redemption.counter import quote, redeem
from redemption.errors import BarcodeIsTaken, ItemIsWithdrawn, NameIsMissing, PriceIsWrong
from redemption.exchanging import exchange, move_sale, swap_of
from redemption.models import Item
from redemption.new_item_errors import (
    AddedItOneself,
    ConfirmsOwnItem,
    NewItemComesFrom,
    NewItemIsDear,
    NewItemNotFound,
    NewItemsAreMany,
    NotConfirmedYet,
)
from redemption.new_items import Brought
from redemption.reserving import reserve
from redemption.sheet_papers import RowState
from redemption.sheet_rows import Slip, enter
from redemption.states import OnOffer, Source
from tests.redemption.test_giving import hand_out, helped
from tests.redemption.world import ZONE, key, make_world, today, untrue

HAT = Brought("毛线帽", 12, 6, Source.DONATED_FREE_USE, donor="李奶奶")
BROKEN = (IntegrityError, asyncpg.IntegrityConstraintViolationError)


async def added(world, brought=HAT, by=None):
    """Add what was brought; unless told, the colleague of the clerk does, who is served by the clerk."""
    return await new_items.add(world.book, world.shop.id, brought, by or world.desk_clerk, key())


async def sold(world, item, pieces=1, person=None):
    """Hand some of it out."""
    who = person or world.member
    return await redeem(world.book, world.shop.id, who, [(item, pieces)], world.clerk, key())


async def test_what_is_brought_to_the_door_is_exchanged_at_once_and_confirmed_by_another(database):
    world = await make_world(points=100, rice=0, soap=0)
    paper = await added(world)
    item = await Item.get(id=paper.item_id)
    assert await world.on_shelf(item) == 6
    assert str(item.barcode).startswith("20")
    receipt = await sold(world, item.id, 2)
    told = await new_items.one(world.book, paper.id)
    assert (told.left, [line.redemption_id for line in told.handed_out]) == (4, [receipt.redemption_id])  # fmt: skip
    assert told.handed_out[0].redemption.person.name == "王秀兰"
    assert told.handed_out[0].redemption.clerk.name == "张店员"
    for by, name, price, refusal in (
        (world.desk_clerk, None, None, ConfirmsOwnItem),
        (world.other, " ", None, NameIsMissing),
        (world.other, None, -1, PriceIsWrong),
    ):
        with pytest.raises(refusal):
            await new_items.confirm(world.book, paper.id, by, name, price)
    with pytest.raises(BROKEN):
        await execute("UPDATE new_item SET confirmed_by = added_by, confirmed_at = 1")
    await new_items.confirm(world.book, paper.id, world.other, "灰色毛线帽", 15)
    item = await Item.get(id=item.id)
    assert (item.name, item.price_points, item.unconfirmed_by) == ("灰色毛线帽", 15, None)
    assert await new_items.waiting(world.book) == []
    with pytest.raises(NewItemNotFound):
        await new_items.refuse(world.book, paper.id, world.other)
    await world.give_points(50, person=world.desk_clerk)
    assert (await sold(world, item.id, person=world.desk_clerk)).points_total == 15
    assert await untrue(world.book) == []


async def test_the_same_form_adds_it_once(database):
    world = await make_world(points=0, rice=0, soap=0)
    once = key()
    brought = replace(HAT, barcode="4006381333931")
    asked = (world.book, world.shop.id, brought, world.clerk, once)
    papers = await asyncio.gather(*(new_items.add(*asked) for _ in range(5)))
    assert len({paper.id for paper in papers}) == 1
    assert await world.on_shelf(papers[0].item) == 6
    with pytest.raises(KeyReused):
        await new_items.add(world.book, world.shop.id, replace(brought, pieces=7), world.clerk, once)  # fmt: skip
    with pytest.raises(BarcodeIsTaken):
        await added(world, brought)


async def test_the_counter_adds_little_that_is_cheap_and_was_given(database):
    world = await make_world(points=0, rice=0, soap=0)
    for odd, refusal in (
        (replace(HAT, price_points=31), NewItemIsDear),
        (replace(HAT, price_points=0), NewItemIsDear),
        (replace(HAT, pieces=21), NewItemsAreMany),
        (replace(HAT, pieces=0), NewItemsAreMany),
        (replace(HAT, source=Source.DONATED_RELIEF), NewItemComesFrom),
        (replace(HAT, source=Source.PURCHASED), NewItemComesFrom),
        (replace(HAT, name=" "), NameIsMissing),
    ):
        with pytest.raises(refusal):
            await added(world, odd)
    assert await Item.filter(book_id=world.book).count() == 2
    await added(world)
    for said in ("price_points = 31", "pieces = 21", "source = 'donated-relief'"):
        with pytest.raises(BROKEN):
            await execute(f"UPDATE new_item SET {said}")


async def test_nobody_has_what_they_or_their_household_added_before_another_confirmed_it(database):
    world = await make_world(points=100, rice=0, soap=10)
    home = await households.make(world.book, "3-2-601", world.desk_clerk, None)
    await households.join(world.book, home.id, world.other, None)
    for person in (world.desk_clerk, world.other):
        await world.give_points(100, person=person)
    paper = await added(world)
    item = paper.item_id
    shown = await quote(world.book, world.shop.id, world.other, [(item, 1)])
    assert isinstance(shown.lines[0].refusal, AddedItOneself)
    for person in (world.desk_clerk, world.other):
        with pytest.raises(AddedItOneself, match="毛线帽"):
            await sold(world, item, person=person)
    # Nor by another's hand: neither a swap nor a moved sale brings it.
    soap = await sold(world, world.soap.id, person=world.other)
    swap = swap_of(soap.redemption_id, [(soap.lines[0].line_id, 1)], [(item, 1)])
    with pytest.raises(AddedItOneself):
        await exchange(world.book, swap, world.clerk, key())
    hat = await sold(world, item)
    with pytest.raises(AddedItOneself):
        await move_sale(world.book, hat.redemption_id, world.other, world.clerk, key())
    # The row of a paper sheet waits for the word.
    [sheet] = await sheets.print_pack(world.book, world.shop.id, 1, world.clerk)
    row = await enter(world.book, sheet, Slip(1, world.other, ((item, 1),), today()), world.clerk)
    assert (row.state, row.refusal) == (RowState.WAITING, "added-it-oneself")
    with pytest.raises(BROKEN, match="new_item_not_for_oneself"):
        await execute(
            "INSERT INTO redemption_line (id, book_id, redemption_id, item_id, lot_id, quantity, quantity_refunded, "
            "price_points) SELECT 1, r.book_id, r.id, $1, (SELECT id FROM stock_lot WHERE item_id = $1), 1, 0, 12 "
            "FROM redemption r WHERE r.id = $2",
            *(item, soap.redemption_id),
        )
    assert await untrue(world.book) == []
    await new_items.confirm(world.book, paper.id, world.clerk)
    assert (await sold(world, item, person=world.other)).points_total == 12
    assert await findings(world.book) == []


async def test_what_nobody_confirmed_is_neither_reserved_nor_paid_by_a_fund_nor_offered_again(
    database,
):
    world, fund = await helped(rice=1, soap=0)
    paper = await added(world)
    with pytest.raises(NotConfirmedYet):
        await hand_out(world, fund, item=await Item.get(id=paper.item_id))
    given = await hand_out(world, fund)
    with pytest.raises(BROKEN, match="new_item_not_from_a_fund"):
        await execute(
            "INSERT INTO relief_line (id, book_id, handout_id, item_id, lot_id, quantity, price_points) "
            "SELECT 1, book_id, $2, item_id, id, 1, 12 FROM stock_lot WHERE item_id = $1",
            *(paper.item_id, given.id),
        )
    with pytest.raises(NotConfirmedYet):
        await reserve(
            *(world.book, world.shop.id, world.member, [(paper.item_id, 1)], world.member, key())
        )
    await stock.set_on_offer(world.book, paper.item_id, OnOffer.WITHDRAWN)
    with pytest.raises(NotConfirmedYet):
        await stock.set_on_offer(world.book, paper.item_id, OnOffer.ON_SALE)
    await new_items.confirm(world.book, paper.id, world.clerk)
    await stock.set_on_offer(world.book, paper.item_id, OnOffer.WITHDRAWN)
    await stock.set_on_offer(world.book, paper.item_id, OnOffer.ON_SALE)


async def test_what_is_refused_or_late_is_withdrawn_and_its_pieces_stay_in_the_books(database):
    world = await make_world(points=100, rice=0, soap=0)
    with clock.frozen(start_of(20_261_126, ZONE) + 12 * HOUR):
        late, refused = await added(world), await added(world, replace(HAT, name="手套"))
        await new_items.refuse(world.book, refused.id, world.desk_clerk)
    with clock.frozen(start_of(20_261_128, ZONE) - 1):
        assert await new_items.let_unconfirmed_go(world.book) == 0
        await sold(world, late.item_id, 2)
    with clock.frozen(start_of(20_261_128, ZONE)):
        assert await new_items.let_unconfirmed_go(world.book) == 1
        assert await new_items.let_unconfirmed_go(world.book) == 0
    for paper, left in ((late, 4), (refused, 6)):
        item = await Item.get(id=paper.item_id)
        assert item.state is OnOffer.WITHDRAWN
        assert await world.on_shelf(item) == left
        with pytest.raises(ItemIsWithdrawn):
            await sold(world, item.id)
    assert await untrue(world.book) == []
    # A day late somebody else can still say yes, and whoever added it still cannot.
    with pytest.raises(ConfirmsOwnItem):
        await new_items.confirm(world.book, late.id, world.desk_clerk)
    await new_items.confirm(world.book, late.id, world.other)
    assert (await Item.get(id=late.item_id)).state is OnOffer.ON_SALE
    assert await findings(world.book) == []


async def test_of_many_who_decide_at_once_one_does(database):
    world = await make_world(points=0, rice=0, soap=0)
    paper = await added(world)
    told = await asyncio.gather(
        *(new_items.confirm(world.book, paper.id, world.other) for _ in range(5)),
        *(new_items.refuse(world.book, paper.id, world.clerk) for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(not isinstance(each, NewItemNotFound) for each in told) == 1
    assert await findings(world.book) == []


async def test_the_audit_finds_what_went_round_the_rules(database):
    world = await make_world(points=100, rice=0, soap=0)
    paper = await added(world)
    hat = await sold(world, paper.item_id)
    await execute(f"UPDATE redemption SET person_id = {world.desk_clerk}")
    [own] = await findings(world.book)
    assert own.members["document"] == hat.redemption_id
    await execute(f"UPDATE redemption SET person_id = {world.member}")
    home = await households.make(world.book, "3-2-601", world.desk_clerk, None)
    await households.join(world.book, home.id, world.member, None)
    assert await findings(world.book) == []  # they live together since; then they did not
    await execute("UPDATE household_member SET joined_at = 1")
    assert len(await findings(world.book)) == 1
    await execute("DELETE FROM household_member")
    await execute(f"UPDATE new_item SET added_at = {clock.now() - 3 * DAY}")
    [late] = await findings(world.book)
    assert late.members["item"] == "毛线帽"
    await new_items.let_unconfirmed_go(world.book)
    assert await findings(world.book) == []
    await execute("UPDATE item SET unconfirmed_by = NULL")
    assert len(await findings(world.book)) == 1


async def test_an_item_of_another_community_is_none(database):
    world, elsewhere = await make_world(points=0, rice=0), await make_world(points=0, rice=0)
    paper = await added(elsewhere)
    assert await Membership.filter(book_id=world.book).exists()
    for deed in (
        new_items.confirm(world.book, paper.id, world.other),
        new_items.refuse(world.book, paper.id, world.other),
        new_items.one(world.book, paper.id),
    ):
        with pytest.raises(NewItemNotFound):
            await deed
