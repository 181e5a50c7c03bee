"""What the demo reserved from the phone, the hours of its shop, and the limit of an item for each household."""

from functools import partial

from cli import demo_data
from cli.demo_community import Demo
from cli.demo_shop import Purse, purses
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.days import plus_days
from people.models import Role
from redemption import openings, picking_up, stock
from redemption.models import Item
from redemption.reservation_papers import Reservation
from redemption.reserving import reserve
from redemption.shop_rules import Rule, set_rule

MORNING, AFTERNOON = (10, 10), (15, 30)
A_WEEK, ALL_DAY = 7, (0, openings.LAST_MINUTE)
CLOSED_IN = 12  # days
PIECES_A_MONTH, EXCHANGES_A_DAY = 6, 9


def plan_reservations(demo: Demo) -> None:
    """Plan one that is collected in part, one that nobody comes for, one that is cancelled, and one that waits."""
    demo.timeline.at(demo.moment(-6, MORNING), partial(_open_hours, demo))
    demo.timeline.at(demo.moment(-6, AFTERNOON), partial(_lapse, demo))
    demo.timeline.at(demo.moment(-3, MORNING), partial(_collect, demo))
    demo.timeline.at(demo.moment(-3, AFTERNOON), partial(_cancel, demo))
    demo.timeline.at(demo.now - 2 * HOUR, partial(_reserve, demo, 2, 1))


async def _open_hours(demo: Demo) -> None:
    """The demo's counter can be tried at any hour; a day of stock-taking is announced."""
    organiser = demo.one(Role.ORGANISER)
    for weekday in range(1, A_WEEK + 1):
        await openings.add_hours(
            *(demo.book, demo.shop, ALL_DAY, organiser), weekday=weekday, exchange_day=True
        )
    closed = plus_days(demo.today, CLOSED_IN)
    await openings.set_day(demo.book, demo.shop, closed, None, demo_data.CLOSED, organiser)
    await set_rule(demo.book, demo.shop, Rule(exchanges_a_day=EXCHANGES_A_DAY), organiser)
    kept = stock.Kept(demo.goods[0].category, PIECES_A_MONTH)
    await stock.keep(demo.book, demo.goods[0].id, kept)


async def _lapse(demo: Demo) -> None:
    if await _reserve(demo, 3, 1) is not None:
        demo.timeline.at(clock.now() + 4 * DAY, partial(picking_up.expire_due, demo.book))


async def _collect(demo: Demo) -> None:
    """Two pieces were put aside, and one is taken home the next day."""
    kept = await _reserve(demo, 0, 2)
    if kept is not None:
        parts = [(next(iter(kept.lines)).id, 1)]
        clerk = demo.one(Role.CLERK)
        taken = partial(picking_up.collect, demo.book, kept.id, clerk, demo.key(), parts=parts)
        demo.timeline.at(clock.now() + DAY, taken)


async def _cancel(demo: Demo) -> None:
    kept = await _reserve(demo, 1, 1)
    if kept is not None:
        again = (demo.book, kept.id, kept.person_id, demo.key())
        demo.timeline.at(clock.now() + HOUR, partial(picking_up.cancel, *again))


async def _reserve(demo: Demo, place: int, pieces: int) -> Reservation | None:
    """Let one of those who have some points reserve the cheapest thing on the shelf."""
    shelves = await stock.shelves(demo.book, demo.shop)
    there = [each.item for each in shelves if each.for_points > pieces and each.item.price_points]
    item: Item = min(there, key=lambda item: (item.price_points, item.id))
    needed = item.price_points * pieces
    able: list[Purse] = [each for each in await purses(demo) if each.points >= needed]
    if place >= len(able):
        return None
    who = able[place].owner.person_id
    return await reserve(demo.book, demo.shop, who, [(item.id, pieces)], who, demo.key())
