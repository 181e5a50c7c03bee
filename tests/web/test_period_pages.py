"""The months of the books over http: who reads them, who closes one, and the banner of a book that is shut."""

import pytest

from kernel import clock
from kernel.clock import HOUR
from kernel.days import start_of
from ledger import periods
from ledger.alarms import clear_alarm, open_alarms, raise_alarm
from people import registration
from people.models import Role
from tests.web.office import an_office, browser_of
from tests.web.test_verification_pages import served

ZONE = "Asia/Shanghai"
NOW = start_of(20_261_120, ZONE) + 12 * HOUR
OCTOBER, SEPTEMBER = 20_261_031, 20_260_930


@pytest.fixture(autouse=True)
def november():
    with clock.frozen(NOW):
        yield


async def an_office_since(day):
    """Return an office that opened its book on a day."""
    with clock.frozen(start_of(day, ZONE) + 12 * HOUR):
        return await an_office()


async def an_auditor(office):
    person_id = (await registration.register(office.book_id, "周明", "", "")).person_id
    await registration.grant_role(office.book_id, person_id, Role.AUDITOR, None)
    return await browser_of(office, person_id)


async def hours_of_october(office):
    """Have Wang serve on the day the office opened, and somebody verify it then."""
    with clock.frozen(start_of(20_261_015, ZONE) + 12 * HOUR):
        return await served(office, office.wang)


async def test_an_administrator_sees_what_will_be_kept_and_closes_the_month(database):
    office = await an_office_since(20_261_015)
    row = await hours_of_october(office)
    chen = await browser_of(office, office.chen)
    with clock.frozen(start_of(20_261_016, ZONE)):
        zhao = await browser_of(office, office.zhao)
        await zhao.follow(await zhao.post(f"/attendances/{row.id}/verification"))

    listed = (await chen.get("/books/periods")).text
    assert "can be closed" in listed
    assert "not over yet" in listed
    assert 'href="/books/periods/2026-10"' in listed
    before = (await chen.get("/books/periods/2026-10")).text
    assert "Close the month and keep these totals" in before
    assert "does not agree" not in before
    done = await chen.follow(await chen.post("/books/periods/2026-10/closing"))

    assert "Oct 2026 is closed." in done
    assert "They never change." in done
    assert "陈*" in done
    (kept,) = await periods.closed_periods(office.book_id)
    assert (kept.ends_on, kept.closed_by) == (OCTOBER, office.chen)
    assert "closed" in (await chen.get("/books/periods")).text


async def test_auditors_and_organisers_read_and_cannot_close(database):
    office = await an_office_since(20_261_015)
    for browser in (await an_auditor(office), await browser_of(office, office.zhao)):
        page = (await browser.get("/books/periods/2026-10")).text
        assert "An administrator closes it." in page
        assert "/closing" not in page
        assert (await browser.post("/books/periods/2026-10/closing")).status_code == 403
    wang = await browser_of(office, office.wang, staff=False)
    assert (await wang.get("/books/periods")).status_code == 403
    assert await periods.closed_periods(office.book_id) == []


async def test_a_month_that_cannot_be_closed_says_why(database):
    office = await an_office_since(20_260_915)
    chen = await browser_of(office, office.chen)
    assert "an earlier month is still open" in (await chen.get("/books/periods/2026-10")).text

    for month, why in (
        ("2026-11", "2026-11 is not over yet"),
        ("2026-10", "please close 2026-09 first"),
    ):
        answer = await chen.post(f"/books/periods/{month}/closing")
        assert answer.status_code == 409
        assert why in answer.text
    await chen.follow(await chen.post("/books/periods/2026-09/closing"))
    again = await chen.post("/books/periods/2026-09/closing")
    assert "2026-09 is already closed" in again.text


async def test_what_is_no_month_of_this_book_is_not_found_or_wrong(database):
    office = await an_office_since(20_261_015)
    chen = await browser_of(office, office.chen)
    for path, status in (
        ("/books/periods/2026-09", 404),
        ("/books/periods/2026-12", 404),
        ("/books/periods/2026-13", 422),
        ("/books/periods/x", 422),
        ("/books/periods?before=x", 422),
    ):
        assert (await chen.get(path)).status_code == status, path


async def test_earlier_months_are_on_the_next_page(database):
    office = await an_office_since(20_250_315)
    chen = await browser_of(office, office.chen)
    first = (await chen.get("/books/periods")).text
    assert "/books/periods/2025-12" in first
    assert "/books/periods/2025-11" not in first
    assert "?before=2025-12" in first
    second = (await chen.get("/books/periods?before=2025-12")).text
    assert "/books/periods/2025-11" in second
    assert "/books/periods/2025-03" in second
    assert "/books/periods/2025-02" not in second
    assert "Earlier months" not in second


async def test_hours_of_a_closed_month_say_where_they_are_booked(database):
    office = await an_office_since(20_261_015)
    with clock.frozen(start_of(20_261_015, ZONE) + 12 * HOUR):
        one, two = await served(office, office.wang), await served(office, office.li)
    await periods.close(office.book_id, OCTOBER, office.chen)
    chen = await browser_of(office, office.chen)

    said = await chen.follow(await chen.post(f"/attendances/{one.id}/verification"))
    assert "Booked on Nov 1, 2026, because Oct 2026 is closed." in said
    several = await chen.post("/verifications", attendance=[str(two.id)])
    assert "Booked on Nov 1, 2026, because Oct 2026 is closed." in several.text


async def test_staff_see_that_the_book_is_shut_and_residents_do_not(database):
    office = await an_office_since(20_261_015)
    chen = await browser_of(office, office.chen)
    wang = await browser_of(office, office.wang, staff=False)
    says = "The balance of %(path)s (%(asset)s) is not the sum of its transfers"
    await raise_alarm(
        office.book_id, "balances", says, {"path": "volunteer:7:points", "asset": "points"}
    )

    page = (await chen.get("/shifts")).text
    assert "The books are shut since Nov 20, 2026" in page
    assert "The balance of volunteer:7:points (points) is not the sum of its transfers" in page
    assert "The books are shut" not in (await wang.get("/")).text
    refused = await chen.post("/books/periods/2026-10/closing")
    assert refused.status_code == 409
    assert "take no entries at the moment" in refused.text

    (alarm,) = await open_alarms(office.book_id)
    await clear_alarm(office.book_id, alarm.id, office.chen)
    assert "The books are shut" not in (await chen.get("/shifts")).text
