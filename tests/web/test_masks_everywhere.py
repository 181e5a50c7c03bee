"""Who sees whose name and phone: every page and every answer of the API, read by each role in the demo community."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api import access_tokens
from api.access_tokens import Access
from kernel import clock
from kernel.database import connected
from kernel.settings import settings
from people import sessions
from people.models import Membership, Person
from people.permissions import Viewer
from redemption.models import Redemption, VoucherUse
from tests.harness.application import the_app
from tests.harness.live import demo_data
from tests.harness.samples import samples
from tests.harness.site import address_of, routed_pages
from tests.web.office import Browser

PSEUDONYMOUS = ("auditor", "clerk", "property_desk")
OFFICE = ("organiser", "admin")
# Pages that show what anybody may see, or that lead nowhere without a form before them.
PUBLIC = {"/styleguide", "/welcome/{token}"}


@dataclass
class Seen:
    """The demo community, and what must not be seen of it."""

    known: dict[str, Any]
    people: list[Person]

    def names(self, viewer: str) -> set[str]:
        """Everybody's name but the viewer's own."""
        return {person.name for person in self.people if person.name != viewer}

    @property
    def phones(self) -> set[str]:
        """Every phone number there is."""
        return {person.phone for person in self.people if person.phone}


@pytest.fixture
async def demo(tmp_path, monkeypatch) -> AsyncIterator[Seen]:
    """A copy of the demo community, connected, with its own key."""
    data = demo_data(tmp_path / "data")
    monkeypatch.setenv("CAIHONG_DATA_DIR", str(data))
    monkeypatch.delenv("CAIHONG_DATABASE_URL", raising=False)
    settings.cache_clear()
    async with connected(settings().url):
        known = await samples()
        await as_if_by_a_colleague()
        yield Seen(known, await Person.all())
    settings.cache_clear()


async def as_if_by_a_colleague() -> None:
    """Let somebody else have served and taken vouchers, or the viewer's own name would hide a leak."""
    colleague = (await Membership.all().order_by("-number"))[0].person_id
    await VoucherUse.all().update(used_by_id=colleague, used_at=clock.now())
    await Redemption.exclude(person_id=colleague).update(clerk_id=colleague)


def leaks(text: str, hidden: set[str]) -> list[str]:
    """What of the hidden words stands in a text."""
    return sorted(word for word in hidden if word in text)


async def viewer_as(role: str, seen: Seen) -> Viewer:
    """Whoever reads in this role."""
    viewer = await sessions.viewer_of(seen.known["sessions"][role])
    assert viewer is not None
    return viewer


async def pages_for(role: str, seen: Seen) -> AsyncIterator[tuple[str, str]]:
    """Every page that lets this role in, and the exports, as it is read."""
    browser = Browser(seen.known["sessions"][role])
    addresses = [
        address_of(each, seen.known)
        for each in routed_pages()
        if not each.path.startswith("/styleguide") and each.path not in PUBLIC
    ]
    addresses += [f"/books/export/{what}?sheet=csv" for what in ("journal", "trial-balance")]
    for address in addresses:
        answer = await browser.get(address)
        if answer.status_code == 200:
            yield address, answer.text
    await browser.http.aclose()


async def api_answers_for(role: str, seen: Seen) -> AsyncIterator[tuple[str, str]]:
    """Every reading of the API that lets this role in."""
    viewer = await viewer_as(role, seen)
    token = access_tokens.issue(Access(viewer.person_id, viewer.book_id, viewer.session_id))
    app = the_app()
    values = seen.known | {"version": 1}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://127.0.0.1",
        headers={"authorization": f"Bearer {token}"},
    ) as http:
        for path, methods in app.openapi()["paths"].items():
            if "get" not in methods:
                continue
            asked = {"query": "101", "code": seen.known["serial"]}
            answer = await http.get(path.format(**values), params=asked if "?" not in path else {})
            if answer.status_code == 200:
                yield path, answer.text


@pytest.mark.parametrize("role", PSEUDONYMOUS)
async def test_names_and_phones_stay_masked_on_every_page_and_in_every_answer(demo, role):
    viewer = await viewer_as(role, demo)
    hidden, phones, read = demo.names(viewer.name), demo.phones, []
    assert len(hidden) > 40
    assert len(phones) > 20
    async for address, text in pages_for(role, demo):
        assert leaks(text, hidden | phones) == [], address
        read.append(address)
    async for address, text in api_answers_for(role, demo):
        assert leaks(text, hidden | phones) == [], address
        read.append(address)
    assert len(read) > 8, read


@pytest.mark.parametrize("role", OFFICE)
async def test_the_office_sees_names_and_no_whole_phone_before_it_asks(demo, role):
    named = set()
    async for address, text in pages_for(role, demo):
        assert leaks(text, demo.phones) == [], address
        named |= {address} if leaks(text, demo.names("")) else set()
    async for address, text in api_answers_for(role, demo):
        assert leaks(text, demo.phones) == [], address
    assert "/members" in named


async def test_the_counter_and_the_desk_serve_people_under_masks(demo):
    clerk = Browser(demo.known["sessions"]["clerk"])
    served = await Membership.filter(person_id=demo.known["person_id"]).get()
    viewer = await viewer_as("clerk", demo)
    hidden = demo.names(viewer.name) | demo.phones
    for text in (served.shown_number, "王", "1001"):
        await clerk.get("/counter")
        answer = await clerk.post("/counter/scans", code=text)
        page = await clerk.follow(answer) if answer.status_code == 303 else answer.text
        assert "*" in page, text
        assert leaks(page, hidden) == [], text
    await clerk.http.aclose()
