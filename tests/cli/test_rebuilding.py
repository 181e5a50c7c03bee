"""`caihong rebuild`: differences are shown, and set right only in a shut book and in somebody's name."""

import pytest

from kernel.database import execute, fetch
from ledger.alarms import raise_alarm
from tests.cli.books import a_book_with_an_award


async def a_damaged_book():
    book = await a_book_with_an_award()
    await execute("UPDATE balance SET credits = 90 WHERE credits = 20")
    return book


async def shut():
    (book,) = await fetch("SELECT id FROM book")
    await raise_alarm(book["id"], "balances", "x", {})


async def wrong_balances():
    return len(await fetch("SELECT * FROM balance WHERE credits = 90"))


def test_a_sound_book_is_answered_with_0(console):
    console.behind(a_book_with_an_award)
    answer = console.run("rebuild", "--dry-run")
    assert answer.exit_code == 0
    assert "金苑社区: every balance and lot is the sum of its transfers." in answer.output


def test_a_dry_run_lists_differences_and_answers_5(console):
    book = console.behind(a_damaged_book)
    answer = console.run("rebuild", "--dry-run", "--book", str(book.book_id))
    assert answer.exit_code == 5
    assert f"volunteer:{book.volunteer}:points" in answer.output
    assert "0, 90, 1" in answer.output
    assert "0, 20, 1" in answer.output
    assert console.behind(wrong_balances) == 1


@pytest.mark.parametrize("name", ["", "王秀兰"])
def test_nothing_is_repaired_in_nobodys_name(console, name):
    console.behind(a_damaged_book)
    console.behind(shut)
    assert console.run("rebuild", "--by", name, "--yes").exit_code == 1
    assert console.behind(wrong_balances) == 1


def test_an_open_book_is_not_repaired(console):
    console.behind(a_damaged_book)
    answer = console.run("rebuild", "--by", "陈静", "--yes")
    assert answer.exit_code == 1
    assert "only set anew while an alarm has shut the books" in answer.output
    assert console.behind(wrong_balances) == 1


def test_a_shut_book_is_repaired_after_a_question(console):
    console.behind(a_damaged_book)
    console.behind(shut)

    assert console.run("rebuild", "--by", "陈静", typed="n\n").exit_code == 1
    assert console.behind(wrong_balances) == 1
    done = console.run("rebuild", "--by", "陈静", typed="y\n")

    assert done.exit_code == 0, done.output
    assert "1 balance or lot was set right." in done.output
    assert console.behind(wrong_balances) == 0
    assert console.run("rebuild", "--by", "陈静").exit_code == 0
