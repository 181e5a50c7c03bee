"""A real Chromium: one process for each worker, a context of its own for each person in a test."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    sync_playwright,
)

from tests.harness.camera import FAKE_CAMERA
from tests.harness.run import ROOT, part_is_missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing leaves this machine, not even the browser's own chatter.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = ROOT / "tests" / "vendor" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def find_chromium() -> str | None:
    """The browser CHROMIUM names, or the one on PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def launch(playwright: Playwright, *more_flags: str) -> Browser:
    """Start a browser; `more_flags` as on its command line."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=find_chromium(), args=[*FLAGS, *as_root, *more_flags]
    )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver, one for each worker."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def _browser_of_worker(request: pytest.FixtureRequest) -> Iterator[Browser | None]:
    if find_chromium() is None:
        yield None
        return
    running = launch(request.getfixturevalue("playwright"))
    yield running
    running.close()


@pytest.fixture
def browser(request: pytest.FixtureRequest, _browser_of_worker: Browser | None) -> Browser:
    """The worker's Chromium. A test that asks for it is a browser test."""
    if _browser_of_worker is None:
        part_is_missing(
            request,
            "browser",
            "No Chromium: install it (Debian: apt install chromium) or set CHROMIUM",
        )
        raise AssertionError  # not reached: the line above ends the test
    return _browser_of_worker


class Pages:
    """Opens pages as different people and notes what no page may do.

    Each page is in a context of its own: cookies, camera, language. `faults` lists logged errors, breaches of the
    content policy, files that failed to load and requests to another origin.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def __call__(
        self,
        origin: str,
        *,
        width: int = 390,
        javascript: bool = True,
        axe: bool = False,
        **options: Any,
    ) -> Page:
        """Open a page; relative addresses are `origin`'s, and `options` are those of Playwright's new_context.

        With `axe`, axe-core is at hand on it at once.
        """
        usual = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "reduced_motion": "reduce"}
        context = self.browser.new_context(
            base_url=origin,
            viewport={"width": width, "height": 900 if width > 600 else 844},
            java_script_enabled=javascript,
            **(usual | options),
        )
        context.set_default_timeout(10_000)
        context.add_init_script(FAKE_CAMERA)
        if axe:
            context.add_init_script(path=AXE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        page.on("request", lambda request: self._on_request(request, origin.rstrip("/")))
        page.on("response", self._on_response)
        return page

    def close(self) -> None:
        """Close every page that was opened."""
        for context in self.contexts:
            context.close()

    def _on_console(self, message: ConsoleMessage) -> None:
        # A refusal's status is logged by Chromium as an error; _on_response judges statuses instead.
        refused = message.text.startswith("Failed to load resource")
        if message.type == "error" and not refused:
            self.faults.append(f"console: {message.text}")

    def _on_request(self, request: Request, origin: str) -> None:
        address = urlsplit(request.url)
        ours = f"{address.scheme}://{address.netloc}" == origin
        if not ours and address.scheme not in ("data", "blob", "about"):
            self.faults.append(f"asks another origin: {request.url}")

    def _on_response(self, response: Response) -> None:
        acts = response.request.resource_type in ("document", "xhr", "fetch")
        if response.status >= (500 if acts else 400):
            self.faults.append(f"{response.status}: {response.url}")


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Pages]:
    """Open pages as different people: `new_page(origin, width=390, javascript=True, **context_options)`.

    At the end of the test no page may have a fault; a test that provokes one clears it: `new_page.faults.clear()`.
    """
    pages = Pages(browser)
    yield pages
    pages.close()
    assert not pages.faults, "\n".join(["The pages misbehaved:", *pages.faults])


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds wrong on the page by WCAG 2.2 A and AA, one line for each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def overflows_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def screenshot(page: Page, path: Path) -> Path:
    """Keep a picture of the whole page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # To hide the caret Playwright would add a style of its own, which the content policy refuses.
    page.screenshot(path=path, full_page=True, caret="initial")
    return path
