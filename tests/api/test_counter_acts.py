"""The counter's other acts as JSON: swaps, moved sales, parked carts and the passbook."""

from people import pins
from tests.api.town import fresh_key, problem


async def test_goods_are_swapped_and_the_new_receipt_names_the_old(client, town):
    path = f"/redemptions/{town.receipt.redemption_id}"
    back = {"line_id": str(town.receipt.lines[0].line_id), "quantity_pieces": 1, "damaged": True}
    out = {"item_id": str(town.world.rice.id), "quantity_pieces": 1}
    body = {"returned": [back], "lines": [out], "expected_points": 30}
    sent = fresh_key()
    done = await client.post(f"{path}/exchanges", "clerk", json=body, key=sent)
    assert done.status_code == 201
    new = done.json()
    assert (new["follows_redemption_id"], new["points_back"]) == (path.split("/")[2], 30)
    assert (await client.post(f"{path}/exchanges", "clerk", json=body, key=sent)).json() == new
    old = (await client.get(path, "clerk")).json()
    assert (old["points_returned"], old["lines"][0]["damaged_pieces"]) == (30, 1)
    again = {"returned": [back | {"quantity_pieces": 2}], "lines": [out]}
    assert problem(await client.post(f"{path}/exchanges", "clerk", json=again)) == (
        409,
        "returns-too-much",
    )
    assert problem(await client.post(f"/redemptions/{new['redemption_id']}/undo", "clerk")) == (
        409,
        "follows-another",
    )


async def test_a_swap_is_asked_for(client, town):
    path = f"/redemptions/{town.receipt.redemption_id}/exchange-requests"
    body = {
        "returned": [{"line_id": str(town.receipt.lines[0].line_id), "quantity_pieces": 1}],
        "lines": [{"item_id": str(town.world.soap.id), "quantity_pieces": 1}],
        "reason": "拿错了",
    }
    asked = await client.post(path, "clerk", json=body)
    assert asked.status_code == 201
    decision = f"/approvals/{asked.json()['approval_id']}/decision"
    tap = {"outcome": "approved", "digest": asked.json()["digest"]}
    assert (await client.post(decision, "organiser", json=tap)).json()["outcome"] == "approved"


async def test_a_sale_moves_to_another_member(client, town):
    path = f"/redemptions/{town.receipt.redemption_id}/move"
    await pins.set_own_pin(town.book, town.people["other"], "2749", "2749")
    body = {"person_id": str(town.people["other"]), "pin": "2749"}
    assert problem(await client.post(path, "clerk", json=body)) == (409, "not-enough-points")
    await town.world.give_points(100, person=town.people["other"])
    done = await client.post(path, "clerk", json=body)
    assert (done.status_code, done.json()["name_masked"]) == (201, "李*")
    same = f"/redemptions/{done.json()['redemption_id']}/move"
    assert problem(await client.post(same, "clerk", json=body)) == (422, "same-person")


async def test_a_cart_is_parked_and_recalled(client, town):
    path = f"/shops/{town.world.shop.id}/parked-sales"
    lines = [{"item_id": str(town.world.rice.id), "quantity_pieces": 2}]
    made = await client.post(path, "clerk", json={"person_id": str(town.member), "lines": lines})
    assert made.status_code == 201
    assert made.json()["name_masked"] == "王*兰"
    nobodys = (await client.post(path, "clerk", json={"lines": lines})).json()
    assert (nobodys["place"], nobodys["person_id"]) == (2, None)
    listed = (await client.get(path, "clerk")).json()["items"]
    assert listed == [made.json(), nobodys]
    recall = f"{path}/{made.json()['parked_id']}/recall"
    assert (await client.post(recall, "clerk")).json()["lines"] == lines
    assert problem(await client.post(recall, "clerk")) == (404, "parked-is-gone")


async def test_lines_of_a_passbook_are_printed_once(client, town):
    path = f"/members/{town.member}/passbook"
    book = (await client.get(path, "clerk")).json()
    assert [line["points_left"] for line in book["items"]][-1] == 340
    marks = {"printed_to": book["printed_to"], "ready_to": book["ready_to"]}
    assert (await client.post(f"{path}/printed", "clerk", json=marks)).status_code == 204
    again = await client.post(f"{path}/printed", "clerk", json=marks)
    assert problem(again) == (409, "already-printed")
    after = (await client.get(path, "clerk")).json()
    assert (after["items"], after["lines_printed"]) == ([], len(book["items"]))
