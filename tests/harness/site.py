"""Every page there is, with who may see it: a page joins the quality tests by being routed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from api.doors import permissions_of
from people.permissions import TABLE
from tests.harness import forked
from tests.harness.chromium import Pages
from tests.harness.live import LiveServer
from web import pages

# Addresses that are no page of their own.
NOT_PAGES = {
    "/language": "remembers a choice and goes back",
    "/q/{token}": "the same as /Q/{token}, for scanners that write small letters",
    "/Q/{token}": "decides where a code leads; what it leads to is looked at",
    "/check-in": "needs a code that was just scanned; the stories walk it",
    "/check-in/waiting": "the same",
    "/books/export/{what}": "a file to keep; tests/web/test_book_exports.py opens it",
    "/settlements/{company_id}/{settled}/pack/{form}": (
        "a file to keep; tests/web/test_settlement_pages.py opens it"
    ),
    "/desk/settlements/{settled}/pack/{form}": "the same",
    "/counter/questions": "a part of /counter",
    "/shop/months/{month}/sheet": "a file to keep; tests/web/test_stock_month_pages.py opens it",
    "/members/{person_id}/reopening": "only for a record that is closed; tests/web/test_life_pages.py opens it",
    "/photos/own": "a picture; tests/web/test_privacy_pages.py looks at it",
    "/counter/photo": "the same",
    "/shifts/{shift_id}/photos/{person_id}": "the same",
    "/slip-pictures/{picture_id}": "a picture; tests/web/test_slip_pictures.py looks at it",
    "/shifts/{shift_id}/people": "a part of /shifts/{shift_id}",
    "/shifts/{shift_id}/kiosk/greetings": "a part of /shifts/{shift_id}/kiosk",
    "/shifts/{shift_id}/device-roster": "for a script; tests/web/test_roll_call_pages.py reads it",
    "/sw.js": "a script; tests/browser/test_roll_call_in_browser.py runs it",
    "/manifest.webmanifest": "for browsers; the same",
    "/setup": "only while nobody works here; tests/browser/test_staff_sign_in.py walks it",
    "/sign-in/second": "needs a password that was just given; the same",
    "/sign-in/set-up": "the same",
    "/sign-in/password": "the same",
    "/counter/switch": "only on a counter's browser; the same",
    "/counter/switch/{person_id}": "the same",
    "/desks/turns": "only on a desk's browser; tests/web/test_desk_turn_pages.py walks it",
    "/desks/work": "leads to the desk's own page",
}
# Addresses that say nothing without a query.
QUERIES = {
    "/books/entries": "?first=20260101&last=20991231",
    "/goods/confirm": "?line-{item_id}=1",
    "/company-changes/new": "?before={company_id}&after={rival_id}",
    "/vouchers/new/confirm": "?offer={offer_id}&company={company_id}",
    "/desk/vouchers/{serial}/use": "?amount=1",
}


@dataclass(frozen=True)
class Routed:
    """One page: its address with parts in braces, and a role that may see it (None: anybody)."""

    path: str
    role: str | None


def routed_pages() -> list[Routed]:
    """Every page that web.pages serves, by address."""
    found = {}
    for router in pages.ROUTERS:
        for route in router.routes:
            path = getattr(route, "path", "")
            if "GET" in getattr(route, "methods", ()) and path not in NOT_PAGES:
                found[path] = Routed(path, _role(route))
    return [found[path] for path in sorted(found)]


def _role(route: Any) -> str | None:
    """Whose work the route's permission is, or None for an open one."""
    asked = permissions_of(route)
    return next((TABLE[permission][0].value for permission in asked), None)


@pytest.fixture(scope="session")
def samples(demo_server: LiveServer) -> dict[str, Any]:
    """A session for each role and a value for each part of an address, from the shared demo."""
    return samples_of(demo_server)


def samples_of(server: LiveServer) -> dict[str, Any]:
    """The same for any running demo; what it takes is done there once, however many modules ask."""
    if server.data not in _samples:
        _samples[server.data] = answer_of(server, "tests.harness.samples")
    return _samples[server.data]


_samples: dict[Path, dict[str, Any]] = {}


def answer_of(server: LiveServer, module: str, *arguments: str) -> dict[str, Any]:
    """Run a module in the installation of a server, where no loop of Playwright's runs, and return what it prints."""
    done = forked.run(module, *arguments, environment=server.environment)
    assert done.returncode == 0, done.stderr
    known: dict[str, Any] = json.loads(done.stdout)
    return known


def address_of(routed: Routed, samples: dict[str, Any]) -> str:
    """The page's address with a sample in each brace; a part without a sample is an error that says so."""
    try:
        return (routed.path + QUERIES.get(routed.path, "")).format(**samples)
    except KeyError as part:
        raise AssertionError(
            f"{routed.path}: please add {part} to tests/harness/samples.py"
        ) from None


def open_as(
    new_page: Pages, server: LiveServer, token: str | None, *, care: bool = False, **options: Any
) -> Page:
    """Open a page signed in with a session's token, in care mode or not."""
    page = new_page(server.url, **options)
    come_as(page, server, token, care=care)
    return page


def come_as(page: Page, server: LiveServer, token: str | None, *, care: bool = False) -> None:
    """Give a browser the cookies of somebody who is signed in, or of nobody, and none besides."""
    page.context.clear_cookies()
    secure = server.url.replace(
        "http:", "https:"
    )  # Chromium takes Secure cookies of this machine over http too.
    cookies = []
    if token:
        cookies.append(
            {"name": "__Host-sid", "value": token, "url": secure, "secure": True, "httpOnly": True}
        )
    if care:
        cookies.append({"name": "care", "value": "1", "url": server.url})
    page.context.add_cookies(cookies)  # type: ignore[arg-type]


class Looks:
    """One window for each way of looking at pages, kept open: whoever looks next comes with cookies of their own."""

    def __init__(self, browser: Browser) -> None:
        """Open nothing yet."""
        self.pages = Pages(browser)
        self.windows: dict[tuple[str, str], Page] = {}

    def __call__(
        self, server: LiveServer, token: str | None, *, care: bool = False, **options: Any
    ) -> Page:
        """Return the window for these options of `Pages`, for somebody with a session's token."""
        way = (server.url, repr(sorted(options.items())))
        if way not in self.windows:
            self.windows[way] = self.pages(server.url, **options)
        come_as(self.windows[way], server, token, care=care)
        return self.windows[way]

    def faults(self) -> list[str]:
        """Return what went wrong on any page since this was asked last."""
        for page in self.windows.values():
            page.evaluate("null")  # what happened before is reported before the answer to this
        faults, self.pages.faults = self.pages.faults, []
        return faults


@pytest.fixture(scope="session")
def _windows(_browser_of_worker: Browser | None) -> Iterator[Looks | None]:
    looks = Looks(_browser_of_worker) if _browser_of_worker else None
    yield looks
    if looks:
        faults = looks.faults()
        looks.pages.close()
        assert not faults, "\n".join(["The pages misbehaved:", *faults])


@pytest.fixture
def look(browser: Browser, _windows: Looks) -> Iterator[Looks]:
    """Look at pages through windows that stay open from test to test: much cheaper where nothing is done there."""
    yield _windows
    faults = _windows.faults()
    assert not faults, "\n".join(["The pages misbehaved:", *faults])
