"""The books taken out by an auditor: forms, days, masks, and nobody else's business."""

import logging
import tempfile
from pathlib import Path

import pytest
from beancount import loader
from python_calamine import CalamineWorkbook

from ledger.trial_balance import trial_balance
from people import registration
from people.models import Role
from tests.web.office import an_office, browser_of
from tests.web.test_verification_pages import served

FORMS = [
    "journal?sheet=xlsx",
    "journal?sheet=csv",
    "trial-balance?sheet=csv",
    "beancount",
    "hledger",
]


async def an_auditor(office):
    person_id = (await registration.register(office.book_id, "周明", "", "")).person_id
    await registration.grant_role(office.book_id, person_id, Role.AUDITOR, None)
    return await browser_of(office, person_id)


async def hours_verified(office):
    row = await served(office, office.wang)
    zhao = await browser_of(office, office.zhao)
    await zhao.follow(await zhao.post(f"/attendances/{row.id}/verification"))


def files_left():
    return set(Path(tempfile.gettempdir()).glob("caihong-export-*"))


@pytest.mark.parametrize("form", FORMS)
async def test_an_auditor_downloads_the_book_and_it_is_noted(database, form, caplog):
    office = await an_office()
    await hours_verified(office)
    auditor = await an_auditor(office)
    left = files_left()

    with caplog.at_level(logging.INFO, "caihong.exports"):
        answer = await auditor.get(f"/books/export/{form}")

    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert "王秀兰" not in answer.text
    assert f"export of book {office.book_id} by person" in caplog.text
    assert files_left() <= left


async def test_what_is_downloaded_can_be_opened(database, tmp_path):
    office = await an_office()
    await hours_verified(office)
    auditor = await an_auditor(office)
    workbook, text = tmp_path / "a.xlsx", tmp_path / "a.beancount"

    workbook.write_bytes((await auditor.get("/books/export/journal")).content)
    text.write_bytes((await auditor.get("/books/export/beancount")).content)
    rows = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_index(0).to_python()

    assert loader.load_file(str(text))[1] == []
    assert len(rows) == 3  # the heads, minutes and points


async def test_a_statement_is_of_one_account_of_this_book(database):
    office = await an_office()
    await hours_verified(office)
    auditor = await an_auditor(office)
    account = (await trial_balance(office.book_id))[0].account_id

    found = await auditor.get(f"/books/export/statement?sheet=csv&account_id={account}")
    without = await auditor.get("/books/export/statement?sheet=csv")
    strange = await auditor.get("/books/export/statement?sheet=csv&account_id=7")

    assert (found.status_code, without.status_code, strange.status_code) == (200, 404, 404)


async def test_nobody_else_takes_the_books_out(database):
    office = await an_office()
    for person_id in (office.wang, office.zhao):
        browser = await browser_of(office, person_id)
        for path in ("/books/export", "/books/export/journal"):
            assert (await browser.get(path)).status_code == 403, path


async def test_the_page_offers_all_forms_for_the_days_that_were_chosen(database):
    office = await an_office()
    auditor = await an_auditor(office)

    plain = (await auditor.get("/books/export")).text
    november = (await auditor.get("/books/export?first=2026-11-01&last=2026-11-30")).text
    wrong = await auditor.get("/books/export?first=2026-13-01")
    typed = await auditor.get("/books/export/journal?first=never")

    assert "/books/export/beancount?" in plain
    assert "/books/export/journal?sheet=xlsx&amp;first=2026-11-01&amp;last=2026-11-30" in november
    assert (wrong.status_code, typed.status_code) == (422, 422)
    assert "a date such as" in wrong.text
    assert 'href="/books/export"' in (await auditor.get("/books")).text
