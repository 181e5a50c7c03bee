"""A browser that nobody knows, in a real one: enrolled by a printed invite, and by one tap of the organiser's."""

import pytest
from playwright.sync_api import Page, expect

from tests.harness.chromium import axe_violations, overflows_sideways, screenshot
from tests.harness.run import ROOT
from tests.harness.site import open_as, samples_of

pytestmark = [pytest.mark.browser, pytest.mark.story]

PICTURES = ROOT / "test-results"


def visited(page: Page) -> list[str]:
    """Keep every address that a page goes to."""
    seen: list[str] = []
    page.on("framenavigated", lambda frame: seen.append(frame.url))
    return seen


def test_from_a_printed_invite_and_from_a_blank_browser_she_never_sees_a_login_page(
    live_server, new_page
):
    known = samples_of(live_server)
    newcomer, number = known["newcomer"]["name"], known["newcomer"]["number"]
    organiser = open_as(new_page, live_server, known["sessions"]["organiser"], width=1280)

    # Context A, WeChat's browser: one scan, one tap.
    wechat = new_page(live_server.url, width=390)
    seen = visited(wechat)
    wechat.goto(f"/Q/{known['newcomer']['invite']}")
    wechat.locator('form[action^="/welcome/"] button').click()
    expect(wechat.locator("h1")).to_contain_text("您好")

    # Context B, the camera's browser: the shift's code, her number, one tap of the organiser's.
    camera = new_page(live_server.url, width=390)
    seen_too = visited(camera)
    camera.goto(f"/Q/{known['venue']}")
    camera.locator("[name=number]").fill(number)
    camera.locator('form[action="/check-in/number"] button').click()
    digits = camera.locator(".typed").inner_text()
    organiser.goto(f"/shifts/{known['shift_id']}")
    asking = organiser.locator("li", has_text=newcomer).filter(has_text=digits)
    screenshot(organiser, PICTURES / "asking.png")
    asking.locator('form[action$="/confirmation"] button').click()
    expect(camera.locator("h1")).to_contain_text("签到成功")
    camera.goto("/")
    expect(camera.locator("h1")).to_contain_text("您好")
    assert not [address for address in seen + seen_too if "sign-in" in address]
    screenshot(camera, PICTURES / "home-enrolled.png")


def test_a_couple_shares_a_phone_and_the_counter_recognises_a_blank_one(live_server, new_page):
    known = samples_of(live_server)
    clerk = open_as(new_page, live_server, known["sessions"]["clerk"], width=1280)
    phone = open_as(new_page, live_server, known["sessions"]["volunteer"])
    phone.goto("/me?other=1")
    phone.locator("[name=number]").fill(known["newcomer"]["number"])
    phone.locator('form[action="/me/question"] button').click()
    digits = phone.locator(".typed").inner_text()

    clerk.goto("/counter")
    box = clerk.locator('form[action="/counter/scans"] input:not([type=hidden])').first
    box.fill(known["newcomer"]["number"])
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#questions")).to_contain_text(digits)
    assert axe_violations(clerk) == []
    screenshot(clerk, PICTURES / "counter-question.png")
    clerk.locator('#questions form[action$="/recognition"] button').click()

    expect(phone.locator("h2", has_text="这部手机上")).to_be_visible()
    assert axe_violations(phone) == []
    screenshot(phone, PICTURES / "home-two.png")
    phone.goto(f"/Q/{known['venue']}")
    expect(phone.locator("h1")).to_have_text("给谁签到？")
    assert axe_violations(phone) == []
    assert not overflows_sideways(phone)
    screenshot(phone, PICTURES / "for-whom.png")
