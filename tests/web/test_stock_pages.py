"""The pages of the shelves: lots with their papers, marks of hardship, and relief goods at the counter."""

from people import hardship, households, roster
from people.models import Role
from people.registration import grant_role
from redemption import stock
from redemption.models import Item, StockLot
from redemption.states import Source
from redemption.stock_papers import BoundBarcode, ReliefHandout, StockTake
from tests.redemption.world import today
from tests.web.office import an_office, browser_of


async def a_shop(office):
    """A shop with three bags of rice for relief."""
    shop = await stock.open_shop(office.book_id, "彩虹慈善超市")
    rice = await stock.add_item(office.book_id, shop.id, "大米", 60)
    asked = (office.book_id, rice.id, Source.DONATED_RELIEF, 3)
    await stock.receive(*asked, by=office.zhao, key="lot", donor="民政救助")
    return rice


async def test_a_lot_keeps_its_paper_and_two_persons(database):
    office = await an_office()
    rice = await a_shop(office)
    zhao = await browser_of(office, office.zhao)
    path = f"/shop/items/{rice.id}"
    await zhao.get(path)
    typed = {"source": "purchased", "quantity": "4", "unit_cost": "25.9", "slip": "S-3"}
    for buyer, status in (("", 422), ("99999", 404)):
        answer = await zhao.post(f"{path}/lots", **typed, buyer=buyer, key=zhao.key)
        assert answer.status_code == status
        assert 'value="S-3"' in answer.text
    own = (await browser_number(office, office.zhao), await browser_number(office, office.chen))
    answer = await zhao.post(f"{path}/lots", **typed, buyer=own[0], key=zhao.key)
    assert "Two persons are needed" in answer.text
    said = await zhao.follow(await zhao.post(f"{path}/lots", **typed, buyer=own[1], key=zhao.key))
    assert "slip S-3" in said
    lot = await StockLot.get(slip="S-3")
    assert (lot.unit_cost_fen, lot.buyer_id, lot.receiver_id) == (2590, office.chen, office.zhao)
    answer = await zhao.post(f"{path}/keeping", category="食品", household_limit="0")
    assert answer.status_code == 422
    await zhao.follow(await zhao.post(f"{path}/keeping", category="食品", household_limit="2"))
    item = await Item.get(id=rice.id)
    assert (item.category, item.household_limit) == ("食品", 2)


async def browser_number(office, person_id):
    """The member number that somebody would type."""
    return (await roster.member(office.book_id, person_id)).shown_number


async def test_relief_goes_home_with_a_household_in_hardship(database):
    office = await an_office()
    rice = await a_shop(office)
    await grant_role(office.book_id, office.li, Role.CLERK, None)
    zhao, li = await browser_of(office, office.zhao), await browser_of(office, office.li)
    await a_mark(office, zhao, li)
    number = await browser_number(office, office.wang)
    shown = await li.post("/counter/relief", code=number)
    assert "This household may have relief goods" in shown.text
    sent = {"person": str(office.wang), f"line-{rice.id}": "9"}
    answer = await li.post("/counter/relief/handouts", **sent, key=li.key)
    assert answer.status_code == 409
    assert 'value="9"' in answer.text
    sent[f"line-{rice.id}"] = "2"
    key = li.key
    given = await li.post("/counter/relief/handouts", **sent, key=key)
    await li.post("/counter/relief/handouts", **sent, key=key)  # a double tap
    assert "Signature of who received it" in await li.follow(given)
    handout = await ReliefHandout.get()
    undo = f"/counter/relief/handouts/{handout.id}/reversal"
    assert "Undone" in await li.follow(await li.post(undo, key=li.key))
    assert (await li.post(undo, key="again")).status_code == 409
    await zhao.follow(await zhao.post(f"/members/{office.wang}/hardship/ending"))
    assert await hardship.marked(office.book_id, office.wang) is None
    assert (await li.post("/counter/relief", code="99999")).status_code == 404


async def a_mark(office, zhao, li):
    """Zhao marks Wang's household; before that there is nothing for it at the counter."""
    await households.make(office.book_id, "3-2-601", office.wang, None)
    at = f"/members/{office.wang}"
    assert "Record that this household is in hardship" in (await zhao.get(f"{at}/household")).text
    answer = await zhao.post(f"{at}/hardship", agreed_how="paper", valid_until="soon")
    assert answer.status_code == 422
    assert "Who are the goods for?" in (await li.get("/counter/relief")).text
    number = await browser_number(office, office.wang)
    assert "An organiser can record" in (await li.post("/counter/relief", code=number)).text
    day = f"{today() // 10000}-{today() // 100 % 100:02}-{today() % 100:02}"
    said = await zhao.follow(await zhao.post(f"{at}/hardship", agreed_how="paper", valid_until=day))
    assert "may have relief goods until" in said


