"""A new item through the pages: typed at the counter, handed out, looked at by the office."""

from typing import Any

from people.models import Role
from redemption.models import Item, RedemptionLine
from redemption.new_item_papers import NewItem
from redemption.states import OnOffer
from tests.web.counter_world import day, forms, own_key, signed_in  # noqa: F401

UNKNOWN = "4006381333931"
HAT: Any = {
    "name": "毛线帽",
    "price_points": "12",
    "pieces": "6",
    "source": "sponsor",
    "donor": "李奶奶",
}


async def test_what_is_typed_wrong_stays_with_the_reason(day):  # noqa: F811
    await day.clerk.scan(day.code(day.wang))
    unknown = await day.clerk.scan(UNKNOWN)
    assert f"/counter/new-items?code={UNKNOWN}" in unknown.text
    page = await day.clerk.get(f"/counter/new-items?code={UNKNOWN}")
    for field, typed, word in (
        ("price_points", "31", "30"),
        ("pieces", "много", "много"),
        ("name", "", "12"),
        ("source", "donated-relief", "毛线帽"),
        ("code", "123", "123"),
    ):
        wrong = await day.clerk.send(page, "/counter/new-items", **(HAT | {field: typed}))
        assert wrong.status_code == 422, field
        assert word in wrong.text
        assert 'value="李奶奶"' in wrong.text
        page = wrong


async def test_goods_that_nobody_knows_go_home_and_are_confirmed_in_the_evening(day):  # noqa: F811
    world = day.world
    office = await signed_in(world.book, world.other, Role.ORGANISER)
    await day.clerk.scan(day.code(day.wang))
    page = await day.clerk.get("/counter/new-items")
    asked = await day.clerk.send(page, "/counter/new-items", **HAT, code=UNKNOWN)
    assert asked.url.path == "/counter"
    assert "待确认" in asked.text
    sold = await day.clerk.send(asked, "/counter/redemptions")
    assert sold.url.path.startswith("/redemptions/")
    item = await Item.get(book_id=world.book, barcode=UNKNOWN)
    assert await RedemptionLine.filter(item_id=item.id).count() == 1
    # The inbox, the shelves and the day say so; the list says what was handed out, to whom and by whom.
    for where in ("/approvals", "/shop", "/counter/days/today"):
        assert "/shop/new-items" in (await office.get(where)).text, where
    assert "1" in (await day.clerk.get("/counter/days/today")).text
    listed = await office.get("/shop/new-items")
    assert "王*兰" in listed.text
    assert "张店员" in listed.text
    paper = await NewItem.get(book_id=world.book)
    at = f"/shop/new-items/{paper.id}/confirmation"
    wrong = await office.send(listed, at, name="灰色毛线帽", price_points="x")
    assert wrong.status_code == 422
    assert 'value="灰色毛线帽"' in wrong.text
    await office.send(wrong, at, name="灰色毛线帽", price_points="15")
    item = await Item.get(id=item.id)
    assert (item.name, item.price_points, item.unconfirmed_by) == ("灰色毛线帽", 15, None)
    await office.http.aclose()


async def test_who_added_it_cannot_say_yes_and_what_is_refused_is_offered_no_more(day):  # noqa: F811
    world = day.world
    both = await signed_in(world.book, world.clerk, Role.ORGANISER)
    office = await signed_in(world.book, world.other, Role.ORGANISER)
    page = await both.get("/counter/new-items")
    await both.send(page, "/counter/new-items", **HAT)
    again = await both.send(page, "/counter/new-items", **HAT)
    assert again.status_code == 200
    paper = await NewItem.get(book_id=world.book)  # once: the same form
    at = f"/shop/new-items/{paper.id}"
    assert forms(await both.get("/shop/new-items"), f"{at}/confirmation") == []
    theirs = await office.get("/shop/new-items")
    csrf = forms(await both.get("/shop/new-items"), f"{at}/refusal")[0].fields
    refused = await both.http.post(f"{at}/confirmation", data=csrf | {"name": "帽", "price_points": "1"})  # fmt: skip
    assert refused.status_code == 409
    await office.send(theirs, f"{at}/refusal")
    assert (await Item.get(id=paper.item_id)).state is OnOffer.WITHDRAWN
    item = f"/shop/items/{paper.item_id}"
    states = forms(await office.get(item), f"{item}/state")
    assert [form for form in states if form.fields.get("state") == "on_sale"] == []
    data = forms(await office.get(item), f"{item}/price")[0].fields | {"state": "on_sale"}
    assert (await office.http.post(f"{item}/state", data=data)).status_code == 409
    for each in (both, office):
        await each.http.aclose()
