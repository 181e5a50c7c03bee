"""The refusals that every operation may answer, as OpenAPI tells them: problem documents (RFC 9457)."""

from http import HTTPStatus
from typing import Any

SCHEMA = {
    "title": "Problem",
    "type": "object",
    "description": "What was refused and what to do next. Further members are the facts of this refusal.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "description": "Names the rule: `/problems/` and its code."},
        "title": {"type": "string", "description": "A few words in the reader's language."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened and what to do next."},
        "code": {"type": "string", "description": "The rule, for programs."},
        "errors": {
            "type": "array",
            "description": "The fields that are wrong.",
            "items": {
                "type": "object",
                "required": ["field", "says"],
                "properties": {"field": {"type": "string"}, "says": {"type": "string"}},
            },
        },
    },
    "examples": [
        {
            "type": "/problems/not-enough-points",
            "title": "Not enough points",
            "status": 409,
            "detail": "60 points are available; this needs 90. 30 more are needed.",
            "code": "not-enough-points",
            "available": 60,
            "needed": 90,
            "missing": 30,
        }
    ],
}

SAYS = {
    400: "The body is not JSON.",
    401: "No access token, or one that is not accepted; sign in or refresh.",
    403: "Signed in, but without the role for this.",
    404: "There is no such thing here; what belongs to another community is not here either.",
    409: "A rule says no as things stand.",
    413: "The body is larger than any that is meant here.",
    422: "The request is well-formed JSON, but something in it cannot be right.",
    429: "Too many tries; wait a little.",
    503: "Busy. Nothing was recorded, or the key will tell: send it again with the same key.",
}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "`Bearer`"}},
    503: {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds to wait."}},
}


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": f"{HTTPStatus(status).phrase}. {SAYS[status]}",
        "headers": HEADERS.get(status, {}),
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }


REFUSALS: dict[int | str, dict[str, Any]] = {status: _problem(status) for status in SAYS}
