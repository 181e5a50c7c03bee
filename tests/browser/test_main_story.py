"""The main job in a real browser: from a scan to points, to goods on the counter, to a balanced book."""

import pytest
from playwright.sync_api import Page, expect

from tests.harness.camera import picture_of, scan
from tests.harness.chromium import launch, screenshot
from tests.harness.live import demo_data, serving
from tests.harness.run import ROOT
from tests.harness.site import open_as, samples_of

pytestmark = [pytest.mark.browser, pytest.mark.story]

PICTURES = ROOT / "test-results"
LAN = "192.168.7.7"  # Any address that is not this machine's own name for itself.


def scans_in_and_out(volunteer: Page, organiser: Page, known) -> None:
    """The organiser's screen shows the code; the volunteer's camera reads it, when coming and when going."""
    organiser.goto(f"/shifts/{known['shift_id']}?here=1")
    screenshot(organiser, PICTURES / "shift.png")
    for form, answer in (("/check-in", "签到成功"), ("/check-in/out", "签退成功")):
        volunteer.goto("/scan")
        scan(volunteer, picture_of(organiser, ".shift-code"))
        volunteer.locator(f'form[action="{form}"] button').click()
        expect(volunteer.locator("h1")).to_contain_text(answer)


def is_corrected_and_verified(organiser: Page, known) -> None:
    """She came when the shift began: the organiser corrects the time, says why, and verifies."""
    organiser.goto("/verifications")
    organiser.locator("a.row-link", has_text=known["newcomer"]["name"]).last.click()
    correction = organiser.locator('form[action$="/correction"]')
    organiser.locator("details", has=correction).locator("summary").click()
    correction.locator("[name=came]").fill(known["shift_began"])
    correction.locator("[name=because]").fill("来时手机没电")
    correction.locator("button").click()
    organiser.locator('form[action$="/verification"] button').first.click()
    expect(organiser.locator(".note.ok").first).to_be_visible()


def redeems(volunteer: Page, clerk: Page, known) -> None:
    """Her code before the clerk's camera, goods by their barcode, and the receipt."""
    volunteer.goto("/code")
    clerk.goto("/counter")
    clerk.locator("details.camera summary").click()
    scan(clerk, picture_of(volunteer, ".code svg, .code-big svg, svg.qr"))
    expect(clerk.locator("body")).to_contain_text(known["newcomer"]["name"])
    box = clerk.locator('form[action="/counter/scans"] input:not([type=hidden])').first
    box.fill(known["barcode"])
    clerk.keyboard.press("Enter")
    confirm = clerk.locator('form[action="/counter/redemptions"] button')
    expect(confirm.first).to_be_enabled()
    screenshot(clerk, PICTURES / "counter.png")
    confirm.first.click()
    expect(clerk.locator("h1")).to_contain_text("已扣")


def test_from_a_scan_to_points_to_goods_to_a_balanced_book(live_server, new_page):
    known = samples_of(live_server)
    staff = known["sessions"]
    organiser = open_as(new_page, live_server, staff["organiser"], width=1280)
    volunteer = open_as(new_page, live_server, known["newcomer"]["session"])
    clerk = open_as(new_page, live_server, staff["clerk"], width=1280)
    auditor = open_as(new_page, live_server, staff["auditor"], width=1280)

    scans_in_and_out(volunteer, organiser, known)
    is_corrected_and_verified(organiser, known)
    volunteer.goto("/")
    assert int(volunteer.locator(".figure").first.inner_text().partition("\n")[0].rstrip("分")) > 0
    screenshot(volunteer, PICTURES / "home.png")
    redeems(volunteer, clerk, known)

    auditor.goto("/books")
    expect(auditor.locator(".note.ok").first).to_contain_text("收支相符")
    screenshot(auditor, PICTURES / "books.png")
    assert "entries checked" in live_server.caihong("verify")


def test_plain_http_from_another_machine_gets_one_notice_and_no_loop(tmp_path, playwright, browser):
    mapped = launch(playwright, f"--host-resolver-rules=MAP {LAN} 127.0.0.1")
    with serving(demo_data(tmp_path / "data"), host="127.0.0.1") as server:
        page = mapped.new_page()
        visited = []
        page.on("framenavigated", lambda frame: visited.append(frame.url))
        for path in ("/", "/sign-in", "/counter"):
            page.goto(server.url.replace("127.0.0.1", LAN) + path)
            expect(page.locator("h1")).to_be_visible()
            assert "127.0.0.1" in page.locator("main").inner_text()
            assert page.evaluate("window.isSecureContext") is False
        assert len(visited) == 3
        page.goto(server.url + "/sign-in")
        assert page.evaluate("window.isSecureContext") is True
        expect(page.locator("#password")).to_be_visible()
    mapped.close()
