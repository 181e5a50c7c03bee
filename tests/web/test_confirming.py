"""The password is asked for again before roles and passwords change, and the form that was sent goes on."""

import re

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from kernel import clock
from kernel.clock import MINUTE
from people import passwords, roster, sessions
from people.approvals import Approval
from people.credentials import set_password
from people.models import Role, Session
from people.permissions import require
from people.signin import sign_in
from tests.web.office import HTTPS, an_office, browser_of

PASSWORD, OTHERS = "seven cranes fly", "nine geese swim"
ASKED_FOR = "Asked for. Nothing has changed yet"
ASKED = "Please confirm that it is you"


@pytest.fixture
async def office(database, monkeypatch):
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))
    there = await an_office()
    await set_password(there.chen, "chen", PASSWORD)
    return there


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


async def roles(office):
    return await roster.roles_of(office.book_id, office.li)


async def asked(office, page: str = "/members"):
    """The administrator's browser of six minutes ago, with a page open."""
    with clock.frozen(clock.now() - 6 * MINUTE):
        chen = await browser_of(office, office.chen)
    await chen.get(page)
    return chen


async def test_a_role_is_given_after_one_more_password_and_nothing_is_lost(office):
    chen = await asked(office)
    session = await Session.get(person_id=office.chen)
    at = f"/members/{office.li}/roles"
    chen.http.headers["referer"] = f"{HTTPS}/members/{office.li}"
    page = await chen.post(at, role="clerk", company="")
    assert page.status_code == 403
    assert ASKED in page.text
    assert f'action="{at}"' in page.text
    kept = hidden(page.text)
    assert (kept["role"], kept["company"]) == ("clerk", "")
    assert await roles(office) == {Role.VOLUNTEER}

    chen.http.headers["referer"] = f"{HTTPS}{at}"  # the address that the page itself now has
    wrong = await chen.post(at, **{**kept, "own_password": "eight cranes"})
    assert wrong.status_code == 422
    assert "This is not the password you sign in with." in wrong.text
    assert hidden(wrong.text)["role"] == "clerk"
    assert "eight cranes" not in wrong.text
    for seen in (page, wrong):
        assert f'href="/members/{office.li}"' in seen.text
    assert await roles(office) == {Role.VOLUNTEER}

    done = await chen.post(at, role="clerk", company="", own_password=PASSWORD)
    assert ASKED_FOR in await chen.follow(done)
    assert await Approval.filter(book_id=office.book_id).count() == 1
    brought = " ".join(done.headers.get_list("set-cookie"))
    [after] = re.findall(r"__Host-sid=([\w-]{43}); HttpOnly; Max-Age=860\d\d;", brought)
    assert require(await sessions.viewer_of(after)).session_id == session.id
    assert (await Session.get(id=session.id)).token_hash != session.token_hash


async def test_a_refused_form_after_the_password_can_be_sent_again(office):
    chen = await asked(office)
    at = f"/members/{office.li}/roles"
    refused = await chen.post(at, role="property_desk", company="", own_password=PASSWORD)
    assert refused.status_code == 422
    assert ASKED not in refused.text
    fixed = await chen.post(at, role="clerk", company="")  # with the new page's csrf token
    assert ASKED_FOR in await chen.follow(fixed)


async def test_taking_a_role_away_asks_too(office):
    chen = await asked(office)
    at = f"/members/{office.zhao}/roles/organiser/revocation"
    assert ASKED in (await chen.post(at)).text
    assert Role.ORGANISER in await roster.roles_of(office.book_id, office.zhao)
    assert ASKED_FOR in await chen.follow(await chen.post(at, own_password=PASSWORD))
    assert await Approval.filter(book_id=office.book_id, beneficiary_id=office.zhao).count() == 1


async def test_a_new_password_is_not_written_into_the_page_that_asks(office):
    chen = await asked(office)
    at = f"/members/{office.zhao}/sign-in"
    page = await chen.post(at, sign_in_name="zhao", password=OTHERS)
    assert ASKED in page.text
    assert OTHERS not in page.text
    assert hidden(page.text)["sign_in_name"] == "zhao"
    assert 'id="password"' in page.text
    done = await chen.post(at, sign_in_name="zhao", password=OTHERS, own_password=PASSWORD)
    assert "The sign-in is set." in await chen.follow(done)
    assert (await sign_in("zhao", OTHERS)).person_id == office.zhao


async def test_who_has_no_password_is_told_what_to_do(office):
    with clock.frozen(clock.now() - 6 * MINUTE):
        zhao = await browser_of(office, office.zhao)
    page = await zhao.get("/confirm?next=/shifts")
    assert "you have none yet" in page.text
    assert "own_password" not in page.text
    nothing = await zhao.post("/confirm", next="/shifts", own_password="x")
    assert nothing.status_code == 409


async def test_a_page_can_be_asked_for_before_it_is_shown(office):
    chen = await asked(office, "/confirm")
    for to, leads in [
        ("/books", "/books"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
    ]:
        assert hidden((await chen.get("/confirm", params={"next": to})).text)["next"] == leads
        done = await chen.post("/confirm", next=to, own_password=PASSWORD)
        assert (done.status_code, done.headers["location"]) == (303, leads)


async def test_a_stranger_to_the_work_is_not_asked_but_refused(office):
    with clock.frozen(clock.now() - 6 * MINUTE):
        zhao = await browser_of(office, office.zhao)
    answer = await zhao.post(f"/members/{office.li}/roles", role="admin", own_password=PASSWORD)
    assert answer.status_code == 403
    assert ASKED not in answer.text
    assert await roles(office) == {Role.VOLUNTEER}


async def test_many_wrong_passwords_make_it_wait(office):
    chen = await asked(office)
    for _ in range(5):
        await chen.post("/confirm", next="/", own_password="eight cranes")
    answer = await chen.post("/confirm", next="/", own_password=PASSWORD)
    assert answer.status_code == 429
    assert "try again in" in answer.text
