"""Roll-calls, devices without a network and lent screens as JSON."""

from people import roster
from tests.api.town import problem


async def test_a_roll_call_and_the_scans_of_a_device_without_a_network(client, town):
    shift = town.shift.id
    call = {"code": str((await roster.member(town.book, town.people["other"])).number)}
    came = await client.post(f"/shifts/{shift}/roll-call", "organiser", json=call)
    assert (came.status_code, came.json()["attendance"]["state"]) == (201, "present")
    assert (
        await client.post(f"/shifts/{shift}/roll-call", "organiser", json=call)
    ).status_code == 200
    kept = (await client.get(f"/shifts/{shift}/device-roster", "organiser")).json()
    scan = {
        "nonce": "abcdefgh",
        "text": call["code"],
        "device_at": kept["now"],
        "offset_seconds": 0,
    }
    body = {"sent_at": kept["now"], "scans": [scan]}
    first = await client.post(f"/shifts/{shift}/stored-scans", "organiser", json=body)
    assert first.json()["items"][0]["reason"] == "scanned-twice"
    again = await client.post(f"/shifts/{shift}/stored-scans", "organiser", json=body)
    assert again.json() == first.json()
    waiting = await client.get(f"/shifts/{shift}/stored-scans", "organiser")
    [doubt] = waiting.json()["items"]
    settled = await client.post(
        f"/stored-scans/{doubt['scan_id']}/settlement", "organiser", json={"take": False}
    )
    assert settled.json()["settled_at"]
    gone = await client.post(f"/shifts/{shift}/departures", "organiser")
    assert (gone.json()["count"], gone.json()["left_behind"]) == (1, [])
    link = (await client.post(f"/shifts/{shift}/screen-links", "organiser")).json()
    assert (await client.post("/lent-screens", "volunteer", json=link)).status_code == 201
    assert problem(await client.post("/lent-screens", "other", json=link)) == (
        404,
        "screen-not-lent",
    )
