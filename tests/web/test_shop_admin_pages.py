"""What stands behind the counter, over http: goods, lots, prices, vouchers, companies, the points rule."""

from checkin import rules
from kernel import clock
from people import roster
from redemption import stock, vouchers
from redemption.models import Item, StockLot
from redemption.states import OnOffer, Source
from tests.web.office import an_office, browser_of


async def a_shop(office):
    shop = await stock.open_shop(office.book_id, "彩虹慈善超市")
    rice = await stock.add_item(office.book_id, shop.id, "大米", 60)
    return shop, rice


async def test_the_shop_is_opened_and_its_first_item_stocked(database):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    assert "Open the shop" in (await zhao.get("/shop")).text
    assert (await zhao.post("/shop", name=" ")).status_code == 422
    await zhao.follow(await zhao.post("/shop", name="彩虹慈善超市"))
    await zhao.get("/shop/items/new")
    added = await zhao.post(
        "/shop/items",
        name="大米 10 斤装",
        unit="袋",
        price_points="６０",
        price_yuan="３２.9",
        barcode="６９０１２３４５６７８９２",
    )
    assert "大米 10 斤装" in await zhao.follow(added)
    item = await Item.get(book_id=office.book_id)
    assert (item.price_points, item.price_fen, item.barcode) == (60, 3290, "6901234567892")
    path = f"/shop/items/{item.id}/lots"
    key = zhao.key
    fields = {"source": "purchased", "quantity": "40", "use_by": "2027-04-30", "key": key}
    first = await zhao.post(path, **fields)
    await zhao.post(path, **fields)  # a double tap
    assert "On the shelf: 40" in await zhao.follow(first)
    assert await StockLot.all().count() == 1
    assert "40 on the shelf for points" in (await zhao.get("/shop")).text


async def test_a_refused_item_keeps_what_was_typed(database):
    office = await an_office()
    await a_shop(office)
    zhao = await browser_of(office, office.zhao)
    typed = {"name": "油", "unit": "桶", "price_points": "80", "price_yuan": "29.9", "barcode": ""}
    for field, wrong in [
        ("name", ""),
        ("name", "\0"),
        ("price_points", "viel"),
        ("price_points", "9" * 40),
        ("price_points", "99999999"),
        ("price_yuan", "12.345"),
        ("barcode", "123"),
    ]:
        answer = await zhao.post("/shop/items", **(typed | {field: wrong}))
        assert answer.status_code == 422, (field, wrong)
        assert 'value="桶"' in answer.text
        assert 'class="error"' in answer.text, (field, wrong)
    assert await Item.all().count() == 1


async def test_a_refused_lot_keeps_what_was_typed_and_carries_a_fresh_key(database):
    office = await an_office()
    _, rice = await a_shop(office)
    zhao = await browser_of(office, office.zhao)
    await zhao.get(f"/shop/items/{rice.id}")
    for field, wrong in [
        ("source", ""),
        ("source", "stolen"),
        ("quantity", "0"),
        ("quantity", "9" * 40),
        ("use_by", "soon"),
        ("use_by", "2027-02-30"),
    ]:
        key = zhao.key
        fields = {"source": "sponsor", "quantity": "12", "use_by": "", "donor": "苏果超市"}
        answer = await zhao.post(
            f"/shop/items/{rice.id}/lots", key=key, **(fields | {field: wrong})
        )
        assert answer.status_code == 422, (field, wrong)
        assert 'value="苏果超市"' in answer.text
        assert zhao.key not in ("", key)
    assert (
        await zhao.post(f"/shop/items/{rice.id}/lots", source="sponsor", quantity="1")
    ).status_code == 422
    assert await StockLot.all().count() == 0


