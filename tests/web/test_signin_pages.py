"""Signing in and out as pages: by password, by a one-time link, and back to where the reader wanted to go."""

import httpx
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from kernel import clock
from kernel.clock import DAY
from people import passwords, sessions, signin
from people.credentials import set_password
from people.models import Role
from people.registration import grant_role, open_company, register, revoke_role
from tests.harness.application import the_app
from tests.web.office import HTTPS, Browser, an_office, browser_of
from web.signin import first_page

PASSWORD = "seven cranes fly"


@pytest.fixture
async def office(database, monkeypatch, by_password_alone):
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))
    there = await an_office()
    await set_password(there.chen, "chen", PASSWORD)
    return there


async def signed_in(name: str, password: str, to: str = ""):
    browser = Browser()
    await browser.get("/sign-in")
    return browser, await browser.post("/sign-in", name=name, password=password, next=to)


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("", "/shifts"),
        ("/books?day=20261121", "/books?day=20261121"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
async def test_a_password_leads_to_ones_work_or_to_where_one_wanted_to_go(office, to, leads):
    _, answer = await signed_in("chen", PASSWORD, to)
    assert (answer.status_code, answer.headers["location"]) == (303, leads)
    assert "__Host-sid=" in answer.headers["set-cookie"]


async def test_a_wrong_password_keeps_the_name_and_tells_nothing(office):
    _, wrong = await signed_in("chen", "eight cranes fly", "/books")
    _, nobody = await signed_in("nobody<b>", PASSWORD)
    assert wrong.status_code == nobody.status_code == 422
    assert 'value="chen"' in wrong.text
    assert 'value="/books"' in wrong.text
    assert "eight cranes" not in wrong.text
    assert "nobody&lt;b&gt;" in nobody.text
    assert "do not match" in wrong.text
    assert "do not match" in nobody.text


async def test_full_width_letters_are_the_same_name(office):
    _, answer = await signed_in("\uff23\uff28\uff25\uff2e ", PASSWORD)
    assert answer.status_code == 303


async def test_many_wrong_tries_rest_the_name(office):
    for _ in range(5):
        await signed_in("chen", "wrong")
    _, answer = await signed_in("chen", PASSWORD)
    assert answer.status_code == 429
    assert "wrong tries" in answer.text
    assert 'value="chen"' in answer.text


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", ""),
        ("\0" * 9, "\0"),
        ("x" * 9000, "y" * 9000),
        ("陈" * 500, "密"),
        ("' OR 1=1 --", "'"),
    ],
)
async def test_odd_input_is_just_wrong(office, name, password):
    _, answer = await signed_in(name, password)
    assert answer.status_code == 422


async def test_fields_may_be_missing(office):
    browser = Browser()
    await browser.get("/sign-in")
    assert (await browser.post("/sign-in")).status_code == 422


async def test_signing_out_ends_the_session_for_good(office):
    browser = await browser_of(office, office.chen)
    token = browser.http.cookies["__Host-sid"]
    await browser.get("/")
    left = await browser.post("/sign-out")
    assert left.headers["location"] == "/"
    browser.http.cookies.set("__Host-sid", token)
    assert (await browser.get("/shifts")).headers["location"].startswith("/sign-in?next=")


async def test_whoever_signs_in_first_comes_back_to_the_whole_address(office):
    browser = Browser()
    for path in ("/shifts/new?activity=7", "/books/entries?first=20260101&last=20261231"):
        asked = await browser.get(path)
        page = await browser.get(asked.headers["location"])
        assert f'name="next" value="{path.replace("&", "&amp;")}"' in page.text
    far = await browser.get("/members/" + "a" * 900)
    assert (await browser.get(far.headers["location"])).status_code == 200


async def test_a_defect_is_told_in_the_readers_language_and_under_the_safe_headers(
    office, monkeypatch
):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    browser = Browser()
    monkeypatch.setattr(sessions, "viewer_of", broken)
    browser.http = httpx.AsyncClient(
        transport=httpx.ASGITransport(the_app(), raise_app_exceptions=False),
        base_url=HTTPS,
        headers={"accept-language": "en"},
    )
    answer = await browser.get("/")
    assert (answer.status_code, "went wrong on our side" in answer.text) == (500, True)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "ZeroDivision" not in answer.text


async def test_looking_at_a_link_does_not_use_it_up_but_accepting_does(office):
    token = await signin.invite(office.book_id, office.wang, office.chen)
    phone, other = Browser(), Browser()
    for path in (f"/Q/{token}", f"/q/{token.lower()}"):
        assert (await phone.get(path)).headers["location"] == f"/welcome/{token}"
    page = await phone.get(f"/welcome/{token}")
    assert "王*兰" in page.text
    assert "王秀兰" not in page.text
    assert "set-cookie" not in page.headers or "sid=" not in page.headers["set-cookie"]
    accepted = await phone.post(f"/welcome/{token}")
    assert accepted.headers["location"] == "/"
    assert "王秀兰" in await phone.follow(accepted)
    again = await other.get(f"/welcome/{token}")
    assert again.status_code == 409
    assert "already used" in again.text


async def test_an_old_and_an_unknown_link_say_what_to_do(office):
    with clock.frozen(clock.now() - 2 * DAY):
        old = await signin.invite(office.book_id, office.wang, office.chen)
    browser = Browser()
    lapsed = await browser.get(f"/welcome/{old}")
    assert (lapsed.status_code, "out of date" in lapsed.text) == (409, True)
    for token in ("AAAA", "%00", "错" * 50, "A" * 26, "A" * 5000):
        assert (await browser.get(f"/welcome/{token}")).status_code == 404
    await browser.get("/sign-in")
    assert (await browser.post(f"/welcome/{old}")).status_code == 409


async def test_a_link_takes_the_place_of_whoever_was_signed_in(office):
    browser = await browser_of(office, office.li, staff=False)
    token = await signin.invite(office.book_id, office.wang, office.chen)
    assert "李建国" in (await browser.get(f"/welcome/{token}")).text
    assert "王秀兰" in await browser.follow(await browser.post(f"/welcome/{token}"))


def test_each_role_has_a_first_page():
    first = {role: first_page(frozenset({role})) for role in Role}
    assert first == {
        Role.VOLUNTEER: "/",
        Role.CLERK: "/counter",
        Role.ORGANISER: "/shifts",
        Role.PROPERTY_DESK: "/desk",
        Role.MERCHANT: "/services",
        Role.AUDITOR: "/books",
        Role.ADMIN: "/shifts",
    }


async def test_staff_who_are_no_volunteers_begin_at_their_work(office):
    company = await open_company(office.book_id, "安和物业")
    desk = (await register(office.book_id, "陈物业")).person_id
    await grant_role(office.book_id, desk, Role.PROPERTY_DESK, None, company_id=company.id)
    await revoke_role(office.book_id, desk, Role.VOLUNTEER)
    browser = await browser_of(office, desk)
    assert (await browser.get("/")).headers["location"] == "/desk"
    assert (await browser.get("/code")).status_code == 403
