"""The acts of a community as JSON: what each answers, and what each refuses."""

from typing import Any

from kernel import clock
from ledger import chart
from ledger.balances import holding
from people import pins
from people.models import Role
from people.registration import grant_role
from tests.api.town import V1, fresh_key, one_who_left, problem


async def test_a_volunteer_sees_points_minutes_and_why(client, town):
    balance = (await client.get("/me/balance", "volunteer")).json()
    assert balance["points_available"] == 340
    assert balance["lots"][0]["points"] == 340
    assert (balance["points_owed"], balance["minutes_served"]) == (0, 300)
    assert (balance["points_earned_ever"], balance["points_spent_ever"]) == (500, 160)
    first = (await client.get("/me/statement?limit=2", "volunteer")).json()
    assert [line["amount"] for line in first["items"]] == [-100, -60]
    assert first["items"][0]["kind"] == "VOUCHER_ISSUED"
    assert first["items"][0]["balance_after"] == 340
    rest = (await client.get(f"/me/statement?limit=2&after={first['next']}", "volunteer")).json()
    assert [line["amount"] for line in rest["items"]] == [500]
    assert rest["next"] is None


async def test_somebody_without_points_has_an_empty_statement(client):
    said = (await client.get("/me/statement", "other")).json()
    assert (said["items"], said["next"]) == ([], None)
    assert (said["opening_balance"], said["closing_balance"]) == (0, 0)


async def test_a_made_up_page_marker_is_refused(client):
    for after in (
        "MS4x",
        "MS4xLjE",
        "!",
        "x" * 65,
        "MS4y4o",
        "OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ",
        "2^63",
    ):
        answer = await client.get("/me/statement", "volunteer", params={"after": after})
        assert problem(answer)[0] == 422, after


async def test_an_organiser_plans_an_activity_and_a_shift_and_shows_its_code(client, town):
    body = {"title": "夜间巡逻", "category": "安全", "multiplier_percent": 150}
    activity = (await client.post("/activities", "organiser", json=body)).json()
    assert problem(await client.post("/activities", "organiser", json=body)) == (
        409,
        "activity-exists",
    )
    plan = {
        "activity_id": activity["activity_id"],
        "starts_at": "2027-01-05T12:00:00+08:00",
        "ends_at": "2027-01-05T14:00:00+08:00",
        "leader_id": str(town.people["other"]),
        "people": 3,
    }
    answer = await client.post("/shifts", "organiser", json=plan)
    assert answer.status_code == 201
    shift = answer.json()
    assert shift["starts_at"] == "2027-01-05T04:00:00Z"
    assert (shift["points_budget"], shift["leader_masked"]) == (99, "李*")
    path = f"/shifts/{shift['shift_id']}"
    assert (await client.get(path, "volunteer")).json() == shift
    code = (await client.get(f"{path}/venue-code", "organiser")).json()
    assert len(code["digits"]) == 6
    assert 1 <= code["changes_in_seconds"] <= 10
    assert code["address"] is None
    listed = (await client.get("/activities", "volunteer")).json()["items"]
    assert {each["title"] for each in listed} == {"夜间巡逻", "周六清洁家园", "植树"}


ODD_SHIFTS: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"ends_at": "2027-01-05T12:00:00+08:00"}, 422, "shift-impossible"),
    ({"activity_id": "1"}, 404, "activity-not-found"),
    ({"leader_id": "1"}, 404, "no-such-member"),
    ({"starts_at": "2027-01-05T12:00:00"}, 422, "invalid"),
    ({"starts_at": "0001-01-01T00:00:00Z"}, 422, "invalid"),
    ({"starts_at": 5}, 422, "invalid"),
    ({"people": 10**40}, 422, "invalid"),
    ({"people": True}, 422, "invalid"),
    ({"activity_id": 5}, 422, "invalid"),
)


