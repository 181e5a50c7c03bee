"""`caihong alarm` and `caihong doctor`: a shut book is told of, and opened again in somebody's name."""

import json

import pytest

from kernel.database import fetch
from ledger.alarms import all_alarms, raise_alarm
from tests.cli.books import a_book_with_an_award

SAYS = "The balance of %(path)s (%(asset)s) is not the sum of its transfers"
TOLD = "The balance of volunteer:7:points (points) is not the sum of its transfers"


@pytest.fixture
def shut(console):
    async def work():
        book = await a_book_with_an_award()
        await raise_alarm(
            book.book_id, "balances", SAYS, {"path": "volunteer:7:points", "asset": "points"}
        )
        return book, (await all_alarms(book.book_id))[0].id

    return console.behind(work)


async def read_only():
    return (await fetch("SELECT read_only FROM book"))[0]["read_only"]


def test_no_alarm_is_answered_with_0(console):
    console.behind(a_book_with_an_award)
    answer = console.run("alarm", "list")
    assert (answer.exit_code, "no alarm" in answer.output) == (0, True)
    assert "take no entries" not in console.run("doctor").output


def test_an_open_alarm_is_answered_with_2_and_what_it_says(console, shut):
    book, alarm = shut
    told, as_json = console.run("alarm", "list"), console.run("alarm", "list", "--json")

    assert (told.exit_code, as_json.exit_code) == (2, 2)
    assert f"{alarm}" in told.output
    assert f"[balances] {TOLD} – takes no entries" in told.output
    (said,) = json.loads(as_json.stdout)
    assert (said["alarm"], said["book"], said["says"]) == (str(alarm), str(book.book_id), TOLD)


def test_the_doctor_tells_of_it(console, shut):
    answer = console.run("doctor")
    assert answer.exit_code == 1
    assert "✗ The books of 金苑社区 take no entries since" in answer.output


def test_clearing_it_asks_and_opens_the_book(console, shut):
    book, alarm = shut

    declined = console.run("alarm", "clear", str(alarm), "--by", "陈静", typed="n\n")
    assert declined.exit_code == 1
    assert console.behind(read_only) == 1
    done = console.run("alarm", "clear", str(alarm), "--by", "陈静", typed="y\n")

    assert "The books take entries again." in done.output
    assert console.behind(read_only) == 0
    (cleared,) = console.behind(lambda: all_alarms(book.book_id))
    assert cleared.cleared_by == book.admin
    assert console.run("alarm", "list").exit_code == 0
    assert f"[balances] {TOLD} – cleared" in console.run("alarm", "list", "--all").output


def test_another_alarm_keeps_the_book_shut(console, shut):
    book, alarm = shut
    console.behind(lambda: raise_alarm(book.book_id, "lots", "x", {}))
    done = console.run("alarm", "clear", str(alarm), "--by", "陈静", "--yes")
    assert "Another alarm still keeps the books shut." in done.output
    assert console.behind(read_only) == 1


def test_only_an_administrator_clears_and_only_what_is_open(console, shut):
    _, alarm = shut
    assert console.run("alarm", "clear", str(alarm), "--by", "王秀兰", "--yes").exit_code == 1
    assert (
        "There is no open alarm 7."
        in console.run("alarm", "clear", "7", "--by", "陈静", "--yes").output
    )
    assert console.behind(read_only) == 1
