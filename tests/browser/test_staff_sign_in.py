"""Staff at the door, in a real browser: a new installation's first hour, and clerks who take turns in two taps."""

import re

import pytest
from playwright.sync_api import Page, expect

from kernel import clock
from people.authenticators import code_at
from tests.harness.chromium import axe_violations, overflows_sideways, screenshot
from tests.harness.live import serving
from tests.harness.run import ROOT
from tests.harness.site import open_as, samples_of

pytestmark = [pytest.mark.browser, pytest.mark.story]

PICTURES = ROOT / "test-results"
NARROWEST = 320
PASSWORD = "seven cranes fly"


def fit(page: Page, name: str) -> None:
    """The page at hand is accessible, and fits a narrow phone in both modes; its pictures are kept."""
    for width in (390, 1280, NARROWEST):
        page.set_viewport_size({"width": width, "height": 800})
        assert not overflows_sideways(page), (name, width)
        if width != NARROWEST:
            screenshot(page, PICTURES / f"sign-in-{name}-{width}.png")
    assert axe_violations(page) == [], name
    page.locator("html").evaluate("html => html.setAttribute('data-care', '')")
    assert not overflows_sideways(page), (name, "care")
    page.locator("html").evaluate("html => html.removeAttribute('data-care')")
    page.set_viewport_size({"width": 390, "height": 800})


def comes_back_without_scripts(new_page, url: str, sheet_code: str) -> None:
    """The next day, with a code of the sheet."""
    again = new_page(url, locale="en-US", javascript=False)
    again.goto("/sign-in")
    again.locator("[name=name]").fill("li")
    again.locator("#password").fill(PASSWORD)
    again.locator('form[action="/sign-in"] button').click()
    expect(again.locator("h1")).to_have_text("Second proof")
    screenshot(again, PICTURES / "sign-in-code-390.png")
    again.locator("#code").fill(sheet_code)
    again.locator('form[action="/sign-in/second"] button').click()
    expect(again.locator("main")).to_be_visible()
    assert again.url == f"{url}/shifts"


def test_a_new_installation_is_set_up_with_the_code_of_its_console(tmp_path, new_page):
    with serving(tmp_path) as server:
        code = re.search(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){5}", server.log())
        assert code
        page = new_page(server.url, locale="en-US")
        page.goto("/setup")
        fit(page, "setup")
        for name, text in (
            ("code", code[0]),
            ("community", "金苑社区"),
            ("name", "李主任"),
            ("sign_in_name", "li"),
            ("password", PASSWORD),
        ):
            page.locator(f"[name={name}]").fill(text)
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("h1")).to_have_text("Set up a second proof")
        fit(page, "set-up")
        secret = re.search(r"secret=([A-Z2-7]+)", page.content())
        assert secret
        page.locator("#code").fill(code_at(secret[1], clock.now()))
        page.get_by_role("button", name="Set up and sign in").click()
        expect(page.locator(".codes li")).to_have_count(10)
        sheet_code = page.locator(".codes b").first.inner_text()
        fit(page, "sheet")
        page.get_by_role("link", name="go on").click()
        expect(page.locator("h1")).to_be_visible()
        assert page.url == f"{server.url}/shifts"

        comes_back_without_scripts(new_page, server.url, sheet_code)


def has_pin(page: Page, pin: str) -> None:
    page.goto("/my-sign-in")
    page.locator("[name=pin]").fill(pin)
    page.locator('form[action="/my-sign-in/pin"] button').click()
    expect(page.locator(".note.ok").first).to_be_visible()


def test_a_clerk_takes_over_the_counter_in_two_taps_and_a_pin(live_server, new_page):
    staff = samples_of(live_server)["sessions"]
    live_server.caihong("user", "role", "冯涛", "clerk")
    has_pin(open_as(new_page, live_server, staff["clerk"]), "4071")
    counter = open_as(new_page, live_server, staff["admin"], width=1280)
    has_pin(counter, "530917")
    counter.goto("/counter/devices")
    counter.locator("[name=name]").fill("左边兑换台")
    counter.locator('form[action="/counter/devices"] button').click()
    expect(counter.locator(".list-row")).to_have_count(1)
    fit(counter, "devices")
    counter.goto("/counter/switch")
    fit(counter, "switch")
    counter.locator(".turns a").first.click()
    fit(counter, "pin")
    counter.goto("/counter/switch")
    for name, pin in (("周丽", "4071"), ("冯涛", "530917")):
        counter.locator(".turns a", has_text=name).click()
        counter.locator("[name=pin]").fill(pin)
        counter.keyboard.press("Enter")
        expect(counter.locator(".foot")).to_contain_text(name)
        assert counter.url == f"{live_server.url}/counter"
        assert (
            counter.locator('a[href="/members"]').count() == 0
        )  # 冯涛 is an administrator elsewhere
        assert not overflows_sideways(counter)
        counter.locator('a[href="/counter/switch"]').first.click()
