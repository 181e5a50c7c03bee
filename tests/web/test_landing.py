"""What every code opens, for whoever scans it, and coming and going after the scan."""

import pytest

from checkin import asking, board, venue_codes
from checkin.models import Attendance, AttendanceState
from kernel import clock
from kernel.clock import MINUTE, SECOND
from tests.web.office import Browser, an_office, browser_of


@pytest.fixture
async def office(database):
    return await an_office()


def code_of(office, at=None):
    return venue_codes.issue(office.book_id, office.shift.id, at or clock.now())


async def scan(browser, office, **later):
    """Look at the code on the screen, and return the page it leads to."""
    with clock.frozen(clock.now() + sum(later.values()) * MINUTE):
        landed = await browser.get(f"/Q/{code_of(office)}")
        return await browser.follow(landed)


async def test_a_scan_leaves_a_claim_and_takes_the_code_out_of_the_address(office):
    browser = await browser_of(office, office.wang, staff=False)
    landed = await browser.get(f"/Q/{code_of(office)}")
    assert (landed.status_code, landed.headers["location"]) == (303, "/check-in")
    assert "__Host-claim=" in landed.headers["set-cookie"]
    assert await Attendance.all().count() == 0


async def test_come_and_go(office):
    browser = await browser_of(office, office.wang, staff=False)
    assert "周六清洁家园" in await scan(browser, office)
    page = await browser.follow(await browser.post("/check-in"))
    assert "You are checked in" in page
    assert "scan again when you leave" in page
    assert "You are checked in" in await browser.follow(await browser.post("/check-in"))
    with clock.frozen(clock.now() + 45 * MINUTE):
        landed = await browser.get(f"/q/{code_of(office).lower()}")
        assert "already checked in" in await browser.follow(landed)
        page = await browser.follow(await browser.post("/check-in/out"))
    assert "you served 45 min" in page
    assert "wait for review" in page
    found = await Attendance.get(person_id=office.wang)
    assert (found.state, found.minutes_worked) == (AttendanceState.LEFT, 45)


async def test_after_leaving_another_scan_only_tells(office):
    browser = await browser_of(office, office.wang, staff=False)
    await scan(browser, office)
    await browser.post("/check-in")
    await scan(browser, office, minutes=30)
    with clock.frozen(clock.now() + 31 * MINUTE):
        landed = await browser.get(f"/Q/{code_of(office)}")
        await browser.follow(landed)
        await browser.post("/check-in/out")
    assert "Already checked out" in await scan(browser, office, minutes=40)


async def test_the_scan_that_checked_in_cannot_check_out(office):
    browser = await browser_of(office, office.wang, staff=False)
    await scan(browser, office)
    await browser.post("/check-in")
    assert (await browser.post("/check-in/out")).status_code == 409


async def test_an_old_code_says_to_scan_again(office):
    browser = await browser_of(office, office.wang, staff=False)
    answer = await browser.get(f"/Q/{code_of(office, clock.now() - 60 * SECOND)}")
    assert answer.status_code == 409
    assert 'href="/scan"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_claim_holds_five_minutes(office):
    browser = await browser_of(office, office.wang, staff=False)
    await scan(browser, office)
    with clock.frozen(clock.now() + 6 * MINUTE):
        late = await browser.get("/check-in")
        assert (late.status_code, "scan" in late.text) == (409, True)
        assert (await browser.post("/check-in")).status_code == 409


async def test_without_a_scan_the_page_asks_for_one(office):
    browser = await browser_of(office, office.wang, staff=False)
    assert "Please scan the code first" in (await browser.get("/check-in")).text
    assert (await browser.post("/check-in")).status_code == 404
    browser.http.cookies.set("__Host-claim", "AAAA")
    assert "Please scan the code first" in (await browser.get("/check-in")).text


@pytest.mark.parametrize(
    "token",
    ["A", "AAAA", "CEAQ", "%00", "错错", "9" * 40, "A" * 5000, "%2e%2e", "CE" + "A" * 53, "<b>"],
)
async def test_garbled_codes_are_friendly_and_change_nothing(office, token):
    for browser in (Browser(), await browser_of(office, office.wang, staff=False)):
        answer = await browser.get(f"/Q/{token}")
        assert answer.status_code == 404
        assert 'href="/"' in answer.text


