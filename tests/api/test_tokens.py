"""Who gets a token, what it opens, and which tokens open nothing."""

import re
from typing import Any

import jwt
import pytest

from api import access_tokens
from api.access_tokens import Access
from kernel import clock
from people import code_sheets, signin
from people.credentials import set_password
from people.models import Role
from people.registration import grant_role, revoke_role
from people.sessions import end_one
from tests.api.test_permissions import OPEN, operations
from tests.api.town import Client, fresh_key, problem

PASSWORD = "seven cranes fly"


CODES = code_sheets.new_codes()


async def sign_in(client: Client, password: str = PASSWORD, code: str | None = CODES[0]):
    return await client.post("/tokens", json={"name": "Chen", "password": password, "code": code})


@pytest.fixture
async def signed_in(client, town) -> dict[str, Any]:
    await set_password(town.people["organiser"], "chen", PASSWORD)
    await code_sheets.keep(town.people["organiser"], CODES)
    answer = await sign_in(client)
    assert answer.status_code == 201
    return dict(answer.json())


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_a_password_gives_a_short_token_that_opens_ones_own_account(client, signed_in):
    assert signed_in["expires_in_seconds"] == 600
    me = (await client.get("/me", headers=bearer(signed_in["access_token"]))).json()
    assert me["roles"] == ["organiser"]
    assert me["community"]["name"] == "金苑社区"
    assert jwt.get_unverified_header(signed_in["access_token"])["typ"] == "at+jwt"


async def test_a_wrong_password_gives_nothing_and_many_of_them_a_pause(client, signed_in):
    for _ in range(5):
        wrong = await sign_in(client, "wrong")
        assert problem(wrong) == (401, "wrong-name-or-password")
        assert wrong.headers["www-authenticate"] == "Bearer"
    assert problem(await sign_in(client)) == (429, "too-many-tries")


async def test_staff_need_a_second_factor_here_too(client, town, signed_in):
    assert problem(await sign_in(client, code=None)) == (401, "second-factor-needed")
    assert problem(await sign_in(client)) == (401, "wrong-code")  # used by the fixture
    assert (await sign_in(client, code=CODES[1])).status_code == 201
    await set_password(town.people["admin"], "feng", PASSWORD)
    without = {"name": "feng", "password": PASSWORD}
    assert problem(await client.post("/tokens", json=without)) == (403, "second-factor-not-set")
    link = await signin.invite_from_console(town.book, town.people["admin"])
    by_link = await client.post("/tokens/by-link", json={"link": link})
    assert problem(by_link) == (403, "second-factor-not-set")


async def test_a_one_time_link_signs_a_volunteer_in_once(client, town):
    link = await signin.invite(town.book, town.people["other"], town.people["organiser"])
    answer = await client.post("/tokens/by-link", json={"link": link})
    token = answer.json()["access_token"]
    me = (await client.get("/me", headers=bearer(token))).json()
    assert (me["person_id"], me["roles"]) == (str(town.people["other"]), ["volunteer"])
    again = await client.post("/tokens/by-link", json={"link": link})
    assert problem(again) == (409, "link-used")


async def refreshed(client: Client, token: str):
    return await client.post("/tokens/refresh", json={"refresh_token": token})


async def test_a_refresh_token_gives_a_new_pair_and_the_same_again_if_that_was_lost(
    client, signed_in
):
    answer = await refreshed(client, signed_in["refresh_token"])
    assert answer.status_code == 201
    fresh = answer.json()
    assert fresh["refresh_token"] != signed_in["refresh_token"]
    assert (await client.get("/me", headers=bearer(fresh["access_token"]))).status_code == 200
    again = await refreshed(client, signed_in["refresh_token"])
    assert again.json()["refresh_token"] == fresh["refresh_token"]


