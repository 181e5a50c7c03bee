"""A volunteer reserves on her phone and waits with a number; the clerk calls it and hands out by the keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.harness.site import open_as, samples  # noqa: F401  a fixture

AHEAD = 12  # more than ever wait in the demo

pytestmark = [pytest.mark.browser, pytest.mark.story]


def test_reserved_on_the_phone_and_handed_out_by_the_keyboard(demo_server, samples, new_page):  # noqa: F811
    sessions = samples["sessions"]
    phone = open_as(new_page, demo_server, sessions["volunteer"], width=390, locale="zh-CN")
    clerk = open_as(new_page, demo_server, sessions["clerk"], width=1280, locale="zh-CN")

    phone.goto("/goods")
    phone.locator("select").first.select_option("1")
    phone.get_by_role("button", name="继续").click()
    expect(phone.locator("h1")).to_have_text("这样对吗？")
    phone.get_by_role("button", name="确认预约").click()
    expect(phone.locator(".code-ring svg")).to_be_visible()
    number = phone.locator(".spoken").inner_text()

    clerk.goto("/counter")
    clerk.keyboard.type(number)
    clerk.keyboard.press("Enter")
    expect(clerk.locator("h1")).to_contain_text(number)
    expect(clerk.get_by_role("button", name="确认发放")).to_be_focused()
    clerk.keyboard.press("Enter")
    expect(clerk.locator("h1")).to_contain_text("已扣")

    phone.reload()
    expect(phone.locator("main")).to_contain_text("已取货")


def test_a_number_is_called_on_the_screen_and_on_the_phone(demo_server, samples, new_page):  # noqa: F811
    sessions = samples["sessions"]
    phone = open_as(new_page, demo_server, sessions["volunteer"], width=390, locale="zh-CN")
    clerk = open_as(new_page, demo_server, sessions["clerk"], width=1280, locale="zh-CN")
    screen = open_as(new_page, demo_server, None, width=1280, locale="zh-CN")

    phone.goto("/queue")
    phone.get_by_role("button", name="取号").click()
    number = phone.locator(".ticket-number").inner_text()
    screen.goto(f"/queue/{samples['shop_id']}/screen")
    clerk.goto("/counter/queue")
    for _ in range(AHEAD):
        if clerk.locator(".ticket-number").inner_text() == number:
            break
        with clerk.expect_navigation():  # else a second press could skip the number
            clerk.keyboard.press("Enter")

    expect(screen.locator(".called-number")).to_have_text(number)
    expect(phone.locator("#number")).to_contain_text("轮到您了", timeout=15_000)
