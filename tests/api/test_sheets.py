"""Paper sheets as JSON: numbered, typed in once, and decided by somebody who did not type them in."""

from kernel import clock
from kernel.days import day_of, to_date
from tests.api.town import problem
from tests.redemption.world import ZONE


async def test_a_pack_is_numbered_typed_in_once_and_what_waits_is_decided_by_another(client, town):
    shop = str(town.world.shop.id)
    pack = await client.post("/paper-sheets", "clerk", json={"shop_id": shop, "sheets": 2})
    assert (pack.status_code, [each["number"] for each in pack.json()["items"]]) == (201, [1, 2])
    today = to_date(day_of(clock.now(), ZONE)).isoformat()
    row = {
        "shop_id": shop,
        "sheet_number": 1,
        "row": 1,
        "person_id": str(town.world.member),
        "lines": [{"item_id": str(town.world.soap.id), "quantity_pieces": 1}],
        "day": today,
    }
    done = await client.post("/sheet-rows", "clerk", json=row)
    assert (done.status_code, done.json()["state"]) == (201, "booked")
    assert (await client.post("/sheet-rows", "clerk", json=row)).json() == done.json()
    other = row | {"lines": [{"item_id": str(town.world.rice.id), "quantity_pieces": 1}]}
    assert problem(await client.post("/sheet-rows", "clerk", json=other)) == (
        409,
        "sheet-row-is-taken",
    )
    unknown = await client.post("/sheet-rows", "clerk", json=row | {"sheet_number": 9})
    assert problem(unknown) == (404, "sheet-not-found")
    much = [{"item_id": str(town.world.soap.id), "quantity_pieces": 999}]
    waits = await client.post("/sheet-rows", "clerk", json=row | {"row": 2, "lines": much})
    assert waits.json()["state"] == "waiting"
    listed = (await client.get("/sheet-rows/waiting", "clerk")).json()["items"]
    assert [each["row_id"] for each in listed] == [waits.json()["row_id"]]
    decision = f"/sheet-rows/{waits.json()['row_id']}/decision"
    book = {"book": True, "borne": "community", "reason": "货已拿走", "seen": waits.json()["seen"]}
    short = await client.post(decision, "organiser", json=book)
    assert problem(short) == (409, "out-of-stock")
    drop = {"book": False, "reason": "多写了", "seen": waits.json()["seen"]}
    assert (await client.post(decision, "organiser", json=drop)).json()["state"] == "dropped"
    assert problem(await client.post(decision, "organiser", json=drop)) == (
        409,
        "sheet-row-decided",
    )
    sheet = pack.json()["items"][0]["sheet_id"]
    end = f"/paper-sheets/{sheet}/ending"
    assert (await client.post(end, "clerk", json={"end": "entered"})).status_code == 204
    assert problem(await client.post(end, "clerk", json={"end": "lost"})) == (409, "sheet-is-ended")
    out = (await client.get(f"/paper-sheets?shop_id={shop}", "clerk")).json()["items"]
    assert [each["number"] for each in out] == [2]
