"""Services at shared costs, funds and gifts as JSON."""

from people import hardship, households
from people.lives import ConsentGiven
from tests.api.town import fresh_key, problem
from tests.redemption.world import today

TERMS = {"list_fen": 2500, "subsidy_fen": 500, "discount_fen": 500, "points": 20, "points_fen": 500}


async def offered(client, terms=TERMS):
    """A haircut of the merchant whose desk the town has."""
    [barber] = (await client.get("/merchants", "organiser")).json()["items"]
    services = f"/merchants/{barber['company_id']}/services"
    made = await client.post(services, "organiser", json={"name": "理发"})
    assert (made.status_code, made.json()["price"]) == (201, None)
    at = f"/services/{made.json()['service_id']}"
    agreed = await client.post(f"{at}/agreements", "organiser", json=terms)
    assert (agreed.status_code, agreed.json()["version"]) == (201, 1)
    return made.json()["service_id"]


async def test_a_service_is_rendered_once_at_the_price_that_was_shown_and_undone(client, town):
    service = await offered(client)
    number = {"code": "0001"}
    seen = (await client.post("/service-lookups", "merchant", json=number)).json()
    assert seen["person_id"] == str(town.member)
    assert seen["services"][0]["price"]["resident_fen"] == 1000
    by_name = await client.post("/service-lookups", "merchant", json={"code": "王秀兰"})
    assert problem(by_name) == (422, "merchant-no-names")
    body = {"service_id": service, "person_id": str(town.member), "points": 20}
    other = await client.post("/service-uses", "merchant", json={**body, "resident_fen": 900})
    assert problem(other) == (409, "shares-have-changed")
    key = fresh_key()
    body["resident_fen"] = 1000
    done = await client.post("/service-uses", "merchant", json=body, key=key)
    assert (done.status_code, done.json()["owed_fen"]) == (201, 1000)
    again = await client.post("/service-uses", "merchant", json=body, key=key)
    assert again.json() == done.json()
    own = (await client.get("/me/service-uses", "volunteer")).json()["items"]
    assert own == (await client.get("/service-uses", "merchant")).json()["items"] == [done.json()]
    at = f"/service-uses/{done.json()['use_id']}/undo"
    assert (await client.post(at, "merchant")).json()["undone_at"]
    assert problem(await client.post(at, "merchant"))[0] == 409
    early = await client.post(
        f"/voucher-uses/{done.json()['use_id']}/correction", "organiser", json={"reason": "x"}
    )
    assert problem(early)[0] == 409
    state = f"/services/{service}/state"
    stopped = await client("PUT", state, "organiser", json={"state": "withdrawn"})
    assert stopped.json()["state"] == "withdrawn"
    assert problem(await client.post("/service-uses", "merchant", json=body)) == (
        409,
        "service-is-withdrawn",
    )


async def test_what_cannot_be_agreed_is_refused(client, town):
    service = await offered(client)
    at = f"/services/{service}/agreements"
    odd = await client.post(at, "organiser", json={**TERMS, "subsidy_fen": 2000})
    assert problem(odd) == (422, "shares-are-odd")
    assert problem(await client.post(at, "organiser", json=TERMS)) == (
        422,
        "agreement-begins-too-early",
    )
    assert len((await client.get(at, "organiser")).json()["items"]) == 1
    company = {"name": "安和物业"}
    assert problem(await client.post("/merchants", "organiser", json=company)) == (
        409,
        "partner-name-taken",
    )


async def test_points_are_given_spent_and_told_of_and_never_come_back(client, town):
    fund = (await client.post("/funds", "organiser", json={"name": "敬老基金"})).json()["fund_id"]
    gifts = f"/funds/{fund}/gifts"
    own = await client.post(gifts, "volunteer", json={"points": 30})
    assert (own.status_code, own.json()["points_left"]) == (201, 30)
    by_clerk = {"points": 10, "person_id": str(town.member), "recognised_by": "number"}
    assert (await client.post(gifts, "clerk", json=by_clerk)).status_code == 201
    await households.make(town.book, "1-1-101", town.people["other"], None)
    until, organiser = today(), town.people["organiser"]
    await hardship.mark(town.book, town.people["other"], ConsentGiven.PAPER, until, organiser)
    cart = {
        "shop_id": str(town.world.shop.id),
        "person_id": str(town.people["other"]),
        "lines": [{"item_id": str(town.world.rice.id), "quantity_pieces": 1}],
        "fund_id": fund,
    }
    given = await client.post("/relief-handouts", "clerk", json=cart)
    assert (given.status_code, given.json()["fund_points"]) == (201, 30)
    told = (await client.get("/me/gifts", "volunteer")).json()["items"]
    assert [each["points_left"] for each in told] == [10, 0]
    spent = (await client.get(f"/funds/{fund}/spending", "volunteer")).json()["items"]
    assert [each["goods"][0]["item"] for each in spent] == ["大米 5kg"]
    closing = f"/funds/{fund}/closing"
    assert problem(await client.post(closing, "organiser")) == (409, "fund-still-has-points")
    undo = f"/relief-handouts/{given.json()['handout_id']}/undo"
    assert (await client.post(undo, "clerk")).status_code == 201
    [shown] = (await client.get("/funds", "volunteer")).json()["items"]
    assert shown["points_left"] == 40
