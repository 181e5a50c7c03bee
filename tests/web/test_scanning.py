"""Codes are read by camera, by photo, by gun and by typing, and no one of them is the only way."""

import threading
import time
from collections.abc import Iterator
from io import BytesIO

import pytest
import uvicorn
from playwright.sync_api import expect

from tests.harness.camera import blacken_camera, code_picture, deny_camera, show_code
from tests.harness.postgresql import free_port
from tests.web.test_shell import make_app

CODE = "HTTPS://CAIHONG.TEST/Q/AEBAGBAF"

# As fast as a gun, however slow the machine that runs the test.
GUN = """keys => keys.forEach(key => document.activeElement.dispatchEvent(
  new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})))"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(make_app(), port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def scan_page(new_page, origin):
    page = new_page(origin)
    page.goto("/styleguide/scan")
    return page


def test_a_code_before_the_camera_is_sent_by_itself(scan_page):
    scan_page.get_by_role("button", name="用相机扫码").click()
    show_code(scan_page, CODE)
    expect(scan_page.get_by_role("status").filter(has_text="已提交")).to_contain_text(CODE)


def test_a_refused_camera_leads_to_photo_and_number(scan_page):
    deny_camera(scan_page)
    scan_page.get_by_role("button", name="用相机扫码").click()
    expect(scan_page.locator("[data-says]")).to_contain_text("相机没有打开")
    expect(scan_page.get_by_text("拍一张码的照片", exact=True)).to_be_visible()
    expect(scan_page.get_by_label("码下面的号码")).to_be_visible()


def test_a_black_camera_counts_as_refused_within_three_seconds(scan_page):
    blacken_camera(scan_page)
    scan_page.get_by_role("button", name="用相机扫码").click()
    expect(scan_page.locator("[data-says]")).to_contain_text("相机没有打开", timeout=4500)


def test_a_photo_is_read(scan_page):
    deny_camera(scan_page)
    scan_page.get_by_role("button", name="用相机扫码").click()
    png = BytesIO()
    code_picture(CODE).save(png, "PNG")
    photo = {"name": "photo.png", "mimeType": "image/png", "buffer": png.getvalue()}
    scan_page.locator("[data-photo] input").set_input_files(photo)
    expect(scan_page.get_by_role("status").filter(has_text="已提交")).to_contain_text(CODE)


def test_in_wechat_the_camera_is_not_tried(new_page, origin):
    page = new_page(origin, user_agent="Mozilla/5.0 (iPhone) MicroMessenger/8.0.50")
    page.goto("/styleguide/scan")
    expect(page.locator("[data-wechat]")).to_contain_text("扫一扫")
    expect(page.get_by_role("button", name="用相机扫码")).to_be_hidden()


def test_without_scripts_the_number_is_typed(new_page, origin):
    page = new_page(origin, javascript=False)
    page.goto("/styleguide/scan")
    expect(page.get_by_text("用相机扫码")).to_be_hidden()
    page.get_by_label("码下面的号码").fill("402917")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_text("已提交：402917")).to_be_visible()


def test_a_gun_types_into_the_box_that_waits_for_it(new_page, origin):
    page = new_page(origin)
    page.goto("/styleguide/counter")
    expect(page.locator("[data-gun]")).to_be_focused()
    page.keyboard.type("6901234567892")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已提交：6901234567892")).to_be_visible()


def test_a_gun_is_heard_while_the_focus_is_elsewhere(new_page, origin):
    page = new_page(origin, width=1366)
    page.goto("/styleguide/counter")
    page.get_by_role("link", name="今日兑换记录").focus()
    page.evaluate(GUN, ["6", "9", "0", "1", "2", "3", "4", "5", "Enter"])
    expect(page.get_by_text("已提交：69012345")).to_be_visible()


def test_half_a_code_that_an_input_method_ate_is_not_sent(new_page, origin):
    page = new_page(origin, width=1366)
    page.goto("/styleguide/counter")
    page.get_by_role("link", name="今日兑换记录").focus()
    page.evaluate(GUN, ["Process", *"6901234567892"])
    expect(page.locator("[data-gun]")).to_have_value("")


def test_what_an_input_method_made_wide_is_folded(new_page, origin):
    page = new_page(origin)
    page.goto("/styleguide/counter")
    page.locator("[data-gun]").fill("６９０ １２")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已提交：690 12")).to_be_visible()


def test_slow_typing_elsewhere_is_not_a_gun(new_page, origin):
    page = new_page(origin, width=1366)
    page.goto("/styleguide/counter")
    page.get_by_role("link", name="今日兑换记录").focus()
    page.keyboard.type("12345678", delay=60)
    expect(page).to_have_url(f"{origin}/styleguide/counter")
    expect(page.locator("[data-gun]")).to_have_value("")


def test_the_counter_fits_an_office_monitor(new_page, origin):
    page = new_page(origin, width=1366)
    page.set_viewport_size({"width": 1366, "height": 640})
    page.goto("/styleguide/counter")
    confirm = page.get_by_role("button", name="确认兑换").bounding_box()
    goods = page.get_by_role("heading", name="没有条码的商品").bounding_box()
    assert confirm["y"] + confirm["height"] < 640
    assert goods["y"] < 600


def test_in_large_print_the_first_screen_holds_everything_needed(new_page, origin):
    page = new_page(origin)
    page.set_viewport_size({"width": 360, "height": 640})
    page.context.add_cookies([{"name": "care", "value": "1", "url": origin}])
    page.goto("/styleguide/home")
    call = page.get_by_role("link", name="打电话问社区").bounding_box()
    assert call["y"] + call["height"] <= 640
    assert call["height"] >= 60
