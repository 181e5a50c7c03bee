"""Requests drawn from the description itself: whatever is sent, the answer is one that the description tells."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from copy import deepcopy
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from kernel.database import connected
from people.models import Role
from tests.api.town import Town, make_town, token_of
from tests.harness.application import the_app
from tests.harness.databases import scratch_database

ADDRESS = "http://127.0.0.1"
EXAMPLES = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 16
NOBODY, ALL_ROLES = "nobody", "everything"
ROLES = (ALL_ROLES, *(role.value for role in Role))
# Whoever has every role gets furthest in; half of what is drawn is asked as each single role and as nobody.
DRAWN = (*(ALL_ROLES,) * len(ROLES), NOBODY, *ROLES[1:])
KEPT = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
)


class House:
    """The application on one event loop, reached from a test that is not on it."""

    def __init__(self, runner: asyncio.Runner, http: httpx.AsyncClient, town: Town) -> None:
        self.runner, self.http, self.town = runner, http, town
        self.schema = schemathesis.openapi.from_dict(described())
        load_all_checks()
        self.checks: list[Any] = [CHECKS.get_one(name) for name in KEPT]

    def tokens(self) -> dict[str, str | None]:
        """Nobody's, and an access token of each role and of one who has them all, signed in anew."""
        signed = {
            who: self.runner.run(token_of(self.town.book, self.town.people[who])) for who in ROLES
        }
        return {NOBODY: None, **signed}

    def send(self, case: schemathesis.Case, token: str | None) -> httpx.Response | None:
        """Send a case as its own transport would; None if it cannot be put on the wire."""
        try:
            plain = requests.Request(**case.as_transport_kwargs(base_url=ADDRESS)).prepare()
        except (requests.exceptions.RequestException, UnicodeError, ValueError):
            return None
        headers = {name.lower(): value for name, value in plain.headers.items()}
        headers.pop("authorization", None)
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        body: Any = plain.body.encode() if isinstance(plain.body, str) else plain.body
        sent: Any = headers
        try:
            asked = httpx.Request(plain.method or "", plain.url or "", headers=sent, content=body)
        except (httpx.InvalidURL, UnicodeError):
            return None
        return self.runner.run(self.http.send(asked))


def described() -> dict[str, Any]:
    """The description without its security: requests are signed here, or not, as the test draws."""
    document = deepcopy(the_app().openapi())
    for methods in document["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    return document


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """One town on SQLite for all drawn requests: what one changed, the next one finds."""
    with ExitStack() as stack:
        scratch = stack.enter_context(scratch_database("sqlite"))
        runner = stack.enter_context(asyncio.Runner())
        database = connected(scratch.url)
        runner.run(enter(database))
        stack.callback(lambda: runner.run(leave(database)))
        town = runner.run(make_town())
        http = httpx.AsyncClient(transport=httpx.ASGITransport(the_app()))
        stack.callback(lambda: runner.run(http.aclose()))
        yield House(runner, http, town)


async def enter(manager: Any) -> None:
    await manager.__aenter__()


async def leave(manager: Any) -> None:
    await manager.__aexit__(None, None, None)


def with_real_ids(value: Any, known: dict[str, str]) -> Any:
    """A body or path with the ids of papers that are there, so that more than "no such thing" is reached."""
    if isinstance(value, dict):
        return {name: known.get(name, with_real_ids(inner, known)) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_real_ids(inner, known) for inner in value]
    return value


def known_ids(town: Town) -> dict[str, str]:
    ids = {
        "shift_id": town.shift.id,
        "template_id": town.template.id,
        "card_id": town.card.id,
        "activity_id": town.shift.activity_id,
        "leader_id": town.people["other"],
        "attendance_id": town.attendance.id,
        "redemption_id": town.receipt.redemption_id,
        "line_id": town.receipt.lines[0].line_id,
        "voucher_id": town.voucher.id,
        "use_id": town.use.id,
        "entry_id": town.receipt.entry_id,
        "account_id": town.account_id,
        "shop_id": town.world.shop.id,
        "item_id": town.world.rice.id,
        "person_id": town.member,
        "offer_id": town.world.offer.id,
        "company_id": town.world.company,
    }
    return {name: str(value) for name, value in ids.items()}


LABELS = [
    f"{method.upper()} {path}"
    for path, methods in the_app().openapi()["paths"].items()
    for method in methods
]


def draw_and_ask(
    house: House, label: str, mode: GenerationMode, tokens: dict[str, str | None]
) -> None:
    """Ask an operation a bounded number of drawn things, the same ones every time."""
    operation = house.schema.find_operation_by_label(label)
    assert operation is not None
    known = known_ids(house.town)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), real=st.booleans(), who=st.sampled_from(DRAWN))
    def ask(case: schemathesis.Case, real: bool, who: str) -> None:
        if real and mode is GenerationMode.POSITIVE:
            case.path_parameters = with_real_ids(dict(case.path_parameters or {}), known)
            case.body = with_real_ids(case.body, known)
        answer = house.send(case, tokens[who])
        if answer is not None:
            case.validate_response(answer, checks=house.checks)

    ask()


@pytest.mark.parametrize("label", LABELS)
def test_the_answer_to_any_request_is_one_that_the_description_tells(house, label):
    tokens = house.tokens()
    draw_and_ask(house, label, GenerationMode.POSITIVE, tokens)
    with suppress(Unsatisfiable):  # Nothing in some operations can be wrong.
        draw_and_ask(house, label, GenerationMode.NEGATIVE, tokens)
