"""Only our own pages may act: where a request came from is checked, and then the token its form carries."""

import hmac
from urllib.parse import parse_qs

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.errors import N_, Forbidden
from kernel.settings import settings
from web.cookies import SAFE_METHODS, form_token, owner_of
from web.errors import refusal

FIELD = "csrf"
HEADER = "x-csrf-token"
WITHOUT_COOKIES = ("/api/",)  # Bearer tokens: no browser sends those along by itself.


class ForeignRequest(Forbidden):
    """Another site asked the browser to act here."""

    slug = "foreign-request"
    title = N_("This did not come from our page")
    detail = N_(
        "For your safety nothing was done. Please open our page again and repeat the step there."
    )


class StaleForm(Forbidden):
    """The form was made for another session, or for none."""

    slug = "stale-form"
    title = N_("This page is too old")
    detail = N_("Nothing was done. Go back, reload the page and try again.")


def is_foreign(request: HTTPConnection) -> bool:
    """Say whether another site made the browser send this request."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return False  # An old browser or no browser; the token still decides.
    here = {
        f"{request.scope.get('scheme')}://{request.headers.get('host', '')}",
        settings().public_url,
    }
    return origin.lower() not in here


class CsrfGuard:
    """Refuses requests that change something unless they come from a form of ours; pure ASGI."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application; the body limit must stand outside of this."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check once, then hand the body on as it came."""
        exempt = scope["type"] != "http" or scope["method"] in SAFE_METHODS
        if exempt or scope["path"].startswith(WITHOUT_COOKIES):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        if is_foreign(request):
            await refusal(request, 403, ForeignRequest())(scope, receive, send)
            return
        body = await request.body()
        owner, given = owner_of(request), await _given(request, body)
        if owner is None or not hmac.compare_digest(form_token(owner).encode(), given.encode()):
            await refusal(request, 403, StaleForm())(scope, receive, send)
            return
        await self.app(scope, _again(body, receive), send)


async def _given(request: Request, body: bytes) -> str:
    kind, said = parse_options_header(request.headers.get("content-type"))
    if said.get(b"charset", b"utf-8").lower() != b"utf-8":
        return ""  # Our pages speak UTF-8; another charset could smuggle in signs that no database keeps.
    if HEADER in request.headers:
        return request.headers[HEADER]
    if kind == b"application/x-www-form-urlencoded":
        try:
            fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=1000)
        except ValueError:  # more fields than any page of ours has
            return ""
        return fields.get(FIELD, [""])[0]
    return await _in_parts(request, body) if kind == b"multipart/form-data" else ""


async def _in_parts(request: Request, body: bytes) -> str:
    try:
        async with Request(dict(request.scope), _again(body, request.receive)).form() as form:
            found = form.get(FIELD, "")
            return "" if isinstance(found, UploadFile) else found
    except HTTPException:  # malformed
        return ""


def _again(body: bytes, receive: Receive) -> Receive:
    """Play the body once more for whoever reads it next."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
