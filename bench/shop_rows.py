"""Goods over the counter by HTTP: three goods a sale, all over the town and all in one shop."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench import http_place
from bench.http_load import Request
from bench.http_place import Served, Town
from bench.http_rows import compared
from bench.place import Place, analyze
from bench.rows import Goal, Plan, Row, row
from bench.shop_place import Market, a_market, sales
from bench.soundness import require

BASELINE = "against FastAPI with the same token, session check and a stored function"


@dataclass(frozen=True, slots=True)
class Markets:
    """Both servers, and the shops of both towns."""

    at: Served
    markets: dict[int, Market]

    def of(self, town: Town) -> Market:
        """Return the shops of a town."""
        return self.markets[town.book_id]


@asynccontextmanager
async def ground(place: Place, plan: Plan) -> AsyncIterator[Markets]:
    """Serve two towns alike, with their shops."""
    async with http_place.ground(place, plan) as at:
        markets = {town.book_id: await a_market(at.url, town) for town in (at.own, at.other)}
        await analyze(at.url)
        yield Markets(at, markets)


async def redeem_row(here: Markets) -> Row:
    """Three goods a sale, in any of the town's shops."""

    async def requests(town: Town) -> Iterator[Request]:
        market = here.of(town)
        return sales(market, list(market.goods))

    samples = await compared(here.at, requests)
    await require(here.at.own.book_id)
    what = f"redemption of three goods over HTTP, 64 at once, 32 shops; {BASELINE}"
    return row(("http-redeem", what, "sales/s"), samples, Goal(1.0))


async def one_shop_row(here: Markets) -> Row:
    """The same, everybody in one shop: all of them want its next receipt number."""

    async def requests(town: Town) -> Iterator[Request]:
        market = here.of(town)
        return sales(market, list(market.goods)[:1])

    samples = await compared(here.at, requests)
    await require(here.at.own.book_id)
    what = f"the same, all of them in one shop; {BASELINE}"
    return row(("http-redeem-one-shop", what, "sales/s"), samples, Goal(0.9))


ROWS = {"http-redeem": redeem_row, "http-redeem-one-shop": one_shop_row}
