"""A book on the console: as a file or through a pipe, for the programs of accountants and for spreadsheets."""

import asyncio
import shutil
import subprocess

import pytest
from beancount import loader
from python_calamine import CalamineWorkbook

from audit.standing import standing_still
from kernel.database import connected
from ledger.desk import post
from ledger.trial_balance import trial_balance
from tests.audit.test_report import a_day
from tests.harness.run import part_is_missing
from tests.ledger import world


@pytest.fixture
def books(console, tmp_path):
    """A console on a book with a day's work in it."""
    console.day = console.behind(a_day)
    console.folder = tmp_path
    return console


def test_beancount_goes_through_a_pipe_as_it_is(books):
    answer = books.run("export", "beancount")
    (books.folder / "piped.beancount").write_text(answer.stdout, encoding="utf-8")

    entries, errors, _ = loader.load_file(str(books.folder / "piped.beancount"))

    assert (answer.exit_code, errors) == (0, [])
    assert len(entries) > 20
    assert answer.stderr == ""


def test_hledger_accepts_the_file(books, request):
    if shutil.which("hledger") is None:
        part_is_missing(request, "hledger", "hledger is not installed")
    out = books.folder / "out.journal"

    answer = books.run("export", "hledger", "--out", str(out), "--book", str(books.day.book))
    checked = subprocess.run(
        ["hledger", "--file", out, "check", "--strict"], capture_output=True, text=True, check=False
    )

    assert "Written to" in answer.stdout
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("what", ["journal", "trial-balance"])
def test_a_list_is_a_workbook_or_a_csv_by_its_name(books, what):
    workbook, text = books.folder / "out.xlsx", books.folder / "out.csv"

    for out in (workbook, text):
        assert books.run("export", what, "--out", str(out)).exit_code == 0
    rows = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_index(0).to_python()

    assert len(rows) == len(text.read_text(encoding="utf-8-sig").splitlines()) > 5
    assert "must end in .csv or .xlsx" in books.run("export", what, "--out", "out.pdf").stderr


def test_a_statement_is_asked_for_by_its_path(books):
    asked = books.run("export", "statement", "--account", "points:issued")

    assert "王*兰" in asked.stdout
    assert "--account PATH" in books.run("export", "statement").stderr
    assert "one account x" in books.run("export", "statement", "--account", "x").stderr


def test_days_that_are_none_are_told(books):
    answer = books.run("export", "journal", "--from", "2026-13-01")

    assert answer.exit_code == 1
    assert "“2026-13-01” is not a day." in answer.stderr
    assert "There is no book 7 here." in books.run("export", "journal", "--book", "7").stderr


@pytest.mark.anyio
async def test_an_export_keeps_nobody_from_posting_and_does_not_see_it(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, world.ANN, 10))
    read, posted = asyncio.Event(), asyncio.Event()

    async def exporting():
        async with standing_still():
            before = await trial_balance(book_id)
            read.set()
            await posted.wait()
            return before == await trial_balance(book_id)

    task = asyncio.create_task(exporting())
    await read.wait()
    async with asyncio.timeout(5), connected(database.url):
        await post(world.an_award(book_id, world.ANN, 7))
    posted.set()

    assert await task
    assert {each.balance for each in await trial_balance(book_id)} == {17}
