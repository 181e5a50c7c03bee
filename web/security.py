"""What stands between the network and the pages: headers, size, plain http, and forms of ours only; pure ASGI."""

from functools import cache
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.settings import settings
from web.cookies import SAFE_METHODS, can_sign_in, is_https
from web.csrf import CsrfGuard
from web.errors import TooLarge, refusal
from web.hosts import TrustedHosts
from web.i18n import Language
from web.render import page

BODY_LIMIT = 64 * 1024
TOO_LARGE = 413
LENGTH_DIGITS = 19
SCAN = "scan"  # scope["state"] key: the page decodes pictures, which takes WebAssembly
NOT_PAGES = ("/static/", "/api/", "/healthz", "/readyz", "/version", "/metrics")

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it browsers send `Origin: null` from our own forms, and older ones send nothing better.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def content_security_policy(*, scan: bool) -> str:
    """Return the policy of a page; only pages that decode pictures may compile WebAssembly."""
    script = "'self' 'wasm-unsafe-eval'" if scan else "'self'"
    return "; ".join(f"{name} {value}" for name, value in (CSP | {"script-src": script}).items())


class SecurityHeaders:
    """Puts the safe headers on every response, and decides what may be cached."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application; this stands outermost."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request through and dress the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                dress(scope, message["status"], MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, dressed)


def dress(scope: Scope, status: int, headers: MutableHeaders) -> None:
    """Put the safe headers on an answer, where it does not say otherwise itself."""
    said = {name for name, _ in headers.raw}
    safe = [
        *_always(scan=bool(scope["state"].get(SCAN))),
        (b"cache-control", _cache(scope, status)),
    ]
    if is_https(Request(scope)):
        safe.append((b"strict-transport-security", b"max-age=31536000"))
    headers.raw.extend(header for header in safe if header[0] not in said)


@cache
def _always(*, scan: bool) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of every answer as they are sent."""
    every = HEADERS | {"Content-Security-Policy": content_security_policy(scan=scan)}
    return tuple((name.lower().encode(), value.encode()) for name, value in every.items())


def _cache(scope: Scope, status: int) -> bytes:
    if not scope["path"].startswith("/static/") or status >= HTTPStatus.BAD_REQUEST:
        return b"no-store"
    # An address with the file's own digest in it never means anything else.
    return b"public, max-age=31536000, immutable" if b"v=" in scope["query_string"] else b"no-cache"


class PlainHttpNotice:
    """Answers pages asked for over plain http from another machine with one notice instead of a sign-in loop."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Browsers drop our cookies and refuse the camera there, so nothing on the page could work."""
        if scope["type"] != "http" or scope["path"].startswith(NOT_PAGES):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        if can_sign_in(request):
            await self.app(scope, receive, send)
            return
        status = 200 if scope["method"] in SAFE_METHODS else 421
        public_url = settings().public_url or ""
        port = request.headers.get("host", "").rpartition(":")[2]
        await page(
            request,
            "insecure.html",
            status=status,
            port=port if port.isdigit() else "8000",
            public_url=public_url if public_url.startswith("https:") else None,
        )(scope, receive, send)


class BodyLimit:
    """Refuses bodies that are larger than any of our forms, announced or not."""

    def __init__(
        self, app: ASGIApp, limit: int = BODY_LIMIT, larger: dict[str, int] | None = None
    ) -> None:
        """Wrap the application; `larger` gives path prefixes a limit of their own."""
        self.app, self.limit, self.larger = app, limit, larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the announced length first, then count what really comes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = next(
            (n for path, n in self.larger.items() if scope["path"].startswith(path)), self.limit
        )
        request = Request(scope, receive)
        announced = request.headers.get("content-length", "0")
        readable = announced.isascii() and announced.isdigit() and len(announced) <= LENGTH_DIGITS
        if not readable or int(announced) > limit:
            await refusal(request, TOO_LARGE, TooLarge())(scope, receive, send)
            return
        seen, started = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(TOO_LARGE, "body too large")
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except HTTPException as error:
            if started or error.status_code != TOO_LARGE:
                raise
            await refusal(request, TOO_LARGE, TooLarge())(scope, receive, send)


def shell(
    *, body_limit: int = BODY_LIMIT, larger: dict[str, int] | None = None
) -> list[Middleware]:
    """Return the middlewares of every application that shows pages, outermost first."""
    return [
        Middleware(SecurityHeaders),
        Middleware(Language),
        Middleware(PlainHttpNotice),
        Middleware(TrustedHosts),
        Middleware(BodyLimit, limit=body_limit, larger=larger),
        Middleware(CsrfGuard),
    ]