async def test_prices_change_and_items_are_withdrawn_and_offered_again(database):
    office = await an_office()
    _, rice = await a_shop(office)
    zhao = await browser_of(office, office.zhao)
    at = f"/shop/items/{rice.id}"
    await zhao.get(at)
    assert "65 points" in await zhao.follow(await zhao.post(f"{at}/price", price_points="65"))
    assert 'value="dear"' in (await zhao.post(f"{at}/price", price_points="dear")).text
    assert "Withdrawn" in await zhao.follow(await zhao.post(f"{at}/state", state="withdrawn"))
    await zhao.post(f"{at}/state", state="on_sale")
    assert (await Item.get(id=rice.id)).state is OnOffer.ON_SALE


async def test_relief_goods_are_counted_apart(database):
    office = await an_office()
    _, rice = await a_shop(office)
    await stock.receive(
        office.book_id, rice.id, Source.DONATED_RELIEF, 30, by=office.zhao, key="one"
    )
    zhao = await browser_of(office, office.zhao)
    page = await zhao.get("/shop")
    assert "0 on the shelf for points · 30 for relief" in page.text


async def test_vouchers_and_companies_are_entered(database):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    await zhao.get("/shop/vouchers")
    wrong = await zhao.post("/shop/vouchers", face_yuan="50元", price_points="0", months="12")
    assert wrong.status_code == 422
    assert 'value="50元"' in wrong.text
    await zhao.follow(
        await zhao.post("/shop/vouchers", face_yuan="50元", price_points="100", months="12")
    )
    assert "¥50.00" in zhao.seen
    assert [each.face_fen for each in await vouchers.offers(office.book_id)] == [5000]
    assert (await zhao.post("/shop/companies", name="")).status_code == 422
    await zhao.follow(await zhao.post("/shop/companies", name="安和物业"))
    assert [each.name for each in await roster.companies(office.book_id)] == ["安和物业"]


async def test_a_new_rule_is_in_force_from_now_on(database):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    assert "points an hour" in (await zhao.get("/shop/rule")).text
    assert "Only the administrator" in zhao.seen
    assert (await zhao.post("/shop/rule", points_per_hour="12")).status_code == 403
    chen = await browser_of(office, office.chen)
    await chen.get("/shop/rule")
    for wrongly in ({"points_per_hour": ""}, {"points_per_day": "ten"}, {"day": "2020-01-01"}):
        typed = {"points_per_hour": "12", "months_valid": "36", **wrongly}
        wrong = await chen.post("/shop/rule", **typed)
        assert wrong.status_code == 422, wrongly
        assert 'value="36"' in wrong.text
    typed = {"points_per_hour": "１２", "months_valid": "36", "points_per_day": "40"}
    await chen.follow(
        await chen.post("/shop/rule", **typed, second_after_days="", verifies_itself="1")
    )
    assert "Version 2 is adopted." in chen.seen
    assert "At most 40 points a day for one person." in chen.seen
    rule = await rules.in_force(office.book_id, clock.now())
    assert (rule.version, rule.points_per_hour, rule.months_valid) == (2, 12, 36)
    assert rule.adopted_by == office.chen
    assert (rule.points_per_day, rule.second_after_days, rule.verifies_itself) == (40, None, True)
    earlier = await rules.in_force(office.book_id, office.shift.starts_at)
    assert earlier.points_per_hour == 10


async def test_an_item_of_another_community_is_not_found(database):
    office, other = await an_office(), await an_office()
    _, rice = await a_shop(other)
    zhao = await browser_of(office, office.zhao)
    await zhao.get("/shop")
    for item in (rice.id, 0, "9" * 40, "abc", "%00"):
        at = f"/shop/items/{item}"
        assert (await zhao.get(at)).status_code == 404
        for path in ("lots", "price", "state"):
            fields = {"source": "sponsor", "quantity": "1", "price_points": "1", "key": "k"}
            assert (await zhao.post(f"{at}/{path}", **fields)).status_code == 404, (item, path)


async def test_only_organisers_come_behind_the_counter(database):
    office = await an_office()
    wang = await browser_of(office, office.wang, staff=False)
    for path in ("/shop", "/shop/vouchers", "/shop/rule", "/shop/items/new", "/members"):
        assert (await wang.get(path)).status_code == 403
