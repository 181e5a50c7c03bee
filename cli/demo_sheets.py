"""An afternoon without network in the demo: two rows of a sheet typed in the next day, one of which waits."""

from functools import partial

from cli.demo_community import Demo
from cli.demo_shop import purses
from kernel import clock
from kernel.clock import DAY
from kernel.days import day_of
from people.models import Role
from redemption import sheets, stock
from redemption.sheet_papers import SheetEnd
from redemption.sheet_rows import Slip, enter

MORNING = (8, 40)


def plan_sheets(demo: Demo) -> None:
    """Plan three sheets of one morning; the next morning one is typed in, one was not needed, and one is still out."""
    demo.timeline.at(demo.moment(-2, MORNING), partial(_print, demo))


async def _print(demo: Demo) -> None:
    await sheets.print_pack(demo.book, demo.shop, 3, demo.one(Role.CLERK))
    demo.timeline.at(clock.now() + DAY, partial(_type_in, demo, day_of(clock.now(), demo.zone)))


async def _type_in(demo: Demo, day: int) -> None:
    """The first has enough points; the other has too few, and took something all the same."""
    clerk = demo.one(Role.CLERK)
    there = [each.item for each in await stock.shelves(demo.book, demo.shop) if each.for_points > 1]
    cheapest = min(
        (each for each in there if each.price_points), key=lambda item: item.price_points
    )
    have = {each.owner.person_id: each.points for each in await purses(demo)}
    able = [person for person, points in have.items() if points >= cheapest.price_points]
    short = [
        each.person_id
        for each in demo.residents
        if have.get(each.person_id, 0) < cheapest.price_points
    ]
    first = await sheets.sheet_of(demo.book, demo.shop, 1)
    rows = [*able[:1], *short[-1:]]
    for place, person_id in enumerate(rows, 1):
        slip = Slip(place, person_id, ((cheapest.id, 1),), day, cheapest.price_points)
        await enter(demo.book, first, slip, clerk)
    spare = await sheets.sheet_of(demo.book, demo.shop, 2)
    await sheets.put_away(demo.book, spare.id, SheetEnd.UNUSED, clerk)
