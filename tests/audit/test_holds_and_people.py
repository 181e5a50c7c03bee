"""Entries about a hold or a person are tied to them: to a hold that says what its account holds, to a member."""

from dataclasses import replace

import pytest

from audit.reconcile import reconcile
from kernel import clock
from kernel.database import execute
from ledger import donations, expiry, holds
from ledger.desk import post
from ledger.hold_posts import Key
from ledger.hold_rules import Goods
from ledger.post import Fact, RequestKey
from redemption.at_hand import lots_on_shelf
from tests.ledger import world as bare
from tests.redemption import world

pytestmark = pytest.mark.anyio


def key() -> Key:
    return RequestKey("clerk", world.key())


async def findings(book_id):
    """What is found, but the made-up papers of the small worlds."""
    found = [str(each) for each in await reconcile(book_id)]
    return [each for each in found if "opening" not in each and "paper" not in each]


async def a_hold(town):
    """Place a hold of 40 points and two bags of rice, capture half of both, and return it."""
    (lot, *_) = await lots_on_shelf(town.book, town.shop.id, [town.rice.id])
    ends = clock.now() + clock.DAY
    bags = Goods(town.shop.id, town.rice.id, lot.lot_id, 2)
    placed = await holds.place(
        town.book, town.member, 40, expires_at=ends, key=key(), actor_id=town.clerk, goods=[bags]
    )
    one = Goods(town.shop.id, town.rice.id, lot.lot_id, 1)
    await holds.capture(
        *(town.book, placed.document_id, 20),
        shop_id=town.shop.id,
        key=key(),
        actor_id=town.clerk,
        goods=[one],
    )
    return placed.document_id


async def test_a_hold_says_what_its_account_holds(database):
    town = await world.make_world(points=0)
    await town.give_points(100)
    hold_id = await a_hold(town)
    assert await findings(town.book) == []

    await execute("UPDATE hold SET released = 5 WHERE id = $1", hold_id)

    assert await findings(town.book) == [
        f"Hold {hold_id} says 15 points are set aside, its account holds 20"
    ]


async def test_what_is_about_no_paper_is_about_a_member(database):
    town = await world.make_world(points=0)
    await town.give_points(100)
    await town.give_points(5, expires_on=20_240_131)
    await donations.donate(town.book, town.member, 1, 10, key=key(), actor_id=town.clerk)
    assert await expiry.expire_lots(town.book) == 1
    assert await findings(town.book) == []

    stranger = 999
    await post(bare.an_award(town.book, stranger, 10))
    await donations.donate(town.book, stranger, 1, 10, key=key(), actor_id=town.clerk)

    (found,) = await findings(town.book)
    assert f"names person {stranger}, which is not there" in found


async def test_an_entry_about_a_person_moves_nothing_of_somebody_else(database):
    town = await world.make_world(points=0)
    await town.give_points(10)
    given = donations.to_donate(town.book, town.member, 1, 5, world.today(), key(), None)
    await post(replace(given, document=Fact("person", town.other)))

    (found,) = await findings(town.book)
    assert "moved something of somebody else" in found
