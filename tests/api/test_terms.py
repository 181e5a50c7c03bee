"""The terms of exchange, a family's purses, moving, and what one takes back, as JSON."""

from people import counter_devices, households
from people.models import Membership
from tests.api.town import fresh_key, problem


async def a_thing_gets_another_price_limit_and_state(client, town):
    rice = f"/items/{town.world.rice.id}"
    sent = (
        ("price", {"price_points": 35}),
        ("keeping", {"category": "粮油", "household_limit_pieces": 1}),
        ("state", {"state": "withdrawn"}),
    )
    for part, body in sent:
        answer = await client("PUT", f"{rice}/{part}", "organiser", json=body)
        assert answer.status_code == 204, part
        elsewhere = await client("PUT", f"/items/1/{part}", "organiser", json=body)
        assert problem(elsewhere)[0] == 404, part
    found = {
        each["item_id"]: each for each in (await client.get("/items", "clerk")).json()["items"]
    }
    now = found[str(town.world.rice.id)]
    assert (now["price_points"], now["category"], now["household_limit_pieces"], now["state"]) == (
        *(35, "粮油", 1),
        "withdrawn",
    )


async def vouchers_are_offered_and_companies_entered(client, town):
    body = {"face_fen": 2000, "price_points": 45, "months_valid": 6}
    made = (await client.post("/voucher-offers", "organiser", json=body)).json()
    assert (made["face_fen"], made["months_valid"]) == (2000, 6)
    assert (await client.post("/voucher-offers", "organiser", json=body)).json() == made
    company = (await client.post("/property-companies", "organiser", json={"name": "永安"})).json()
    on_offer = (await client.get("/voucher-offers", "volunteer")).json()
    assert made in on_offer["items"]
    assert company in on_offer["companies"]
    barber = await client.post("/property-companies", "organiser", json={"name": "巷口理发"})
    assert problem(barber)[1] == "partner-name-taken"


async def test_prices_offers_companies_and_rules_are_set_by_the_office(client, town):
    await a_thing_gets_another_price_limit_and_state(client, town)
    await vouchers_are_offered_and_companies_entered(client, town)
    await the_rule_for_closed_records_is_written_down(client, town)
    await a_partner_takes_a_browser_off_its_own_desk(client, town)


async def test_limits_of_a_day_are_set_and_one_member_may_have_more(client, town):
    body = {"points_without_pin": 10, "points_with_pin": 20}
    assert (await client("PUT", "/spending-limits", "admin", json=body)).json() == body
    assert (await client.get("/spending-limits", "volunteer")).json() == body
    odd = await client("PUT", "/spending-limits", "admin", json=body | {"points_with_pin": 5})
    assert problem(odd) == (422, "limits-odd")
    lines = [{"item_id": str(town.world.rice.id), "quantity_pieces": 1}]
    cart = {"shop_id": str(town.world.shop.id), "person_id": str(town.member), "lines": lines}
    assert problem(await client.post("/redemptions", "clerk", json=cart))[1] == "over-day-limit"
    allowed = {"points": 200}
    path = f"/members/{town.member}/allowances"
    assert (await client.post(path, "organiser", json=allowed)).status_code == 204
    assert (await client.post("/redemptions", "clerk", json=cart)).status_code == 201


async def the_rule_for_closed_records_is_written_down(client, town):
    rule = (await client.get("/passing-rule", "admin")).json()
    assert rule == {"passes_to": "household", "fund_name": ""}
    to_fund = {"passes_to": "fund", "fund_name": "敬老"}
    assert (await client("PUT", "/passing-rule", "admin", json=to_fund)).json() == to_fund
    assert (await client.get("/passing-rule", "admin")).json() == to_fund
    nameless = await client("PUT", "/passing-rule", "admin", json={"passes_to": "fund"})
    assert problem(nameless)[0] == 422


async def test_moving_takes_open_vouchers_along_and_can_be_a_farewell(client, town):
    path = f"/members/{town.member}"
    moved = await client.post(f"{path}/moving", "organiser", json={"flat": "9-9-909"})
    assert moved.status_code == 204
    vouchers = (await client.get("/vouchers", "volunteer")).json()["items"]
    assert "9-9-909" in {each["flat"] for each in vouchers if each["state"] == "issued"}
    same = await client.post(f"{path}/moving", "organiser", json={"flat": "9-9-909"})
    assert problem(same) == (422, "same-flat")
    assert (await client.post(f"{path}/moving-out", "organiser")).status_code == 204
    assert problem(await client.post(f"{path}/moving-out", "organiser"))[0] == 409
    assert (await client("DELETE", f"{path}/moving-out", "organiser")).status_code == 204
    assert (await Membership.get(book_id=town.book, person_id=town.member)).flat == "9-9-909"
    await households.make(town.book, "9-9-909", town.member, None)
    assert (await client.post(f"{path}/leaving", "organiser")).status_code == 204
    assert problem(await client.post(f"{path}/leaving", "organiser"))[0] == 404


