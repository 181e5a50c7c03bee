"""A merchant's phone in a real browser: the number, the service, the slip, an undo; and a second meal is refused."""

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
from tests.harness.live import serving
from tests.harness.site import open_as
from tests.redemption.service_world import make_street

KEY = "5e" * 32

pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.parametrize("scratch", ["sqlite"], indirect=True),
]


async def _prepare(url: str) -> str:
    """A canteen's session."""
    async with connected(url):
        street = await make_street(points=0, rice=0, soap=0)
        book, person = street.world.book, street.world.desk_clerk
        await grant_role(book, street.world.member, Role.VOLUNTEER, None)
        await grant_role(book, person, Role.MERCHANT, None, company_id=street.canteen)
        return (await sessions.begin(book, person, staff=True)).token


@pytest.fixture
def canteen(new_page, scratch, tmp_path, monkeypatch) -> Iterator[Page]:
    """The canteen's phone."""
    monkeypatch.setenv("CAIHONG_SECRET_KEY", KEY)
    settings.cache_clear()
    # Playwright's loop holds this thread, so the rows are made in another.
    with ThreadPoolExecutor(1) as thread:
        token = thread.submit(asyncio.run, _prepare(scratch.url)).result()
    with serving(tmp_path, database_url=scratch.url, secret_key=KEY) as server:
        yield open_as(new_page, server, token, width=390)
    settings.cache_clear()


def _asks_for_lunch(page: Page) -> None:
    page.goto("/services")
    page.locator("#code").fill("0001")
    page.locator('form[action="/services/scans"] button[type="submit"]').last.click()
    page.locator("button.good", has_text="午餐").click()


def test_lunch_is_rendered_in_two_taps_and_one_a_day(canteen):
    page = canteen
    _asks_for_lunch(page)
    expect(page.locator(".figure")).to_contain_text("6.00")
    page.get_by_role("button", name="确认，已提供").click()
    expect(page.locator("h1")).to_contain_text("当面收 ¥6.00")
    slip = page.url
    _asks_for_lunch(page)
    page.get_by_role("button", name="确认，已提供").click()
    expect(page.locator("main")).to_contain_text("每人每天最多 1 次")
    page.goto(slip)
    page.locator("summary", has_text="撤销").click()
    page.locator('form[action$="/reversal"] button').click()
    expect(page.locator("main")).to_contain_text("请退还")
    _asks_for_lunch(page)
    page.get_by_role("button", name="确认，已提供").click()
    expect(page.locator("h1")).to_contain_text("当面收 ¥6.00")
