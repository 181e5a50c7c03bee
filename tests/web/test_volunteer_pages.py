"""What a volunteer sees: the front door, the code, the records and where each comes from, the vouchers."""

import re
from dataclasses import dataclass

import pytest

from checkin import shifts, venue_codes
from checkin.attending import check_in, check_out
from checkin.verification import unverify, verify
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.days import day_of, month_end, start_of
from kernel.settings import settings
from people.codes import MemberCode, member_key, read_code
from people.models import Membership, PropertyCompany, Role, RoleGrant
from people.registration import open_company
from redemption import counter, refunds, vouchers
from redemption.models import VoucherOffer
from redemption.voucher_codes import grouped
from tests.redemption.world import World, make_world
from tests.web.office import Browser, Office, an_office, browser_of
from web import records
from web.records import read_cursor
from web.render import ENVIRONMENT

ZONE = "Asia/Shanghai"


@dataclass
class Wang:
    """Wang, her browser and what her community offers."""

    office: Office
    browser: Browser
    company: PropertyCompany
    offer: VoucherOffer

    @property
    def book(self) -> int:
        return self.office.book_id

    async def serve(self, days_ago: int, minutes: int = 120, *, verified: bool = True) -> int:
        """Serve at a shift of her own some days ago, and have it verified."""
        begins = clock.now() - days_ago * DAY - 12 * HOUR
        shift = await shifts.plan_shift(
            self.book, self.office.shift.activity_id, begins, begins + 11 * HOUR
        )
        ends = begins + minutes * MINUTE
        for at, act in ((begins, check_in), (ends, check_out)):
            with clock.frozen(at):
                claim = venue_codes.claim(self.book, shift.id, at)
                done = await act(self.book, self.office.wang, claim)
        if verified:
            with clock.frozen(ends + MINUTE):
                await verify(self.book, done.attendance.id, self.office.chen)
        return int(done.attendance.id)

    async def sees(self, path: str) -> str:
        answer = await self.browser.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
async def wang(database):
    office = await an_office()
    browser = await browser_of(office, office.wang, staff=False)
    company = await open_company(office.book_id, "安和物业")
    offer = await vouchers.offer(office.book_id, 5000, 100)
    return Wang(office, browser, company, offer)


def first_link(page: str, start: str) -> str:
    found = re.search(rf'href="({start}[^"]+)"', page)
    assert found, page
    return found[1]


async def test_a_visitor_reads_what_this_is_and_how_to_get_in(wang):
    page = (await Browser().get("/")).text
    assert "金苑社区" in page
    assert 'href="/sign-in"' in page
    assert "say your number" in page


async def test_the_first_visit_has_no_figures_but_zero(wang):
    page = await wang.sees("/")
    assert "Hello, 王秀兰" in page
    assert "Your first shift brings your first points" in page
    for word in ("Please note", "Latest records", "Waiting for review", "Points owed"):
        assert word not in page


async def test_home_shows_points_hours_and_this_months_gain(wang):
    last = month_end(day_of(clock.now(), ZONE))
    with clock.frozen(start_of(last, ZONE) + 16 * DAY):
        await wang.serve(70, 90)
        await wang.serve(1)
        page = await wang.sees("/")
        assert (await wang.sees("/statement")).count("/why/") == 2
    assert re.search(r'class="figure num">35<', page)
    assert "3 h 30 min" in page
    assert "20 points" in page


async def test_what_waits_and_what_expires_is_shown_only_then(wang):
    await wang.serve(2, verified=False)
    page = await wang.sees("/")
    assert "Waiting for review" in page
    assert "use them before" not in page
    soon = clock.now() + 20 * DAY
    day = day_of(soon, ZONE)
    await World.give_points(_purse(wang), 40, person=wang.office.wang, expires_on=day)
    assert "40 points: use them before" in await wang.sees("/")


async def test_owed_points_are_said(wang):
    attendance = await wang.serve(2, 600)
    await vouchers.issue(
        wang.book, wang.office.wang, (await vouchers.offer(wang.book, 100, 20)).id,
        wang.company.id, wang.office.wang, "k",
    )  # fmt: skip
    await unverify(wang.book, attendance, wang.office.chen, "wrong person")
    page = await wang.sees("/")
    assert "Points owed" in page
    assert "−20" in page


