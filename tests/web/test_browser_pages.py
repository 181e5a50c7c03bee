"""Browsers as pages see them: recognised at the counter, shared by a family, signed in by number or code."""

import json
import re

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from checkin import venue_codes
from checkin.models import Attendance, CheckinScan
from checkin.sharing import STRANGERS
from kernel import clock
from kernel.settings import settings
from people import enrolling, passwords, signin
from people.browser_errors import VouchesForOneself
from people.code_senders import FILE
from people.events import SecurityEvent
from people.models import Role, Session
from people.own_passwords import set_own_password
from people.registration import grant_role, open_community, rename
from people.sessions import begin
from people.tallies import TryTally
from tests.web.counter_world import day, own_key  # noqa: F401  fixtures
from tests.web.office import HTTPS, Browser, an_office, browser_of

HERS = "rice and beans"


@pytest.fixture
async def office(own_key, database, monkeypatch):  # noqa: F811  a fixture
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))
    there = await an_office()
    await grant_role(there.book_id, there.zhao, Role.CLERK, None)
    return there


async def accepts(browser: Browser, office, person: int) -> str:
    """Scan a printed invite and press the one button."""
    token = await signin.invite(office.book_id, person, office.chen)
    await browser.get(f"/welcome/{token}")
    return await browser.follow(await browser.post(f"/welcome/{token}"))


def held(browser: Browser, name: str) -> str:
    return browser.http.cookies.get(f"__Host-{name}") or ""


async def scans(browser: Browser, office) -> str:
    code = venue_codes.issue(office.book_id, office.shift.id, clock.now())
    return await browser.follow(await browser.get(f"/Q/{code}"))


def session_in(page: str, name: str) -> str:
    found = re.search(rf'name="session" value="(\d+)">[^/]*Go over to {name}', page)
    assert found, page
    return found[1]


async def test_a_couple_shares_a_browser_and_says_for_whom_they_check_in(office):
    phone = Browser()
    await accepts(phone, office, office.wang)
    page = await accepts(phone, office, office.li)
    assert "Hello, 李建国" in page
    assert "On this phone" in page
    assert held(phone, "others").count(".") == 0
    page = await phone.follow(await phone.post("/acting", session=session_in(page, "王秀兰")))
    assert "Hello, 王秀兰" in page
    assert held(phone, "sid") not in page
    assert held(phone, "others") not in page

    page = await scans(phone, office)
    assert "For whom?" in page
    both = re.findall(r'name="who" value="(\d+)" checked', page)
    assert len(both) == 2
    nobody = await phone.post("/check-in")
    assert (nobody.status_code, "tick at least one person" in nobody.text) == (422, True)
    page = await phone.follow(await phone.post("/check-in", who=both))
    assert page.count("You are checked in") == 2
    assert await Attendance.filter(state="present").count() == 2
    assert await CheckinScan.exclude(flag="").count() == 0

    organiser = await browser_of(office, office.chen)
    page = (await organiser.get(f"/shifts/{office.shift.id}")).text
    assert "on one phone with 李*国" in page
    assert "on one phone with 王*兰" in page
    assert "households on one phone" not in page


async def test_one_of_two_checks_in_and_strangers_are_pointed_out(office):
    await rename(office.book_id, office.li, name="李建国", flat="9-9-999")
    phone = Browser()
    for person in (office.wang, office.li):
        await accepts(phone, office, person)
    page = await scans(phone, office)
    first = re.findall(r'name="who" value="(\d+)" checked', page)[0]
    page = await phone.follow(await phone.post("/check-in", who=first))
    assert page.count("You are checked in") == 1
    rest = re.findall(r'name="who" value="(\d+)" checked', page)
    assert len(rest) == 1
    await phone.post("/check-in", who=rest[0])
    assert await CheckinScan.filter(flag=STRANGERS).count() == 1
    organiser = await browser_of(office, office.chen)
    assert "Two households on one phone" in (await organiser.get(f"/shifts/{office.shift.id}")).text


