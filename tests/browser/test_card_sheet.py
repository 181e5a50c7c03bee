"""The sheet of cards as the printer gets it: ten of bank-card size on A4, each code readable."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.harness.chromium import axe_violations, overflows_sideways
from tests.harness.site import open_as, samples_of

pytestmark = pytest.mark.browser
MM = 96 / 25.4


def test_ten_cards_of_bank_card_size_and_every_code_is_read(live_server, new_page):
    token = samples_of(live_server)["sessions"]["organiser"]
    page = open_as(new_page, live_server, token, width=390, locale="zh-CN")
    page.goto("/cards")
    page.get_by_role("button", name="全部做卡").click()
    page.locator(".card-sheet").first.wait_for()
    assert axe_violations(page) == []
    assert not overflows_sideways(page)
    page.set_viewport_size({"width": 1280, "height": 1200})
    page.emulate_media(media="print")
    sheet = page.locator(".card-sheet").first
    boxes = [sheet.bounding_box(), sheet.locator("article").first.bounding_box()]
    sizes = [(round(box["width"] / MM, 1), round(box["height"] / MM, 1)) for box in boxes if box]
    assert sizes == [(210.0, 297.0), (85.6, 54.0)]
    expect(page.get_by_role("heading", name="打印积分卡")).to_be_hidden()
    picture = Image.open(BytesIO(sheet.screenshot(caret="initial")))
    read = [each.text for each in zxingcpp.read_barcodes(picture)]
    assert len(set(read)) == 10
    assert {len(text) for text in read} == {29}, "bare tokens, as no address is set"
