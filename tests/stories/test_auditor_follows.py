"""The auditor's story: from a figure on the first page to the scan it rests on, and to what was altered."""

import re

import pytest

from checkin import attending, venue_codes
from checkin.verification import verify
from kernel import clock
from kernel.clock import HOUR
from kernel.database import execute
from people.models import Role
from people.registration import grant_role
from tests.web.office import Browser, Office, an_office, browser_of

pytestmark = pytest.mark.story


async def served_by_both(office: Office) -> None:
    """Wang and Li come at the beginning, leave after an hour, and Chen verifies."""
    began = clock.now() - HOUR
    for person in (office.wang, office.li):
        claim = venue_codes.claim(office.book_id, office.shift.id, began)
        with clock.frozen(began):
            await attending.check_in(office.book_id, person, claim)
        claim = venue_codes.claim(office.book_id, office.shift.id, clock.now())
        done = await attending.check_out(office.book_id, person, claim)
        await verify(office.book_id, done.attendance.id, office.chen)


async def tap(browser: Browser, page: str, place: str) -> str:
    """Follow the first link to such a place."""
    found = re.search(rf'href="({place}\d*)"', page)
    assert found, f"no way to {place}"
    return (await browser.get(found[1].replace("&amp;", "&"))).text


async def an_auditor(office: Office) -> Browser:
    await grant_role(office.book_id, office.zhao, Role.AUDITOR, None)
    return await browser_of(office, office.zhao)


async def test_any_figure_leads_to_its_scan_in_three_taps(database):
    office = await an_office()
    await served_by_both(office)
    auditor = await an_auditor(office)

    first = (await auditor.get("/books")).text
    assert "Everything agrees: 2 entries were checked" in first
    purses = await tap(auditor, first, "/books/classes/volunteer-points")
    purse = await tap(auditor, purses, "/books/accounts/")
    entry = await tap(auditor, purse, "/books/entries/")

    assert "The attendance behind it" in entry
    assert "周六清洁家园" in entry
    assert "Check in" in entry
    assert "scanned" in entry
    assert "unchanged since it was recorded" in entry
    assert "王秀兰" not in entry
    assert "王*兰" in entry or "李*国" in entry


async def test_a_week_of_the_chart_lists_its_entries(database):
    office = await an_office()
    await served_by_both(office)
    auditor = await an_auditor(office)

    weeks = re.findall(r'href="(/books/entries\?[^"]*)"', (await auditor.get("/books")).text)
    page = (await auditor.get(weeks[-1].replace("&amp;", "&"))).text

    assert page.count("Hours verified") == 2


async def test_a_paper_altered_behind_the_books_is_named_on_the_first_page(database):
    office = await an_office()
    await served_by_both(office)
    auditor = await an_auditor(office)
    await execute("UPDATE attendance SET points_awarded = 500 WHERE book_id = $1", office.book_id)

    page = (await auditor.get("/books")).text

    assert "Not everything agrees" in page
    assert "says 500 points, its entries moved 10" in page


async def test_an_account_written_by_hand_is_named_and_opens(database):
    office = await an_office()
    await served_by_both(office)
    auditor = await an_auditor(office)
    await execute(
        "INSERT INTO account (book_id, id, opened_at, side, floored, lots, path, asset, type) "
        "VALUES ($1, 5, 1, 1, 0, 0, 'secret:stash', 'points', 'income')",
        office.book_id,
    )
    await execute(
        "INSERT INTO transfer (book_id, entry_id, debit_id, credit_id, amount, line, asset) "
        "SELECT book_id, entry_id, debit_id, 5, 1, 99, asset FROM transfer "
        "WHERE book_id = $1 AND asset = 'points' LIMIT 1",
        office.book_id,
    )

    first = (await auditor.get("/books")).text

    assert "Not everything agrees" in first
    assert "secret:stash" in first
    assert "secret:stash" in (await auditor.get("/books/accounts/5")).text


async def test_the_books_of_another_community_are_not_found(database):
    office, other = await an_office(), await an_office()
    await served_by_both(office)
    page = (await (await an_auditor(office)).get("/books")).text
    account = re.search(r"/books/accounts/\d+", page)
    stranger = await an_auditor(other)

    assert account
    assert (await stranger.get(account[0])).status_code == 404


async def test_a_volunteer_does_not_read_the_books(database):
    office = await an_office()
    volunteer = await browser_of(office, office.wang, staff=False)

    assert (await volunteer.get("/books")).status_code == 403
