"""Wang's story: a scan by number on a Saturday, one tap, two hours, points, a voucher, and why each is what it is."""

import re

import pytest

from checkin import asking, board, venue_codes
from checkin.verification import verify
from kernel import clock
from kernel.clock import HOUR, MINUTE
from ledger.checks import check
from people.registration import open_company
from redemption import vouchers
from tests.web.office import Browser, an_office

pytestmark = pytest.mark.story


async def test_a_volunteer_comes_by_number_serves_earns_and_takes_a_voucher(database):
    office = await an_office()
    chosen = await _on_offer(office.book_id)
    phone, came = Browser(), clock.now()

    with clock.frozen(came):  # An unknown phone scans the screen; the leader taps once.
        await _scan(phone, office)
        await phone.post("/check-in/number", number="3316")
        await phone.get("/check-in/waiting")
        asks = (await board.of_shift(office.book_id, office.shift.id)).asking
        await asking.confirm(office.book_id, asks[0].id, office.chen)
        assert "You are checked in" in await phone.follow(await phone.post("/check-in/waiting"))
        assert "You are checked in at 周六清洁家园" in (await phone.get("/")).text

    with clock.frozen(
        came + 95 * MINUTE
    ):  # The same phone is known now; the second scan checks out.
        assert "already checked in" in await _scan(phone, office)
        page = await phone.follow(await phone.post("/check-in/out"))
        assert "you served 1 h 35 min" in page
        assert "Waiting for review" in (await phone.get("/")).text

    with clock.frozen(came + 3 * HOUR):  # Somebody else verifies; 90 counted minutes are 15 points.
        waiting = await board.to_verify(office.book_id)
        await verify(office.book_id, waiting[0].id, office.chen)
        home = (await phone.get("/")).text
        assert re.search(r'class="figure num">15<', home)
        why = (await phone.get(re.search(r'href="(/why/\d+)"', home)[1])).text  # type: ignore[index]
        assert "+15 points" in why
        assert "by number" in why

        page = await _takes_a_voucher(phone, **chosen)
        assert "¥10.00 left of ¥10.00" in page
        assert re.search(r'class="figure num">0<', (await phone.get("/")).text)

        await phone.follow(await phone.post("/sign-out"))
        assert "say your number" in (await phone.get("/")).text

    assert await check(office.book_id) == []


async def _scan(phone: Browser, office) -> str:
    """Point the phone at the code on the screen and return the page it lands on."""
    code = venue_codes.issue(office.book_id, office.shift.id, clock.now())
    return await phone.follow(await phone.get(f"/Q/{code}"))


async def _on_offer(book_id: int) -> dict[str, int]:
    """Offer ten yuan off the fee for 15 points, and return what a form chooses."""
    company = await open_company(book_id, "安和物业")
    return {"offer": (await vouchers.offer(book_id, 1000, 15)).id, "company": company.id}


async def _takes_a_voucher(phone: Browser, **chosen: int) -> str:
    """Exchange points for the chosen voucher and return its page."""
    await phone.get("/vouchers/new/confirm", params=chosen)
    return await phone.follow(await phone.post("/vouchers", key=phone.key, **chosen))
