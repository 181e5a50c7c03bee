"""A community with two charity shops: whoever works chooses one, and nothing of the other is touched from there."""

import pytest
from tortoise.exceptions import IntegrityError

from ledger.periods import month_words
from people import counter_devices, sessions
from people.clerk_pins import turn_of
from people.factors import ClerkPin
from people.models import Role, Session
from redemption import parking, stock
from redemption.displays import new_code, of_token, pair
from redemption.models import Redemption, RedemptionLine, Shop
from redemption.reserving import reserve
from redemption.states import Source
from tests.redemption.world import key, today
from tests.web.counter_world import SOAP, Visitor, day, forms, own_key, signed_in  # noqa: F401

TOWEL = "4006381333931"


async def a_second_shop(world) -> tuple[Shop, int]:
    """Open another shop with ten towels at 5 points."""
    second = await stock.open_shop(world.book, "金苑二店")
    towel = await stock.add_item(world.book, second.id, "毛巾", 5, barcode=TOWEL)
    await stock.receive(world.book, towel.id, Source.SPONSOR, 10, by=world.clerk, key=key())
    return second, towel.id


async def at(visitor: Visitor, shop: Shop, back: str = "/counter"):
    """Say on the page of shops that one is there."""
    page = await visitor.get(f"/shops?next={back}")
    [form] = [each for each in forms(page, "/shops/choice") if each.fields["shop"] == str(shop.id)]
    return await visitor.http.post(form.action, data=form.fields)


async def test_with_one_shop_nothing_is_asked_and_nothing_stands_at_the_head(day):  # noqa: F811
    assert "shop-head" not in (await day.clerk.get("/counter")).text
    alone = (await day.clerk.get("/shops")).text
    assert "金苑慈善超市" in alone
    assert "/shops/choice" not in alone


async def test_who_is_at_work_goes_on_and_who_comes_in_is_asked(day):  # noqa: F811
    world = day.world
    second, _ = await a_second_shop(world)
    assert "shop-head" in (here := await day.clerk.get("/counter")).text
    assert "金苑慈善超市" in here.text
    newcomer = Visitor((await sessions.begin(world.book, world.clerk, staff=True)).token)
    asked = await newcomer.get("/counter/days/today")
    assert asked.url.path == "/shops"
    assert asked.url.params["next"] == "/counter/days/today"
    form = forms(await newcomer.get("/shops"), "/shops/choice")[0].fields
    assert (await newcomer.http.post("/counter/queue/calls", data=form)).status_code == 409
    led = await at(newcomer, second, "/counter/days/today")
    assert led.url.path == "/counter/days/today"
    assert "金苑二店" in led.text
    # Another browser of the same clerk stays where it is.
    assert "金苑二店" not in (await day.clerk.get("/counter")).text
    await newcomer.http.aclose()


PAGES = [
    "/counter", "/counter/redemptions", "/counter/days/today", "/counter/reservations", "/counter/queue",
    "/counter/relief", "/counter/sheets", "/counter/sheets/entry", "/counter/barcodes", "/shop", "/shop/counts",
    "/shop/write-offs", "/shop/opening", "/shop/labels", "/shop/donors", "/shop/days", "/shop/months",
    "/goods", "/queue",
]  # fmt: skip


async def test_every_page_about_goods_says_of_which_shop_it_is(day):  # noqa: F811
    world = day.world
    both = await signed_in(
        world.book, world.clerk, Role.ORGANISER, Role.ADMIN, Role.VOLUNTEER, staff=True
    )
    second, _ = await a_second_shop(world)
    silent = []
    papers = [f"/shop/months/{month_words(today())}/{of}" for of in ("received", "issued")]
    for where in [*PAGES, *papers]:
        page = await both.get(where)
        assert page.status_code == 200, where
        if 'class="shop-head"' not in page.text or "金苑慈善超市" not in page.text:
            silent.append(where)
    assert silent == []
    await at(both, second)
    shelf = (await both.get("/shop")).text
    assert "毛巾" in shelf
    assert "大米" not in shelf
    await both.http.aclose()


async def test_a_basket_of_one_shop_is_confirmed_at_no_other(day):  # noqa: F811
    world = day.world
    second, towel = await a_second_shop(world)
    await day.clerk.scan(day.code(day.wang))
    shown = await day.clerk.scan(SOAP)
    refused = await at(day.clerk, second)
    assert refused.status_code == 409
    assert world.soap.name in (await day.clerk.get("/counter")).text
    # Another window: cleared and gone to the second shop, while this page still shows the first one's basket.
    await day.clerk.send(await day.clerk.get("/counter"), "/counter/clearing")
    await at(day.clerk, second)
    await day.clerk.scan(TOWEL)
    late = await day.clerk.send(shown, "/counter/redemptions")
    assert late.status_code == 409
    assert "金苑慈善超市" in late.text
    assert await Redemption.filter(book_id=world.book).count() == 0
    # What lies on the second shop's counter lies there still, and goes through.
    assert "毛巾" in late.text
    await day.clerk.scan(day.code(day.wang))
    done = await day.clerk.send(await day.clerk.get("/counter"), "/counter/redemptions")
    assert done.url.path.startswith("/redemptions/")
    sold = await Redemption.get(book_id=world.book)
    line = await RedemptionLine.get(redemption_id=sold.id)
    assert (sold.shop_id, line.item_id) == (second.id, towel)


