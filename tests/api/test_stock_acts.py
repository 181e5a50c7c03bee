"""What stands behind the counter as JSON: items, lots, marks of hardship, relief."""

import base64
from hashlib import sha256

from people import households
from tests.api.town import fresh_key, problem
from tests.people.test_photos import a_photo
from tests.redemption.world import today

ADDED = {"name": "大米（救助）", "price_points": 0, "category": "食品", "household_limit_pieces": 2}


async def test_an_item_is_added_and_its_lots_come_with_their_papers(client, town):
    shop = str(town.world.shop.id)
    item = (await client.post("/items", "organiser", json={"shop_id": shop, **ADDED})).json()
    assert (item["category"], item["household_limit_pieces"]) == ("食品", 2)
    lots = f"/items/{item['item_id']}/lots"
    lot = {"source": "donated-relief", "quantity_pieces": 5, "donor": "民政救助", "slip": "D-7"}
    key = fresh_key()
    came = await client.post(lots, "organiser", json=lot, key=key)
    assert (came.status_code, came.json()["slip"], came.json()["buyer_id"]) == (201, "D-7", None)
    assert (await client.post(lots, "organiser", json=lot, key=key)).json() == came.json()
    paid = {"source": "purchased", "quantity_pieces": 1, "unit_cost_fen": 500}
    answer = await client.post(lots, "organiser", json=paid)
    assert problem(answer) == (422, "buyer-is-missing")


async def test_relief_goes_home_for_nothing(client, town):
    shop, rice = str(town.world.shop.id), town.world.rice.id
    lot = {"source": "donated-relief", "quantity_pieces": 5}
    await client.post(f"/items/{rice}/lots", "organiser", json=lot)
    person = str(town.member)
    await households.make(town.book, "3-2-601", town.member, None)
    day = today()
    mark = {
        "agreed_how": "paper",
        "valid_until": f"{day // 10000}-{day // 100 % 100:02}-{day % 100:02}",
    }
    marks = f"/members/{person}/hardship"
    cart = {
        "shop_id": shop,
        "person_id": person,
        "lines": [{"item_id": str(rice), "quantity_pieces": 2}],
    }
    early = await client.post("/relief-handouts", "clerk", json=cart)
    assert problem(early) == (409, "not-in-hardship")
    assert (await client.post(marks, "organiser", json=mark)).status_code == 201
    assert problem(await client.post(marks, "organiser", json=mark))[0] == 409
    before = (await client.get("/me/balance", "volunteer")).json()["points_available"]
    given = await client.post("/relief-handouts", "clerk", json=cart)
    assert given.status_code == 201
    assert given.json()["lines"][0]["quantity_pieces"] == 2
    assert (await client.get("/me/balance", "volunteer")).json()["points_available"] == before
    undo = f"/relief-handouts/{given.json()['handout_id']}/undo"
    assert (await client.post(undo, "clerk")).json()["state"] == "undone"
    assert problem(await client.post(undo, "clerk")) == (409, "handout-is-undone")
    assert (await client.post(f"{marks}/ending", "organiser")).status_code == 204
    assert problem(await client.post(f"{marks}/ending", "organiser"))[0] == 404


async def test_counts_and_write_offs_wait_for_a_second_person(client, town):
    shop, rice = str(town.world.shop.id), str(town.world.rice.id)
    body = {"shop_id": shop, "lines": [{"item_id": rice, "quantity_pieces": 5}], "reason": "盘点"}
    asked = await client.post("/stock-counts", "clerk", json=body)
    assert (asked.status_code, asked.json()["act"]) == (201, "stock_count")
    seen = (await client.get(f"/approvals/{asked.json()['approval_id']}", "organiser")).json()
    assert [(each["before"], each["after"]) for each in seen["effects"]] == [(8, 5)]
    lot = (await client.get(f"/items/{rice}/lots", "clerk")).json()["items"][0]
    off = {"lot_id": lot["lot_id"], "quantity_pieces": 1, "cause": "damaged", "reason": "破损"}
    asked = await client.post("/write-offs", "clerk", json=off)
    assert (asked.status_code, asked.json()["act"]) == (201, "stock_write_off")
    for odd in ({"quantity_pieces": 99}, {"lot_id": "1"}):
        assert problem(await client.post("/write-offs", "clerk", json=off | odd))[0] in (404, 409)


async def test_a_month_of_the_shelves_is_told(client, town):
    day = today()
    at = f"/audit/stock-months/{day // 10000}-{day // 100 % 100:02}"
    month = (await client.get(at, "auditor")).json()
    rice = next(line for line in month["lines"] if line["item_id"] == str(town.world.rice.id))
    assert (rice["pieces"]["received"], rice["pieces"]["for_points"]) == (10, 2)
    assert rice["pieces"]["closing"] == 8
    assert problem(await client.get(f"{at}?shop_id=1", "auditor")) == (404, "shop-not-here")


