"""The second step as pages, without scripts: a code, or setting one up; the first page of an installation; turns."""

import re

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from kernel import clock
from kernel.settings import settings
from people import authenticators, code_sheets, first_setup, passwords, recovery, sessions
from people.authenticators import code_at
from people.credentials import set_password
from people.models import Role
from people.registration import grant_role
from people.resetting import reset
from people.sessions import viewer_of
from tests.people.authenticator import Phone
from tests.web.office import HTTPS, Browser, an_office, browser_of

PASSWORD = "seven cranes fly"
pytestmark = pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def cheap_passwords_and_a_root_key(monkeypatch):
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))
    monkeypatch.setenv("CAIHONG_SECRET_KEY", "5e" * 32)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
async def office(database):
    there = await an_office()
    await set_password(there.chen, "chen", PASSWORD)
    return there


async def after_password(to: str = "") -> Browser:
    browser = Browser()
    await browser.get("/sign-in")
    answer = await browser.post("/sign-in", name="chen", password=PASSWORD, next=to)
    await browser.follow(answer)
    return browser


def hidden(browser: Browser, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', browser.seen)[1]  # type: ignore[index]


def printed_codes(text: str) -> list[str]:
    return re.findall(r"<b>([A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4})</b>", text)


async def test_a_code_leads_to_where_one_wanted_to_go_and_only_then_is_one_in(office):
    codes = code_sheets.new_codes()
    await code_sheets.keep(office.chen, codes)
    browser = await after_password("/books")
    half = browser.http.cookies["__Host-half"]
    assert "__Host-sid" not in browser.http.cookies
    assert (await Browser(half).get("/shifts")).headers["location"].startswith("/sign-in?next=")
    assert (await browser.http.get("/shifts")).status_code == 303
    wrong = await browser.post("/sign-in/second", code="AAAA-BBBB-CCCC", next="/books")
    assert (wrong.status_code, "did not match" in wrong.text) == (422, True)
    right = await browser.post("/sign-in/second", code=codes[0], next="/books")
    assert right.headers["location"] == "/books"
    assert await viewer_of(browser.http.cookies["__Host-sid"]) is not None
    assert "__Host-half" not in browser.http.cookies
    for path in ("/sign-in/second", "/sign-in/set-up", "/sign-in/password"):
        assert (await browser.get(path)).headers["location"].startswith("/sign-in?next=")
    assert (await browser.post("/sign-in/second", code=codes[1])).status_code == 401
    for _ in range(5):
        again = await after_password()
        locked = await again.post("/sign-in/second", code="000000")
    assert (await again.post("/sign-in/second", code=codes[1])).status_code == 429
    assert locked.status_code == 422


async def test_a_wrong_password_is_answered_alike_whether_the_name_exists_or_not(office):
    answers = []
    for name in ("chen", "nobody"):
        browser = Browser()
        await browser.get("/sign-in")
        answer = await browser.post("/sign-in", name=name, password="not this one")
        text = re.sub(r'(value|content)="[^"]*"', "", answer.text)
        answers.append((answer.status_code, text, "set-cookie" in answer.headers))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


async def test_the_app_is_set_up_and_its_sheet_is_shown_once_without_forms(office):
    browser = await after_password()
    secret = re.search(r"secret=([A-Z2-7]+)", browser.seen)[1]  # type: ignore[index]
    kept = hidden(browser, "kept")
    wrong = await browser.post("/sign-in/set-up", kept=kept, code="000000")
    assert wrong.status_code == 422
    assert secret in wrong.text  # the same picture: it may be in the app already
    assert (
        await browser.post("/sign-in/set-up", kept=kept + "x", code="000000")
    ).status_code == 401
    code = code_at(secret, clock.now())
    done = await browser.post("/sign-in/set-up", kept=kept, code=code, next="")
    assert done.status_code == 200
    assert len(printed_codes(done.text)) == 10
    assert 'href="/shifts"' in done.text
    assert "<form" not in done.text
    assert done.headers["cache-control"] == "no-store"
    assert (await browser.get("/shifts")).status_code == 200
    again = await after_password()
    assert "six digits" in again.seen
    assert (await again.post("/sign-in/set-up/sheet")).status_code == 409


async def test_somebody_without_a_phone_sets_a_sheet_up(office):
    browser = await after_password("/books")
    shown = await browser.post("/sign-in/set-up/sheet", next="/books")
    codes = printed_codes(shown.text)
    kept = hidden(browser, "kept")
    at = "/sign-in/set-up/sheet/confirmation"
    slip = await browser.post(at, kept=kept, code="AAAA-BBBB-CCCC", next="/books")
    assert (slip.status_code, printed_codes(slip.text)) == (422, codes)
    done = await browser.post(at, kept=kept, code=codes[9].lower(), next="/books")
    assert done.headers["location"] == "/books"
    for number in range(8):
        again = await after_password()
        answer = await again.post("/sign-in/second", code=codes[number])
    # One is left, so the way leads past the page where a new sheet is made.
    assert answer.headers["location"] == "/my-sign-in"
    assert "1 codes of your sheet are left" in await again.follow(answer)
    fresh = await again.post("/my-sign-in/sheet", code=codes[8])
    assert len(printed_codes(fresh.text)) == 10
    assert (await again.post("/my-sign-in/sheet", code=codes[8])).status_code == 422


async def test_a_reset_leads_by_the_link_to_a_password_and_a_second_factor(office):
    token = await reset(office.book_id, office.chen)
    browser = Browser()
    await browser.get(f"/welcome/{token}")
    answer = await browser.post(f"/welcome/{token}")
    assert answer.headers["location"] == "/sign-in/password"
    assert 'value="chen"' in await browser.follow(answer)
    weak = await browser.post("/sign-in/password", sign_in_name="chen", password="short")
    assert (weak.status_code, 'value="chen"' in weak.text) == (422, True)
    chosen = await browser.post(
        "/sign-in/password", sign_in_name="chen", password="eight cranes land"
    )
    assert "Set up a second proof" in await browser.follow(chosen)
    assert (await browser.get("/shifts")).status_code == 303


async def test_a_new_installation_is_set_up_with_the_code_and_the_page_is_gone(database):
    code = await first_setup.offer()
    browser = Browser()
    assert "/setup" in (await browser.get("/sign-in")).text
    await browser.get("/setup")
    typed = {"community": "金苑社区", "name": "李主任", "sign_in_name": "li", "password": PASSWORD}
    wrong = await browser.post("/setup", code="AAAA-AAAA", **typed)
    assert wrong.status_code == 422
    assert all(f'value="{typed[name]}"' in wrong.text for name in ("community", "name"))
    assert PASSWORD not in wrong.text
    begun = await browser.post("/setup", code=code, **typed)
    assert begun.headers["location"] == "/sign-in/set-up"
    assert "李主任" in (await browser.follow(begun)) or "secret=" in browser.seen
    assert (await browser.get("/setup")).status_code == 404
    assert (await browser.post("/setup", code=code, **typed)).status_code == 404


async def clerk_with_pin(office, person: int) -> None:
    """A clerk who has set a PIN, after one that everybody would try."""
    await grant_role(office.book_id, person, Role.CLERK, None)
    theirs = await browser_of(office, person)
    await theirs.get("/my-sign-in")
    assert (await theirs.post("/my-sign-in/pin", pin="1234")).status_code == 422
    assert (await theirs.post("/my-sign-in/pin", pin="4071")).status_code == 303


async def test_clerks_switch_at_a_counter_and_each_switch_is_a_new_session(office):
    for person in (office.chen, office.zhao):
        await clerk_with_pin(office, person)
    counter, signed = Browser(), await sessions.begin(office.book_id, office.chen, staff=True)
    counter.http.cookies.set("__Host-sid", signed.token, domain="caihong.test")
    assert (await counter.get("/counter/switch")).status_code == 403
    await counter.get("/counter/devices")
    assert (await counter.post("/counter/devices", name="")).status_code == 422
    assert "left counter" in await counter.follow(
        await counter.post("/counter/devices", name="left counter")
    )
    tokens = [counter.http.cookies["__Host-sid"]]
    assert "赵敏" in (await counter.get("/counter/switch")).text
    for person in (office.zhao, office.chen):
        await counter.get(f"/counter/switch/{person}")
        wrong = await counter.post(f"/counter/switch/{person}", pin="9999")
        assert wrong.status_code == 422
        assert (await counter.post(f"/counter/switch/{person}", pin="4071")).status_code == 303
        tokens.append(counter.http.cookies["__Host-sid"])
        assert await viewer_of(tokens[-2]) is None
        viewer = await viewer_of(tokens[-1])
        assert viewer is not None
        assert viewer.person_id == person
        assert viewer.roles == {Role.CLERK}
    assert len(set(tokens)) == 3
    assert (await counter.get("/members")).status_code == 403
    assert "sign in with your password first" in (await counter.get("/my-sign-in")).text
    assert (await counter.get(f"/counter/switch/{office.wang}")).status_code == 404

    chen = await browser_of(office, office.chen)
    [device] = re.findall(r"/counter/devices/(\d+)/", (await chen.get("/counter/devices")).text)
    assert (await chen.post(f"/counter/devices/{device}/revocation")).status_code == 303
    assert await viewer_of(tokens[-1]) is None
    assert (await counter.get("/counter/switch")).status_code == 403


async def test_the_members_page_warns_until_a_recovery_sheet_is_printed(office):
    chen, zhao = await browser_of(office, office.chen), await browser_of(office, office.zhao)
    assert "only one administrator" in (await chen.get("/members")).text
    assert "only one administrator" not in (await zhao.get("/members")).text
    assert (await zhao.post("/staff/recovery-sheet")).status_code == 403
    sheet = await chen.post("/staff/recovery-sheet")
    groups = re.findall(r"<b>([A-Z2-7]{4})</b>", sheet.text)
    assert len(groups) == 8
    assert "only one administrator" not in (await chen.get("/staff")).text
    stranger = Browser()
    await stranger.get("/recovery")
    slip = await stranger.post("/recovery", code="AAAA", name="王主任")
    assert (slip.status_code, 'value="王主任"' in slip.text) == (422, True)
    missing = await stranger.post("/recovery", code=" ".join(groups), number="999")
    assert missing.status_code == 404
    used = await stranger.post("/recovery", code=" ".join(groups), name="王主任")
    assert used.headers["location"].startswith("/welcome/")
    assert "王*任" in await stranger.follow(used)
    assert await recovery.sheet_of(office.book_id) is None


async def test_a_passkey_is_added_and_signs_in_by_what_the_script_sends(office, monkeypatch):
    monkeypatch.setenv("CAIHONG_PUBLIC_URL", HTTPS)
    settings.cache_clear()
    codes, phone = code_sheets.new_codes(), Phone("caihong.test", HTTPS)
    await code_sheets.keep(office.chen, codes)
    mine = await browser_of(office, office.chen)
    await mine.get("/my-sign-in")
    token = {"x-csrf-token": hidden(mine, "csrf")}
    at = "/my-sign-in/passkeys"
    asked = await mine.http.post(f"{at}/question", data={"code": codes[0]}, headers=token)
    made = await mine.http.post(f"{at}?name=phone", json=phone.make(asked.text), headers=token)
    assert made.json() == {"to": "/my-sign-in"}

    browser = await after_password("/books")
    assert "data-passkey-sign-in" in browser.seen
    token = {"x-csrf-token": hidden(browser, "csrf")}
    asked = await browser.http.post("/sign-in/passkey/question", headers=token)
    at = "/sign-in/passkey?to=/books"
    for odd in (b"", b"[]", b"{}", b"\xff"):
        assert (await browser.http.post(at, content=odd, headers=token)).status_code == 422
    answer = await browser.http.post(at, json=phone.prove(asked.text), headers=token)
    assert (answer.status_code, answer.json()) == (200, {"to": "/books"})
    assert (await browser.get("/shifts")).status_code == 200


async def test_my_app_moves_to_another_phone_with_a_present_code(office):
    codes = code_sheets.new_codes()
    await code_sheets.keep(office.chen, codes)
    browser = await browser_of(office, office.chen)
    await browser.get("/my-sign-in")
    secret = re.search(r"secret=([A-Z2-7]+)", browser.seen)[1]  # type: ignore[index]
    sent = {"kept": hidden(browser, "kept"), "new_code": code_at(secret, clock.now())}
    slip = await browser.post("/my-sign-in/app", code="AAAA", **sent)
    assert (slip.status_code, secret in slip.text) == (422, True)
    done = await browser.post("/my-sign-in/app", code=codes[0], **sent)
    assert "The app is set up" in await browser.follow(done)
    foreign = await browser_of(office, office.zhao)
    await foreign.get("/my-sign-in")
    assert (await foreign.post("/my-sign-in/app", code="x", **sent)).status_code == 401
    assert authenticators.STEP_SECONDS == 30
