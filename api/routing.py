"""What all routers of the JSON API have in common: prefix, refusals, operation ids, and keys that remember."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from api.problems import answer_refusal
from api.responses import REFUSALS
from api.schemas.types import KEY_PATTERN, SentId
from kernel.errors import DomainError
from ledger.desk import replayed

PREFIX = "/api/v1"
REPLAYED = "Idempotency-Replayed"

Id = Annotated[SentId, Path()]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=KEY_PATTERN,
        description="Drawn afresh for each act; the same key again gets the same answer, and nothing moves twice.",
        examples=["01JD8Z6C3W9YQ1T5"],
    ),
]


class Remembering(APIRoute):
    """A route whose answer says so when its key had given it before, a refusal by the books included."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            replayed.set(False)
            try:
                response = await handle(request)
            except DomainError as refusal:
                response = answer_refusal(request, refusal)
            if replayed.get():
                response.headers[REPLAYED] = "true"
            return response

        return handler


def router(tag: str) -> APIRouter:
    """Return a router under one heading of the documentation."""
    return APIRouter(
        prefix=PREFIX,
        tags=[tag],
        route_class=Remembering,
        responses=REFUSALS,
        generate_unique_id_function=lambda route: route.name,
    )
