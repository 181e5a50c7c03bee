"""A town that reserves: asking, collecting, and whether its books are still true."""

from redemption.picking_up import collect
from redemption.reserving import reserve
from tests.redemption.world import World, key


async def wish(world: World, *cart: tuple[int, int], person: int | None = None, **more):
    """Reserve for a member, who asks for it."""
    who = person or world.member
    return await reserve(world.book, world.shop.id, who, cart, who, key(), **more)


async def fetch_it(world: World, reservation, *parts: tuple[int, int]):
    """Collect it at the clerk's counter, in whole or these parts of it."""
    return await collect(world.book, reservation.id, world.clerk, key(), parts=parts or None)
