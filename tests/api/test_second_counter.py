"""Beside the counter as JSON: its second screen, and a book to practise in with the counter's own operations."""

from kernel import clock
from kernel.clock import HOUR, MINUTE
from tests.api.town import Client, fresh_key, problem


async def asked(client: Client, token: str, method: str, path: str, **more):
    """Ask with a token that is nobody's of the town."""
    headers = {"authorization": f"Bearer {token}"}
    return await client(method, path, headers=headers, **more)


async def a_code_lasts_five_minutes_and_a_pairing_one_shift(client: Client) -> None:
    digits = {"code": (await client.post("/counter-display/code", "clerk")).json()["code"]}
    now = clock.now()
    with clock.frozen(now + 6 * MINUTE):
        late = await client.post("/paired-displays", json=digits)
    assert problem(late) == (422, "display-code-unknown")
    paired = await client.post("/paired-displays", json=digits)
    token = paired.json()["display_token"]
    with clock.frozen(now + 13 * HOUR):
        gone = await asked(client, token, "GET", "/paired-displays/current")
    assert problem(gone) == (404, "display-not-paired")


async def test_a_second_screen_is_paired_told_read_and_ended(client, town):
    digits = (await client.post("/counter-display/code", "clerk")).json()["code"]
    paired = await client.post("/paired-displays", json={"code": digits})
    assert (paired.status_code, paired.json()["expires_in_seconds"]) == (201, 12 * 3600)
    again = await client.post("/paired-displays", json={"code": digits})
    assert problem(again) == (422, "display-code-unknown")
    token = paired.json()["display_token"]
    reads = (client, token, "GET", "/paired-displays/current")
    assert (await asked(*reads)).json()["points_total"] == 0
    lines = [{"item_id": str(town.world.rice.id), "quantity_pieces": 2}]
    cart = {"shop_id": str(town.world.shop.id), "lines": lines}
    whose = {"person_id": str(town.member), "just_item_id": lines[0]["item_id"]}
    assert problem(await client.get("/counter-display", "clerk")) == (404, "display-not-paired")
    assert (await client.post("/counter-display", "clerk")).status_code == 201
    told = (await client("PUT", "/counter-display", "clerk", json=cart | whose)).json()
    assert (told["name_masked"], told["points_total"], told["points_left"]) == ("王*兰", 60, 280)
    assert (told["just_pieces"], told["just_points"]) == (2, 60)
    assert (await asked(*reads)).json() == told
    assert (await client.get("/counter-display", "clerk")).json() == told
    # A cart that nobody stands before yet tells its total alone; somebody else's counter is another.
    nobodys = (await client("PUT", "/counter-display", "clerk", json=cart | {"lines": []})).json()
    assert (nobodys["name_masked"], nobodys["points_total"]) == ("", 0)
    assert (await client.post("/counter-display", "everything")).json()["points_total"] == 0
    await client("DELETE", "/counter-display/pairing", "clerk")
    assert problem(await asked(*reads)) == (404, "display-not-paired")
    assert problem(await client.get("/paired-displays/current")) == (404, "display-not-paired")
    await a_code_lasts_five_minutes_and_a_pairing_one_shift(client)


async def begun(client: Client) -> tuple[dict, str]:
    answer = await client.post("/practice-books", "clerk")
    assert answer.status_code == 201
    return answer.json(), answer.json()["tokens"]["access_token"]


def a_sale(book: dict, person: str) -> dict:
    rice = book["items"][0]
    lines = [{"item_id": rice["item_id"], "quantity_pieces": 1}]
    return {"shop_id": rice["shop_id"], "person_id": person, "lines": lines, "expected_points": 60}


async def test_practice_serves_by_the_same_operations_in_a_book_that_does_not_count(client, town):
    before = await town.books()
    book, token = await begun(client)
    assert [each["number"] for each in book["members"]] == [201, 202, 203]
    sale = a_sale(book, book["members"][0]["person_id"])
    sold = await asked(client, token, "POST", "/redemptions", json=sale, key=fresh_key())
    assert (sold.status_code, sold.json()["points_total"]) == (201, 60)
    undo = f"/redemptions/{sold.json()['redemption_id']}/undo"
    assert (await asked(client, token, "POST", undo, key=fresh_key())).status_code == 201
    shown = (await asked(client, token, "GET", "/practice-books/current")).json()
    assert shown == {name: book[name] for name in shown}
    # Nothing real is there, nothing of it is in the real book, and it serves in no other role.
    real = await asked(
        client,
        token,
        "POST",
        "/redemptions",
        json=sale | {"person_id": str(town.member)},
        key=fresh_key(),
    )
    assert problem(real)[0] == 404
    assert problem(await client.post("/redemptions", "clerk", json=sale))[0] == 404
    assert problem(await asked(client, token, "GET", "/me/reservations")) == (403, "role-needed")
    again = await asked(client, token, "POST", "/practice-books")
    assert problem(again) == (409, "already-practising")
    assert await town.books() == before
    await practice_ends_its_own_book_and_no_other(client, token)


async def practice_ends_its_own_book_and_no_other(client: Client, token: str) -> None:
    for method in ("GET", "DELETE"):
        mine = await client(method, "/practice-books/current", "clerk")
        assert problem(mine) == (404, "not-practising")
    assert (await asked(client, token, "DELETE", "/practice-books/current")).status_code == 204
    gone = await asked(client, token, "GET", "/practice-books/current")
    assert problem(gone) == (401, "token-not-accepted")
    assert (await client.get("/shops", "clerk")).status_code == 200
