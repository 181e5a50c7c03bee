"""A small shop in a process of its own, and a clerk with a scanner gun before it."""

import asyncio
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Error, Page, ViewportSize

from kernel import clock
from kernel.database import connected
from kernel.settings import settings
from people import sessions
from people.codes import make_code, member_key
from people.models import Role
from people.registration import grant_role, register
from redemption.stock import add_item
from tests.harness import forked
from tests.harness.databases import ScratchDatabase
from tests.harness.postgresql import free_port
from tests.harness.run import run_folder
from tests.redemption.world import make_world

TOWEL, OIL = "6902022132407", "6923644278502"
KEY = "5e" * 32
OFFICE: ViewportSize = {"width": 1366, "height": 640}  # 1366 by 768 less the browser's own bars
GUN_MS = 4
APP = "api.app:create_app"
# Changes with every page that is loaded and every scan that is drawn.
TURN = (
    "performance.timeOrigin + '/' + (document.querySelector('[data-counter]')?.dataset.turn ?? '')"
)


@dataclass(frozen=True)
class OpenShop:
    """Where the counter answers, whose code is shown, and the sessions of the clerk, a colleague and an organiser."""

    url: str
    database: str
    token: str
    book: int
    wang: int
    colleague: str
    organiser: str

    def code(self) -> str:
        """The code on Wang's phone now."""
        return make_code(member_key(), self.book, self.wang, clock.now())


async def _prepare(url: str) -> tuple[str, int, int, str, str]:
    async with connected(url):
        world = await make_world(points=0)
        wang = await register(world.book, "王秀兰", "13800003316", "3-2-601")
        li = await register(world.book, "李建国", "13900005521", "5-1-302")
        await world.give_points(100, person=wang.person_id)
        await world.give_points(40, person=li.person_id)
        for name, price, code in (("毛巾", 20, TOWEL), ("洗衣液", 45, OIL)):
            item = await add_item(world.book, world.shop.id, name, price, barcode=code)
            await world.receive(item, 5)
        for name in ("鸡蛋", "购物袋", "挂面", "抽纸"):
            await add_item(world.book, world.shop.id, name, 12)
        await grant_role(world.book, world.clerk, Role.CLERK, None)
        signed = await sessions.begin(world.book, world.clerk, staff=True)
        others = [
            await _colleague(world.book, name, role)
            for name, role in (("周敏", Role.CLERK), ("陈静", Role.ORGANISER))
        ]
        return signed.token, world.book, wang.id, others[0], others[1]


async def _colleague(book: int, name: str, role: Role) -> str:
    person = (await register(book, name)).person_id
    await grant_role(book, person, role, None)
    return (await sessions.begin(book, person, staff=True)).token


@contextmanager
def serving(database: str, port: int, app: str = APP, **more: str) -> Iterator[None]:
    """Run the application, or one that is not well, in a process of its own."""
    command = ("--factory", app, "--port", str(port), "--log-level", "warning")
    own = {"CAIHONG_DATABASE_URL": database, "CAIHONG_SECRET_KEY": KEY}
    log = run_folder() / f"counter-{port}.log"
    process = forked.begin("uvicorn", command, os.environ | own | more, log, log)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        yield
    finally:
        forked.end(process)


@pytest.fixture
def closed_shop(scratch: ScratchDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenShop]:
    """The shop with everything in it, and nobody who serves its pages."""
    monkeypatch.setenv("CAIHONG_SECRET_KEY", KEY)
    settings.cache_clear()
    # Playwright's loop holds this thread, so the rows are made in another.
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(asyncio.run, _prepare(scratch.url)).result()
    yield OpenShop(f"http://127.0.0.1:{free_port()}", scratch.url, *made)
    settings.cache_clear()


@pytest.fixture
def shop(closed_shop: OpenShop) -> Iterator[OpenShop]:
    """The application in a process of its own, over a small shop."""
    with serving(closed_shop.database, port_of(closed_shop)):
        yield closed_shop


def port_of(shop: OpenShop) -> int:
    """The port that a shop's pages answer on."""
    return int(shop.url.rsplit(":", 1)[1])


def _wait(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  our own loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def counter(
    new_page: Callable[..., Page], shop: OpenShop, token: str = "", **options: object
) -> Page:
    """The counter on an office monitor, the clerk signed in, or whose session is named."""
    page: Page = new_page(shop.url, width=OFFICE["width"], **options)
    page.set_viewport_size(OFFICE)
    https = shop.url.replace("http:", "https:")
    page.context.add_cookies(
        [{"name": "__Host-sid", "value": token or shop.token, "secure": True, "url": https}]
    )
    page.goto("/counter")
    return page


def gun(page: Page, text: str) -> None:
    """What a scanner gun does: it types fast and ends with Enter."""
    with drawn_anew(page):
        page.keyboard.type(text, delay=GUN_MS)
        page.keyboard.press("Enter")


def press(page: Page, key: str) -> None:
    """What a hand does: one key, in its own time."""
    page.wait_for_timeout(700)
    with drawn_anew(page):
        page.keyboard.press(key)


@contextmanager
def drawn_anew(page: Page) -> Iterator[None]:
    """Wait until what is done in this block shows: keys that come before are typed into what was there."""
    before = page.evaluate(TURN)
    yield
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if page.evaluate(TURN) != before:
                page.wait_for_load_state()
                return
        except Error:
            pass  # on its way to another page
        page.wait_for_timeout(20)
    raise AssertionError(f"nothing was drawn: {page.url}")
