"""Sheets of cards as pages, the counter with a card and a PIN, help at a desk, and the small pages around them."""

import io
import re

import pypdf
import pytest

from people import card_issuing, pins, sessions
from people.cards import Card, LossReport, Pin
from people.models import Role
from people.registration import grant_role, register
from redemption.models import Redemption
from tests.web.counter_world import day, forms, own_key
from tests.web.office import Browser, an_office, browser_of
from web import pdf, qr

__all__ = ["day", "own_key"]
CONFIRM = "/counter/redemptions"
TWO = {"fact": ["flat", "phone"]}


@pytest.fixture
async def office(own_key, database):
    return await an_office()


def tokens(page: str) -> list[str]:
    """The codes of the sheet, as its PDF form sends them."""
    found = re.search(r'name="tokens" value="([^"]+)"', page)
    return found[1].split() if found else []


async def test_a_sheet_shows_every_card_once_with_its_number_and_its_code(office, monkeypatch):
    monkeypatch.setattr(pdf, "is_there", lambda: True)
    for number in range(11):
        await register(office.book_id, f"志愿者{number}")
    chen = await browser_of(office, office.chen)
    assert "王秀兰" in (await chen.get("/cards")).text
    page = (await chen.post("/cards", all="everybody")).text
    assert page.count('class="card-sheet"') == 2
    assert page.count("<article") == len(tokens(page)) == 15
    assert page.count("金苑社区") == 15
    for name, shown in (("王秀兰", "103"), ("志愿者10", "115")):
        assert re.search(rf">{name}</p><p class=\"spoken num\">member {shown}<", page)
    versions = {int(found) for found in re.findall(r'data-version="(\d+)"', page)}
    assert versions == {qr.matrix(tokens(page)[0], qr.PRINT)[0]}
    assert qr.matrix("A" * 60, qr.PRINT)[0] > qr.matrix("A" * 60)[0], "more of it may be lost"
    kept = "".join(str(each) for each in await Card.all().values())
    assert not [token for token in tokens(page) if token in kept]
    assert "Everybody has a card" in (await chen.get("/cards")).text


async def test_printing_again_asks_and_then_makes_new_cards(office, monkeypatch):
    monkeypatch.setattr(pdf, "is_there", lambda: False)
    chen = await browser_of(office, office.chen)
    first = await chen.post("/cards", person=str(office.wang))
    assert "choose “Save as PDF” as the printer" in first.text
    asked = await chen.post("/cards", person=str(office.wang))
    assert (asked.status_code, await Card.all().count()) == (409, 1)
    assert "the old one is dead" in asked.text
    again = await chen.post("/cards", person=str(office.wang), replace="1")
    assert again.text.count("<article") == 1
    assert await Card.filter(revoked_at__isnull=True).count() == 1
    nobody = await chen.post("/cards")
    assert (nobody.status_code, "at least one person" in nobody.text) == (422, True)
    gone = await chen.post("/cards/pdf", tokens="A" * 29)
    assert gone.status_code == 409
    made = await card_issuing.issue_cards(office.book_id, [office.li], office.chen)
    assert (await chen.post("/cards/pdf", tokens=made[0].token)).status_code == 503


async def test_the_poster_and_the_list_are_the_organisers(office):
    chen, wang = (
        await browser_of(office, office.chen),
        await browser_of(office, office.wang, staff=False),
    )
    assert "See your points" in (await chen.get("/poster")).text
    for path in ("/poster", "/cards", "/help", "/arrivals"):
        assert (await wang.get(path)).status_code == 403
    assert "王秀兰" in (await chen.get("/cards", params={"q": "3316"})).text
    assert (await chen.get("/cards", params={"q": "999"})).status_code == 404