async def test_an_open_attendance_is_on_the_first_page_until_one_leaves(wang):
    now = clock.now()
    await check_in(
        wang.book, wang.office.wang, venue_codes.claim(wang.book, wang.office.shift.id, now)
    )
    for care in ("", "1"):
        wang.browser.http.cookies.set("care", care)
        assert "You are checked in at 周六清洁家园" in await wang.sees("/")
    with clock.frozen(now + 5 * HOUR):
        assert "You have not checked out of 周六清洁家园" in await wang.sees("/")


async def test_care_mode_is_three_buttons_the_next_shift_and_the_telephone(wang):
    wang.browser.http.cookies.set("care", "1")
    page = await wang.sees("/")
    assert "Next: 周六清洁家园" in page
    assert page.count('class="btn  xl"') + page.count('class="btn ghost xl"') == 3
    assert 'class="tabs"' not in page


async def test_the_code_is_a_fresh_one_and_renews_itself(wang):
    answer = await wang.browser.get("/code")
    assert 'http-equiv="refresh" content="20"' in answer.text
    assert ">103<" in answer.text
    assert "other phones cannot open it" in answer.text
    wang.browser.http.headers["hx-request"] = "true"
    fragment = (await wang.browser.get("/code")).text
    assert fragment.startswith("<svg")


@pytest.fixture(params=["", "http://localhost:8000", "https://caihong.example.cn"])
def public_url(request, monkeypatch):
    monkeypatch.setenv("CAIHONG_PUBLIC_URL", request.param)
    settings.cache_clear()
    yield request.param
    monkeypatch.undo()
    settings.cache_clear()


async def test_the_code_is_an_address_only_where_phones_can_open_it(wang, public_url, monkeypatch):
    drawn: list[str] = []

    def draw(text: str, _label: str) -> str:
        drawn.append(text)
        return ""

    monkeypatch.setitem(ENVIRONMENT.globals, "qr", draw)
    page = await wang.sees("/code")
    start = "HTTPS://CAIHONG.EXAMPLE.CN/Q/" if public_url.startswith("https") else ""
    assert drawn[0].startswith(start)
    assert ("other phones cannot open it" in page) == (not start)
    member = await Membership.get(person_id=wang.office.wang)
    code = read_code(member_key(), wang.book, drawn[0].removeprefix(start), clock.now())
    assert isinstance(code, MemberCode)
    assert code.membership_id == member.id


async def test_the_statement_pages_without_losing_or_repeating_an_event(wang, monkeypatch):
    monkeypatch.setattr(records, "PAGE", 3)
    for day in range(5, 0, -1):
        await wang.serve(day, 60)
    first = await wang.sees("/statement")
    second = await wang.sees(
        first_link(first, "/statement.of=points&amp;before=").replace("&amp;", "&")
    )
    links = re.findall(r"/why/(\d+)", first) + re.findall(r"/why/(\d+)", second)
    assert len(links) == len(set(links)) == 5
    assert "Earlier records" not in second
    assert "To the latest" in second
    assert "left 50" in first
    hours = await wang.sees("/statement?of=minutes")
    assert "5 h" in hours
    assert "+1 h" in hours


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1-", "9" * 40 + "-1", "1-1;", "１-１", "\0"])
async def test_a_garbled_place_in_the_statement_is_its_beginning(wang, cursor):
    assert read_cursor(cursor) in (None, 1)
    answer = await wang.browser.get("/statement", params={"of": "x'", "before": cursor})
    assert answer.status_code == 200


async def test_points_spent_from_two_lots_are_one_line_and_it_says_on_what(database):
    world = await make_world(points=0)
    await world.give_points(20, expires_on=20991231)
    await world.give_points(30, expires_on=20981231)
    given = await counter.redeem(
        world.book, world.shop.id, world.member, ((world.rice.id, 1),), world.clerk, "k"
    )
    await refunds.undo(world.book, given.redemption_id, world.clerk, "u")
    await RoleGrant.create(
        book_id=world.book, person_id=world.member, role=Role.VOLUNTEER, granted_at=1
    )
    office = Office(world.book, 0, 0, world.member, 0, None)  # type: ignore[arg-type]
    browser = await browser_of(office, world.member, staff=False)
    page = (await browser.get("/statement")).text
    assert page.count("大米 5kg") == 2
    assert "left 50" in page
    assert "left 20" in page
    why = (await browser.get(first_link(page, "/why/"))).text
    assert "+30" in why
    assert "The record that this takes back" in why


