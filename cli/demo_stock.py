"""What stands behind the demo's counter: goods bought for money, and relief for a household in hardship."""

from functools import partial

from cli import demo_data
from cli.demo_approvals import viewer_as
from cli.demo_community import Demo
from kernel.clock import MINUTE
from kernel.days import plus_days
from people import hardship, households, roster
from people.deciding import approve
from people.lives import ConsentGiven
from people.models import Role
from redemption import relief, stock
from redemption.counts import Pile, ask_count
from redemption.relief import relief_shelf
from redemption.slips import LotSlip
from redemption.states import Source
from web.acts import ACTS

CLERKS_AFTERNOON, A_YEAR = (16, 40), 300


def plan_stock(demo: Demo) -> None:
    """Plan a purchase with its receipt, and relief goods that go home for nothing."""
    demo.timeline.at(demo.moment(-6, (9, 30)), partial(_buy, demo))
    demo.timeline.at(demo.moment(-4, (9, 0)), partial(_count, demo))
    demo.timeline.at(demo.moment(-5, CLERKS_AFTERNOON), partial(_mark, demo))
    demo.timeline.at(demo.moment(-5, CLERKS_AFTERNOON) + MINUTE, partial(_give, demo))


async def _count(demo: Demo) -> None:
    """A bar of soap is missing; the organiser signs."""
    clerk = await viewer_as(demo, demo.one(Role.CLERK))
    organiser = await viewer_as(demo, demo.one(Role.ORGANISER))
    shelves = await stock.shelves(demo.book, demo.shop)
    there = next(each for each in shelves if each.for_points > 1)
    counted = {Pile(there.item.id, relief=False): there.for_points + there.past_date - 1}
    asked = await ask_count(ACTS, clerk, demo.shop, counted, demo_data.COUNT)
    await approve(ACTS, organiser, asked.id, asked.digest)


async def _buy(demo: Demo) -> None:
    bought = demo.goods[0]
    await stock.receive(
        *(demo.book, bought.id, Source.PURCHASED, 20),
        by=demo.one(Role.CLERK),
        key=demo.key(),
        slip=LotSlip(2590, "20261121-003", demo.one(Role.ORGANISER)),
    )


async def _mark(demo: Demo) -> None:
    """The last who moved in agreed that relief may be given to the household."""
    person_id = demo.residents[-1].person_id
    flat = (await roster.member(demo.book, person_id)).flat
    organiser = demo.one(Role.ORGANISER)
    if await households.of_person(demo.book, person_id) is None:
        await households.make(demo.book, flat, person_id, organiser)
    until = plus_days(demo.today, A_YEAR)
    await hardship.mark(demo.book, person_id, ConsentGiven.PAPER, until, organiser)


async def _give(demo: Demo) -> None:
    shelf = await relief_shelf(demo.book, demo.shop)
    cart = [(item.id, 1) for item, _ in shelf[:1]]
    taker, clerk = demo.residents[-1].person_id, demo.one(Role.CLERK)
    await relief.hand_out(demo.book, demo.shop, taker, cart, clerk, demo.key())