async def test_a_shift_that_cannot_be_is_refused(client, town):
    plan = {
        "activity_id": str(town.shift.activity_id),
        "starts_at": "2027-01-05T12:00:00+08:00",
        "ends_at": "2027-01-05T14:00:00+08:00",
    }
    for change, status, code in ODD_SHIFTS:
        answer = await client.post("/shifts", "organiser", json=plan | change)
        assert problem(answer) == (status, code), change
    assert len((await client.get("/shifts?days=60", "organiser")).json()["items"]) == 1


async def test_a_volunteer_comes_and_goes_on_the_code(client, town):
    came = await client.post("/attendances", "volunteer", json={"code": town.code()})
    assert came.status_code == 201
    mine = came.json()
    assert (mine["state"], mine["name_masked"]) == ("present", "王*兰")
    again = await client.post("/attendances", "volunteer", json={"code": town.code()})
    assert (again.status_code, again.json()) == (200, mine)
    path = f"/attendances/{mine['attendance_id']}/check-out"
    with clock.frozen(clock.now() + 7 * clock.MINUTE):
        address = f"https://old.example.cn/q/{town.code()}".replace("/q/", "/Q/")
        gone = await client.post(path, "volunteer", json={"code": address})
    assert gone.status_code == 201
    assert (gone.json()["state"], gone.json()["minutes_worked"]) == ("left", 7)
    listed = (await client.get("/me/attendances", "volunteer")).json()["items"]
    assert [each["state"] for each in listed] == ["verified", "left"]


async def test_six_typed_digits_do_as_well_also_full_width(client, town):
    code = (await client.get(f"/shifts/{town.shift.id}/venue-code", "organiser")).json()
    wide = code["digits"].translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    came = await client.post("/attendances", "other", json={"digits": wide})
    assert came.status_code == 201


async def test_a_bad_code_is_refused_and_many_guesses_are_ended(client, town):
    garbled = town.code()[:-1]
    await town.token("volunteer")
    old = {"code": town.code()}
    with clock.frozen(clock.now() + clock.MINUTE):
        late = await client.post("/attendances", "volunteer", json=old)
    assert problem(late) == (409, "code-expired")
    for body in ({"code": garbled}, {"code": "你好"}):
        answer = await client.post("/attendances", "volunteer", json=body)
        assert problem(answer) == (404, "code-not-recognised")
    for body in ({}, {"code": "A", "digits": "1"}, {"code": ""}, {"code": "A\0B"}):
        assert problem(await client.post("/attendances", "volunteer", json=body))[0] == 422
    tries = [
        await client.post("/attendances", "volunteer", json={"digits": "1"}) for _ in range(11)
    ]
    assert problem(tries[-1]) == (429, "too-many-typed-codes")


async def test_nobody_checks_another_person_out(client, town):
    path = f"/attendances/{town.attendance.id}/check-out"
    answer = await client.post(path, "volunteer", json={"code": town.code()})
    assert problem(answer) == (404, "attendance-not-found")


async def test_hours_are_verified_once_and_can_be_taken_back(client, town):
    path = f"/attendances/{town.attendance.id}/verification"
    done = await client.post(path, "organiser")
    assert done.status_code == 201
    assert (done.json()["points_awarded"], done.json()["minutes_worked"]) == (10, 60)
    again = await client.post(path, "organiser")
    assert problem(await client.post(path, "admin")) == (409, "already-verified")
    assert again.json() == done.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in done.headers
    assert problem(await client("DELETE", path, "organiser"))[0] == 422
    back = await client("DELETE", path, "organiser", params={"reason": "时间记错"})
    assert back.status_code == 200
    entry = (await client.get(f"/audit/entries/{back.json()['entry_id']}", "auditor")).json()
    assert (entry["kind"], entry["reason"]) == ("HOURS_UNVERIFIED", "时间记错")
    assert (await holding(town.book, chart.purse(town.people["leaver"]))).balance == 0


