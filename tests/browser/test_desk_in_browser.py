"""The property desk in a real browser: ¥300 by mistake, undone, ¥30 instead, and never the same voucher again."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, expect

from kernel.database import connected
from kernel.settings import settings
from people import sessions
from people.models import Role
from people.registration import grant_role
from redemption import vouchers
from redemption.voucher_codes import grouped
from tests.harness.live import serving
from tests.harness.site import open_as
from tests.redemption.world import key, make_world

KEY = "5e" * 32

pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.parametrize("scratch", ["sqlite"], indirect=True),
]


async def _prepare(url: str) -> tuple[str, str, str]:
    """A voucher of ¥300 for flat 3-2-601: its typed form and its code, and the desk's session."""
    async with connected(url):
        world = await make_world(points=600, rice=0, soap=0)
        offer = await vouchers.offer(world.book, 30_000, 600)
        voucher = await vouchers.issue(
            world.book, world.member, offer.id, world.company, world.member, key()
        )
        desk = (world.book, world.desk_clerk, Role.PROPERTY_DESK, None)
        await grant_role(*desk, company_id=world.company)
        signed = await sessions.begin(world.book, world.desk_clerk, staff=True)
        return grouped(voucher.serial), signed.token, vouchers.code_of(voucher)


@pytest.fixture
def desk(new_page, scratch, tmp_path, monkeypatch) -> Iterator[tuple[Page, str, str]]:
    """The desk's phone, and the number and code of the voucher."""
    monkeypatch.setenv("CAIHONG_SECRET_KEY", KEY)
    settings.cache_clear()
    # Playwright's loop holds this thread, so the rows are made in another.
    with ThreadPoolExecutor(1) as thread:
        serial, token, code = thread.submit(asyncio.run, _prepare(scratch.url)).result()
    with serving(tmp_path, database_url=scratch.url, secret_key=KEY) as server:
        yield open_as(new_page, server, token, width=390), serial, code
    settings.cache_clear()


def _takes(page: Page, serial: str, typed: str = "") -> None:
    """Look a voucher up and ask for an amount, or for all that is left."""
    page.goto("/desk")
    page.locator("#code").fill(serial)
    page.locator('form[action="/desk/scans"] button[type="submit"]').last.click()
    if not typed:
        page.get_by_role("button", name="全部 300 元").click()
        return
    page.locator("#amount").fill(typed)
    page.get_by_role("button", name="核销这一部分").click()


def _confirms(page: Page) -> None:
    page.locator('form[action="/desk/uses"] button').click()


def test_three_hundred_by_mistake_is_undone_and_thirty_taken_once(desk):
    page, serial, _ = desk
    _takes(page, serial)
    expect(page.locator("h1")).to_contain_text("3-2-601")
    expect(page.locator(".figure")).to_contain_text("300.00")
    _confirms(page)
    expect(page.locator("h1")).to_contain_text("300 元")
    slip = page.url
    page.locator("details summary", has_text="撤销本次核销").click()
    page.locator('form[action$="/reversal"] button').click()
    expect(page.locator("h1")).to_have_text("已撤销")

    _takes(page, serial, "30")
    _confirms(page)
    expect(page.locator("h1")).to_contain_text("30 元")
    expect(page.locator("main")).to_contain_text("270.00")

    page.goto(slip)
    expect(page.locator("h1")).to_have_text("已撤销")
    expect(page.locator('form[action$="/reversal"]')).to_have_count(0)
    _takes(page, serial, "300")
    expect(page.locator(".error")).to_contain_text("270.00")
    page.goto("/desk")
    expect(page.locator(".uses li")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("合计 ¥30.00")


def _checks(page: Page, text: str) -> None:
    page.locator("#code").fill(text)
    page.locator("form[data-keep] button[type=submit]").click()


def test_without_a_network_a_voucher_is_authentic_and_nothing_is_taken(desk, new_page):
    page, serial, code = desk
    page.goto("/desk")
    page.wait_for_function("navigator.serviceWorker.ready.then(it => !!it.active)")
    page.wait_for_function("caches.match('/desk/offline').then(it => !!it)")
    page.context.set_offline(True)
    page.goto("/desk")
    answer = page.locator("[data-answer]")
    _checks(page, f"https://elsewhere.example/Q/{code}")
    expect(answer).to_contain_text("真伪已验，未核对余额")
    expect(answer).to_contain_text("¥300.00")
    page.locator("[data-note-down]").click()
    expect(page.locator("[data-noted] li")).to_have_count(1)
    swapped = "A" if code[-9] != "A" else "B"
    for text, said in ((f"{code[:-9]}{swapped}{code[-8:]}", "不是本社区"), (serial, "扫出来的码")):
        _checks(page, text)
        expect(answer).to_contain_text(said)
        expect(answer.locator("[data-note-down]")).to_be_hidden()
    # Back again, what was noted is looked at and still whole.
    page.context.set_offline(False)
    page.goto("/desk")
    page.locator("[data-noted] form button").click()
    expect(page.locator("body")).to_contain_text("全部 300 元")
    new_page.faults.clear()  # what a page without a network asks for fails
