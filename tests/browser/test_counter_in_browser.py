"""A sale at the counter with a scanner gun and the keyboard alone, and what the clerk's monitor and paper show."""

import asyncio
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from kernel import clock
from kernel.database import connected
from kernel.settings import settings
from people import sessions
from people.codes import make_code, member_key
from people.models import Role
from people.registration import grant_role, register
from redemption.stock import add_item
from tests.harness.chromium import axe_violations, overflows_sideways
from tests.harness.databases import ScratchDatabase
from tests.harness.postgresql import free_port
from tests.harness.run import ROOT
from tests.redemption.world import make_world
from tests.web.counter_world import SOAP

TOWEL, OIL = "6902022132407", "6923644278502"
KEY = "5e" * 32
OFFICE: ViewportSize = {"width": 1366, "height": 640}  # 1366 by 768 less the browser's own bars
GUN_MS = 4

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("scratch", ["sqlite"], indirect=True),
]


@dataclass(frozen=True)
class OpenShop:
    """Where the counter answers, the clerk's session, and whose code is shown."""

    url: str
    token: str
    book: int
    wang: int

    def code(self) -> str:
        """The code on Wang's phone now."""
        return make_code(member_key(), self.book, self.wang, clock.now())


async def _prepare(url: str) -> tuple[str, int, int]:
    async with connected(url):
        world = await make_world(points=0)
        wang = await register(world.book, "王秀兰", "13800003316", "3-2-601")
        await register(world.book, "李建国", "13900005521", "5-1-302")
        await world.give_points(100, person=wang.person_id)
        for name, price, code in (("毛巾", 20, TOWEL), ("洗衣液", 45, OIL)):
            item = await add_item(world.book, world.shop.id, name, price, barcode=code)
            await world.receive(item, 5)
        for name in ("鸡蛋", "购物袋", "挂面", "抽纸"):
            await add_item(world.book, world.shop.id, name, 12)
        await grant_role(world.book, world.clerk, Role.CLERK, None)
        signed = await sessions.begin(world.book, world.clerk, staff=True)
        return signed.token, world.book, wang.id


@pytest.fixture
def shop(scratch: ScratchDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenShop]:
    """The application in a process of its own, over a small shop."""
    monkeypatch.setenv("CAIHONG_SECRET_KEY", KEY)
    settings.cache_clear()
    # Playwright's loop holds this thread, so the rows are made in another.
    with ThreadPoolExecutor(1) as thread:
        token, book, wang = thread.submit(asyncio.run, _prepare(scratch.url)).result()
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "warning"],
        cwd=ROOT,
        env=os.environ | {"CAIHONG_DATABASE_URL": scratch.url, "CAIHONG_SECRET_KEY": KEY},
    )
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        yield OpenShop(f"http://127.0.0.1:{port}", token, book, wang)
    finally:
        process.terminate()
        process.wait(10)
        settings.cache_clear()


def _wait(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  our own loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _counter(new_page, shop: OpenShop, **options) -> Page:
    page: Page = new_page(shop.url, width=OFFICE["width"], **options)
    page.set_viewport_size(OFFICE)
    https = shop.url.replace("http:", "https:")
    page.context.add_cookies(
        [{"name": "__Host-sid", "value": shop.token, "secure": True, "url": https}]
    )
    page.goto("/counter")
    return page


def _gun(page: Page, text: str) -> None:
    """What a scanner gun does: it types fast and ends with Enter."""
    with page.expect_navigation():
        page.keyboard.type(text, delay=GUN_MS)
        page.keyboard.press("Enter")


def _press(page: Page, key: str) -> None:
    """What a hand does: one key, in its own time."""
    page.wait_for_timeout(700)
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_sale_is_made_with_gun_and_keyboard_alone(new_page, shop):
    page = _counter(new_page, shop)
    _gun(page, shop.code())
    _gun(page, SOAP)
    _gun(page, SOAP)
    _gun(page, TOWEL)
    expect(page.locator(".cart > li")).to_have_count(2)
    _press(page, "-")
    expect(page.locator(".cart > li")).to_have_count(1)
    expect(page.locator(".cart > li.just, .cart > li").first).to_contain_text("香皂")
    _press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已扣 16 分")
    expect(page.locator(".receipt")).to_contain_text("剩余积分：84")
    _press(page, "Enter")
    expect(page.locator("#code")).to_be_focused()
    assert page.url.endswith("/counter")
    expect(page.locator(".last li").first).to_contain_text("已扣分")


def test_a_stray_code_is_answered_with_a_key(new_page, shop):
    page = _counter(new_page, shop)
    _gun(page, "3316")
    _gun(page, SOAP)
    _gun(page, "5521")
    expect(page.get_by_role("alert")).to_contain_text("还没确认 王*兰 的 1 件")
    assert axe_violations(page) == []
    _press(page, "2")
    expect(page.locator(".who")).to_contain_text("王*兰")
    _gun(page, "5521")
    _press(page, "1")
    expect(page.locator(".who")).to_contain_text("李*国")
    expect(page.locator(".cart > li")).to_have_count(0)


def test_a_gun_that_ends_with_two_enters_confirms_nothing(new_page, shop):
    page = _counter(new_page, shop)
    _gun(page, "3316")
    page.keyboard.type(SOAP, delay=GUN_MS)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".cart > li")).to_have_count(1)
    page.wait_for_timeout(300)
    page.goto("/counter/redemptions")
    expect(page.get_by_text("今天还没有兑换")).to_be_visible()


def test_three_lines_fit_an_office_monitor(new_page, shop):
    page = _counter(new_page, shop)
    for text in ("3316", SOAP, TOWEL, OIL):
        _gun(page, text)
    expect(page.locator(".cart > li")).to_have_count(3)
    assert page.evaluate("document.querySelector('.counter').getBoundingClientRect().bottom") <= 640
    cut = "e => e.scrollHeight > e.clientHeight + 1"
    assert not page.locator(".cart-card").evaluate(cut)
    assert not page.locator(".pay").evaluate(cut)
    assert axe_violations(page) == []


@pytest.mark.parametrize("care", ["", "1"], ids=["normal", "care"])
def test_a_narrow_phone_serves_too(new_page, shop, care):
    page = _counter(new_page, shop)
    for text in ("3316", SOAP):
        _gun(page, text)
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
    page = _counter(new_page, shop)
    for text in ("3316", SOAP):
        _gun(page, text)
    _press(page, "Enter")
    expect(page.get_by_role("button", name="打印凭条")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".receipt")).to_be_visible()
    for other in (".answer", ".gun", ".top", ".foot", "details"):
        expect(page.locator(other).first).to_be_hidden()


def test_everything_works_without_scripts(new_page, shop):
    page = _counter(new_page, shop, javascript=False)
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
