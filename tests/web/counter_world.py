"""A shop with a clerk, a desk and customers, and a browser without scripts that sends the forms it is shown."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from kernel import clock
from kernel.settings import settings
from people import sessions
from people.codes import make_code, member_key
from people.models import Membership, Role
from people.registration import grant_role, register
from tests.harness.application import the_app
from tests.harness.databases import ScratchDatabase
from tests.redemption.world import World, make_world

ADDRESS = "https://caihong.test"
SOAP = "6901234567892"


@dataclass
class Form:
    """A form as a page carries it: where it goes, its fields as they stand, its buttons."""

    action: str
    method: str
    fields: dict[str, str]
    buttons: list[dict[str, str | None]]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.forms.append(Form(found.get("action") or "", found.get("method") or "get", {}, []))
        elif self.forms and tag == "input" and found.get("name"):
            if found.get("type") in ("checkbox", "radio") and "checked" not in found:
                return  # A browser sends what is ticked alone.
            self.forms[-1].fields[str(found["name"])] = found.get("value") or ""
        elif self.forms and tag == "button":
            self.forms[-1].buttons.append(found)


def forms(page: httpx.Response, action: str) -> list[Form]:
    """The forms of a page that go to an address."""
    reader = _Forms()
    reader.feed(page.text)
    return [form for form in reader.forms if form.action == action]


class Visitor:
    """A browser without scripts, signed in as somebody: follows redirects and sends forms as the page gave them."""

    def __init__(self, token: str) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(the_app()),
            base_url=ADDRESS,
            cookies={"__Host-sid": token},
            follow_redirects=True,
        )

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def send(
        self, page: httpx.Response, action: str, *, nth: int = 0, **typed: str
    ) -> httpx.Response:
        """Fill in the page's form that goes to `action` and send it."""
        form = forms(page, action)[nth]
        data = form.fields | typed
        if form.method == "get":
            return await self.http.get(action, params=data)
        return await self.http.post(action, data=data)

    async def scan(self, text: str, page: httpx.Response | None = None) -> httpx.Response:
        """Scan or type something into the box at the counter."""
        page = page or await self.get("/counter")
        return await self.send(page, "/counter/scans", code=text)


@dataclass
class ShopDay:
    """Who is there, and the browsers of the clerk and the desk."""

    world: World
    wang: Membership
    zhang: Membership
    clerk: Visitor
    desk: Visitor

    def code(self, member: Membership) -> str:
        """The rotating code on a member's phone now."""
        return make_code(member_key(), self.world.book, member.id, clock.now())

    async def close(self) -> None:
        """Close the browsers."""
        for visitor in (self.clerk, self.desk):
            await visitor.http.aclose()


async def make_day() -> ShopDay:
    """Open the shop: Wang has 100 points, Zhang 20; soap costs 8 by barcode, rice 30 and has none."""
    world = await make_world(points=0)
    wang = await register(world.book, "王秀兰", "13800003316", "3-2-601")
    zhang = await register(world.book, "王桂兰", "13700005521", "5-1-302")
    await world.give_points(100, person=wang.person_id)
    await world.give_points(20, person=zhang.person_id)
    await grant_role(world.book, world.clerk, Role.CLERK, None)
    await grant_role(
        world.book, world.desk_clerk, Role.PROPERTY_DESK, None, company_id=world.company
    )
    tokens = [
        (await sessions.begin(world.book, person, staff=True)).token
        for person in (world.clerk, world.desk_clerk)
    ]
    return ShopDay(world, wang, zhang, Visitor(tokens[0]), Visitor(tokens[1]))


async def signed_in(book_id: int, person_id: int, *roles: Role, staff: bool = True) -> Visitor:
    """Give a person roles, and return a browser in which they are signed in."""
    for role in roles:
        await grant_role(book_id, person_id, role, None)
    return Visitor((await sessions.begin(book_id, person_id, staff=staff)).token)


@pytest.fixture
def own_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sign with a key of this test's own."""
    monkeypatch.setenv("CAIHONG_SECRET_KEY", "5e" * 32)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
async def day(own_key: None, database: ScratchDatabase) -> AsyncIterator[ShopDay]:
    """A shop that is open."""
    made = await make_day()
    yield made
    await made.close()
