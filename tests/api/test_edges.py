"""Bodies and headers that no program of ours sends: a clear problem document, never a defect, and nothing changes."""

import json

from tests.api.town import V1, fresh_key, problem

REDEEM = f"{V1}/redemptions"
DEEP = b'{"lines":' + b"[" * 20_000 + b"]" * 20_000 + b"}"

BODIES: tuple[tuple[bytes, str | None, int], ...] = (
    (b"{", "application/json", 400),
    (b"", "application/json", 422),
    (b"null", "application/json", 422),
    (b"[]", "application/json", 422),
    (b'"text"', "application/json", 422),
    (b"\xff\xfe{}", "application/json", 400),
    (b'{"a":"\xc3\x28"}', "application/json", 400),
    (b'{"shop_id":"\\ud800"}', "application/json", 422),
    (b'{"shop_id":NaN}', "application/json", 422),
    (b'{"shop_id":' + b"9" * 5000 + b"}", "application/json", 400),
    (b'{"shop_id":1e400}', "application/json", 422),
    (DEEP, "application/json", 400),
    (b"{}", "text/plain", 422),
    (b"{}", "application/xml", 422),
    (b"a=1&b=2", "application/x-www-form-urlencoded", 422),
    (b"--x\r\n\r\n", "multipart/form-data; boundary=x", 422),
    (b"{}", None, 422),
    (b"x" * 100_000, "application/json", 413),
)


async def test_a_body_that_makes_no_sense_is_a_problem_and_changes_nothing(client, town):
    books, token = await town.books(), await town.token("clerk")
    for content, kind, status in BODIES:
        headers = {"authorization": f"Bearer {token}", "idempotency-key": fresh_key()}
        if kind is not None:
            headers["content-type"] = kind
        answer = await client.http.post(REDEEM, content=content, headers=headers)
        assert problem(answer)[0] == status, (content[:40], kind, answer.text)
    assert await town.books() == books


async def test_ten_megabytes_are_refused_announced_or_not(client, town):
    headers = {"authorization": f"Bearer {await town.token('clerk')}", "idempotency-key": "k"}

    async def chunks():
        for _ in range(160):
            yield b" " * 65_536

    for content in (b" " * 10_485_760, chunks()):
        json_headers = headers | {"content-type": "application/json"}
        answer = await client.http.post(REDEEM, content=content, headers=json_headers)
        assert problem(answer) == (413, "too-large")


async def test_garbled_ids_and_figures_in_the_address_are_refused(client, town):
    for path in ("x", "-1", "1.5", "%00", "１２", "0", "9" * 20, "1e3", "%ff", "+1", "1%0a"):
        answer = await client.get(f"/redemptions/{path}", "clerk")
        assert problem(answer)[0] in (404, 422), path
    assert problem(await client.get("/redemptions/" + "9" * 19, "clerk"))[0] == 404
    for query in ("limit=0", "limit=201", "limit=x", "limit=" + "9" * 50, "limit=%00"):
        assert problem(await client.get(f"/me/statement?{query}", "volunteer"))[0] == 422


async def test_the_router_s_own_refusals_are_problems_too(client):
    assert problem(await client.get("/nowhere"))[0] == 404
    wrong = await client("PUT", "/redemptions", "clerk")
    assert problem(wrong)[0] == 405
    assert "POST" in wrong.headers["allow"]


async def test_a_problem_speaks_the_readers_language_and_names_the_fields(client, town):
    english = await client.post("/redemptions", "clerk", json={"shop_id": "1"})
    fields = {each["field"] for each in english.json()["errors"]}
    assert fields == {"body.person_id", "body.lines"}
    chinese = await client.get("/shifts/1", "clerk", headers={"accept-language": "zh"})
    assert "班次" in chinese.json()["detail"]
    assert "9" * 30 not in json.dumps(english.json())


async def test_a_page_s_session_cookie_opens_nothing_here(client, town):
    token = await town.token("clerk")
    for cookie in (f"__Host-sid={token}", f"sid={token}"):
        answer = await client.get("/me", headers={"cookie": cookie})
        assert problem(answer) == (401, "sign-in-needed")
