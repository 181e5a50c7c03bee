"""Where one is signed in, and how a session's cookie comes, changes and goes."""

import re

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from kernel import clock
from kernel.clock import DAY, HOUR
from people import passwords, sessions
from people.credentials import set_password
from people.models import Session
from people.permissions import require
from people.signin import invite
from tests.web.office import Browser, an_office, browser_of

PASSWORD = "seven cranes fly"
WECHAT = "Mozilla/5.0 (Linux; Android 14) Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0.49"
COOKIE = re.compile(r"__Host-sid=([\w-]{43}); .*Max-Age=(\d+)")


def given(answer):
    """Each session that an answer brings the browser, with its seconds."""
    return [pair for each in answer.headers.get_list("set-cookie") for pair in COOKIE.findall(each)]


async def welcomed(office, agent=WECHAT):
    """A browser in which Wang has just used her one-time link."""
    browser = Browser()
    browser.http.headers["user-agent"] = agent
    at = f"/welcome/{await invite(office.book_id, office.wang, office.chen)}"
    await browser.get(at)
    return browser, await browser.post(at)


async def test_a_volunteer_sees_her_devices_and_signs_one_out(database):
    office = await an_office()
    phone, _ = await welcomed(office)
    laptop, _ = await welcomed(office, "Mozilla/5.0 (Windows NT 10.0) Chrome/126 Edg/126")
    seen = (await phone.get("/devices")).text
    assert seen.count("list-row") == 2
    assert "WeChat · Android" in seen
    assert "Edge · Windows" in seen
    assert seen.count("This one") == 1
    kept = repr(await Session.all().values())
    assert "Mozilla" not in kept
    assert "8.0.49" not in kept

    [other] = re.findall(r"/devices/(\d+)/sign-out", seen)
    said = await phone.follow(await phone.post(f"/devices/{other}/sign-out"))
    assert "That device is signed out." in said
    assert "Edge" not in said
    gone = await laptop.get("/devices")
    assert (gone.status_code, gone.headers["location"]) == (303, "/sign-in?next=/devices")


async def test_all_others_are_signed_out_and_this_one_stays(database):
    office = await an_office()
    phone, _ = await welcomed(office)
    others = [await browser_of(office, office.wang, staff=False) for _ in range(2)]
    li = await browser_of(office, office.li, staff=False)
    await phone.get("/devices")
    await phone.follow(await phone.post("/devices/sign-outs"))
    assert (await phone.get("/devices")).text.count("list-row") == 1
    assert [(await each.get("/devices")).status_code for each in (*others, li)] == [303, 303, 200]


async def test_nobody_signs_out_somebody_elses_device_and_ones_own_drops_the_cookie(database):
    office = await an_office()
    wang = await sessions.begin(office.book_id, office.wang, staff=False)
    for person in (office.li, office.chen):
        rival = await browser_of(office, person, staff=False)
        await rival.get("/devices")
        assert (await rival.post(f"/devices/{wang.session_id}/sign-out")).status_code == 303
    assert await sessions.viewer_of(wang.token) is not None
    own = Browser(wang.token)
    await own.get("/devices")
    out = await own.post(f"/devices/{wang.session_id}/sign-out")
    assert 'sid=""' in str(out.headers.get_list("set-cookie"))
    assert await sessions.viewer_of(wang.token) is None


@pytest.mark.usefixtures("by_password_alone")
async def test_a_token_planted_before_signing_in_is_not_the_session_after(database, monkeypatch):
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))
    office = await an_office()
    await set_password(office.chen, "chen", PASSWORD)
    thief = await sessions.begin(office.book_id, office.li, staff=False)
    for planted in ("planted-by-somebody-else", thief.token):
        victim = Browser(planted)
        await victim.get("/sign-in")
        answer = await victim.post("/sign-in", name="chen", password=PASSWORD)
        [(token, seconds)] = given(answer)
        assert token != planted
        assert seconds == str(24 * 3600)
        assert require(await sessions.viewer_of(token)).person_id == office.chen
        # A member may stay on this browser beside the staff session, and is still nobody else.
        stays = await sessions.viewer_of(planted)
        assert stays is None or stays.person_id == office.li


async def test_a_volunteers_cookie_lives_on_with_her_visits(database):
    office = await an_office()
    began = clock.now()
    phone, first = await welcomed(office)
    assert given(first)[0][1] == str(400 * 24 * 3600)
    assert given(await phone.get("/statement")) == []
    with clock.frozen(began + 399 * DAY):
        [(token, seconds)] = given(await phone.get("/statement"))
        assert seconds == str(400 * 24 * 3600)
        assert token == phone.http.cookies["__Host-sid"]
        assert given(await phone.get("/statement")) == []
    with clock.frozen(began + 800 * DAY):
        assert (await phone.get("/statement")).status_code == 303


async def test_signing_out_on_a_new_day_does_not_bring_the_cookie_back(database):
    office = await an_office()
    phone, _ = await welcomed(office)
    await phone.get("/statement")
    with clock.frozen(clock.now() + 2 * DAY):
        out = await phone.post("/sign-out")
    assert given(out) == []
    assert out.status_code == 303


async def test_a_staff_cookie_is_not_prolonged(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    with clock.frozen(clock.now() + 11 * HOUR):
        answer = await chen.get("/shifts")
    assert answer.status_code == 200
    assert given(answer) == []
