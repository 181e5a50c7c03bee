"""Every door of the pages, by introspection, and a house that writes down what is wrong with its answers."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from inspect import isclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.doors import permissions_of
from kernel.database import connected
from kernel.settings import settings
from people import sessions
from people.models import Role
from people.permissions import TABLE
from tests.api.town import Town, make_town
from tests.harness.application import the_app
from tests.harness.databases import scratch_database
from web import pages
from web.cookies import form_token

SITE = "https://caihong.test"
FORM = "application/x-www-form-urlencoded"
TYPE = {"content-type": FORM}
MULTIPART = "multipart/form-data; boundary=a"
FOREIGN = {"origin": "https://evil.example"}
# What somebody likes to read is no secret.
OPEN_COOKIES = ("lang=", "care=", "paper=")
# An account may be opened, at nothing, before the books refuse to move anything into it.
OPENED = {"account", "balance", "asset"}
# What a refusal may leave behind: the tries themselves, and the answer a key remembers.
KEPT = {
    "checkin_scan",
    "try_tally",
    "security_event",
    "one_time_code",
    "used_member_code",
    "idempotency",
    "session",
    "pin",
    "allowance",  # opened like an account: at nothing
    "household_count",  # the same
    "voucher_year",  # the same
    "counter_display",  # what the customer's screen shows follows every page of the counter
    "service_tally",
    *OPENED,
}


@dataclass(frozen=True)
class Door:
    """One routed address: how it is asked for, who may, and what its form and query are called."""

    method: str
    path: str
    parts: tuple[str, ...]
    query: tuple[str, ...]
    form: tuple[str, ...]
    roles: frozenset[Role] | None

    def may(self, who: str) -> bool:
        """Whether somebody is let in at all."""
        return not self.roles or who == "everything" or Role(who) in self.roles


def doors() -> Iterator[Door]:
    """Every address and method that web.pages serves."""
    for router in pages.ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield Door(
                    method,
                    route.path,
                    tuple(each.alias for each in route.dependant.path_params),
                    tuple(each.alias for each in route.dependant.query_params),
                    tuple(_fields(route)),
                    _roles(route),
                )


def _fields(route: APIRoute) -> Iterator[str]:
    for each in route.dependant.body_params:
        kind: Any = each.field_info.annotation
        is_form = isclass(kind) and issubclass(kind, BaseModel)
        yield from kind.model_fields if is_form else [each.alias]
    if route.path.endswith(("/returns", "/return-requests", "/handouts", "/counts", "/pick-up")):
        yield from ("line-1", "line-x")


def _roles(route: APIRoute) -> frozenset[Role] | None:
    asked = permissions_of(route)
    may = [frozenset(TABLE[permission]) for permission in asked]
    return frozenset.intersection(*may) if may else None


@dataclass
class House:
    """The application with a town in it, and what went wrong so far."""

    http: httpx.AsyncClient
    town: Town
    tables: sqlite3.Connection
    tokens: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def real(self, name: str) -> str:
        """A value that exists for a part of an address or a field, or the name itself."""
        town, world = self.town, self.town.world
        known = {
            "attendance": town.attendance.id,
            "entry": town.receipt.entry_id,
            "redemption": town.receipt.redemption_id,
            "account": town.account_id,
            "person": town.people["other"],
            "shift": town.shift.id,
            "activity": town.shift.activity_id,
            "voucher": town.voucher.id,
            "serial": town.voucher.serial,
            "use": town.use.id,
            "approval": town.approval.id,
            "item": world.rice.id,
            "shop": world.shop.id,
            "offer": world.offer.id,
            "company": world.company,
            "slug": "volunteer-points",
            "role": "auditor",
            "settled": "2026-01",
            "form": "xlsx",
            "token": "A" * 26,
            "source": "purchased",
            "report": town.report.id,
            "template": town.template.id,
            "card": town.card.id,
            "reservation": town.reserved.id,
            "time": town.opening.id,
            "errand": town.attendance.id,
        }
        return str(known.get(name.removesuffix("_id"), ""))

    def address(self, door: Door, value: str | None, query: str) -> str:
        """The door's address with real parts, or with one value in all of them."""
        path = door.path
        for part in door.parts:
            path = path.replace("{" + part + "}", quoted(value or self.real(part) or "x"))
        asked = "&".join(f"{name}={quoted(query)}" for name in door.query)
        return f"{path}?{asked}" if asked else path

    async def ask(self, who: str | None, method: str, address: str, **more: Any) -> httpx.Response:
        """Send one request, and write down whatever is wrong with its answer."""
        if who == "everything" and address.startswith("/services"):
            who = Role.MERCHANT.value  # Nobody works at two desks.
        token = self.tokens.get(who or "", "visitor")
        cookie = f"__Host-sid={token}" if who else "__Host-visit=visitor"
        headers = {"cookie": cookie, "x-csrf-token": form_token(token)} | more.pop("headers", {})
        before = self.state()
        said = f"{who} {method} {address[:150]} {str(more)[:150]}"
        try:
            answer = await self.http.request(method, address, headers=headers, **more)
        except Exception as defect:  # noqa: BLE001  every defect is told, not only the first
            self.wrong.append(f"{said}: {defect!r}")
            return httpx.Response(500)
        if found := self.fault(answer, before):
            self.wrong.append(f"{said}: {answer.status_code} {found}")
        return answer

    def fault(self, answer: httpx.Response, before: dict[str, list[Any]]) -> str:
        """What is wrong with an answer, if anything."""
        to = answer.headers.get("location", "/")
        if not to.startswith("/") or to.startswith(("//", "/\\")):
            return f"leads away to {to}"
        if answer.status_code >= 500:
            return "is a defect"
        if answer.status_code < 400 or loose_cookies(answer):
            return "".join(loose_cookies(answer))
        if not answer.headers["content-type"].startswith("text/html") or "<h1" not in answer.text:
            return "is no page"
        if '"detail"' in answer.text or "Traceback" in answer.text:
            return "is for programmers"
        after = self.state()
        return "" if after == before else f"changed {[t for t in after if after[t] != before[t]]}"

    def state(self) -> dict[str, list[Any]]:
        """Every row that a refusal must leave as it was."""
        if (version := self._version()) != self._seen:
            self._seen = version
            self._rows = {name: self._all(name) for name in self._names()}
        return self._rows

    _seen: int = -1
    _rows: dict[str, list[Any]] = field(default_factory=dict)

    def _version(self) -> int:
        return int(self.tables.execute("PRAGMA data_version").fetchone()[0])

    def _names(self) -> list[str]:
        found = self.tables.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [name for (name,) in found if name not in KEPT]

    def _all(self, name: str) -> list[Any]:
        return self.tables.execute(f'SELECT * FROM "{name}"').fetchall()