async def test_a_card_starts_a_sale_and_asks_for_the_pin_above_the_limit(day):
    made = await card_issuing.issue_cards(day.world.book, [day.wang.person_id], 1)
    rice = {"item": str(day.world.rice.id), "step": "1"}
    page = await day.clerk.get(f"/Q/{made[0].token}")
    assert made[0].token in page.text, "it stands ready in the box"
    page = await day.clerk.send(page, "/counter/scans")
    assert "王*兰" in page.text
    page = await day.clerk.send(page, "/counter/lines", **rice)
    page = await day.clerk.send(page, "/counter/lines", **rice)
    assert "没有兑换密码，今天还可兑 50 分" in page.text
    assert "pin" not in forms(page, CONFIRM)[0].fields, "she has none"
    refused = await day.clerk.send(page, CONFIRM)
    assert refused.status_code == 409
    await pins.set_own_pin(day.world.book, day.wang.person_id, "2749", "2749")
    page = await day.clerk.get("/counter")
    assert forms(page, CONFIRM)[0].fields["pin"] == ""
    wrong = await day.clerk.send(page, CONFIRM, pin="8153")
    assert (wrong.status_code, await Redemption.all().count()) == (422, 0)
    assert "8153" not in wrong.text
    done = await day.clerk.send(wrong, CONFIRM, pin="2749")
    assert "60 分" in done.text
    sold = await Redemption.get(book_id=day.world.book)
    assert (sold.recognised, sold.with_pin, sold.points_total) == ("card", True, 60)


async def test_the_code_on_the_phone_needs_no_pin(day):
    page = await day.clerk.scan(day.code(day.wang))
    for _ in range(2):
        page = await day.clerk.send(page, "/counter/lines", item=str(day.world.rice.id), step="1")
    assert "60 分" in (await day.clerk.send(page, CONFIRM)).text
    assert (await Redemption.get(book_id=day.world.book)).recognised == "code"


async def at_help(office, person_id):
    """A clerk's browser on the page of a person."""
    clerk = await register(office.book_id, "张店员")
    await grant_role(office.book_id, clerk.person_id, Role.CLERK, None)
    browser = await browser_of(office, clerk.person_id)
    assert "王*兰" in (await browser.get("/help", params={"q": "王秀兰"})).text
    await browser.get(f"/help/{person_id}")
    return browser


async def test_a_clerk_writes_down_a_loss_makes_something_new_and_cannot_undo_then(office):
    phone = await sessions.begin(office.book_id, office.wang, staff=False)
    clerk = await at_help(office, office.wang)
    asked = clerk.seen
    assert "3-2-601" in asked
    assert "3316" in asked
    few = await clerk.post(f"/help/{office.wang}/losses", fact="flat")
    assert (few.status_code, "at least two questions" in few.text) == (422, True)
    assert re.search(r'value="flat" checked', few.text), "what was marked is not lost"
    told = await clerk.follow(await clerk.post(f"/help/{office.wang}/losses", **TWO))
    assert "The points are all there" in told
    assert "It was found" in told
    assert await sessions.viewer_of(phone.token) is None
    at = f"/help/losses/{(await LossReport.get()).id}"
    card = await clerk.post(f"{at}/cards")
    assert card.text.count("<article") == 1
    assert "sign-in code" in (await clerk.post(f"{at}/invites")).text.lower()
    slip = (await clerk.post(f"{at}/slips")).text
    digits = re.search(r'<p class="slip num">([0-9 ]{14})<', slip)
    assert digits
    visitor = Browser()
    await visitor.get("/slip")
    assert (await visitor.post("/slip", slip="1")).status_code == 404
    welcome = await visitor.follow(await visitor.post("/slip", slip=digits[1]))
    assert "王*兰" in welcome
    assert "It was found" not in (await clerk.get(at)).text
    refused = await clerk.post(f"{at}/reversal")
    assert (refused.status_code, "was made since" in refused.text) == (409, True)


async def test_an_undo_brings_the_phone_back(office):
    phone = await sessions.begin(office.book_id, office.wang, staff=False)
    clerk = await at_help(office, office.wang)
    await clerk.follow(await clerk.post(f"/help/{office.wang}/losses", **TWO))
    at = f"/help/losses/{(await LossReport.get()).id}"
    assert "work as before" in await clerk.follow(await clerk.post(f"{at}/reversal"))
    assert await sessions.viewer_of(phone.token) is not None
    assert (await clerk.post(f"{at}/cards")).status_code == 409
    other = await browser_of(office, office.chen)
    assert "It was found" not in (await other.get(at)).text


