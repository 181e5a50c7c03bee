"""The API's description: OpenAPI that tells the refusals too, and a page to read it on, served from here."""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response

from api import responses
from api.schemas.types import examples
from web.asking import OPEN
from web.render import page

PATH, PAGE = "/api/openapi.json", "/api/docs"
TAGS = [
    {"name": "tokens", "description": "Sign in, refresh, sign out."},
    {"name": "me", "description": "The bearer's own points, minutes and attendances."},
    {"name": "shifts", "description": "Activities, shifts and the code on the organiser's screen."},
    {"name": "sign-ups", "description": "Sign-up sheets, weekly plans, lists from a group."},
    {"name": "attendances", "description": "Come and go, and what an organiser says about it."},
    {
        "name": "hours",
        "description": "Points rules by version, hours without a scan, disputed awards.",
    },
    {"name": "roll-calls", "description": "Many at once, without a network, and lent screens."},
    {
        "name": "errands",
        "description": "Work on call, service cards, and the leader's own hours.",
    },
    {"name": "shop", "description": "The charity shop's counter."},
    {
        "name": "stock",
        "description": "What stands behind the counter: goods, lots, relief, counts.",
    },
    {"name": "terms", "description": "Prices, offers, limits and rules."},
    {"name": "members", "description": "What happens in a member's life."},
    {"name": "vouchers", "description": "Vouchers off the property fee."},
    {"name": "services", "description": "Services of merchants at shared costs."},
    {"name": "partner desks", "description": "How a partner's people come to their own desk."},
    {"name": "funds", "description": "Points given to funds, and what became of them."},
    {"name": "settlements", "description": "Paying companies and merchants, month by month."},
    {"name": "approvals", "description": "What one asks for and another approves."},
    {"name": "audit", "description": "The books, and the checks that prove them."},
]
DESCRIPTION = """Ids are strings. Moments are RFC 3339 in UTC. Amounts are whole numbers with their unit in the name;
money is in fen (1/100 yuan). Everything happens in the community that the access token names.
Requests that move value at a counter carry an `Idempotency-Key`: the same key again gets the same answer, marked
`Idempotency-Replayed: true`. Refusals are problem documents (RFC 9457) in the language
of `Accept-Language`, Chinese or English.
"""

router = APIRouter(include_in_schema=False, dependencies=[OPEN])


@router.get(PAGE)
def read_documentation(request: Request) -> Response:
    """Show the description as a page."""
    return page(request, "api-docs.html", openapi=PATH)


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=DESCRIPTION,
            routes=app.routes,
            tags=TAGS,
        )
        known, told = document["components"]["schemas"], examples()
        for name in known.keys() & told.keys():
            known[name]["examples"] = told[name]  # FastAPI drops their nulls.
        known["Problem"] = responses.SCHEMA
        for operation in _operations(document):
            _tell_replays(operation)
        app.openapi_schema = document
    return app.openapi_schema


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for path in document["paths"].values() for each in path.values()]


def _tell_replays(operation: dict[str, Any]) -> None:
    """An operation that takes a key says so when the key had answered before."""
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if "Idempotency-Key" in names:
        said = {"schema": {"type": "string", "enum": ["true"]}, "description": "Answered before."}
        for status in ("201", "409"):
            answer = operation["responses"][status]
            answer["headers"] = answer.get("headers", {}) | {"Idempotency-Replayed": said}
