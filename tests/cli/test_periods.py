"""`caihong period`: a month is listed, shown and closed from the console."""

from kernel import clock
from kernel.days import day_of, month_end, plus_months, start_of
from ledger.periods import closed_periods, month_words
from people import registration
from tests.cli.books import a_book_with_an_award

ZONE = "Asia/Shanghai"


def last_month():
    return plus_months(month_end(day_of(clock.now(), ZONE)), -1)


async def a_book_since_last_month():
    with clock.frozen(start_of(last_month() - 10, ZONE)):
        return await a_book_with_an_award()


def test_a_month_is_listed_and_closed_after_a_question(console):
    book = console.behind(a_book_since_last_month)
    month = month_words(last_month())

    listed = console.run("period", "list")
    declined = console.run("period", "close", month, "--by", "陈静", typed="n\n")
    closed = console.run("period", "close", month, "--by", "陈静", typed="y\n")

    assert f"{month}  can be closed  1 entry" in listed.output
    assert declined.exit_code == 1
    assert "Points people hold = points issued − points used or expired: 20 | 20" in closed.output
    assert closed.exit_code == 0, closed.output
    (kept,) = console.behind(lambda: closed_periods(book.book_id))
    assert (kept.ends_on, kept.closed_by) == (last_month(), book.admin)
    assert bytes(kept.digest).hex() in closed.output
    assert "closed on" in console.run("period", "list").output


def test_what_cannot_be_closed_is_told_in_a_sentence(console):
    console.behind(a_book_since_last_month)
    this = month_words(plus_months(last_month(), 1))

    for month, who, why in (
        (this, "陈静", "is not over yet"),
        ("2026-1", "陈静", "A month is written like 2026-11."),
        (this, "王秀兰", "王秀兰 is no administrator here."),
        (this, "nobody", "Nobody here is called nobody."),
    ):
        answer = console.run("period", "close", month, "--by", who, "--yes")
        assert answer.exit_code == 1
        assert why in answer.output


def test_where_there_are_several_books_one_is_named(console):
    book = console.behind(a_book_since_last_month)

    async def another():
        return (await registration.open_community("Elsewhere")).id

    console.behind(another)
    unsaid = console.run("period", "list")
    said = console.run("period", "list", "--book", str(book.book_id))

    assert unsaid.exit_code == 1
    assert f"{book.book_id} (金苑社区)" in unsaid.output
    assert said.exit_code == 0
    assert console.run("period", "list", "--book", "7").exit_code == 1


def test_without_a_book_there_is_nothing_to_close(console):
    answer = console.run("period", "list")
    assert answer.exit_code == 1
    assert "There is no book here yet." in answer.output
