"""An alarm shuts the book, is raised once while open, and the last one cleared opens the book again."""

import asyncio
import logging

import pytest

from kernel.database import fetch
from kernel.errors import NotFound
from ledger.alarms import all_alarms, clear_alarm, open_alarms, raise_alarm
from ledger.desk import post
from ledger.errors import BookIsReadOnly
from tests.ledger.world import ANN, a_book, an_award

pytestmark = pytest.mark.anyio
SAYS = "The balance of %(path)s is not the sum of its transfers"
BY = 7


async def is_read_only(book_id):
    return bool((await fetch("SELECT read_only FROM book WHERE id = $1", book_id))[0]["read_only"])


async def test_an_alarm_shuts_its_book_and_no_other(database, caplog):
    book_id, other = await a_book(), await a_book()

    with caplog.at_level(logging.CRITICAL, "caihong"):
        await raise_alarm(book_id, "balances", SAYS, {"path": "volunteer:101:points"})

    with pytest.raises(BookIsReadOnly):
        await post(an_award(book_id, ANN, 10))
    await post(an_award(other, ANN, 10))
    (alarm,) = await open_alarms(book_id)
    assert str(alarm) == "The balance of volunteer:101:points is not the sum of its transfers"
    assert (alarm.check, alarm.cleared_at) == ("balances", None)
    assert f"ALARM in book {book_id} [balances]: {alarm}" in caplog.text


async def test_what_is_found_again_is_raised_once_even_at_the_same_moment(database, caplog):
    book_id = await a_book()

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(raise_alarm(book_id, "balances", SAYS, {"path": "a"}))
    await raise_alarm(book_id, "balances", SAYS, {"path": "b"})
    await raise_alarm(book_id, "lots", SAYS, {"path": "a"})

    found = [(each.check, each.members["path"]) for each in await open_alarms(book_id)]
    assert found == [("balances", "a"), ("balances", "b"), ("lots", "a")]
    assert caplog.text.count("ALARM") == 3


async def test_the_last_alarm_cleared_opens_the_book(database):
    book_id = await a_book()
    await raise_alarm(book_id, "balances", SAYS, {"path": "a"})
    await raise_alarm(book_id, "lots", SAYS, {"path": "b"})
    first, second = await open_alarms(book_id)

    assert not await clear_alarm(book_id, first.id, BY)
    assert await is_read_only(book_id)
    assert await clear_alarm(book_id, second.id, BY)

    assert not await is_read_only(book_id)
    await post(an_award(book_id, ANN, 10))
    assert [each.cleared_by for each in await all_alarms(book_id)] == [BY, BY]


async def test_what_was_cleared_is_raised_again_when_it_is_found_again(database):
    book_id = await a_book()
    await raise_alarm(book_id, "balances", SAYS, {"path": "a"})
    (alarm,) = await open_alarms(book_id)
    await clear_alarm(book_id, alarm.id, BY)

    await raise_alarm(book_id, "balances", SAYS, {"path": "a"})

    assert len(await all_alarms(book_id)) == 2
    assert await is_read_only(book_id)


async def test_only_an_open_alarm_of_this_book_is_cleared(database):
    book_id, other = await a_book(), await a_book()
    await raise_alarm(book_id, "balances", SAYS, {"path": "a"})
    (alarm,) = await open_alarms(book_id)

    with pytest.raises(NotFound):
        await clear_alarm(other, alarm.id, BY)
    await clear_alarm(book_id, alarm.id, BY)
    with pytest.raises(NotFound):
        await clear_alarm(book_id, alarm.id, BY)


async def test_there_is_no_alarm_in_a_book_that_is_not_there(database):
    with pytest.raises(NotFound):
        await raise_alarm(404, "balances", SAYS, {"path": "a"})
