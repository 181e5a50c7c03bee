"""Several shops over JSON: each act names its shop, and that of another community is none."""

from tests.api.town import fresh_key, problem
from tests.redemption.world import make_world, today


async def test_a_shop_is_opened_and_called_otherwise(client, town):
    opened = await client.post("/shops", "organiser", json={"name": "金苑二店"})
    assert opened.status_code == 201
    second = opened.json()["shop_id"]
    assert (await client.post("/shops", "organiser", json={"name": "金苑二店"})).json() == opened.json()  # fmt: skip
    name = f"/shops/{second}/name"
    taken = await client("PUT", name, "organiser", json={"name": town.world.shop.name})
    assert problem(taken) == (409, "shop-name-is-taken")
    assert (await client("PUT", name, "organiser", json={"name": "河东店"})).json()[
        "name"
    ] == "河东店"
    listed = (await client.get("/shops", "volunteer")).json()["items"]
    assert [shop["name"] for shop in listed] == [town.world.shop.name, "河东店"]


async def test_goods_of_one_shop_are_handed_out_at_no_other(client, town):
    second = (await client.post("/shops", "organiser", json={"name": "二店"})).json()["shop_id"]
    line = {"item_id": str(town.world.rice.id), "quantity_pieces": 1}
    cart = {"shop_id": second, "person_id": str(town.member), "lines": [line]}
    for path in ("/quotes", "/redemptions", "/relief-handouts"):
        answer = await client.post(path, "clerk", json=cart)
        assert problem(answer) == (404, "item-not-here"), path


async def test_the_shop_of_another_community_is_none(client, town):
    elsewhere = await make_world(points=0, rice=0, soap=0)
    there, day = str(elsewhere.shop.id), str(today())
    iso = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    line = {"item_id": str(town.world.rice.id), "quantity_pieces": 1}
    cart = {"shop_id": there, "person_id": str(town.member), "lines": [line]}
    own = {"shop_id": there, "lines": [line]}
    hours = {"weekday": 1, "opens": "09:00", "closes": "11:00", "exchange_day": False}
    asked = [
        ("get", "clerk", f"/shops/{there}/parked-sales", None),
        ("post", "clerk", f"/shops/{there}/parked-sales", {"lines": [line]}),
        ("get", "clerk", f"/reservations?shop_id={there}", None),
        ("get", "clerk", f"/paper-sheets?shop_id={there}", None),
        ("post", "clerk", "/paper-sheets", {"shop_id": there, "sheets": 1}),
        ("get", "organiser", f"/shops/{there}/day?day={iso}", None),
        ("get", "organiser", f"/shops/{there}/days?month={iso[:7]}", None),
        ("post", "clerk", "/day-closings", {"shop_id": there, "day": iso}),
        ("get", "clerk", f"/shops/{there}/opening", None),
        ("post", "organiser", f"/shops/{there}/opening-hours", hours),
        ("get", "clerk", f"/shops/{there}/rule", None),
        ("get", "clerk", f"/shops/{there}/queue", None),
        ("post", "clerk", f"/shops/{there}/queue/calls", {"came": True}),
        ("post", "clerk", f"/shops/{there}/queue/paper-numbers", None),
        ("get", "clerk", f"/items?shop_id={there}", None),
        ("get", "organiser", f"/donors?shop_id={there}", None),
        ("get", "auditor", f"/audit/stock-months/{iso[:7]}?shop_id={there}", None),
        ("post", "organiser", "/items", {"shop_id": there, "name": "大米", "price_points": 1}),
        ("post", "clerk", "/stock-counts", own | {"reason": "盘点"}),
        ("post", "clerk", "/quotes", cart),
        ("post", "clerk", "/redemptions", cart),
        ("post", "clerk", "/relief-handouts", cart),
        ("post", "volunteer", "/me/reservations", own),
        ("put", "organiser", f"/shops/{there}/name", {"name": "河东店"}),
    ]
    told = {}
    for method, who, path, body in asked:
        more = {} if body is None else {"json": body, "key": fresh_key()}
        answer = await client(method.upper(), path, who, **more)
        told[f"{method} {path.split('?')[0]}"] = problem(answer)
    assert {where: said for where, said in told.items() if said != (404, "shop-not-here")} == {}