async def test_a_pin_is_set_on_ones_own_phone_and_at_the_desk_and_unlocked_there(office):
    wang = await browser_of(office, office.wang, staff=False)
    assert "up to 200" in (await wang.get("/pin")).text
    easy = await wang.post("/pin", pin="1234", again="1234")
    assert (easy.status_code, "1234" in re.sub(r"such as 1234", "", easy.text)) == (422, False)
    assert "Your PIN is set" in await wang.follow(await wang.post("/pin", pin="2749", again="2749"))
    for left in (4, 3, 2, 1):
        wrong = await wang.post("/pin", old="0000", pin="8153", again="8153")
        assert f"{left} more tries" in wrong.text
    await wang.post("/pin", old="0000", pin="8153", again="8153")
    assert "locked for a day" in (await wang.get("/pin")).text
    clerk = await at_help(office, office.wang)
    unlocked = await clerk.post(f"/help/{office.wang}/pin-unlocking", **TWO)
    assert "unlocked" in await clerk.follow(unlocked)


async def test_another_pin_is_asked_for_at_the_desk_approved_by_an_organiser_and_then_set(office):
    wang = await browser_of(office, office.wang, staff=False)
    await wang.post("/pin", pin="2749", again="2749")
    clerk = await at_help(office, office.wang)
    at, typed = f"/help/{office.wang}", {"pin": "8153", "again": "8153", **TWO}
    assert f'formaction="{at}/pin"' not in (await clerk.get(at)).text
    alone = await clerk.post(f"{at}/pin", **typed)
    assert (alone.status_code, "an organiser approves it" in alone.text) == (409, True)
    asked = await clerk.post(f"{at}/pin-requests", **TWO)
    assert "somebody else approves it first" in await clerk.follow(asked)
    chen, where = await browser_of(office, office.chen), asked.headers["location"]
    shown = (await chen.get(where)).text
    assert "the present one → chosen anew at the desk" in shown
    digest = re.search(r'name="digest" value="(\w+)"', shown)
    assert digest
    assert "Done as asked" in await chen.follow(
        await chen.post(f"{where}/approval", digest=digest[1])
    )
    differ = await clerk.post(f"{at}/pin", **(typed | {"again": "8154"}))
    assert "not the same" in differ.text
    done = await clerk.post(f"{at}/pin", **typed)
    assert "The PIN is set" in await clerk.follow(done)
    assert (await Pin.get(person_id=office.wang)).set_on == "flat,phone"


async def test_limits_are_set_by_the_administrator_and_lifted_for_a_day(office):
    chen, zhao = await browser_of(office, office.chen), await browser_of(office, office.zhao)
    await chen.get("/shop/limits")
    assert (await chen.post("/shop/limits", without_pin="80", with_pin="60")).status_code == 422
    saved = await chen.follow(await chen.post("/shop/limits", without_pin="30", with_pin="90"))
    assert 'value="90"' in saved
    assert "90" in (await zhao.get("/shop/limits")).text
    assert (await zhao.post("/shop/limits", without_pin="1", with_pin="2")).status_code == 403
    await zhao.get(f"/members/{office.wang}")
    odd = await zhao.post(f"/members/{office.wang}/allowances", points="many")
    assert (odd.status_code, 'value="many"' in odd.text) == (422, True)
    allowed = await zhao.post(f"/members/{office.wang}/allowances", points="300")
    assert "300 points today" in await zhao.follow(allowed)


async def test_a_pdf_has_the_same_cards_on_two_pages(office):
    people = [(await register(office.book_id, f"志愿者{number}")).person_id for number in range(11)]
    made = await card_issuing.issue_cards(office.book_id, people, office.chen)
    chen = await browser_of(office, office.chen)
    await chen.get("/cards")
    answer = await chen.post("/cards/pdf", tokens=" ".join(each.token for each in made))
    assert answer.headers["content-type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert [len(pages), *(round(float(side)) for side in pages[0].mediabox[2:])] == [2, 595, 842]
    places: list[list[tuple[int, int]]] = [[], []]
    for found, sheet in zip(places, pages, strict=True):

        def placed(text, cm, tm, _font, _size, found=found):
            if text.startswith("志愿者"):
                found.append((round(tm[4] * cm[0] + cm[4]), round(tm[5] * cm[3] + cm[5])))

        sheet.extract_text(visitor_text=placed)
    assert [len(set(found)) for found in places] == [10, 1]
    assert len({x for x, _ in places[0]}) == 2
    assert all(0 < x < 595 and 0 < y < 842 for x, y in places[0] + places[1]), "on the paper"
    assert "金苑社区" in pages[0].extract_text()
