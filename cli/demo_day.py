"""How the demo's days at the counter end: signed off, but for one that was forgotten and one with a late sale.

One clerk undoes more than the other; a member says that something was not them; some points are about to lapse.
"""

from functools import partial

from cli.demo_approvals import approved, viewer_as
from cli.demo_community import Demo
from cli.demo_data import SHOP_DAYS
from cli.demo_shop import purses
from kernel import clock
from kernel.clock import HOUR, MINUTE
from kernel.days import plus_days, plus_months, to_date
from people.models import Role
from people.point_acts import ask_adjustment
from redemption import cases, counter, day_closing, receipts, refunds, stock
from redemption.models import Redemption
from web.acts import ACTS

CLOSES, LATE, SLIPS = (17, 0), (17, 20), (15, 20)
LEARNING = 28  # days
FORGOTTEN, LATE_SALE = 2, 3  # which shop day, counted back from today
WHY = "节日慰问积分"


def plan_days(demo: Demo) -> None:
    """Plan how each of the shop's days ends, and what members say about it."""
    days = [
        day
        for day in range(0, -7 * demo.weeks, -1)
        if to_date(plus_days(demo.today, day)).weekday() in SHOP_DAYS
        and demo.moment(day, CLOSES) < demo.now
    ]
    for place, day in enumerate(days, 1):
        if place != FORGOTTEN:
            demo.timeline.at(demo.moment(day, CLOSES), partial(_close, demo, day))
        if place == LATE_SALE:
            demo.timeline.at(demo.moment(day, LATE), partial(_sell, demo, 0))
        if day > -LEARNING:
            demo.timeline.at(demo.moment(day, SLIPS), partial(_slip, demo))
    demo.timeline.at(demo.now - 5 * HOUR, partial(_soon_lapsing, demo))
    demo.timeline.at(demo.now - 4 * HOUR, partial(_not_me, demo))


async def _close(demo: Demo, day: int) -> None:
    which = plus_days(demo.today, day)
    await day_closing.close_day(demo.book, demo.shop, which, demo.one(Role.CLERK))


async def _sell(demo: Demo, clerk: int) -> Redemption | None:
    """Sell the cheapest thing to the poorest who can pay for it."""
    shelves = await stock.shelves(demo.book, demo.shop)
    there = [each.item for each in shelves if each.for_points and each.item.price_points]
    item = min(there, key=lambda each: (each.price_points, each.id))
    able = [each for each in await purses(demo) if each.points >= item.price_points]
    if not able:
        return None
    who, by = able[-1].owner.person_id, demo.staff[Role.CLERK][clerk]
    sold = await counter.redeem(demo.book, demo.shop, who, [(item.id, 1)], by, demo.key())
    return await Redemption.get(book_id=demo.book, id=sold.redemption_id)


async def _slip(demo: Demo) -> None:
    """The clerk who is still learning takes the wrong thing, and undoes it."""
    sold = await _sell(demo, 1)
    if sold is not None:
        undo = partial(refunds.undo, demo.book, sold.id, sold.clerk_id, demo.key())
        demo.timeline.at(clock.now() + 2 * MINUTE, undo)


async def _not_me(demo: Demo) -> None:
    """Two members ask about an exchange; one has got an answer."""
    rows = Redemption.filter(book_id=demo.book, state="done", follows_id__isnull=True)
    words = ("那天我没有去超市", "是谁替我兑换的？")
    latest = await rows.order_by("-redeemed_at").limit(len(words))
    for sold, said in zip(latest, words, strict=False):
        entry = await receipts.receipt(demo.book, sold.id)
        case = await cases.object_to(demo.book, sold.person_id, entry.entry_id, said)
        if said == words[-1]:
            found = "查过小票：是老伴拿您的积分卡来兑换的。"
            organiser = demo.one(Role.ORGANISER)
            await cases.answer(demo.book, case.id, organiser, found)


async def _soon_lapsing(demo: Demo) -> None:
    """Points of a gift that were good for a short time only."""
    maker = await viewer_as(demo, demo.staff[Role.ORGANISER][1])
    for place, months in ((-1, 0), (-2, 0), (-3, 1)):
        who = demo.residents[place].person_id
        until = plus_months(demo.today, months)
        asked = await ask_adjustment(ACTS, maker, who, 6, WHY, expires_on=until)
        demo.timeline.at(clock.now() + MINUTE, partial(approved, demo, asked))