def loose_cookies(answer: httpx.Response) -> list[str]:
    """Cookies of an https answer that scripts, other sites or plain http could have."""
    wanted = {"httponly", "secure", "samesite=lax", "path=/"}
    given = answer.headers.get_list("set-cookie")
    return [
        cookie
        for cookie in given
        if not wanted <= {part.strip().lower() for part in cookie.split(";")[1:]}
        or "domain=" in cookie.lower()
        or not cookie.startswith(("__Host-", *OPEN_COOKIES))
    ]


def quoted(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


def encoded(fields: list[tuple[str, str]]) -> bytes:
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in fields).encode()


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A town with somebody in each role, on SQLite."""
    monkeypatch.setenv("CAIHONG_SECRET_KEY", "5e" * 32)
    settings.cache_clear()
    transport = httpx.ASGITransport(the_app())
    with scratch_database("sqlite") as database:
        rows = sqlite3.connect(database.url.removeprefix("sqlite://"))
        async with connected(database.url), httpx.AsyncClient(transport=transport) as http:
            http.base_url = httpx.URL(SITE)
            town = await make_town(reserving=True)
            made = House(http, town, rows)
            for who in ("everything", *Role):
                person = town.people[who]
                made.tokens[who] = (await sessions.begin(town.book, person, staff=True)).token
            yield made
        rows.close()
    settings.cache_clear()


# It ends the session that asks.
ALL = [door for door in doors() if door.path != "/sign-out"]
POSTS = [door for door in ALL if door.method == "POST"]