async def test_a_browser_signs_out_one_or_everybody_and_takes_four_besides(office):
    phone = Browser()
    for person in (office.wang, office.li, office.wang):
        await accepts(phone, office, person)
    assert await Session.filter(person_id=office.wang, ended_at__isnull=True).count() == 1
    page = await phone.follow(await phone.post("/sign-out"))
    assert "李建国 is still signed in here" in page
    assert not held(phone, "others")
    await accepts(phone, office, office.wang)
    page = await phone.follow(await phone.post("/sign-out", who="everybody"))
    assert "You are signed out" in page
    assert (held(phone, "sid"), held(phone, "others")) == ("", "")
    assert await Session.filter(ended_at__isnull=True).count() == 0

    worn = Browser()
    mine = [await begin(office.book_id, office.wang, staff=False) for _ in range(2)]
    worn.http.cookies.set("__Host-others", ".".join(["x" * 40, mine[0].token] * 9))
    token = await signin.invite(office.book_id, office.li, office.chen)
    await worn.get(f"/welcome/{token}")
    kept = (await worn.post(f"/welcome/{token}")).headers.get_list("set-cookie")
    (others,) = [each for each in kept if each.startswith("__Host-others=")]
    assert "x" * 40 not in others
    assert others.partition(";")[0] == f"__Host-others={mine[0].token}"
    await worn.get("/")
    gone = await worn.post("/acting", session=str(mine[1].session_id))
    assert gone.status_code == 404


async def test_a_staff_session_lies_on_top_and_never_waits_among_the_others(office):
    await begin(office.book_id, office.chen, staff=True)
    phone = await browser_of(office, office.chen)
    staff = held(phone, "sid")
    await phone.get("/shifts")
    page = await accepts(phone, office, office.wang)
    assert "Hello, 王秀兰" in page
    assert staff not in held(phone, "others")
    assert await Session.filter(person_id=office.chen, ended_at__isnull=True).count() == 1


@pytest.mark.parametrize("answer", ["recognition", "refusal"])
async def test_an_unknown_browser_is_recognised_at_the_counter_with_one_tap(day, answer):  # noqa: F811
    phone, other = Browser(), Browser()
    assert (await phone.get("/me")).status_code == 200
    unknown = await phone.post("/me/question", number="987")
    assert (unknown.status_code, 'value="987"' in unknown.text) == (404, True)
    asked = await phone.post("/me/question", number="3316")
    page = await phone.follow(asked)
    digits = re.findall(r'typed num">\d\d<', page)[0]
    assert "王*兰" in page
    assert "王秀兰" not in page
    assert digits in (await phone.post("/me/waiting")).text

    before = await day.clerk.get("/counter")
    assert digits not in before.text
    counter = await day.clerk.scan("3316", before)
    assert digits in counter.text
    part = await day.clerk.get("/counter/questions", headers={"hx-request": "true"})
    assert digits in part.text
    (question,) = await enrolling.questions_about(day.world.book, day.wang.person_id)
    told = await day.clerk.send(counter, f"/counter/questions/{question.id}/{answer}")
    assert "王*兰" in told.text
    assert digits not in told.text
    moved = await phone.http.post(
        "/me/waiting",
        data={"csrf": phone.hidden("csrf")},
        headers={"hx-request": "true"},
    )
    assert (moved.headers.get("hx-redirect") == "/") == (answer == "recognition")
    home = await phone.get("/")
    assert ("Hello, 王秀兰" in home.text) == (answer == "recognition")
    assert "Hello" not in (await other.get("/")).text
    again = await phone.post("/me/waiting")
    assert "Not confirmed" in again.text


async def test_a_clerk_answers_for_the_served_person_and_never_for_themselves(day):  # noqa: F811
    phone = Browser()
    await phone.get("/me")
    await phone.post("/me/question", number=day.zhang.shown_number)
    (question,) = await enrolling.questions_about(day.world.book, day.zhang.person_id)
    counter = await day.clerk.scan("3316")
    over = await day.clerk.http.post(
        f"/counter/questions/{question.id}/recognition",
        data={"csrf": re.findall(r'name="csrf" value="([^"]*)"', counter.text)[0]},
    )
    assert "已经" in over.text or "over" in over.text
    assert len(await enrolling.questions_about(day.world.book, day.zhang.person_id)) == 1
    for verb in (enrolling.recognise, enrolling.not_them):
        with pytest.raises(VouchesForOneself):
            await verb(day.world.book, day.world.clerk, question.id, day.world.clerk)


async def test_the_poster_leads_home_and_asks_which_community_where_there_are_two(office):
    known = await browser_of(office, office.wang, staff=False)
    assert (await known.get("/me")).headers["location"] == "/"
    other = await open_community("绿翠社区")
    phone = Browser()
    page = (await phone.get("/me")).text
    assert "绿翠社区" in page
    wrong = await phone.post("/me/question", number="3316", community=str(other.id))
    assert (wrong.status_code, 'value="3316"' in wrong.text) == (404, True)
    asked = await phone.post("/me/question", number="3316", community=str(office.book_id))
    assert asked.headers["location"] == "/me/waiting"
    assert (await phone.post("/me/question", number="3316", community="7")).status_code == 404


