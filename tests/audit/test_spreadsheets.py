"""Lists open in a spreadsheet as what they are: text as text, never a formula; numbers as numbers."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from audit import spreadsheets
from audit.exports import Sheet, What, Wish, export
from audit.spreadsheets import harmless, write_csv, write_xlsx
from kernel.errors import NotFound
from ledger import trial_balance
from people.registration import rename
from tests.audit.test_plain_text import TITLE, an_eventful_autumn
from tests.audit.test_report import a_day
from web.export_words import export_words
from web.i18n import speaking

pytestmark = pytest.mark.anyio

HEADS = ("Name", "Amount")
DANGEROUS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.invalid","x")',
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    " =1+1",
    "\u3000=1+1",  # an ideographic blank
    "\ufeff=1+1",  # a byte order mark
    "\u200b=1+1",  # a blank without width
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "﹢1",
    "−1+1",
]
HARMLESS = [
    "王*兰",
    "A=B",
    "3-2-501",
    "a+b@example.invalid",
    "10 斤装（5 公斤）",
    "",
    "'quoted",
    "·",
]


async def rows_of(*rows):
    for row in rows:
        yield row


def nothing():
    return None


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_program_could_run_begins_with_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_no_program_runs_stays_as_it_is(text):
    assert harmless(text) == text


async def test_a_csv_keeps_every_dangerous_text_in_one_quoted_cell(tmp_path):
    to = tmp_path / "list.csv"
    texts = [*DANGEROUS, 'x";=1+1', "x,=1+1", "x\n=1+1"]

    await write_csv(to, HEADS, rows_of(*[(text, -5) for text in texts]), nothing)
    raw = to.read_bytes()
    found = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))

    assert raw.startswith(b"\xef\xbb\xbf")
    assert [row[0] for row in found[1:]] == [harmless(text) for text in texts]
    assert {row[1] for row in found[1:]} == {"-5"}


async def test_a_workbook_has_texts_and_no_formulas_and_numbers_stay_numbers(tmp_path):
    to = tmp_path / "list.xlsx"
    texts = [text for text in DANGEROUS if not text.startswith(("\0", "\r"))]
    rows = [(text, -5, Decimal("-10.05"), date(2026, 11, 30), None) for text in texts]

    await write_xlsx(to, "a/b: [王*兰]", (*HEADS, "c", "d", "e"), rows_of(*rows), nothing)
    sheet = CalamineWorkbook.from_path(str(to)).get_sheet_by_index(0)
    found = sheet.to_python()

    assert [row[0] for row in found[1:]] == [harmless(text) for text in texts]
    assert found[1][1:] == [-5.0, -10.05, date(2026, 11, 30), ""]
    assert sheet.name == "a b   王 兰"


async def test_a_number_that_a_spreadsheet_would_round_is_kept_as_text(tmp_path):
    to = tmp_path / "list.xlsx"

    await write_xlsx(to, "x", HEADS, rows_of(("a", 456623644056461512), ("b", 10**15 - 1)), nothing)
    found = CalamineWorkbook.from_path(str(to)).get_sheet_by_index(0).to_python()

    assert [row[1] for row in found[1:]] == ["456623644056461512", 999999999999999.0]


async def test_more_rows_than_a_sheet_takes_go_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 3)
    to = tmp_path / "list.xlsx"

    await write_xlsx(to, "Journal", HEADS, rows_of(*[(str(n), n) for n in range(5)]), nothing)
    workbook = CalamineWorkbook.from_path(str(to))
    found = {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}

    assert {name: [row[0] for row in rows] for name, rows in found.items()} == {
        "Journal": ["Name", "0", "1"],
        "Journal 2": ["Name", "2", "3"],
        "Journal 3": ["Name", "4"],
    }


async def taken_out(book_id, tmp_path, what, sheet=Sheet.CSV, **more):
    """The rows of a list, its heads first, and how often it ticked."""
    to, ticks = tmp_path / f"out.{sheet}", []
    wish = Wish(what=what, sheet=sheet, **more)
    with speaking("en"):
        await export(book_id, wish, export_words(), TITLE, to, lambda: ticks.append(1))
    if sheet is Sheet.CSV:
        with to.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file)), len(ticks)
    return CalamineWorkbook.from_path(str(to)).get_sheet_by_index(0).to_python(), len(ticks)


@pytest.mark.parametrize("sheet", list(Sheet))
async def test_the_trial_balance_is_ours_to_the_last_figure(database, tmp_path, sheet):
    book_id = await an_eventful_autumn()
    totals = await trial_balance.trial_balance(book_id)

    (_, *rows), ticks = await taken_out(book_id, tmp_path, What.TRIAL_BALANCE, sheet)

    assert ticks == len(rows) == len(totals)
    for row, total in zip(rows, totals, strict=True):
        unit = 100 if total.name.asset == "fen" else 1
        assert row[1] == total.name.path
        debited, credited = (round(float(cell or 0) * unit) for cell in row[4:6])
        assert (debited, credited) == (total.debits, total.credits)
        debit, credit = (round(float(cell or 0) * unit) for cell in row[6:8])
        assert debit - credit == total.debits - total.credits


async def test_the_journal_lists_every_line_with_masked_names(database, tmp_path):
    day = await a_day()

    (heads, *rows), _ = await taken_out(day.book, tmp_path, What.JOURNAL)
    lines = {(row[1], row[2]) for row in rows}

    assert heads[:7] == ["Booked on", "Entry", "Line", "What", "Debit", "Credit", "Amount"]
    assert len(lines) == len(rows) > 15
    assert any("王*兰" in row[5] for row in rows)
    assert not any("王秀兰" in cell for row in rows for cell in row)
    assert {row[7] for row in rows} == {"Points", "Service time", "香皂", "Voucher money"}


async def test_the_journal_of_some_days_has_those_days_only(database, tmp_path):
    book_id = await an_eventful_autumn()

    october = {"first": 20_261_001, "last": 20_261_031}
    (_, *rows), _ = await taken_out(book_id, tmp_path, What.JOURNAL, **october)

    assert {row[0] for row in rows} == {"2026-10-05", "2026-10-31"}


async def test_a_statement_lists_an_account_with_its_running_balance(database, tmp_path):
    book_id = await an_eventful_autumn()
    totals = await trial_balance.trial_balance(book_id)
    bob = next(each for each in totals if each.name.path == "volunteer:102:points")

    (_, *rows), _ = await taken_out(book_id, tmp_path, What.STATEMENT, account_id=bob.account_id)

    assert [(row[4], row[5]) for row in rows] == [
        ("-40", "0"), ("-20", "40"), ("33", "60"), ("-33", "27"), ("60", "60"),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        await taken_out(book_id, tmp_path, What.STATEMENT, account_id=1)


async def test_a_member_named_like_a_formula_opens_as_text(database, tmp_path):
    day = await a_day()
    (voucher,) = [
        each
        for each in await trial_balance.trial_balance(day.book)
        if each.name.path.endswith(":points") and each.credits
    ][:1]
    await rename(day.book, int(voucher.name.path.split(":")[1]), name="=1+1")

    (_, *rows), _ = await taken_out(
        day.book, tmp_path, What.STATEMENT, account_id=voucher.account_id
    )

    assert rows
    assert not any(cell.startswith("=") for row in rows for cell in row)