async def test_a_family_pays_together_until_the_permission_is_withdrawn(client, town):
    other, rice = town.people["other"], town.world.rice
    home = await households.make(town.book, "3-2-601", town.member, None)
    await households.join(town.book, home.id, other, None)
    allowed = {"spender_id": str(other), "points_a_month": 50}
    given = (await client.post("/me/consents", "volunteer", json=allowed)).json()
    assert (await client.get("/me/family", "other")).json()["had"] == [given]
    path = f"/members/{other}/family-purses"
    [purse] = (await client.get(path, "clerk")).json()["items"]
    assert (purse["name_masked"], purse["points_available"]) == ("王*兰", 50)
    lines = [{"item_id": str(rice.id), "quantity_pieces": 1}]
    cart = {"shop_id": str(town.world.shop.id), "person_id": str(other), "lines": lines}
    assert problem(await client.post("/redemptions", "clerk", json=cart))[1] == "not-enough-points"
    together = cart | {"family_ids": [str(town.member)]}
    assert (await client.post("/redemptions", "clerk", json=together)).status_code == 201
    withdrawn = f"/me/consents/{given['consent_id']}"
    assert (await client("DELETE", withdrawn, "volunteer")).status_code == 204
    refused = await client.post("/redemptions", "clerk", json=together)
    assert problem(refused) == (409, "family-may-not-pay")
    await ones_own_pin_is_set_and_changed_by_whoever_knows_it(client)


async def ones_own_pin_is_set_and_changed_by_whoever_knows_it(client):
    path = "/me/pin"
    assert (await client("PUT", path, "volunteer", json={"pin": "2749"})).status_code == 204
    for old, status in (("", 422), ("1111", 422), ("2749", 204)):
        body = {"pin": "8306", "old_pin": old}
        assert (await client("PUT", path, "volunteer", json=body)).status_code == status, old


async def test_somebody_else_collects_with_a_code_once(client, town):
    other = town.people["other"]
    lines = [{"item_id": str(town.world.rice.id), "quantity_pieces": 1}]
    cart = {"shop_id": str(town.world.shop.id), "person_id": str(town.member), "lines": lines}
    made = (await client.post("/me/collect-codes", "volunteer", json={"points_limit": 40})).json()
    [listed] = (await client.get("/me/family", "volunteer")).json()["codes"]
    assert listed == {name: made[name] for name in listed}
    collects = cart | {"collect_code": made["digits"]}
    both = collects | {"family_ids": [str(other)]}
    assert problem(await client.post("/redemptions", "clerk", json=both))[1] == "family-may-not-pay"
    for whose in (other, town.member):  # A code is its owner's, and good once.
        body, key = collects | {"person_id": str(whose)}, fresh_key()
        done = await client.post("/redemptions", "clerk", json=body, key=key)
        assert done.status_code == (201 if whose == town.member else 409), done.text
    same = await client.post("/redemptions", "clerk", json=body, key=key)
    assert (same.json(), same.headers["idempotency-replayed"]) == (done.json(), "true")
    spent = await client.post("/redemptions", "clerk", json=body)
    assert problem(spent) == (409, "collect-code-ended")
    more = (await client.post("/me/collect-codes", "volunteer", json={"points_limit": 5})).json()
    cancelled = f"/me/collect-codes/{more['code_id']}"
    assert problem(await client("DELETE", cancelled, "other"))[0] == 404
    assert (await client("DELETE", cancelled, "volunteer")).status_code == 204
    assert (await client.get("/me/family", "volunteer")).json()["codes"] == []


async def test_a_late_return_is_asked_for_and_taken_back(client, town):
    path = f"/redemptions/{town.receipt.redemption_id}/return-requests"
    line = {"line_id": str(town.receipt.lines[0].line_id), "quantity_pieces": 1}
    body = {"lines": [line], "reason": "米里有虫"}
    asked = (await client.post(path, "clerk", json=body)).json()
    withdrawal = f"/approvals/{asked['approval_id']}/withdrawal"
    assert problem(await client.post(withdrawal, "everything"))[0] == 404
    gone = (await client.post(withdrawal, "clerk")).json()
    assert gone["outcome"] == "withdrawn"
    tap = {"outcome": "approved", "digest": asked["digest"]}
    decision = f"/approvals/{asked['approval_id']}/decision"
    assert problem(await client.post(decision, "organiser", json=tap))[0] == 409
    again = (await client.post(path, "clerk", json=body)).json()
    decided = f"/approvals/{again['approval_id']}/decision"
    done = await client.post(decided, "organiser", json=tap | {"digest": again["digest"]})
    assert done.json()["outcome"] == "approved"
    sold = await client.get(f"/redemptions/{town.receipt.redemption_id}", "clerk")
    assert sold.json()["points_returned"] == 30


async def a_partner_takes_a_browser_off_its_own_desk(client, town):
    company = town.world.company
    await counter_devices.enrol(town.book, "前台手机", town.people["organiser"], company)
    path = f"/partner-desks/{company}/browsers"
    [found] = (await client.get(path, "property_desk")).json()["items"]
    assert found["name"] == "前台手机"
    one = f"{path}/{found['browser_id']}"
    assert problem(await client("DELETE", one, "merchant"))[0] in (403, 404)
    assert (await client("DELETE", one, "property_desk")).status_code == 204
    assert (await client.get(path, "organiser")).json()["items"] == []
