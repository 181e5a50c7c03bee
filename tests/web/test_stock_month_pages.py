"""The papers of an inspection over http: the month, what came in and went out, who received it, the spreadsheet."""

from io import BytesIO

from python_calamine import CalamineWorkbook

from ledger.periods import month_words
from people.models import Role
from people.registration import grant_role
from redemption import stock
from redemption.slips import LotSlip
from redemption.states import Source
from tests.redemption.world import today
from tests.web.office import an_office, browser_of


async def test_a_month_and_its_papers_are_shown_and_taken_along(database):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    assert "No stock in this month" in (await zhao.get("/shop/months")).text
    shop = await stock.open_shop(office.book_id, "彩虹慈善超市")
    rice = await stock.add_item(office.book_id, shop.id, "大米", 60)
    bought = (office.book_id, rice.id, Source.PURCHASED, 4)
    slip = LotSlip(2590, "S-3", office.chen)
    await stock.receive(*bought, by=office.zhao, key="lot", slip=slip)
    await grant_role(office.book_id, office.li, Role.AUDITOR, None)
    li = await browser_of(office, office.li)
    at = f"/shop/months/{month_words(today())}"
    assert "¥103.60" in (await li.get(at)).text
    came = (await li.get(f"{at}/received")).text
    assert "S-3" in came
    assert "¥25.90" in came
    assert "Nothing went out" in (await li.get(f"{at}/issued")).text
    assert "Nobody received anything" in (await li.get(f"{at}/register")).text
    sheet = await li.get(f"{at}/sheet")
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["Goods", "Source", "Opening (pieces)"]
    assert rows[1] == [
        "大米",
        "Bought with community money",
        0,
        4,
        0,
        0,
        0,
        4,
        0,
        103.6,
        0,
        0,
        0,
        103.6,
    ]
    assert (await li.get("/shop/months/2026-13")).status_code in (404, 422)
