"""A sale at the counter with a scanner gun and the keyboard alone, and what the clerk's monitor and paper show."""

import pytest
from playwright.sync_api import expect

from tests.browser.counter_shop import GUN_MS, OIL, TOWEL, closed_shop, counter, gun, press, shop
from tests.harness.chromium import axe_violations, overflows_sideways
from tests.web.counter_world import SOAP

__all__ = ["closed_shop", "shop"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("scratch", ["sqlite"], indirect=True),
]


def test_a_sale_is_made_with_gun_and_keyboard_alone(new_page, shop):
    page = counter(new_page, shop)
    gun(page, shop.code())
    gun(page, SOAP)
    gun(page, SOAP)
    gun(page, TOWEL)
    expect(page.locator(".cart > li")).to_have_count(2)
    press(page, "-")
    expect(page.locator(".cart > li")).to_have_count(1)
    expect(page.locator(".cart > li.just, .cart > li").first).to_contain_text("香皂")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 16 分")
    expect(page.locator(".receipt")).to_contain_text("剩余积分：84")
    press(page, "Enter")
    expect(page.locator("#code")).to_be_focused()
    assert page.url.endswith("/counter")
    expect(page.locator(".last li").first).to_contain_text("已扣分")


def test_a_stray_code_is_answered_with_a_key(new_page, shop):
    page = counter(new_page, shop)
    gun(page, "3316")
    gun(page, SOAP)
    gun(page, "5521")
    expect(page.get_by_role("alert")).to_contain_text("还没确认 王*兰 的 1 件")
    assert axe_violations(page) == []
    press(page, "Enter")  # 3: go on
    expect(page.locator(".who")).to_contain_text("王*兰")
    gun(page, "5521")
    press(page, "1")  # park
    expect(page.locator(".who")).to_contain_text("李*国")
    expect(page.locator(".cart > li")).to_have_count(0)
    press(page, "F9")  # recall
    expect(page.locator(".who")).to_contain_text("王*兰")
    expect(page.locator(".cart > li")).to_have_count(1)
    gun(page, "5521")
    press(page, "2")  # clear
    expect(page.locator(".who")).to_contain_text("李*国")
    expect(page.locator(".cart > li")).to_have_count(0)


def test_a_gun_that_ends_with_two_enters_confirms_nothing(new_page, shop):
    page = counter(new_page, shop)
    gun(page, "3316")
    page.keyboard.type(SOAP, delay=GUN_MS)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".cart > li")).to_have_count(1)
    page.wait_for_timeout(300)
    page.goto("/counter/redemptions")
    expect(page.get_by_text("今天还没有兑换")).to_be_visible()


def test_three_lines_fit_an_office_monitor(new_page, shop):
    page = counter(new_page, shop)
    for text in ("3316", SOAP, TOWEL, OIL):
        gun(page, text)
    expect(page.locator(".cart > li")).to_have_count(3)
    assert page.evaluate("document.querySelector('.counter').getBoundingClientRect().bottom") <= 640
    cut = "e => e.scrollHeight > e.clientHeight + 1"
    assert not page.locator(".cart-card").evaluate(cut)
    assert not page.locator(".pay").evaluate(cut)
    assert axe_violations(page) == []


@pytest.mark.parametrize("care", ["", "1"], ids=["normal", "care"])
def test_a_narrow_phone_serves_too(new_page, shop, care):
    page = counter(new_page, shop)
    for text in ("3316", SOAP):
        gun(page, text)
    page.context.add_cookies([{"name": "care", "value": care or "0", "url": shop.url}])
    page.set_viewport_size({"width": 320, "height": 640})
    page.reload()
    assert not overflows_sideways(page)
    assert axe_violations(page) == []
    page.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 8 分")
    assert not overflows_sideways(page)
    assert axe_violations(page) == []


def test_only_the_slip_is_printed(new_page, shop):
    page = counter(new_page, shop)
    for text in ("3316", SOAP):
        gun(page, text)
    press(page, "Enter")
    expect(page.get_by_role("button", name="打印凭条")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".receipt")).to_be_visible()
    for other in (".answer", ".gun", ".top", ".foot", "details"):
        expect(page.locator(other).first).to_be_hidden()


def test_everything_works_without_scripts(new_page, shop):
    page = counter(new_page, shop, javascript=False)
    expect(page.locator("#code")).to_be_focused()
    for text in ("3316", SOAP):
        page.locator("#code").fill(text)
        page.get_by_role("button", name="确定").click()
    page.get_by_role("button", name="加一件：香皂").click()
    page.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 16 分")
    page.locator("summary", has_text="撤销这一单").click()
    page.get_by_role("button", name="确定撤销").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已撤销")
