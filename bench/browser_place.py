"""A community before a real Chromium: screens, phones, and cameras that see what we hold before them."""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO

from playwright.async_api import Browser, Locator, Page, async_playwright

from bench.http_place import KEY, Town, a_town, installation
from bench.place import Place, a_database, analyze
from bench.rows import Plan
from people import sessions
from tests.harness.camera import FAKE_CAMERA, code_picture
from tests.harness.chromium import FLAGS, find_chromium
from tests.harness.live import serving

CARDS = 40
ROUNDS_EACH = 4
# Painted: the frame that shows it has been drawn.
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


@dataclass(frozen=True, slots=True)
class Stage:
    """A town, its server and a browser; `rounds` is how often each scan is measured."""

    town: Town
    origin: str
    browser: Browser
    rounds: int

    async def page(self, person_id: int, *, staff: bool = False, width: int = 390) -> Page:
        """Open a blank page in a browser of their own, where somebody is signed in."""
        signed = await sessions.begin(self.town.book_id, person_id, staff=staff)
        context = await self.browser.new_context(
            base_url=self.origin, viewport={"width": width, "height": 844}, locale="zh-CN"
        )
        secure = self.origin.replace("http:", "https:")
        await context.add_cookies(
            [{"name": "__Host-sid", "value": signed.token, "url": secure, "secure": True}]
        )
        await context.add_init_script(FAKE_CAMERA)
        return await context.new_page()

    async def organiser(self) -> Page:
        """The same for the organiser, on a tablet."""
        return await self.page(self.town.organiser[0], staff=True, width=1024)


@asynccontextmanager
async def ground(place: Place, plan: Plan) -> AsyncIterator[Stage]:
    """Make a database with a town, serve it, and start a browser. Raises: RuntimeError without Chromium."""
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError("No Chromium: install it, or set CHROMIUM")
    rounds = ROUNDS_EACH * plan.rounds
    with installation(place.folder / "browser") as data:
        async with a_database(place.server) as url:
            town = await a_town(url, replace(plan, volunteers=2 * rounds + CARDS))
            await analyze(url)
            kept = {"database_url": url, "log_level": "WARNING", "secret_key": os.environ[KEY]}
            with serving(data, **kept) as server:
                async with async_playwright() as driver:
                    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
                    browser = await driver.chromium.launch(executable_path=chromium, args=flags)
                    yield Stage(town, server.url, browser, rounds)
                    await browser.close()


async def hold(page: Page, png: bytes) -> None:
    """Hold a picture before the page's camera."""
    await page.evaluate("picture => __camera.show(picture)", base64.b64encode(png).decode())


def picture(text: str) -> bytes:
    """Return the picture of a code with a text."""
    png = BytesIO()
    code_picture(text).save(png, "PNG")
    return png.getvalue()


async def painted(seen: Locator) -> None:
    """Wait until something is there, and drawn."""
    await seen.wait_for()
    await seen.page.evaluate(PAINTED)
