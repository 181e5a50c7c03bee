"""Who gets a token, what it opens, and which tokens open nothing."""

import base64
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api import access_tokens
from api.access_tokens import AUDIENCE, CLAIMS, ISSUER, LONGEST, TYPE, Access
from kernel import clock
from kernel.keys import signing_key
from people import code_sheets, signin
from people.credentials import set_password
from people.models import Role
from people.registration import grant_role, revoke_role
from tests.api.town import Client, problem

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


async def test_a_refresh_token_works_once_and_its_session_lives_on(client, signed_in):
    first = {"refresh_token": signed_in["refresh_token"]}
    answer = await client.post("/tokens/refresh", json=first)
    assert answer.status_code == 201
    fresh = answer.json()
    assert fresh["refresh_token"] != signed_in["refresh_token"]
    assert (await client.get("/me", headers=bearer(fresh["access_token"]))).status_code == 200
    again = await client.post("/tokens/refresh", json=first)
    assert problem(again) == (401, "token-not-accepted")


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


def claims(town, **changed: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(town.people["organiser"]),
        "book": str(town.book),
        "sid": "1",
        "iat": now,
        "exp": now + 600,
        "jti": "x",
    }
    return {name: value for name, value in (said | changed).items() if value is not None}


def signed(said: dict[str, Any], key: Any = None, algorithm: str = "EdDSA", **header: Any) -> str:
    ours = signing_key("api-access")
    head = {"typ": TYPE, "kid": access_tokens.key_id(ours), **header}
    return jwt.encode(said, key if key is not None else ours, algorithm, headers=head)


def unsigned(said: dict[str, Any], algorithm: str) -> str:
    parts = ({"alg": algorithm, "typ": TYPE}, said)
    packed = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return (b".".join(packed) + b".").decode()


def public_bytes() -> bytes:
    return signing_key("api-access").public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def forgeries(town) -> dict[str, str]:
    """Tokens that look like one of ours, each wrong in one thing."""
    good = claims(town)
    made = {
        "none": unsigned(good, "none"),
        "None": unsigned(good, "None"),
        "hs256 with the public key": signed(good, public_bytes(), "HS256"),
        "another key": signed(good, Ed25519PrivateKey.generate()),
        "another purpose's key": signed(good, signing_key("voucher")),
        "another type": signed(good, typ="JWT"),
        "another key id": signed(good, kid="OTHER"),
        "another audience": signed(claims(town, aud="pages")),
        "another issuer": signed(claims(town, iss="evil")),
        "late": signed(claims(town, iat=int(time.time()) - 700, exp=int(time.time()) - 10)),
        "from the future": signed(claims(town, iat=int(time.time()) + 60)),
        "odd session": signed(claims(town, sid="one")),
        "huge session": signed(claims(town, sid=str(2**70))),
        "negative session": signed(claims(town, sid="-1")),
        "oversized": signed(claims(town, jti="x" * LONGEST)),
        "garbage": "garbage",
        "dots": "..",
        "empty parts": "e30.e30.e30",
        "not ascii": "é.é.é",
    }
    made |= {f"without {name}": signed(claims(town, **{name: None})) for name in CLAIMS}
    right = signed(good)
    head, body, mark = right.split(".")
    made["altered claims"] = f"{head}.{body[:-2]}AA.{mark}"
    made["cut signature"] = right[:-4]
    return made


async def test_a_forged_late_or_foreign_token_opens_nothing(client, town):
    for name, token in forgeries(town).items():
        raw = f"Bearer {token}".encode()
        answer = await client.http.get("/api/v1/me", headers=[(b"authorization", raw)])
        assert problem(answer) == (401, "token-not-accepted"), name
        assert "invalid_token" in answer.headers["www-authenticate"], name


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