async def test_what_the_other_shop_sold_or_keeps_is_handed_over_there(day):  # noqa: F811
    world = day.world
    second, _ = await a_second_shop(world)
    person = day.wang.person_id
    kept = await reserve(*(world.book, world.shop.id, person, [(world.rice.id, 1)], person, key()))
    await day.clerk.scan(day.code(day.wang))
    await day.clerk.scan(SOAP)
    sold = await day.clerk.send(await day.clerk.get("/counter"), "/counter/redemptions")
    await parking.park(world.book, world.shop.id, None, [(world.soap.id, 1)], world.clerk)
    assert "recall" in (await day.clerk.get("/counter")).text
    reserved = await day.clerk.get(f"/counter/reservations/{kept.id}")
    await at(day.clerk, second)
    elsewhere = await day.clerk.get("/counter")
    assert "recall" not in elsewhere.text
    assert (
        world.soap.name not in elsewhere.text
    )  # neither the last three sales nor the goods of the first shop
    for page, action in (
        (reserved, f"/counter/reservations/{kept.id}/pick-up"),
        (sold, f"{sold.url.path}/reversal"),
        (sold, f"{sold.url.path}/returns"),
    ):
        refused = await day.clerk.send(page, action)
        assert refused.status_code == 409, action
        assert "金苑慈善超市" in refused.text
    await at(day.clerk, world.shop)
    assert (await day.clerk.send(reserved, f"/counter/reservations/{kept.id}/pick-up")).status_code == 200  # fmt: skip


async def test_a_counters_browser_remembers_its_shop_from_clerk_to_clerk(day):  # noqa: F811
    world = day.world
    second, _ = await a_second_shop(world)
    token = await counter_devices.enrol(world.book, "二店柜台", world.clerk)
    device = await counter_devices.this_device(token)
    await ClerkPin.create(book_id=world.book, person_id=world.clerk, pin_hash="-", set_at=0)
    first = Visitor((await turn_of(device, world.clerk)).token)
    assert (await first.get("/counter")).url.path == "/shops"
    await at(first, second)
    again = Visitor((await turn_of(device, world.clerk)).token)
    assert "金苑二店" in (await again.get("/counter")).text
    assert await Session.filter(book_id=world.book, shop_id=second.id).count() == 0
    for each in (first, again):
        await each.http.aclose()


async def test_the_second_screen_does_not_follow_to_another_shop(day):  # noqa: F811
    world = day.world
    second, _ = await a_second_shop(world)
    screen = await pair(await new_code(world.book, world.clerk), "net")
    assert await of_token(screen) is not None
    await at(day.clerk, second)
    assert await of_token(screen) is None


async def test_a_volunteer_chooses_where_to_collect(day):  # noqa: F811
    world = day.world
    second, _ = await a_second_shop(world)
    wang = Visitor((await sessions.begin(world.book, day.wang.person_id, staff=False)).token)
    assert (await wang.get("/goods")).url.path == "/shops"
    goods = await at(wang, second, "/goods")
    assert "毛巾" in goods.text
    assert "大米" not in goods.text
    foreign = forms(await wang.get("/shops"), "/shops/choice")[0].fields | {"shop": "1"}
    assert (await wang.http.post("/shops/choice", data=foreign)).status_code == 404
    await wang.http.aclose()


async def test_a_shop_is_opened_and_called_otherwise_on_the_page(day):  # noqa: F811
    world = day.world
    keeper = await signed_in(world.book, world.member, Role.ORGANISER)
    page = await keeper.get("/shops")
    wrong = await keeper.send(page, "/shops", name=" ")
    assert wrong.status_code == 422
    opened = await keeper.send(page, "/shops", name="金苑二店")
    second = await Shop.get(book_id=world.book, name="金苑二店")
    taken = await keeper.send(opened, f"/shops/{second.id}/name", name="金苑慈善超市")
    assert taken.status_code == 409
    assert 'value="金苑慈善超市"' in taken.text
    await keeper.send(opened, f"/shops/{second.id}/name", name="河东店")
    assert (await Shop.get(id=second.id)).name == "河东店"
    assert (await day.clerk.get("/shops")).text.count("/name") == 0
    with pytest.raises(IntegrityError):
        await Shop.create(book_id=world.book, name="河东店")
    await keeper.http.aclose()