async def test_an_organiser_corrects_and_rejects_but_never_their_own_hours(client, town):
    path = f"/attendances/{town.attendance.id}"
    start = town.shift.starts_at
    times = {
        "checked_in_at": "2027-01-05T12:00:00Z",
        "checked_out_at": None,
        "reason": "忘记签到",
    }
    assert problem(await client.post(f"{path}/correction", "organiser", json=times)) == (
        422,
        "times-impossible",
    )
    came = (await client.get(f"/shifts/{town.shift.id}", "organiser")).json()["starts_at"]
    right = await client.post(
        f"{path}/correction", "organiser", json=times | {"checked_in_at": came}
    )
    assert (right.json()["state"], right.json()["provenance"]) == ("present", "corrected")
    no = await client.post(f"{path}/rejection", "organiser", json={"reason": "没有来"})
    assert (no.json()["state"], no.json()["reason"]) == ("rejected", "没有来")
    own = await one_who_left(town.book, town.shift, town.people["organiser"])
    assert start == own.checked_in_at
    answer = await client.post(f"/attendances/{own.id}/verification", "organiser")
    assert problem(answer) == (409, "own-hours")


async def test_attendances_are_listed_by_state_a_page_at_a_time(client, town):
    for name in ("other", "volunteer"):
        await one_who_left(town.book, town.shift, town.people[name])
    seen, after = [], None
    while True:
        query = {"state": "left", "limit": 2, **({"after": after} if after else {})}
        page = (await client.get("/attendances", "organiser", params=query)).json()
        seen += [each["attendance_id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 3
    for none in ("state=rejected", "shift_id=1"):
        assert (await client.get(f"/attendances?{none}", "organiser")).json()["items"] == []
    assert problem(await client.get("/attendances?state=odd", "organiser"))[0] == 422


async def test_the_shelves_are_open_to_everybody_who_is_signed_in(client, town):
    shops = (await client.get("/shops", "volunteer")).json()["items"]
    items = (await client.get("/items", "volunteer")).json()["items"]
    assert [shop["name"] for shop in shops] == ["金苑慈善超市"]
    assert {item["name"]: item["pieces_for_points"] for item in items} == {
        "大米 5kg": 8,
        "香皂": 10,
    }
    named = await client.get(f"/items?shop_id={shops[0]['shop_id']}", "volunteer")
    assert named.json()["items"] == items


async def test_a_member_is_found_and_shown_masked(client, town):
    for query in ("1", "王秀", "００1"):
        found = (await client.get("/members", "clerk", params={"query": query})).json()["items"]
        assert found[0] == {
            "person_id": str(town.member),
            "number": 1,
            "name_masked": "王*兰",
            "phone_masked": "",
        }


async def test_nobody_is_found_where_nobody_fits(client):
    for query, status in (("9999", 404), ("", 422), ("x" * 600, 422), ("a\0b", 422)):
        answer = await client.get("/members", "clerk", params={"query": query})
        assert problem(answer)[0] == status, query


def cart(town, pieces: int = 1, **more):
    return {
        "shop_id": str(town.world.shop.id),
        "person_id": str(town.member),
        "lines": [{"item_id": str(town.world.rice.id), "quantity_pieces": pieces}],
        **more,
    }


async def test_goods_for_points_an_undo_and_a_return(client, town):
    quoted = (await client.post("/quotes", "clerk", json=cart(town, 2))).json()
    assert (quoted["points_total"], quoted["can_confirm"]) == (60, True)
    await pins.set_own_pin(town.book, town.member, "2749", "2749")
    body = cart(town, 2, expected_points=60, pin="2749")
    done = await client.post("/redemptions", "clerk", json=body)
    assert done.status_code == 201
    receipt = done.json()
    assert (receipt["points_total"], receipt["name_masked"]) == (60, "王*兰")
    path = f"/redemptions/{receipt['redemption_id']}"
    assert (await client.get(path, "volunteer")).json() == receipt
    parts = {"lines": [{"line_id": receipt["lines"][0]["line_id"], "quantity_pieces": 1}]}
    back = await client.post(f"{path}/returns", "clerk", json=parts)
    assert (back.status_code, back.json()["points_returned"]) == (201, 30)
    assert problem(await client.post(f"{path}/undo", "clerk")) == (409, "partly-returned")
    undone = await client.post(f"/redemptions/{town.receipt.redemption_id}/undo", "clerk")
    assert undone.json()["state"] == "undone"
    balance = (await client.get("/me/balance", "volunteer")).json()
    assert balance["points_available"] == 340 - 30 + 60


async def test_a_receipt_is_shown_to_staff_and_to_the_one_who_was_served(client, town):
    path = f"/redemptions/{town.receipt.redemption_id}"
    for who in ("volunteer", "clerk", "organiser", "auditor", "admin"):
        assert (await client.get(path, who)).status_code == 200
    for who in ("other", "property_desk"):
        assert problem(await client.get(path, who)) == (404, "redemption-not-found")


async def test_the_same_key_gets_the_same_answer_and_nothing_moves_twice(client, town):
    key = fresh_key()
    first = await client.post("/redemptions", "clerk", json=cart(town), key=key)
    books = await town.books()
    again = await client.post("/redemptions", "clerk", json=cart(town), key=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await town.books() == books
    other = await client.post("/redemptions", "clerk", json=cart(town, 2), key=key)
    assert problem(other) == (409, "idempotency-key-reused")
    assert "idempotency-replayed" not in other.headers


async def test_a_refusal_by_the_books_is_remembered_under_its_key(client, town):
    key, dear = fresh_key(), cart(town, expected_points=1)
    for replayed in (None, "true"):
        answer = await client.post("/redemptions", "clerk", json=dear, key=key)
        assert problem(answer) == (409, "price-has-changed")
        assert answer.headers.get("idempotency-replayed") == replayed


async def test_a_post_that_moves_value_has_a_proper_key(client, town):
    books, who = await town.books(), f"Bearer {await town.token('clerk')}".encode()
    for key in (None, b"", b"x" * 65, b"a b", "é".encode()):
        headers = [(b"authorization", who), *([] if key is None else [(b"idempotency-key", key)])]
        answer = await client.http.post(f"{V1}/redemptions", json=cart(town), headers=headers)
        assert problem(answer)[0] == 422, key
    assert await town.books() == books


ODD_CARTS: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"lines": []}, 422, "invalid"),
    ({"person_id": "1"}, 404, "person-not-a-member"),
    ({"shop_id": "1"}, 404, "shop-not-here"),
    ({"shop_id": "9" * 19}, 404, "shop-not-here"),
    ({"lines": [{"item_id": "1", "quantity_pieces": 1}]}, 404, "item-not-here"),
    ({"lines": [{"item_id": "1", "quantity_pieces": 0}]}, 422, "invalid"),
    ({"lines": [{"item_id": "1", "quantity_pieces": 1.5}]}, 422, "invalid"),
    ({"lines": [{"item_id": "1", "quantity_pieces": "1"}]}, 422, "invalid"),
    ({"lines": [{"item_id": "１", "quantity_pieces": 1}]}, 422, "invalid"),
    ({"extra": 1}, 422, "invalid"),
)


