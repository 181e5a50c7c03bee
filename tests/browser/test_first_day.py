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


def serve_one(page: Page, case: list[str]) -> None:
    """Somebody with enough points takes something home."""
    for text in case:
        gun(page, text)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 60 分")
    expect(page.locator(".receipt")).to_contain_text("练习 · 不算数")
    press(page, "Enter")


def short_of_points(page: Page, case: list[str]) -> None:
    """Somebody has too little: it is taken off again."""
    for text in case:
        gun(page, text)
    expect(page.locator("[data-part=pay]")).to_contain_text("还差")
    press(page, "-")
    page.get_by_role("button", name="下一位").click()
    expect(page.locator(".who")).to_have_count(0)


def somebody_in_between(page: Page, case: list[str]) -> None:
    """The first one's goods are parked for the second, and taken up again."""
    first, soap, second, *_, again = case
    for text in (first, soap, second):
        gun(page, text)
    press(page, "1")
    gun(page, again)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 10 分")
    press(page, "Enter")
    press(page, "F9")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 10 分")


def a_mistake(page: Page) -> None:
    """The last one is undone."""
    page.locator("summary", has_text="撤销这一单").click()
    page.get_by_role("button", name="确定撤销").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已撤销")


def test_five_cases_are_gone_through_by_what_the_screen_says(new_page, shop):
    page = counter(new_page, shop)
    page.get_by_role("link", name="练习", exact=True).click()
    page.get_by_role("button", name="开始练习").click()
    expect(page.locator(".practice-bar")).to_contain_text("练习 · 不算数")
    assert axe_violations(page) == []
    cases = told(page)
    assert len(cases) == 5
    page.get_by_role("link", name="去练习兑换台").click()

    serve_one(page, cases[0])
    short_of_points(page, cases[1])
    somebody_in_between(page, cases[2])
    a_mistake(page)

    page.get_by_role("button", name="退出练习").click()
    expect(page.locator(".practice-bar")).to_have_count(0)
    expect(page.locator("#code")).to_be_focused()
    expect(page.locator(".last li")).to_have_count(0)  # nothing of it is in the real shop