async def test_a_claim_outlives_the_sign_in(office):
    browser = Browser()
    page = await scan(browser, office)
    assert "I am on the list" in page
    assert "/sign-in?next=/check-in" in page
    claim = browser.http.cookies["__Host-claim"]
    signed = await browser_of(office, office.wang, staff=False)
    signed.http.cookies.set("__Host-claim", claim)
    await signed.get("/check-in")
    assert "You are checked in" in await signed.follow(await signed.post("/check-in"))


async def test_a_visitor_says_a_number_and_is_signed_in_by_one_tap(office):
    browser = Browser()
    await scan(browser, office)
    waiting = await browser.follow(
        await browser.post("/check-in/number", number="\uff11\uff10\uff13")
    )
    asks = (await board.of_shift(office.book_id, office.shift.id)).asking
    assert [each.person_id for each in asks] == [office.wang]
    assert f'<p class="typed num">{asks[0].match_digits}</p>' in waiting
    assert (await browser.get("/check-in")).headers["location"] == "/check-in/waiting"
    await browser.get("/check-in/waiting")
    assert "Look again" in (await browser.post("/check-in/waiting")).text
    await asking.confirm(office.book_id, asks[0].id, office.chen)
    assert "王*兰" in (await browser.get("/check-in/waiting")).text
    page = await browser.follow(await browser.post("/check-in/waiting"))
    assert "王秀兰" in page
    assert "You are checked in" in page


async def test_a_script_is_told_to_move_on_once_somebody_said_yes(office):
    browser = Browser()
    await scan(browser, office)
    await browser.follow(await browser.post("/check-in/number", number="103"))
    browser.http.headers["hx-request"] = "true"
    fragment = (await browser.post("/check-in/waiting")).text
    assert fragment.strip().startswith('<div class="asks"')
    asks = (await board.of_shift(office.book_id, office.shift.id)).asking
    await asking.confirm(office.book_id, asks[0].id, office.chen)
    answer = await browser.post("/check-in/waiting")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/check-in")
    assert "__Host-sid=" in answer.headers["set-cookie"]


async def test_a_refused_visitor_is_sent_to_the_leader(office):
    browser = Browser()
    await scan(browser, office)
    await browser.post("/check-in/number", number="3316")
    await browser.get("/check-in/waiting")
    asks = (await board.of_shift(office.book_id, office.shift.id)).asking
    await asking.not_here(office.book_id, asks[0].id, office.chen)
    assert "Not confirmed" in (await browser.get("/check-in/waiting")).text
    assert "Not confirmed" in (await browser.post("/check-in/waiting")).text


@pytest.mark.parametrize("number", ["", "999", "abc", "9" * 40, "\0", "-1", "１" * 30])
async def test_an_unknown_number_is_kept_for_correction(office, number):
    browser = Browser()
    await scan(browser, office)
    answer = await browser.post("/check-in/number", number=number)
    assert answer.status_code == 404
    assert "We found nobody" in answer.text
    if number == "999":
        assert 'value="999"' in answer.text


async def test_six_digits_do_what_the_code_does(office):
    digits = venue_codes.typed(office.book_id, office.shift.id, clock.now())
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in digits)
    for browser in (await browser_of(office, office.wang, staff=False), Browser()):
        await browser.get("/scan")
        assert (await browser.post("/scan", code=wide)).headers["location"] == "/check-in"
        assert "周六清洁家园" in (await browser.get("/check-in")).text


@pytest.mark.parametrize("code", ["", "000000", "12", "9" * 400, "\0\0"])
async def test_wrong_digits_are_shown_again(office, code):
    browser = await browser_of(office, office.wang, staff=False)
    await browser.get("/scan")
    answer = await browser.post("/scan", code=code)
    assert answer.status_code == 404
    assert "not a check-in code" in answer.text


async def test_a_scanned_address_of_any_host_opens_the_same(office):
    browser = await browser_of(office, office.wang, staff=False)
    await browser.get("/scan")
    token = code_of(office)
    for text in (token, f"HTTPS://OLD.EXAMPLE.CN/Q/{token}", f"https://x.cn/q/{token.lower()}"):
        answer = await browser.post("/scan", code=text)
        assert answer.headers["location"] == f"/Q/{token}"