async def test_a_refresh_token_that_comes_back_ends_both_tokens_at_once(client, signed_in):
    fresh = (await refreshed(client, signed_in["refresh_token"])).json()
    later = (await refreshed(client, fresh["refresh_token"])).json()
    back = await refreshed(client, signed_in["refresh_token"])
    assert problem(back) == (401, "token-not-accepted")
    assert problem(await refreshed(client, later["refresh_token"])) == (401, "token-not-accepted")
    for pair in (signed_in, fresh, later):
        me = await client.get("/me", headers=bearer(pair["access_token"]))
        assert problem(me) == (401, "token-not-accepted")


async def test_a_refresh_token_opens_no_page(client, signed_in):
    cookie = {
        "cookie": f"sid={signed_in['refresh_token']}; __Host-sid={signed_in['refresh_token']}"
    }
    answer = await client.http.get("/devices", headers=cookie)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/devices")


async def test_when_a_session_ends_its_token_moves_no_value_from_that_moment(client, town):
    """Each operation of the API looks at the session's row, those that move value too."""
    token = await town.token("everything")
    said = access_tokens.read(token)
    basket = {
        "shop_id": str(town.world.shop.id),
        "person_id": str(town.member),
        "lines": [{"item_id": str(town.world.rice.id), "quantity_pieces": 1}],
    }
    mine = bearer(token)
    assert (await client.post("/redemptions", json=basket, headers=mine)).status_code == 201
    before = await town.books()
    await end_one(said.book_id, said.person_id, said.session_id)
    assert access_tokens.read(token) == said  # the token itself is as good as before
    for operation, method, path in operations():
        if operation not in OPEN:
            there = re.sub(r"{\w+}", "1", path)
            answer = await client(method, there, headers=mine, key=fresh_key(), json=basket)
            assert problem(answer) == (401, "token-not-accepted"), operation
    assert await town.books() == before


async def test_signing_out_ends_both_tokens_at_once(client, signed_in):
    mine = bearer(signed_in["access_token"])
    gone = await client("DELETE", "/tokens/current", headers=mine)
    assert (gone.status_code, gone.content) == (204, b"")
    assert problem(await client.get("/me", headers=mine)) == (401, "token-not-accepted")
    refresh = {"refresh_token": signed_in["refresh_token"]}
    assert problem(await client.post("/tokens/refresh", json=refresh))[0] == 401


async def test_a_role_taken_away_is_gone_with_the_next_request(client, town):
    assert (await client.get("/members?query=107", "clerk")).status_code == 404
    await grant_role(town.book, town.people["clerk"], Role.VOLUNTEER, None)
    await revoke_role(town.book, town.people["clerk"], Role.CLERK)
    assert problem(await client.get("/members?query=107", "clerk")) == (403, "role-needed")


async def test_without_a_token_the_answer_says_how_to_come_in(client):
    answer = await client.get("/me")
    assert problem(answer) == (401, "sign-in-needed")
    assert answer.headers["www-authenticate"] == "Bearer"
    cookie = await client.get("/me", headers={"cookie": "__Host-sid=x; sid=x"})
    assert problem(cookie) == (401, "sign-in-needed")


async def test_a_good_token_of_a_session_of_somebody_else_opens_nothing(client, town):
    mine = access_tokens.read(await town.token("organiser"))
    for access in (
        Access(town.people["clerk"], mine.book_id, mine.session_id),
        Access(mine.person_id, mine.book_id + 1, mine.session_id),
        Access(mine.person_id, mine.book_id, mine.session_id + 1),
    ):
        answer = await client.get("/me", headers=bearer(access_tokens.issue(access)))
        assert problem(answer) == (401, "token-not-accepted")


async def test_a_token_lives_for_ten_minutes(client, town):
    mine = access_tokens.read(await town.token("organiser"))
    with clock.frozen(clock.now() - 11 * clock.MINUTE):
        old = access_tokens.issue(mine)
    with clock.frozen(clock.now() - 9 * clock.MINUTE):
        young = access_tokens.issue(mine)
    assert (await client.get("/me", headers=bearer(young))).status_code == 200
    assert problem(await client.get("/me", headers=bearer(old)))[0] == 401