async def test_an_impossible_cart_is_refused_and_nothing_moves(client, town):
    books = await town.books()
    for change, status, code in ODD_CARTS:
        answer = await client.post("/redemptions", "clerk", json=cart(town) | change)
        assert problem(answer) == (status, code), change
    assert await town.books() == books


async def test_what_the_rules_refuse_is_refused_with_its_figures(client, town):
    much = await client.post("/redemptions", "clerk", json=cart(town, 9))
    assert problem(much) == (409, "out-of-stock")
    assert much.json()["item_id"] == str(town.world.rice.id)
    await grant_role(town.book, town.member, Role.CLERK, None)
    own = await client.post("/redemptions", "volunteer", json=cart(town))
    assert problem(own) == (409, "serves-oneself")
    poor = cart(town) | {"person_id": str(town.people["other"])}
    answer = await client.post("/redemptions", "clerk", json=poor)
    assert problem(answer) == (409, "not-enough-points")
    assert (answer.json()["missing"], answer.json()["available"]) == (30, 0)


async def test_a_voucher_is_had_shown_used_and_undone(client, town):
    offers = (await client.get("/voucher-offers", "volunteer")).json()
    body = {
        "offer_id": offers["items"][0]["offer_id"],
        "company_id": offers["companies"][0]["company_id"],
    }
    had = await client.post("/vouchers", "volunteer", json=body)
    assert had.status_code == 201
    voucher = had.json()
    mine = (await client.get("/vouchers", "volunteer")).json()["items"]
    assert mine[0]["voucher_id"] == voucher["voucher_id"]
    for code in (voucher["code"], voucher["serial"], voucher["serial"].lower()):
        seen = await client.post("/voucher-lookups", "property_desk", json={"code": code})
        assert (seen.status_code, seen.json()["name_masked"]) == (200, "王*兰")
    path = f"/vouchers/{voucher['voucher_id']}/uses"
    over = await client.post(path, "property_desk", json={"amount_fen": 5001})
    assert problem(over) == (409, "voucher-has-less")
    used = await client.post(path, "property_desk", json={"amount_fen": 3000})
    assert (used.status_code, used.json()["remaining_fen"]) == (201, 2000)
    undone = await client.post(f"/voucher-uses/{used.json()['use_id']}/undo", "property_desk")
    assert undone.json()["remaining_fen"] == 5000
    whole = await client.post(path, "property_desk", json={})
    assert whole.json()["amount_fen"] == 5000
    today = (await client.get("/voucher-uses", "property_desk")).json()["items"]
    assert len(today) == 3


