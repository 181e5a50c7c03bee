"""`caihong expire` lets go what is over, once, and tells a book that takes no entries; so do the jobs of `serve`."""

import pytest

from api import background
from kernel import clock
from kernel.database import execute
from ledger import chart, holds
from ledger.balances import holding
from ledger.desk import post
from ledger.post import RequestKey
from tests.ledger import world
from tests.ledger.world import ANN

LAPSED, LIVING = 20_240_131, 20_991_231


async def two_books():
    """Open two books; in each Ann has a hold that is over, a lot that has lapsed, and one that has not."""
    books = [await world.a_book(), await world.a_book()]
    for book_id in books:
        await post(world.an_award(book_id, ANN, 5, LAPSED))
        await post(world.an_award(book_id, ANN, 10, LIVING))
        with clock.frozen(clock.now() - 2 * clock.DAY):
            ends = clock.now() + clock.DAY
            key = RequestKey("clerk", "hold")
            await holds.place(book_id, ANN, 4, expires_at=ends, key=key, actor_id=1)
    return books


async def shut(book_id, read_only=1):
    await execute("UPDATE book SET read_only = $1 WHERE id = $2", read_only, book_id)


async def points(book_id):
    return (await holding(book_id, chart.purse(ANN))).balance


def test_what_is_over_is_let_go_once(console):
    first, second = console.behind(two_books)

    one = console.run("expire", "--book", str(first))
    assert one.exit_code == 0, one.output
    assert "from 1 hold\n" in one.output
    assert "in 1 purse\n" in one.output
    assert console.behind(lambda: points(first)) == 10
    assert console.behind(lambda: points(second)) == 11

    both = console.run("expire")
    assert both.exit_code == 0, both.output
    assert f"(book {first}): points expired in 0 purses" in both.output
    assert f"(book {second}): points expired in 1 purse\n" in both.output


def test_a_shut_book_is_told_and_stops_no_other(console):
    first, second = console.behind(two_books)
    console.behind(lambda: shut(first))

    answer = console.run("expire")

    assert answer.exit_code == 1, answer.output
    assert f"(book {first}) takes no entries now" in answer.output
    assert console.behind(lambda: points(first)) == 11
    assert console.behind(lambda: points(second)) == 10


@pytest.mark.anyio
async def test_the_jobs_of_the_server_do_the_same_and_pass_a_shut_book_by(database):
    first, second = await two_books()
    await shut(first)

    await background.release_holds()
    await background.let_lots_lapse()
    assert (await points(first), await points(second)) == (11, 10)

    await shut(first, 0)
    await background.release_holds()
    await background.let_lots_lapse()
    assert (await points(first), await points(second)) == (10, 10)
    named = {job.name: job for job in background.JOBS}
    assert named["holds"].work is background.release_holds
    assert named["expiry"].work is background.let_lots_lapse