async def test_donors_are_listed_with_what_became_of_their_gifts(client, town):
    lot = {"source": "sponsor", "quantity_pieces": 5, "donor": "爱心企业"}
    await client.post(f"/items/{town.world.rice.id}/lots", "organiser", json=lot)
    [donor] = (await client.get("/donors", "organiser")).json()["items"]
    assert (donor["donor"], donor["pieces_given"], donor["pieces_reached"]) == ("爱心企业", 5, 0)


async def test_a_barcode_is_bound_by_one_and_confirmed_by_another(client, town):
    body = {"item_id": str(town.world.rice.id), "barcode": "4006381333931"}
    bound = (await client.post("/bound-barcodes", "clerk", json=body)).json()
    assert (await client.get("/bound-barcodes", "organiser")).json()["items"] == [bound]
    at = f"/bound-barcodes/{bound['binding_id']}"
    assert (await client.post(f"{at}/confirmation", "organiser")).json()["confirmed_at"]
    assert problem(await client.post(f"{at}/refusal", "organiser")) == (404, "binding-not-found")


async def test_a_new_item_of_the_counter_waits_for_another_person(client, town):
    shop = str(town.world.shop.id)
    hat = {"shop_id": shop, "name": "毛线帽", "price_points": 12, "quantity_pieces": 6}
    hat["source"] = "donated-free-use"
    relief = await client.post("/new-items", "clerk", json=hat | {"source": "donated-relief"})
    assert problem(relief) == (422, "new-item-comes-from")
    key = fresh_key()
    added = await client.post("/new-items", "clerk", json=hat, key=key)
    assert added.status_code == 201
    assert (await client.post("/new-items", "clerk", json=hat, key=key)).json() == added.json()
    item = added.json()["item_id"]
    listed = (await client.get(f"/items?shop_id={shop}", "volunteer")).json()["items"]
    assert [each["unconfirmed"] for each in listed if each["item_id"] == item] == [True]
    line = {"item_id": item, "quantity_pieces": 1}
    cart = {"shop_id": shop, "person_id": str(town.member), "lines": [line]}
    sold = await client.post("/redemptions", "clerk", json=cart)
    assert sold.status_code == 201, sold.text
    [waits] = (await client.get("/new-items", "organiser")).json()["items"]
    assert waits["pieces_left"] == 5
    assert [each["redemption_id"] for each in waits["handed_out"]] == [sold.json()["redemption_id"]]
    at = f"/new-items/{waits['new_item_id']}"
    done = await client.post(f"{at}/confirmation", "organiser", json={"price_points": 15})
    assert (done.json()["price_points"], done.json()["name"]) == (15, "毛线帽")
    assert problem(await client.post(f"{at}/refusal", "organiser")) == (404, "new-item-not-found")


async def test_the_picture_of_a_slip_is_sent_and_read_again(client, town):
    rice = town.world.rice.id
    [lot, *_] = (await client.get(f"/items/{rice}/lots", "clerk")).json()["items"]
    assert lot["picture_sha256"] is None
    picture = base64.b64encode(a_photo((900, 600))).decode()
    body = {"lot_id": lot["lot_id"], "picture": picture}
    kept = await client.post("/slip-pictures", "organiser", json=body)
    assert kept.status_code == 201, kept.text
    assert (await client.post("/slip-pictures", "organiser", json=body)).json() == kept.json()
    bad = {"lot_id": lot["lot_id"], "picture": base64.b64encode(b"no picture").decode()}
    assert problem(await client.post("/slip-pictures", "organiser", json=bad)) == (422, "photo-unreadable")  # fmt: skip
    assert problem(await client.post("/slip-pictures", "organiser", json=bad | {"picture": "?"}))[0] == 422  # fmt: skip
    [lot, *_] = (await client.get(f"/items/{rice}/lots", "clerk")).json()["items"]
    assert lot["picture_sha256"] == kept.json()["sha256"]
    listed = await client.get(f"/lots/{lot['lot_id']}/slip-pictures", "auditor")
    assert listed.json()["items"] == [kept.json()]
    whole = await client.get(f"/slip-pictures/{kept.json()['picture_id']}", "auditor")
    dots = base64.b64decode(whole.json()["picture"])
    assert sha256(dots).hexdigest() == kept.json()["sha256"]
    assert problem(await client.get("/slip-pictures/1", "auditor"))[0] == 404
