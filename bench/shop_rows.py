"""Goods over the counter by HTTP: three goods a sale, all over the town and all in one shop."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench import http_place
from bench.http_load import Request
from bench.http_place import Served, Town
from bench.http_rows import compared, measured
from bench.place import Place, analyze, settle_down
from bench.rows import Goal, Plan, Row, in_turns, row
from bench.shop_place import Market, a_market, sales
from bench.soundness import require

BASELINE = "against FastAPI with the same token, session check and a stored function"


@dataclass(frozen=True, slots=True)
class Markets:
    """Both servers, and the shops of both towns."""

    at: Served
    markets: dict[int, Market]

    async def before(self) -> None:
        """Let the database rest before a sample."""
        await settle_down(self.at.url)

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


async def one_shop_row(here: Markets) -> tuple[Row, Row]:
    """The same in one shop, where all want the next receipt number: against ours in all shops, and the function."""

    async def anywhere(town: Town) -> Iterator[Request]:
        market = here.of(town)
        return sales(market, list(market.goods))

    async def in_one(town: Town) -> Iterator[Request]:
        market = here.of(town)
        return sales(market, list(market.goods)[:1])

    own, port = here.at.own, here.at.own_port
    sides = {
        side: measured(here.at, own, port, asked)
        for side, asked in (("ours", in_one), ("baseline", anywhere))
    }
    among_ours = await in_turns(sides, here.at.plan.rounds, pid=here.at.pid, before=here.before)
    among_both = await compared(here.at, in_one)
    await require(own.book_id)
    what = "the same, all of them in one shop"
    return (
        row(
            ("http-redeem-one-shop", f"{what}; against 32 shops", "sales/s"), among_ours, Goal(0.9)
        ),
        row(("http-redeem-one-shop-function", f"{what}; {BASELINE}", "sales/s"), among_both, None),
    )


ROWS = {"http-redeem": redeem_row, "http-redeem-one-shop": one_shop_row}
