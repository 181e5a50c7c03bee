"""Late and large returns: refused to one, asked for, approved once by another, and seen before that."""

import asyncio

import pytest

from kernel import clock
from kernel.clock import DAY
from ledger.checks import check
from ledger.entries import entry, entry_posted
from people.approval_errors import AlreadyDecided, OwnBenefit, OwnRequest
from people.approvals import Approval, Outcome
from people.deciding import approve
from people.errors import RoleNeeded
from people.models import Role
from people.two_persons import key_of
from redemption.counter import redeem
from redemption.errors import ReturnNeedsApproval, ReturnsTooMuch, ServesOneself
from redemption.receipts import receipt
from redemption.refunds import return_goods
from redemption.return_acts import ask_return
from redemption.taking_back import MOST_POINTS_BACK, needs_approval
from tests.redemption.approving import somebody, viewer
from tests.redemption.world import key, make_world
from web.acts import ACTS


@pytest.mark.parametrize(
    ("points", "sold_on", "today", "wanted"),
    [
        (MOST_POINTS_BACK, 20261128, 20261128, False),
        (MOST_POINTS_BACK + 1, 20261128, 20261128, True),
        (1, 20261127, 20261128, True),
    ],
)
def test_what_takes_a_second_person(points, sold_on, today, wanted):
    assert needs_approval(points, sold_on, today) is wanted


async def test_a_large_return_is_approved_once_by_somebody_else(database):
    world = await make_world(points=400, rice=12)
    cart = [(world.rice.id, 12)]
    given = await redeem(world.book, world.shop.id, world.member, cart, world.clerk, key())
    line = given.lines[0].line_id
    large, small = [(line, 11)], [(line, 2)]
    with pytest.raises(ReturnNeedsApproval):
        await return_goods(world.book, given.redemption_id, large, world.clerk, key())
    clerk = await viewer(world.book, world.clerk, Role.CLERK)
    zhao = await somebody(world.book, "赵敏", Role.ORGANISER)
    chen = await somebody(world.book, "陈静", Role.ADMIN)
    request = await ask_return(ACTS, clerk, given.redemption_id, large, "买多了")
    looked = await ACTS[request.act].look(request)
    assert [(each.before, each.after, each.unit) for each in looked.effects] == [
        (12, 1, "pieces"),
        (40, 370, "points"),
    ]
    with pytest.raises(RoleNeeded):
        await approve(ACTS, clerk, request.id, request.digest)
    told = await asyncio.gather(
        *(approve(ACTS, who, request.id, request.digest) for who in (zhao, chen)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Approval) for each in told) == 1
    assert sum(isinstance(each, AlreadyDecided) for each in told) == 1
    assert (await world.points()).balance == 370
    assert await world.on_shelf(world.rice) == 11
    entry_id = await entry_posted(world.book, key_of(request))
    posted = await entry(world.book, entry_id or 0)
    assert (posted["actor_id"], posted["document_type"]) == (world.clerk, "redemption")
    assert posted["approver_id"] in (zhao.person_id, chen.person_id)
    with pytest.raises(ReturnsTooMuch):
        await ask_return(ACTS, clerk, given.redemption_id, small, "再退")
    assert [each for each in await check(world.book) if "pproval" in str(each)] == []


async def test_a_return_that_meanwhile_cannot_be_is_refused_and_the_request_stays(database):
    world = await make_world(points=100)
    cart = [(world.rice.id, 2)]
    given = await redeem(world.book, world.shop.id, world.member, cart, world.clerk, key())
    clerk = await viewer(world.book, world.clerk, Role.CLERK)
    zhao = await somebody(world.book, "赵敏", Role.ORGANISER)
    both = [(given.lines[0].line_id, 2)]
    request = await ask_return(ACTS, clerk, given.redemption_id, both, "破损")
    one = [(given.lines[0].line_id, 1)]
    await return_goods(world.book, given.redemption_id, one, world.clerk, key())
    assert (await ACTS[request.act].look(request)).refusal is not None
    with clock.frozen(clock.now() + DAY), pytest.raises(ReturnsTooMuch):
        await approve(ACTS, zhao, request.id, request.digest)
    assert (await Approval.get(id=request.id)).outcome is not Outcome.APPROVED
    assert (await receipt(world.book, given.redemption_id)).points_refunded == 30


async def test_who_was_served_neither_asks_nor_approves(database):
    world = await make_world(points=100)
    cart = [(world.rice.id, 1)]
    given = await redeem(world.book, world.shop.id, world.member, cart, world.clerk, key())
    one = [(given.lines[0].line_id, 1)]
    member = await viewer(world.book, world.member, Role.CLERK, Role.ADMIN)
    with pytest.raises(ServesOneself):
        await ask_return(ACTS, member, given.redemption_id, one, "x")
    clerk = await viewer(world.book, world.clerk, Role.CLERK, Role.ADMIN)
    await somebody(world.book, "赵敏", Role.ORGANISER)
    request = await ask_return(ACTS, clerk, given.redemption_id, one, "x")
    with pytest.raises(OwnBenefit):
        await approve(ACTS, member, request.id, request.digest)
    with pytest.raises(OwnRequest):
        await approve(ACTS, clerk, request.id, request.digest)