async def test_a_volunteer_sets_a_password_and_signs_in_with_it_elsewhere(office):
    phone, other = await browser_of(office, office.wang, staff=False), Browser()
    await phone.get("/me/password")
    short = await phone.post("/me/password", password="abc")
    assert (short.status_code, "at least 8" in short.text) == (422, True)
    assert "password is set" in await phone.follow(await phone.post("/me/password", password=HERS))
    await other.get("/sign-in")
    wrong = await other.post("/sign-in/number", who="103", password="wrong guess")
    assert (wrong.status_code, 'value="103"' in wrong.text) == (422, True)
    assert "wrong guess" not in wrong.text
    page = await other.follow(await other.post("/sign-in/number", who="103", password=HERS))
    assert "Hello, 王秀兰" in page


async def test_too_many_tries_say_when_to_come_back_to_people_and_programs(office):
    browser = Browser()
    await browser.get("/sign-in")
    for _ in range(5):
        await browser.post("/sign-in/number", who="103", password="x")
    rest = await browser.post("/sign-in/number", who="103", password="x")
    assert rest.status_code == 429
    assert 1 <= int(rest.headers["retry-after"]) <= 60
    assert 'value="103"' in rest.text
    for _ in range(6):
        api = await browser.http.post("/api/v1/tokens", json={"name": "chen", "password": "x"})
    assert (api.status_code, api.json()["code"]) == (429, "too-many-tries")
    assert 1 <= int(api.headers["retry-after"]) <= 60
    assert api.json()["seconds"] <= 60


async def test_a_forwarded_address_from_nobody_we_trust_changes_nothing(office):
    """Without the server's own proxy handling the header is only a header; tests/cli has the server's."""
    browser = Browser()
    await browser.get("/sign-in")
    for last in range(3):
        browser.http.headers["x-forwarded-for"] = f"203.0.{last}.9"
        await browser.post("/sign-in", name="chen", password="x")
    assert await TryTally.filter(purpose="sign-in-network").count() == 1


async def test_a_code_signs_in_who_of_the_family_it_is(office, monkeypatch, tmp_path):
    monkeypatch.setenv("CAIHONG_CODE_SENDER", "file")
    monkeypatch.setenv("CAIHONG_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        await rename(office.book_id, office.li, name="李建国", phone="13800003316")
        phone, other = Browser(), Browser()
        assert "Send a code" in (await phone.get("/sign-in")).text
        bad = await phone.post("/sign-in/codes", phone="12")
        assert (bad.status_code, 'value="12"' in bad.text) == (422, True)
        await phone.get("/sign-in")
        asked = await phone.post("/sign-in/codes", phone="138 0000 3316")
        soon = await phone.post("/sign-in/codes", phone="138 0000 3316")
        assert (soon.status_code, "retry-after" in soon.headers) == (429, True)
        assert "on their way" in await phone.follow(asked)
        code = re.findall(r"\d{6}", json.loads((tmp_path / FILE).read_text())["text"])[0]
        await other.get("/sign-in")
        assert (await other.post("/sign-in/code", code=code)).status_code == 422
        choice = (await phone.post("/sign-in/code", code=code)).text
        assert "王*兰" in choice
        assert "李*国" in choice
        page = await phone.follow(await phone.post("/sign-in/code/choice", person=str(office.li)))
        assert "Hello, 李建国" in page
        assert "password is set" in await phone.follow(
            await phone.post("/me/password", password=HERS)
        )
        assert (
            await phone.post("/sign-in/code/choice", person=str(office.wang))
        ).status_code == 422
    finally:
        settings.cache_clear()


async def test_the_administrator_reads_what_happened_at_the_doors(office):
    phone, admin = Browser(), await browser_of(office, office.chen)
    await accepts(phone, office, office.wang)
    session = (await begin(office.book_id, office.wang, staff=False)).session_id
    await set_own_password(office.book_id, office.wang, HERS, session_id=session)
    page = (await admin.get("/events")).text
    for words in ("Sign-in code made", "Sign-in code used", "Password set", "Role given", "王秀兰"):
        assert words in page
    only = (await admin.get("/events?of=password-set")).text
    assert only.count("list-row") == 1
    for odd in ("?of=nonsense", "?before=abc", "?of=signed-in&before=1"):
        assert (await admin.get(f"/events{odd}")).status_code == 200
    organiser = await browser_of(office, office.zhao)
    assert (await organiser.get("/events")).status_code == 403
    other = await open_community("绿翠社区")
    assert await SecurityEvent.filter(book_id=other.id).count() == 0
    assert HTTPS in str(admin.http.base_url)
