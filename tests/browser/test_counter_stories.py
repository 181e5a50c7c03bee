"""A clerk's day in a browser: a sale without a page too many, a wrong one put right, and what a bad day leaves."""

import pytest
from playwright.sync_api import Error, expect

from tests.browser.counter_shop import (
    OIL,
    TOWEL,
    closed_shop,
    counter,
    drawn_anew,
    gun,
    port_of,
    press,
    serving,
    shop,
)
from tests.harness.camera import show_code
from tests.harness.chromium import axe_violations
from tests.harness.dying import DIES
from tests.web.counter_world import SOAP

__all__ = ["closed_shop", "shop"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.parametrize("scratch", ["sqlite"], indirect=True),
]


def test_three_goods_by_gun_take_few_pages(new_page, shop):
    page = counter(new_page, shop)
    loads = []
    page.on("domcontentloaded", lambda _: loads.append(page.url))
    for text in (shop.code(), SOAP, TOWEL, OIL):
        gun(page, text)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 73 分")
    press(page, "Enter")
    expect(page.locator("#code")).to_be_focused()
    assert len(loads) + 1 <= 4, loads
    expect(page.locator(".last li").first).to_contain_text("毛巾 ×1")


def test_a_wrong_thing_is_swapped_printed_and_the_next_one_undone(new_page, shop):
    page = counter(new_page, shop)
    for text in (shop.code(), SOAP, TOWEL, OIL):
        gun(page, text)
    press(page, "Enter")
    page.locator("summary", has_text="退货或换货").click()
    page.get_by_label("香皂", exact=True).fill("1")
    page.get_by_label("坏了，报损：香皂").check()
    with drawn_anew(page):
        page.get_by_role("button", name="换成别的商品").click()
    gun(page, SOAP)
    assert axe_violations(page) == []
    press(page, "Enter")
    expect(page.locator(".receipt")).to_contain_text("代替凭条 00001")
    expect(page.locator(".receipt")).to_contain_text("剩余积分：27")

    pdf = page.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 227" in pdf, "80 mm wide"
    page.get_by_role("button", name="58 毫米").click()
    expect(page.locator(".paper.w58")).to_be_visible()
    pdf = page.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 163" in pdf, [each for each in pdf.split(b"\n") if b"MediaBox" in each]

    page.goto("/counter")
    gun(page, "3316")
    gun(page, SOAP)
    press(page, "Enter")
    page.locator("summary", has_text="撤销这一单").click()
    expect(page.locator("body")).to_contain_text("的 1 件 8 分")
    page.get_by_role("button", name="确定撤销").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已撤销")


def test_three_goods_by_camera_while_it_stays_open(new_page, shop):
    page = counter(new_page, shop)
    loads = []
    page.on("domcontentloaded", lambda _: loads.append(page.url))
    page.locator("details.camera summary").click()
    page.locator("[data-start]").click()
    show_code(page, shop.code())
    expect(page.locator(".who")).to_contain_text("王*兰")
    for count, text in enumerate((SOAP, TOWEL, OIL), 1):
        show_code(page, text)
        expect(page.locator(".cart > li")).to_have_count(count)
    page.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 73 分")
    assert len(loads) + 1 <= 4, loads


def test_without_a_network_the_cart_waits_and_is_posted_once(new_page, shop):
    page = counter(new_page, shop)
    gun(page, "3316")
    page.context.set_offline(True)
    page.keyboard.type(SOAP + "\n", delay=4)
    expect(page.get_by_role("alert")).to_contain_text("网络断了，这一单还没有扣分，请稍等")
    page.context.set_offline(False)
    expect(page.locator(".cart > li")).to_have_count(1)
    expect(page.locator("[data-waits]")).to_be_hidden()
    page.context.set_offline(True)
    page.wait_for_timeout(700)
    page.keyboard.press("Enter")
    expect(page.locator("[data-waits]")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 8 分")
    page.goto("/counter/redemptions")
    expect(page.locator(".today li")).to_have_count(1)
    new_page.faults.clear()  # what is asked for without a network fails


@pytest.mark.parametrize(
    ("dies", "words"),
    [("after", "王*兰 8 分：已扣"), ("before", "王*兰 8 分：没有扣，请重新确认")],
    ids=["after", "before"],
)
def test_after_a_power_cut_the_page_says_whether_it_was_taken(new_page, closed_shop, dies, words):
    port = port_of(closed_shop)
    with serving(closed_shop.database, port, "tests.harness.dying:create", **{DIES: dies}):
        page = counter(new_page, closed_shop)
        gun(page, "3316")
        gun(page, SOAP)
        page.wait_for_timeout(700)
        page.keyboard.press("Enter")
        page.wait_for_event("requestfailed")
    with serving(closed_shop.database, port):
        for _ in range(3):
            try:
                page.goto("/counter")
                break
            except Error:  # Chromium is still showing that nobody answered.
                page.wait_for_timeout(300)
        expect(page.locator("main")).to_contain_text(words)
        if dies == "before":
            press(page, "Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text("已扣 8 分")
        page.goto("/counter/redemptions")
        expect(page.locator(".today li")).to_have_count(1)
    new_page.faults.clear()  # a page that nobody answered