async def test_a_line_leads_to_its_shift_scans_verifier_and_rule(wang):
    await wang.serve(3)
    why = await wang.sees(first_link(await wang.sees("/statement"), "/why/"))
    for part in (
        "周六清洁家园",
        "+20 points",
        "陈*",
        "version 1: 10 points an hour",
        "Fingerprint",
    ):
        assert part in why
    assert "陈静" not in why


async def test_nobody_reads_anothers_records(wang):
    await wang.serve(3)
    link = first_link(await wang.sees("/statement"), "/why/")
    other = await browser_of(wang.office, wang.office.li, staff=False)
    assert (await other.get(link)).status_code == 404
    for garbled in ("0", "x", "-1", "9" * 40, "%00", "1e3"):
        assert (await other.get(f"/why/{garbled}")).status_code == 404


async def test_points_become_a_voucher_once_per_form(wang):
    await wang.serve(3, 600)
    assert "¥50.00 for 100 points" in await wang.sees("/vouchers/new")
    chosen = {"offer": wang.offer.id, "company": wang.company.id}
    await wang.browser.get("/vouchers/new/confirm", params=chosen)
    key = wang.browser.key
    made = [await wang.browser.post("/vouchers", key=key, **chosen) for _ in range(2)]
    assert made[0].headers["location"] == made[1].headers["location"]
    own = await vouchers.of_person(wang.book, wang.office.wang)
    assert len(own) == 1
    page = await wang.browser.follow(made[0])
    assert grouped(own[0].serial) in page
    assert "<svg" in page
    assert grouped(own[0].serial) in await wang.sees("/vouchers")


async def test_too_few_points_are_said_and_the_form_is_fresh(wang):
    chosen = {"offer": wang.offer.id, "company": wang.company.id}
    page = await wang.browser.get("/vouchers/new/confirm", params=chosen)
    assert "100 points are missing" in page.text
    refused = await wang.browser.post("/vouchers", key="one", **chosen)
    assert refused.status_code == 409
    assert "points are available" in refused.text


async def test_a_refused_key_is_not_offered_again(wang):
    await wang.serve(3, 600)
    chosen = {"offer": wang.offer.id, "company": wang.company.id}
    await wang.browser.get("/vouchers/new/confirm", params=chosen)
    refused = await wang.browser.post("/vouchers", key="", **chosen)
    assert refused.status_code == 422
    assert (await wang.browser.post("/vouchers", key=wang.browser.key, **chosen)).status_code == 303


@pytest.mark.parametrize("odd", ["", "0", "x", "9" * 40, "-1", "\0", "１２"])
async def test_a_voucher_that_is_not_offered_is_not_there(wang, odd):
    await wang.browser.get("/vouchers")
    answer = await wang.browser.post("/vouchers", offer=odd, company=odd, key="k")
    assert answer.status_code == 404
    assert (
        await wang.browser.get("/vouchers/new/confirm", params={"offer": odd})
    ).status_code == 404


async def test_nobody_opens_anothers_voucher(wang):
    await wang.serve(3, 600)
    made = await vouchers.issue(
        wang.book, wang.office.wang, wang.offer.id, wang.company.id, wang.office.wang, "k"
    )
    other = await browser_of(wang.office, wang.office.li, staff=False)
    for path in (f"/vouchers/{made.id}", "/vouchers/x", "/vouchers/" + "9" * 40, "/vouchers/0"):
        assert (await other.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/code", "/statement", "/vouchers", "/vouchers/new", "/why/1"])
async def test_a_visitor_is_led_to_the_sign_in_and_back(wang, path):
    assert (await Browser().get(path)).headers["location"] == f"/sign-in?next={path}"


def _purse(wang):
    """Just enough of the shop's small world to put points into a purse."""
    return World(wang.book, *[None] * 10)  # type: ignore[arg-type]