async def test_a_count_is_handed_in_by_one_and_signed_by_another(database):
    office = await an_office()
    rice = await a_shop(office)
    await grant_role(office.book_id, office.li, Role.CLERK, None)
    zhao, li = await browser_of(office, office.zhao), await browser_of(office, office.li)
    assert "大米 (for relief)" in (await li.get("/shop/counts")).text
    answer = await li.post("/shop/counts", **{f"relief-{rice.id}": "many"}, reason="盘点")
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    assert (await li.post("/shop/counts")).status_code == 422
    handed_in = await li.post("/shop/counts", **{f"relief-{rice.id}": "2"})
    await li.follow(handed_in)
    at = handed_in.headers["location"]
    await zhao.get(at)
    await zhao.follow(await zhao.post(f"{at}/approval", digest=zhao.hidden("digest")))
    take = await StockTake.get()
    sheet = (await li.get(f"/shop/counts/{take.id}")).text
    assert "-1" in sheet
    assert "Counted by" in sheet
    assert "lot counted" in (await li.get("/shop/counts")).text


async def test_goods_are_written_off_after_a_second_person_agrees(database):
    office = await an_office()
    await a_shop(office)
    lot = await StockLot.get()
    zhao, chen = await browser_of(office, office.zhao), await browser_of(office, office.chen)
    typed = {"lot": str(lot.id), "pieces": "1", "cause": "spoiled", "reason": "受潮"}
    await zhao.get("/shop/write-offs")
    for wrong in ({"pieces": "9"}, {"pieces": "x"}, {"reason": ""}):
        answer = await zhao.post("/shop/write-offs", **(typed | wrong))
        assert answer.status_code in (409, 422), wrong
    assert (await zhao.post("/shop/write-offs", **(typed | {"lot": "1"}))).status_code == 404
    asked = await zhao.post("/shop/write-offs", **typed)
    assert "Write goods off" in await zhao.follow(asked)
    at = asked.headers["location"]
    await chen.get(at)
    await chen.follow(await chen.post(f"{at}/approval", digest=chen.hidden("digest")))
    assert "spoiled" in (await zhao.get("/shop/write-offs")).text


async def test_labels_show_name_points_and_a_code_that_scans(database):
    office = await an_office()
    rice = await a_shop(office)
    await stock.keep(office.book_id, rice.id, stock.Kept("食品"))
    await stock.add_item(office.book_id, (await stock.shops(office.book_id))[0].id, "香皂", 8)
    zhao = await browser_of(office, office.zhao)
    sheet = (await zhao.get("/shop/labels")).text
    assert sheet.count('class="shelf-label"') == 2
    assert f'aria-label="{rice.barcode}"' in sheet
    assert (await zhao.get("/shop/labels?category=食品")).text.count('class="shelf-label"') == 1


async def test_a_donor_is_thanked_with_what_became_of_the_gift(database):
    office = await an_office()
    await a_shop(office)
    lot = await StockLot.get()
    zhao = await browser_of(office, office.zhao)
    assert "3 pieces given, 0 have reached residents" in (await zhao.get("/shop/donors")).text
    letter = (await zhao.get(f"/shop/donors/{lot.id}")).text
    assert "Thank you, 民政救助" in letter
    assert (await zhao.get("/shop/donors/1")).status_code == 404


async def test_an_unknown_barcode_is_bound_at_the_counter_and_confirmed_by_the_office(database):
    office = await an_office()
    rice = await a_shop(office)
    await grant_role(office.book_id, office.li, Role.CLERK, None)
    zhao, li = await browser_of(office, office.zhao), await browser_of(office, office.li)
    await li.get("/counter")
    unknown = await li.post("/counter/scans", code="4006381333931")
    assert "/counter/barcodes?code=4006381333931" in unknown.text
    assert "4006381333931" in (await li.get("/counter/barcodes?code=4006381333931")).text
    wrong = await li.post("/counter/barcodes", code="123", item=str(rice.id))
    assert wrong.status_code == 422
    bound = await li.post("/counter/barcodes", code="4006381333931", item=str(rice.id))
    assert "大米" in await li.follow(bound)
    assert "4006381333931" in (await zhao.get("/shop/barcodes")).text
    waits = await BoundBarcode.get()
    at = f"/shop/barcodes/{waits.id}"
    assert "Nothing waits here" in await zhao.follow(await zhao.post(f"{at}/confirmation"))
    assert (await zhao.post(f"{at}/refusal")).status_code == 404
