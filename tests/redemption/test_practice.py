"""A book to practise in: nothing of the real one is in it, and nothing of it is anywhere else."""

import pytest

from api.background import audit_books, seal_books
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import fetch
from ledger.books import all_books
from ledger.errors import BookIsReadOnly
from ledger.sealing import books_in_the_queue
from people import limits, practice, roster, sessions
from people.errors import NoSuchMember
from people.models import Membership
from people.practice_papers import PracticeBook
from redemption.counter import redeem
from redemption.errors import ItemNotHere, NotAMember
from redemption.practice import begin, there
from tests.redemption.world import key, make_world

COUNTED = ("journal_entry", "transfer", "redemption", "membership", "item", "stock_lot")


async def rows_of(book: int) -> dict[str, int]:
    """How many rows of each kind a book has."""
    counts = {}
    for table in COUNTED:
        [row] = await fetch(f"SELECT COUNT(*) AS n FROM {table} WHERE book_id = $1", book)
        counts[table] = row["n"]
    return counts


async def test_practice_never_touches_the_real_book_and_is_in_no_list(database):
    world = await make_world()
    before = (await rows_of(world.book), await world.totals())
    signed = await begin(world.book, world.clerk)
    viewer = await sessions.viewer_of(signed.token)
    assert viewer is not None
    assert viewer.practice
    assert (viewer.book_id != world.book, {role.value for role in viewer.roles}) == (
        True,
        {"clerk"},
    )
    people, goods = await there(viewer.book_id)
    assert ([each.number for each in people], len(goods)) == ([201, 202, 203], 3)
    shop = goods[0].shop_id
    done = await redeem(
        viewer.book_id, shop, people[0].person_id, [(goods[0].id, 1)], viewer.person_id, key()
    )
    assert done.points_total == 60
    # A real member, a real thing or the real shop is not found from there, and the other way round.
    with pytest.raises(NotAMember):
        await redeem(
            viewer.book_id, shop, world.member, [(goods[0].id, 1)], viewer.person_id, key()
        )
    with pytest.raises(ItemNotHere):
        await redeem(
            *(viewer.book_id, shop, people[0].person_id, [(world.rice.id, 1)]),
            *(viewer.person_id, key()),
        )
    with pytest.raises(NoSuchMember):
        await roster.member(world.book, people[0].person_id)
    await seal_books()
    await audit_books()
    assert (await rows_of(world.book), await world.totals()) == before
    assert await all_books() == [world.book]
    assert await books_in_the_queue() == []
    assert [each.id for each in await roster.communities()] == [world.book]


async def test_leaving_or_a_day_throws_it_away(database, monkeypatch):
    world = await make_world()
    first, second = await begin(world.book, world.clerk), await begin(world.book, world.desk_clerk)
    again = await begin(world.book, world.clerk)  # One at a time for each.
    assert await sessions.viewer_of(first.token) is None
    people, goods = await there(again.book_id)
    await practice.throw_away(again.book_id)
    assert await sessions.viewer_of(again.token) is None
    with pytest.raises(BookIsReadOnly):
        await redeem(
            *(again.book_id, goods[0].shop_id, people[0].person_id, [(goods[0].id, 1)]),
            *(again.person_id, key()),
        )
    await practice.throw_away(world.book)  # is none, and stays as it is
    assert await practice.throw_old_away() == 0
    later = clock.now() + 25 * HOUR
    monkeypatch.setattr(clock, "now", lambda: later)
    assert await practice.throw_old_away() == 1
    assert await PracticeBook.filter(ended_at__isnull=True).count() == 0
    assert second.book_id not in await all_books()
    assert await Membership.filter(book_id=world.book).count() == 4
    await world.give_points(5)


async def test_nobody_fills_the_database_with_books_that_are_shut_and_never_deleted(
    database, monkeypatch
):
    monkeypatch.setitem(limits.RULES, limits.Purpose.PRACTICE, limits.Window(2, HOUR))
    monkeypatch.setitem(limits.RULES, limits.Purpose.PRACTICE_BOOK, limits.Window(4, DAY))
    world = await make_world()
    for whose in (7, 8):  # two browsers at counters
        for _ in range(2):
            await begin(world.book, None, whose)
        with pytest.raises(practice.TooMuchPractice):
            await begin(world.book, None, whose)
    with pytest.raises(practice.TooMuchPractice) as refused:
        await begin(world.book, world.clerk)  # the community has had its share
    assert refused.value.members["minutes"] > 60
    assert await PracticeBook.all().count() == 4
    with clock.frozen(clock.now() + 25 * HOUR):
        await begin(world.book, world.clerk)


async def test_a_community_has_a_few_at_a_time(database):
    world = await make_world()
    for _ in range(practice.MOST_OPEN + 1):
        await begin(world.book, None)
    assert await PracticeBook.filter(ended_at__isnull=True).count() == practice.MOST_OPEN
