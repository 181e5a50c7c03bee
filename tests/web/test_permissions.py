"""Every page × every role × own and other community, as the one table of permissions says."""

from collections import Counter
from pathlib import Path

import pytest
from fastapi import APIRouter

from api.doors import doors, require_declared
from people.models import Role
from people.permissions import TABLE, Permission
from tests.api.town import make_town
from tests.web.doors import ALL, TYPE, Door, encoded, house
from tests.web.doors import doors as doors_of_pages
from web import pages
from web.asking import OPEN, Clerk

__all__ = ["house"]

# Asks for a browser of a counter, whoever uses it.
FOR_A_BROWSER = {"/counter/switch", "/counter/switch/{person_id}", "/desks/turns"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"


def test_a_route_that_does_not_say_whom_it_lets_in_keeps_the_application_from_being_built():
    require_declared(pages.ROUTERS)
    silent, both, clear = APIRouter(), APIRouter(dependencies=[OPEN]), APIRouter()

    @silent.get("/silent")
    def nothing() -> None: ...

    @both.get("/both")
    def contradiction(_: Clerk) -> None: ...

    @clear.get("/clear")
    def allowed(_: Clerk) -> None: ...

    for router, path in ((silent, "GET /silent"), (both, "GET /both")):
        with pytest.raises(AssertionError, match=path):
            require_declared([clear, router])
    assert [route.path for route in doors([clear])] == ["/clear"]


def test_no_two_routes_answer_at_one_door():
    asked = [
        (method, route.path) for route in doors(pages.ROUTERS) for method in route.methods or ()
    ]
    assert [door for door, times in Counter(asked).items() if times > 1] == []


def test_every_permission_has_its_row_and_its_line_in_the_document():
    assert set(TABLE) == set(Permission)
    assert all(roles for roles in TABLE.values())
    lines = [
        f"| {permission.value} | {' | '.join('✓' if role in TABLE[permission] else '' for role in Role)} |"
        for permission in Permission
    ]
    written = DOCUMENT.read_text(encoding="utf-8").splitlines()
    assert [line for line in written if line.startswith("| ")][1:] == lines


async def test_every_page_is_for_those_it_names_and_for_nobody_else(house):
    for door in ALL:
        for who in (None, *Role):
            if door.roles is None or (who and door.may(who)):
                if door.method == "GET":
                    answer = await house.ask(who, "GET", house.address(door, None, "1"))
                    barred = answer.status_code in (401, 403)
                    assert not barred or door.path in FOR_A_BROWSER, (who, door.path)
                    to = answer.headers.get("location", "")
                    begins = door.path.startswith("/sign-in/")  # A half sign-in begins again.
                    assert begins or not to.startswith("/sign-in?"), door.path
                continue
            before = house.state()
            content = encoded([(name, house.real(name) or "1") for name in door.form])
            answer = await house.ask(
                who, door.method, house.address(door, None, "1"), content=content, headers=TYPE
            )
            said = (who, door.method, door.path, answer.status_code)
            if who is None and door.method == "GET":
                assert answer.headers["location"].startswith("/sign-in?next="), said
            else:
                assert answer.status_code == (403 if who else 401), said
            assert house.state() == before, said
    assert not house.wrong, "\n".join(house.wrong)


async def test_no_address_answers_to_a_method_that_it_does_not_name(house):
    named: dict[str, dict[str, Door]] = {}
    for door in doors_of_pages():
        named.setdefault(door.path, {})[door.method] = door
    before = house.state()
    for path, methods in named.items():
        door = next(iter(methods.values()))
        for method in sorted({*METHODS} - methods.keys()):
            answer = await house.ask("everything", method, house.address(door, None, "1"))
            # What another address of the same shape names is another address.
            if answer.status_code != 405:
                others = {each for each in named if method in named[each] and alike(each, path)}
                assert others, (method, path, answer.status_code)
    assert house.state() == before
    assert not house.wrong, "\n".join(house.wrong)


def alike(one: str, other: str) -> bool:
    """Whether two patterns can mean the same address."""
    pair = (one.split("/"), other.split("/"))
    return len(pair[0]) == len(pair[1]) and all(
        a == b or "{" in (a[:1], b[:1]) for a, b in zip(*pair, strict=True)
    )


# A form that starts from a foreign id shows nothing of it, a list answers line by line; a screen is for everybody.
SHOWN_WITHOUT = {"/errands", "/shifts/new", "/verifications", "/queue/{shop_id}/screen"}


async def test_what_belongs_to_another_community_is_found_at_no_door(house):
    here, there = house.town, await make_town(reserving=True)
    for door in ALL:
        house.town = there
        foreign = [name for name in (*door.parts, *door.form, *door.query) if house.real(name)]
        fields = [(name, house.real(name) or "1") for name in door.form]
        if not foreign or set(foreign) <= {"slug", "token", "role", "source", "settled", "form"}:
            continue
        asked = "&".join(f"{name}={house.real(name) or 1}" for name in door.query)
        address = house.address(door, None, "").partition("?")[0] + f"?{asked}"
        house.town, before = here, house.state()
        answer = await house.ask(
            "everything", door.method, address, content=encoded(fields), headers=TYPE
        )
        said = (door.method, door.path, answer.status_code)
        assert house.state() == before, said
        assert answer.status_code >= 400 or door.path in SHOWN_WITHOUT, said
    assert not house.wrong, "\n".join(house.wrong)
