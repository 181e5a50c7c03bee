"""The day's end at the counter in a browser: what was sold, undone and taken back is signed off once, and printed."""

from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.counter_shop import OIL, TOWEL, closed_shop, counter, gun, press, shop
from tests.harness.chromium import axe_violations
from tests.web.counter_world import SOAP

__all__ = ["closed_shop", "shop"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.parametrize("scratch", ["sqlite"], indirect=True),
]


def serves(page: Page, *scans: str) -> str:
    """Serve a member by gun and Enter; return where the receipt is."""
    for text in scans:
        gun(page, text)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("已扣")
    return page.url


def undoes(page: Page) -> None:
    page.locator("summary", has_text="撤销这一单").click()
    page.get_by_role("button", name="确定撤销").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已撤销")


def takes_towel_back(page: Page, receipt: str) -> None:
    page.goto(receipt)
    page.locator("summary", has_text="退货或换货").click()
    page.get_by_label("毛巾", exact=True).fill("1")
    page.get_by_role("button", name="退货并退回积分").click()
    expect(page.locator(".note.ok")).to_contain_text("积分已退回")


def parks(page: Page) -> None:
    """A cart for Li waits, because Wang's number came in between."""
    page.goto("/counter")
    for text in ("5521", TOWEL, "3316"):
        gun(page, text)
    press(page, "1")
    expect(page.locator(".who")).to_contain_text("王*兰")


def test_the_day_is_signed_off_once_with_all_that_was_sold_undone_and_taken_back(new_page, shop):
    clerk, colleague = counter(new_page, shop), counter(new_page, shop, shop.colleague)
    sold = serves(clerk, shop.code(), TOWEL, OIL)
    clerk.goto("/counter")
    serves(clerk, "5521", SOAP)
    undoes(clerk)
    parks(clerk)
    takes_towel_back(colleague, sold)

    colleague.goto("/counter/days/today")  # looks, and is called away
    is_signed_off(clerk)
    # The page that the colleague still has open signs nothing off a second time.
    colleague.get_by_role("button", name="今日日结").click()
    expect(colleague.locator("main")).to_contain_text("这一天已全部结清，或没有业务，不用再结")
    expect(colleague.get_by_role("button", name="今日日结")).to_have_count(0)
    new_page.faults.clear()  # a refusal is answered with 409
    clerk.goto("/counter")
    expect(clerk.locator(".who")).to_contain_text("王*兰")  # whoever is being served stays
    expect(clerk.locator("[data-part=parked] li")).to_have_count(0)
    organiser_looks(counter(new_page, shop, shop.organiser))


def is_signed_off(page: Page) -> None:
    page.goto("/counter/days/today")
    assert figures(page) == {"收到积分": "73", "退回的积分": "28", "净收积分": "45"}
    expect(page.locator("main")).to_contain_text("1 单挂起的会清掉")
    page.get_by_label("今天有什么要说明的").fill("下雨天人少")
    page.get_by_role("button", name="今日日结").click()
    expect(page.locator(".note.ok")).to_contain_text("已日结，辛苦了")
    assert figures(page) == {
        "收到积分": "73",
        "退回的积分": "28",
        "净收积分": "45",
        "清掉的挂单": "1",
    }
    rows = page.locator(".paper-table :is(tbody, tfoot) tr").all_inner_texts()
    assert [row.split("\t")[1:] for row in rows] == [
        ["2", "–", "1", "65"],  # sold, took back, undid
        ["–", "1", "–", "-20"],
        ["2", "1", "1", "45"],
    ]
    expect(page.locator("main")).to_contain_text("下雨天人少")
    assert axe_violations(page) == []
    sheet = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert (len(sheet), round(sheet[0].mediabox.width)) == (1, 595), "one A4 sheet, upright"
    page.goto(f"{page.url.split('?')[0]}?paper=80")
    assert b"/MediaBox [0 0 227" in page.pdf(prefer_css_page_size=True), "80 mm wide"


def figures(page: Page) -> dict[str, str]:
    """The sums of points and carts that a page shows."""
    shown = page.locator(".facts > div")
    told = dict(text.split("\n", 1) for text in shown.all_inner_texts())
    return {name: told[name].strip() for name in told if "积分" in name or "挂单" in name}


def organiser_looks(page: Page) -> None:
    """Each clerk's figures, and nothing unlike the others' in so few."""
    page.goto("/shop/clerks")
    expect(page.get_by_role("heading", level=1)).to_have_text("店员数据")
    expect(page.locator("main")).to_contain_text("没有特别的数字")
    for name, undone, back in (("周敏", "0", "1"),):
        card = page.locator(".card", has_text=name)
        expect(card.locator("dl div", has_text="撤销").locator("dd")).to_contain_text(undone)
        expect(card.locator("dl div", has_text="退货").locator("dd")).to_contain_text(back)
