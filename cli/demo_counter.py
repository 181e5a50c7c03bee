"""What goes wrong at the demo's counter and is put right there: a broken piece, the wrong card, a card forgotten."""

from functools import partial

from cli.demo_community import Demo
from cli.demo_shop import LEAST_WORTH_COMING, purses, serve
from kernel import clock
from kernel.clock import MINUTE
from people.models import Role
from redemption import counter, exchanging, parking

A_QUICK_LOOK = 3 * MINUTE


def plan_waiting_cart(demo: Demo) -> None:
    """Plan that somebody has just run back for a card: the goods wait."""
    demo.timeline.at(demo.now - 10 * MINUTE, partial(_park, demo))


async def swap_broken(demo: Demo) -> None:
    """Something is broken, seen at the door: swapped for another of its kind, and written off."""
    receipt = await serve(demo, (await purses(demo))[2].owner, share=0.5)
    if receipt is None:
        return
    line = receipt.lines[0]
    swap = exchanging.swap_of(
        receipt.redemption_id, [(line.line_id, 1)], [(line.item_id, 1)], [line.line_id]
    )
    again = (demo.book, swap, receipt.clerk_id, demo.key())
    demo.timeline.at(clock.now() + A_QUICK_LOOK, partial(exchanging.exchange, *again))


async def move_to_the_right_one(demo: Demo) -> None:
    """The clerk served on the card of the one before: moved two minutes later."""
    able = [each for each in await purses(demo) if each.points >= LEAST_WORTH_COMING]
    if len(able) < 2:  # noqa: PLR2004  the wrong one and the right one
        return
    receipt = await serve(demo, able[-1].owner, share=0.8)
    if receipt is not None:
        right = (demo.book, receipt.redemption_id, able[0].owner.person_id)
        move = partial(exchanging.move_sale, *right, receipt.clerk_id, demo.key())
        demo.timeline.at(clock.now() + A_QUICK_LOOK, move)


async def _park(demo: Demo) -> None:
    owner, clerk = (await purses(demo))[0].owner, demo.one(Role.CLERK)
    cart = [(demo.goods[0].id, 1), (demo.goods[1].id, 2)]
    quoted = await counter.quote(demo.book, demo.shop, owner.person_id, cart)
    there = [(line.item.id, line.quantity) for line in quoted.lines if not line.refusal]
    if there:
        await parking.park(demo.book, demo.shop, owner.person_id, there, clerk)
