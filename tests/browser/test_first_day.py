"""A first day at the counter: five cases in practice, with nothing but what the screen says."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counter_shop import closed_shop, counter, gun, press, shop
from tests.harness.chromium import axe_violations

__all__ = ["closed_shop", "shop"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.parametrize("scratch", ["sqlite"], indirect=True),
]


def told(page: Page) -> list[list[str]]:
    """The numbers and barcodes that each case on the screen names, in order."""
    return [re.findall(r"\d{3,8}", each) for each in page.locator("ol.steps li").all_inner_texts()]


def test_five_cases_are_gone_through_by_what_the_screen_says(new_page, shop):
    page = counter(new_page, shop)
    page.get_by_role("link", name="练习", exact=True).click()
    page.get_by_role("button", name="开始练习").click()
    expect(page.locator(".practice-bar")).to_contain_text("练习 · 不算数")
    assert axe_violations(page) == []
    cases = told(page)
    assert len(cases) == 5
    page.get_by_role("link", name="去练习兑换台").click()

    for text in cases[0]:  # served
        gun(page, text)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 60 分")
    expect(page.locator(".receipt")).to_contain_text("练习 · 不算数")
    press(page, "Enter")

    for text in cases[1]:  # short of points
        gun(page, text)
    expect(page.locator("[data-part=pay]")).to_contain_text("还差")
    press(page, "-")
    page.get_by_role("button", name="下一位").click()

    member, soap, other, again = cases[2][0], cases[2][1], cases[2][2], cases[2][-1]
    for text in (member, soap, other):  # somebody else in between
        gun(page, text)
    press(page, "1")
    gun(page, again)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 10 分")
    press(page, "Enter")

    press(page, "F9")  # taken up again
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 10 分")

    page.locator("summary", has_text="撤销").first.click()
    page.get_by_role("button", name=re.compile("撤销")).first.click()
    expect(page.locator("main")).to_contain_text("已撤销")

    page.get_by_role("button", name="退出练习").click()
    expect(page.locator(".practice-bar")).to_have_count(0)
    expect(page.locator("#code")).to_be_focused()
    expect(page.locator(".last li")).to_have_count(0)  # nothing of it is in the real shop
