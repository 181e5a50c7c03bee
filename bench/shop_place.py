"""The shops of a town: many members with points, shelves that do not run empty, and a clerk who is signed in."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.http_load import Request
from bench.http_place import Town
from bench.place import direct
from kernel import clock
from kernel.clock import DAY
from kernel.ids import new_id
from ledger import grants
from ledger.grants import Grant, GrantList
from people.models import Role
from people.registration import grant_role, register
from redemption import counter, day_limits, stock
from redemption.states import Source

SHOPS, ITEMS, GOODS = 32, 20, 3
PIECES, POINTS, PRICE = 1_000_000, 1_000_000, 5
PATH = "/api/v1/redemptions"
LAST = 20_991_231


@dataclass(frozen=True, slots=True)
class Market:
    """The clerk as (person, session) and the goods of each shop."""

    town: Town
    clerk: tuple[int, int]
    goods: dict[int, list[int]]


async def a_market(url: str, town: Town) -> Market:
    """Open the shops of a town, fill their shelves, and give everybody points."""
    book_id = town.book_id
    clerk = ((await register(book_id, "刘芳")).person_id, new_id())
    await grant_role(book_id, clerk[0], Role.CLERK, None)
    await day_limits.set_limits(book_id, day_limits.MOST, day_limits.MOST, town.organiser[0])
    now = clock.now()
    async with direct(url) as raw:
        columns = "id token_hash book_id person_id staff begun_at seen_at ends_at browser"
        own = (clerk[1], f"{clerk[1]:064x}", book_id, clerk[0], True, now, now, now + DAY, "")
        await raw.copy_records_to_table("session", records=[own], columns=columns.split())
        # What a member's first sale opens is there already: most who come have come before.
        days = [(new_id(), book_id, person, 0, 0, 0, 0) for person, _ in town.volunteers]
        columns = "id book_id person_id day points extra_day extra_points"
        await raw.copy_records_to_table("allowance", records=days, columns=columns.split())
    given = tuple(Grant(person, POINTS) for person, _ in town.volunteers)
    two = (town.organiser[0], clerk[0])
    await grants.grant(book_id, GrantList(given, two[0], "figures", LAST, approved_by=two[1]))
    goods = {}
    for number in range(SHOPS):
        shop = await stock.open_shop(book_id, f"慈善超市 {number}")
        goods[shop.id] = [await _an_item(town, shop.id, at) for at in range(ITEMS)]
    market = Market(town, clerk, goods)
    await _opened(market)
    return market


async def _an_item(town: Town, shop_id: int, at: int) -> int:
    item = await stock.add_item(town.book_id, shop_id, f"大米 {at}", PRICE)
    giver = town.organiser[0]
    await stock.receive(
        town.book_id, item.id, Source.SPONSOR, PIECES, by=giver, key=f"lot-{item.id}"
    )
    return int(item.id)


async def _opened(market: Market) -> None:
    """Open what the first sale of each thing opens: nobody's figure should pay for it."""
    person = market.town.volunteers[0][0]
    for shop_id, items in market.goods.items():
        cart = [(item, 1) for item in items]
        clerk = market.clerk[0]
        await counter.redeem(market.town.book_id, shop_id, person, cart, clerk, f"first-{shop_id}")


def sales(market: Market, shops: list[int]) -> Iterator[Request]:
    """Return requests by which the clerk hands three goods to one member after the other, in shops drawn by chance."""
    token = market.town.token_of(market.clerk)
    chance = random.Random(7)  # noqa: S311  the same customers every time
    while True:
        for person, _ in market.town.volunteers:
            shop_id = chance.choice(shops)
            goods = chance.sample(market.goods[shop_id], GOODS)
            lines = [{"item_id": str(item), "quantity_pieces": 1} for item in goods]
            said = {
                "shop_id": str(shop_id),
                "person_id": str(person),
                "lines": lines,
                "expected_points": PRICE * GOODS,
            }
            yield Request(PATH, token, said, key=f"sale-{new_id()}")