async def test_a_clerk_issues_a_voucher_to_a_member_and_nobody_else_does(client, town):
    offer = {"offer_id": str(town.world.offer.id), "company_id": str(town.world.company)}
    body = offer | {"person_id": str(town.member), "pin": "2749"}
    await pins.set_own_pin(town.book, town.member, "2749", "2749")
    assert (await client.post("/vouchers", "clerk", json=body)).status_code == 201
    assert problem(await client.post("/vouchers", "other", json=body)) == (403, "role-needed")
    assert problem(await client.get(f"/vouchers?person_id={town.member}", "other"))[0] == 403
    held = await client.get(f"/vouchers?person_id={town.member}", "clerk")
    assert len(held.json()["items"]) == 2


async def test_an_auditor_follows_a_figure_down_to_its_entry(client, town):
    rows = (await client.get("/audit/trial-balance", "auditor")).json()["items"]
    [redeemed] = [row for row in rows if row["path"].endswith(":redeemed")]
    assert redeemed["balance"] == 60
    path = f"/audit/accounts/{redeemed['account_id']}/statement"
    [line] = (await client.get(path, "auditor")).json()["items"]
    entry = (await client.get(f"/audit/entries/{line['entry_id']}", "auditor")).json()
    assert entry["document_id"] == str(town.receipt.redemption_id)
    assert entry["leaf"] == town.receipt.leaf.hex()
    assert {each["asset"] for each in entry["lines"]} == {"points", f"item:{town.world.rice.id}"}
    assert problem(await client.get("/audit/accounts/1/statement", "auditor"))[0] == 404
    assert problem(await client.get("/audit/entries/1", "auditor"))[0] == 404


async def test_the_checks_prove_the_books(client, town):
    said = (await client.get("/audit/checks", "auditor")).json()
    assert said["is_sound"], said["findings"]
    assert all(proof["holds"] for proof in said["proofs"])
    assert said["entries_checked"] > 0
