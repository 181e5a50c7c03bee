"""Reservations, opening times and numbers as JSON."""

from tests.api.town import fresh_key, problem


async def test_goods_are_reserved_found_and_handed_out_in_part(client, town):
    shop, soap = str(town.world.shop.id), str(town.world.soap.id)
    body = {
        "shop_id": shop,
        "lines": [{"item_id": soap, "quantity_pieces": 2}],
        "expected_points": 16,
    }
    key = fresh_key()
    made = await client.post("/me/reservations", "volunteer", json=body, key=key)
    assert (made.status_code, made.json()["state"], made.json()["points_total"]) == (
        201,
        "open",
        16,
    )
    assert (await client.post("/me/reservations", "volunteer", json=body, key=key)).json() == (
        made.json()
    )
    odd = await client.post("/me/reservations", "volunteer", json=body | {"expected_points": 1})
    assert problem(odd) == (409, "price-has-changed")
    at = f"/reservations/{made.json()['reservation_id']}"
    for code in (made.json()["number"], made.json()["code"]):
        found = await client.get(f"/reservations/by-code?code={code}", "clerk")
        assert found.json() == made.json()
    listed = (await client.get(f"/reservations?shop_id={shop}", "clerk")).json()
    assert [each["quantity_pieces"] for each in listed["items"]] == [2]
    part = {"lines": [{"line_id": made.json()["lines"][0]["line_id"], "quantity_pieces": 1}]}
    done = await client.post(f"{at}/pick-up", "clerk", json=part)
    assert (done.status_code, done.json()["points_total"]) == (201, 8)
    late = await client.post(f"{at}/pick-up", "clerk", json={})
    assert problem(late) == (409, "reservation-has-ended")
    own = (await client.get("/me/reservations", "volunteer")).json()["items"]
    assert [each["state"] for each in own] == ["collected"]
    assert own[0]["redemption_id"] == done.json()["redemption_id"]


async def test_a_reservation_is_cancelled_by_its_owner_or_at_the_counter(client, town):
    lines = [{"item_id": str(town.world.soap.id), "quantity_pieces": 1}]
    body = {"shop_id": str(town.world.shop.id), "lines": lines}
    for who, at in (("volunteer", "/me/reservations"), ("clerk", "/reservations")):
        made = (await client.post("/me/reservations", "volunteer", json=body)).json()
        cancel = f"{at}/{made['reservation_id']}/cancellation"
        assert (await client.post(cancel, who)).json()["state"] == "cancelled"
        assert problem(await client.post(cancel, who)) == (409, "reservation-has-ended")
    unknown = await client.get("/reservations/by-code?code=000000", "clerk")
    assert problem(unknown) == (404, "reservation-not-found")


async def test_the_shop_is_open_by_hours_and_days_and_has_rules(client, town):
    shop = f"/shops/{town.world.shop.id}"
    seen = (await client.get(f"{shop}/opening", "volunteer")).json()
    assert (seen["open_now"], len(seen["hours"])) == (True, 7)
    hours = {"month_day": 15, "opens": "09:00", "closes": "11:30", "exchange_day": True}
    made = await client.post(f"{shop}/opening-hours", "organiser", json=hours)
    assert (made.status_code, made.json()["closes"]) == (201, "11:30")
    both = await client.post(f"{shop}/opening-hours", "organiser", json=hours | {"weekday": 1})
    assert problem(both) == (422, "opening-day-odd")
    end = f"/opening-hours/{made.json()['opening_id']}/ending"
    assert (await client.post(end, "organiser")).status_code == 204
    assert problem(await client.post(end, "organiser")) == (404, "opening-not-found")
    closed = {"day": "2099-12-31", "reason": "盘点"}
    day = await client.post(f"{shop}/special-days", "organiser", json=closed)
    assert (day.status_code, day.json()["opens"]) == (201, None)
    half = await client.post(f"{shop}/special-days", "organiser", json=closed | {"opens": "09:00"})
    assert problem(half) == (422, "hours-are-odd")
    rule = {"reservation_days": 5, "pieces_a_day": None, "exchanges_a_day": 2}
    assert (await client("PUT", f"{shop}/rule", "organiser", json=rule)).json() == rule
    assert (await client.get(f"{shop}/rule", "volunteer")).json() == rule


async def test_numbers_are_taken_called_and_called_again(client, town):
    queue = f"/shops/{town.world.shop.id}/queue"
    mine = await client.post(f"{queue}/my-number", "volunteer")
    assert (mine.status_code, mine.json()["number"]) == (201, 1)
    assert problem(await client.post(f"{queue}/my-number", "volunteer")) == (409, "ticket-taken")
    assert (await client.post(f"{queue}/paper-numbers", "clerk")).json()["number"] == 2
    calls = f"{queue}/calls"

    async def called(**said):
        return (await client.post(calls, "clerk", json=said)).json()["ticket"]

    assert (await called())["number"] == 1
    assert (await called(came=False))["number"] == 2
    seen = (await client.get(queue, "volunteer")).json()
    assert (seen["called_number"], seen["skipped_numbers"], seen["waiting"]) == (2, [1], 0)
    assert (await called(number=1))["state"] == "called"
    last = await client.post(calls, "clerk", json={})
    assert (last.status_code, last.json()) == (201, {"ticket": None})
    assert problem(await client.post(calls, "clerk", json={})) == (409, "nobody-waits")
