"""Work without an organiser as JSON: cards, errands, somebody's word, and the leader's own hours."""

from checkin.models import Shift
from kernel import clock
from people import roster
from tests.api.town import problem


async def on_call(client):
    body = {"title": "陪诊", "category": "助老", "usual_minutes": 90}
    made = await client.post("/activities", "organiser", json=body)
    assert (made.status_code, made.json()["usual_minutes"]) == (201, 90)
    listed = (await client.get("/activities", "volunteer")).json()["items"]
    assert "陪诊" in {each["title"] for each in listed}
    return made.json()["activity_id"]


async def test_a_card_at_both_ends_as_json(client, town):
    activity = await on_call(client)
    body = {"kind": "person", "label": "李奶奶家", "person_id": str(town.people["other"])}
    made = (await client.post("/service-cards", "organiser", json=body)).json()
    begin = {"activity_id": activity, "code": made["code"]}
    begun = await client.post("/errands", "volunteer", json=begin)
    assert (begun.status_code, begun.json()["needs_word"]) == (201, True)
    assert (await client.post("/errands", "volunteer", json=begin)).status_code == 200
    out = (await client.get("/errands", "organiser")).json()["items"]
    assert [each["served_id"] for each in out] == [body["person_id"]]
    path = f"/errands/{begun.json()['attendance_id']}/end"
    with clock.frozen(clock.now() + 65 * clock.MINUTE):
        number = {"code": made["card"]["number"]}
        done = (await client.post(path, "volunteer", json=number)).json()
        assert (done["provenance"], done["minutes_worked"]) == ("twoended", 65)
    cards = await client.get("/service-cards", "organiser")
    assert len(cards.json()["items"]) == 2
    path = f"/service-cards/{made['card']['card_id']}"
    assert (await client("DELETE", path, "organiser")).json()["revoked_at"]
    dead = await client.post("/errands", "volunteer", json=begin)
    assert problem(dead) == (409, "service-card-dead")
    own = {"activity_id": activity, "code": "0" * 8}
    assert problem(await client.post("/errands", "volunteer", json=own)) == (
        404,
        "service-card-unknown",
    )


async def begun_and_ended(client, activity, whom):
    begun = await client.post("/errands", "volunteer", json={"activity_id": activity, "whom": whom})
    number = begun.json()["attendance_id"]
    with clock.frozen(clock.now() + 30 * clock.MINUTE):
        done = await client.post(f"/errands/{number}/end", "volunteer", json={})
    assert (done.json()["provenance"], done.json()["needs_word"]) == ("reported", True)
    return number


async def test_a_word_for_an_errand_as_json(client, town):
    activity = await on_call(client)
    other = (await roster.member(town.book, town.people["other"])).shown_number
    number = await begun_and_ended(client, activity, other)
    verify = f"/attendances/{number}/verification"
    assert problem(await client.post(verify, "organiser")) == (409, "nobody-confirmed")
    asked = (await client.get("/errands/asked", "other")).json()["items"]
    assert [each["attendance"]["attendance_id"] for each in asked] == [number]
    said = await client.post(f"/errands/{number}/word", "other", json={"agrees": False})
    assert said.json()["needs_word"]
    card = {"code": town.card.number}
    assert problem(await client.post(f"/errands/{number}/card", "volunteer", json=card)) == (
        409,
        "card-of-a-place",
    )
    note = {"note": "15:20 电话问过"}
    told = await client.post(f"/errands/{number}/confirmation", "organiser", json=note)
    assert not told.json()["needs_word"]
    assert (await client.post(verify, "organiser")).status_code == 201


async def test_the_leader_is_checked_in_by_a_member_as_json(client, town):
    shift = town.shift.id
    await Shift.filter(id=shift).update(leader_id=town.people["other"])
    path = f"/shifts/{shift}/leader-attendance"
    assert problem(await client.post(path, "volunteer")) == (409, "only-those-here")
    await client.post("/attendances", "volunteer", json={"code": town.code()})
    came = await client.post(path, "volunteer")
    assert (came.status_code, came.json()["needs_second"]) == (201, True)
    assert (await client.post(path, "volunteer")).status_code == 200
    with clock.frozen(clock.now() + 4 * clock.MINUTE):
        gone = await client.post(f"{path}/check-out", "volunteer")
    assert (gone.json()["state"], gone.json()["minutes_worked"]) == ("left", 4)
