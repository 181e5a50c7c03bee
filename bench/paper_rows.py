"""Posts with papers beside them, and many people in one entry, both held against our own bare posts."""

from dataclasses import dataclass
from functools import partial

from bench.acts import (
    NextPost,
    a_key,
    bulk_grants,
    drawn,
    random_awards,
    random_settlements,
)
from bench.callers import Tally, closed_loop
from bench.filling import ZONE
from bench.place import analyze, settle_down
from bench.posting_rows import AT_ONCE, Ground, ours, rate
from bench.rows import Goal, Row, in_turns, row
from bench.soundness import BooksAreWrong, watched
from kernel import clock
from kernel.database import fetch
from kernel.days import day_of
from kernel.ids import new_id
from ledger import chart
from ledger.chart import Kind
from ledger.post import Fact, Post
from people.models import Person
from redemption import stock
from redemption.serving import Sale, ShelfLot, served
from redemption.states import Source

ITEMS, PIECES, GOODS, PRICE = 40, 1_000_000, 3, 3
BULK = 100


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop with full shelves, its clerk, and the lot of each item."""

    id: int
    clerk_id: int
    lots: tuple[ShelfLot, ...]


async def a_shop(at: Ground) -> Shop:
    """Give the volunteers of the book a name and a shop, through the shop's own verbs."""
    clerk_id = len(at.own.purses) + 1
    people = [
        Person(id=number, name="某某", registered_at=clock.now())
        for number in range(1, clerk_id + 1)
    ]
    await Person.bulk_create(people, batch_size=1000)
    book, now = at.own.book_id, clock.now()
    shop, lots = await stock.open_shop(book, "店"), []
    for number in range(ITEMS):
        item = await stock.add_item(book, shop.id, f"货{number}", PRICE)
        lot = await stock.receive(
            book, item.id, Source.PURCHASED, PIECES, by=clerk_id, key=f"lot{number}"
        )
        lots.append(ShelfLot(item.id, lot.id, Source.PURCHASED.value, now, None))
    return Shop(shop.id, clerk_id, tuple(lots))


def a_redemption(at: Ground, shop: Shop) -> Post:
    """Three goods for one person: the counter's own decision, its facts and its papers."""
    person = drawn.randrange(len(at.own.purses)) + 1
    shelf = tuple(
        ShelfLot(lot.item_id, lot.lot_id, lot.source, lot.received_at, None, line_id=new_id())
        for lot in drawn.sample(shop.lots, GOODS)
    )
    cart = tuple((lot.item_id, 1) for lot in shelf)
    now = clock.now()
    sale = Sale(
        *(new_id(), shop.id, person, shop.clerk_id, cart, shelf, now, day_of(now, ZONE)),
        expected_total=GOODS * PRICE,
    )
    own = chart.purse(person), chart.owed(person), chart.redeemed(shop.id)
    return Post(
        book_id=at.own.book_id,
        kind=Kind.GOODS_REDEEMED,
        key=a_key(["redeem", shop.id, person, [list(pair) for pair in cart], GOODS * PRICE]),
        document=Fact("redemption", sale.redemption_id),
        facts=(Fact("shop", shop.id), *(Fact("item", item_id) for item_id, _ in cart)),
        accounts=(
            *own,
            *(chart.stock_lot(shop.id, lot.item_id, lot.lot_id) for lot in shelf),
            *(chart.handed_out(shop.id, item_id, "for-points") for item_id, _ in cart),
        ),
        decide=partial(served, sale),
        actor_id=shop.clerk_id,
        occurred_at=now,
    )


async def papers_row(at: Ground) -> Row:
    """A redemption of three goods, against a bare transfer."""
    shop = await a_shop(at)
    own = partial(a_redemption, at, shop)
    await closed_loop(own, AT_ONCE, at.plan.seconds)
    # As autovacuum does within a minute: the plans of the foreign keys were made while these tables were empty.
    await analyze(at.url)
    async with watched(at.own.book_id) as answers:
        seconds = at.plan.seconds
        sides = {
            "ours": ours(own, AT_ONCE, seconds, answers, rate),
            "baseline": ours(random_settlements(at.own), AT_ONCE, seconds, answers, rate),
        }
        samples = await in_turns(
            sides, at.plan.rounds, pid=at.server.pid, before=partial(settle_down, at.url)
        )
    await _require_papers(at.own.book_id)
    what = "redemption of three goods with all its papers, one shop, 64 at once; against our bare transfers"
    return row(("papers-64", what, "posts/s"), samples, Goal(0.5))


async def _require_papers(book_id: int) -> None:
    """Every redemption has its number, its entry and its three lines. Raises: BooksAreWrong."""
    found = await fetch(
        "SELECT (SELECT SUM(receipts_issued) FROM shop WHERE book_id = $1) AS numbers, "
        "(SELECT COUNT(*) FROM redemption WHERE book_id = $1) AS papers, "
        "(SELECT COUNT(*) FROM redemption_line WHERE book_id = $1) AS lines, "
        "(SELECT COUNT(*) FROM journal_entry WHERE book_id = $1 AND kind = 'GOODS_REDEEMED') AS entries",
        book_id,
    )
    row = found[0]
    if not (
        row["numbers"] == row["papers"] == row["entries"] and row["lines"] == GOODS * row["papers"]
    ):
        raise BooksAreWrong(f"papers and entries of the redemptions differ: {row}")


def people_a_second(done: Tally) -> float:
    """Return how many people a second got their points from bulk grants."""
    return done.rate * BULK


async def _bulk(at: Ground, names: tuple[str, str], singles: int, goal: Goal | None) -> Row:
    single: NextPost = random_awards(at.own)
    async with watched(at.own.book_id) as answers:
        seconds = at.plan.seconds
        sides = {
            "ours": ours(bulk_grants(at.own, BULK), 1, seconds, answers, people_a_second),
            "baseline": ours(single, singles, seconds, answers, rate),
        }
        samples = await in_turns(
            sides, at.plan.rounds, pid=at.server.pid, before=partial(settle_down, at.url)
        )
    return row((*names, "people/s"), samples, goal)


async def bulk_row(at: Ground) -> Row:
    """Points for a hundred people in one entry, against one post each, one after another."""
    what = "points for 100 people in one entry, one caller; against the same caller posting for one after another"
    return await _bulk(at, ("bulk-100", what), 1, Goal(5.0))


async def bulk_beside_row(at: Ground) -> Row:
    """The same, against 64 callers at once; for information."""
    what = "the same; against single posts from 64 callers at once"
    return await _bulk(at, ("bulk-100-to-64", what), AT_ONCE, None)


ROWS = {"papers-64": papers_row, "bulk-100": bulk_row, "bulk-100-to-64": bulk_beside_row}
