"""What the console deletes once it is old, and what it writes down of the data it hands out."""

from kernel import clock
from kernel.clock import DAY
from people import sessions
from people.disclosing import disclosures
from people.models import Session
from people.privacy import Told
from tests.cli.books import a_book_with_an_award


def test_tidying_counts_first_and_then_deletes(console):
    async def long_ago():
        book = await a_book_with_an_award()
        with clock.frozen(clock.now() - 60 * DAY):
            await sessions.begin(book.book_id, book.admin, staff=True)

    async def left():
        return await Session.all().count()

    console.behind(long_ago)

    counted = console.run("tidy", "--dry-run")
    assert "Browsers that were signed out or ran out, kept for 30 days" in counted.stdout
    assert "looked into): 1\n" in counted.stdout
    assert "Nothing was deleted: --dry-run." in counted.stdout
    assert console.behind(left) == 1
    assert "Deleted." in console.run("tidy").stdout
    assert console.behind(left) == 0


def test_what_the_console_hands_out_is_written_down(console, tmp_path):
    book = console.behind(a_book_with_an_award)
    purse = f"volunteer:{book.volunteer}:points"
    console.run("user", "list")
    console.run("user", "list", "--all")
    console.run("export", "journal", "--out", str(tmp_path / "journal.csv"))
    console.run("export", "statement", "--account", purse, "--out", str(tmp_path / "one.csv"))

    rows = console.behind(lambda: disclosures(book.book_id))

    assert [(row.what, row.by_id, row.people, row.about_id) for row in reversed(rows)] == [
        (Told.MEMBERS, None, 2, None),
        (Told.BOOK, None, 2, None),
        (Told.BOOK, None, None, book.volunteer),
    ]
