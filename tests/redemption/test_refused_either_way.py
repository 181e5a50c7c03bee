"""Refusals that no page leads to, because it asked before: a program, or two people at once, meet them all the same."""

import pytest

from people import collecting
from people.models import Role
from redemption import exchange_acts, picking_up, sheet_cases, sheets
from redemption.counter import Payment, redeem
from redemption.errors import (
    AlreadyUndone,
    CartIsEmpty,
    NotAMember,
    RedemptionNotFound,
    ReturnsTooMuch,
    ShopNotHere,
)
from redemption.exchange_errors import ExchangeIsOver, PaidTogether
from redemption.exchanging import exchange, move_sale, swap_of
from redemption.family_errors import CollectCodeEnded, CollectsAlone
from redemption.models import Redemption
from redemption.receipts import receipt
from redemption.refunds import return_goods, undo
from redemption.reserving import reserve
from redemption.sheet_errors import SheetNotFound, SheetRowNotFound
from redemption.sheet_papers import SheetEnd
from redemption.slips import LotSlip, accepted
from redemption.states import Source
from redemption.stock_errors import BuyerReceives, CostIsOdd
from tests.redemption.approving import somebody, viewer
from tests.redemption.family_world import make_family
from tests.redemption.world import key, make_world
from web.acts import ACTS

NOBODY = 1


async def test_what_a_family_paid_together_is_neither_swapped_nor_moved_nor_collected(database):
    family = await make_family()
    world, book = family.world, family.book
    where = (book, world.shop.id, family.wang, [(world.rice.id, 1)], world.clerk)
    payers = frozenset({family.husband})
    sold = await redeem(*where, key(), payment=Payment(payers))
    assert sold.points_total == 30
    swap = swap_of(sold.redemption_id, [(sold.lines[0].line_id, 1)], [(world.soap.id, 1)])
    code = await collecting.make(book, family.wang, 100, family.wang)
    for refusal, work in (
        (PaidTogether, lambda: exchange(book, swap, world.clerk, key())),
        (
            PaidTogether,
            lambda: move_sale(book, sold.redemption_id, family.stranger, world.clerk, key()),
        ),
        (CollectsAlone, lambda: redeem(*where, key(), payment=Payment(payers, code.id))),
        (CollectCodeEnded, lambda: redeem(*where, key(), payment=Payment(code_id=NOBODY))),
    ):
        with pytest.raises(refusal):
            await work()
    assert (await family.points(family.wang), await family.points(family.husband)) == (0, 40)
    assert await family.faults() == []


async def test_a_swap_that_was_asked_for_is_looked_at_as_it_stands_now(database):
    world = await make_world()
    clerk = await viewer(world.book, world.clerk, Role.CLERK)
    await somebody(world.book, "赵敏", Role.ORGANISER)

    async def asked(pieces):
        cart = [(world.rice.id, 1)]
        sold = await redeem(world.book, world.shop.id, world.member, cart, world.clerk, key())
        line = sold.lines[0].line_id
        swap = swap_of(sold.redemption_id, [(line, pieces)], [(world.soap.id, 1)])
        return line, await exchange_acts.ask_exchange(ACTS, clerk, swap, "拿错了")

    line, waits = await asked(1)
    redemption_id = waits.told["redemption_id"]
    await return_goods(world.book, redemption_id, [(line, 1)], world.clerk, key())
    assert isinstance((await exchange_acts.look_at_swap(waits)).refusal, ReturnsTooMuch)
    _, gone = await asked(1)
    await undo(world.book, gone.told["redemption_id"], world.clerk, key())
    assert isinstance((await exchange_acts.look_at_swap(gone)).refusal, AlreadyUndone)
    sold = await receipt(world.book, redemption_id)
    await Redemption.filter(id=redemption_id).update(
        redeemed_at=sold.redeemed_at - 2 * 86_400 * 10**6
    )
    late = swap_of(redemption_id, [(line, 1)], [(world.soap.id, 1)])
    with pytest.raises(ExchangeIsOver):
        await exchange_acts.ask_exchange(ACTS, clerk, late, "拿错了")


async def test_papers_that_are_not_here_and_lots_that_nobody_could_have_bought(database):
    world = await make_world()
    book, by = world.book, world.clerk
    kept = await reserve(
        book, world.shop.id, world.member, [(world.rice.id, 1)], world.member, key()
    )
    bought = Source.PURCHASED
    for refusal, work in (
        (ShopNotHere, lambda: sheets.print_pack(book, NOBODY, 1, by)),
        (SheetNotFound, lambda: sheets.pack(book, NOBODY)),
        (SheetNotFound, lambda: sheets.put_away(book, NOBODY, SheetEnd.LOST, by)),
        (SheetRowNotFound, lambda: sheet_cases.drop(book, NOBODY, by, "没有")),
        (CartIsEmpty, lambda: picking_up.collect(book, kept.id, by, key(), parts=[])),
        (RedemptionNotFound, lambda: receipt(book, NOBODY)),
        (CostIsOdd, lambda: accepted(book, LotSlip(-1), bought, by)),
        (BuyerReceives, lambda: accepted(book, LotSlip(100, "", by), bought, by)),
        (NotAMember, lambda: accepted(book, LotSlip(100, "", NOBODY), bought, by)),
    ):
        with pytest.raises(refusal):
            await work()
    assert await sheets.not_entered(book, world.shop.id) == []
