"""Goods over the counter by HTTP: three goods a sale, all over the town and all in one shop."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench import http_place
from bench.http_load import Request
from bench.http_place import Served, Town
from bench.http_rows import compared, measured, rested
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

    async def anywhere(self, town: Town) -> Iterator[Request]:
        """Return sales in any of a town's shops."""
        market = self.markets[town.book_id]
        return sales(market, list(market.goods))

    async def in_one(self, town: Town) -> Iterator[Request]:
        """Return sales in the first of them."""
        market = self.markets[town.book_id]
        return sales(market, list(market.goods)[:1])


@asynccontextmanager
async def ground(place: Place, plan: Plan) -> AsyncIterator[Markets]:
    """Serve two towns alike, with their shops."""
    async with http_place.ground(place, plan) as at:
        markets = {town.book_id: await a_market(at.url, town) for town in (at.own, at.other)}
        await analyze(at.url)
        yield Markets(at, markets)


async def redeem_row(here: Markets) -> Row:
    """Three goods a sale, in any of the town's shops."""
    samples = await compared(here.at, here.anywhere)
    await require(here.at.own.book_id)
    what = f"redemption of three goods over HTTP, 64 at once, 32 shops; {BASELINE}"
    return row(("http-redeem", what, "sales/s"), samples, Goal(1.0))


async def one_shop_row(here: Markets) -> tuple[Row, Row]:
    """The same in one shop, where all want the next receipt number: against ours in all shops, and the function."""
    own, port = here.at.own, here.at.own_port
    sides = {
        "ours": measured(here.at, own, port, here.in_one),
        "baseline": measured(here.at, own, port, here.anywhere),
    }
    among_ours = await rested(here.at, sides)
    among_both = await compared(here.at, here.in_one)
    await require(own.book_id)
    what = "the same, all of them in one shop"
    return (
        row(
            ("http-redeem-one-shop", f"{what}; against 32 shops", "sales/s"), among_ours, Goal(0.9)
        ),
        row(("http-redeem-one-shop-function", f"{what}; {BASELINE}", "sales/s"), among_both, None),
    )


ROWS = {"http-redeem": redeem_row, "http-redeem-one-shop": one_shop_row}
