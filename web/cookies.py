"""Cookies: their names on https and on this machine, the session's, and short signed ones."""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache
from ipaddress import ip_address

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response

from kernel import clock
from kernel.keys import derived_key

SESSION = "sid"
OTHERS = "others"  # the sessions of the other members who use this browser
VISITOR = "visit"
HALF = "half"  # a sign-in between its two steps
DEVICE = "device"  # a counter's browser
DISPLAY = "display"  # a device that is a counter's second screen
PRACTICE = "practice"  # a session in a book that does not count; the real one stays beside it
YEAR = 400 * 24 * 3600  # the longest that browsers keep a cookie
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Say whether a host name can only mean this very machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_of(request: HTTPConnection) -> str:
    """Return the host the browser asked for, without its port, in lower case."""
    host = request.headers.get("host", "").lower()
    return (
        host[: host.index("]") + 1]
        if host.startswith("[") and "]" in host
        else host.partition(":")[0]
    )


def is_https(request: HTTPConnection) -> bool:
    """Say whether the browser came over https; the server applies a trusted proxy's word to the scheme."""
    return str(request.scope.get("scheme", "http")) == "https"


def can_sign_in(request: HTTPConnection) -> bool:
    """Say whether a browser would keep our cookies: over https, or on this machine itself."""
    return is_https(request) or is_loopback(host_of(request))


def _safari(request: HTTPConnection) -> bool:
    agent = request.headers.get("user-agent", "")
    return "Safari/" in agent and "Chrom" not in agent and "Edg" not in agent


def cookie_name(request: HTTPConnection, base: str) -> str:
    """Return `__Host-base`, or plain `base` for Safari on this machine, which drops Secure cookies there."""
    plain = not is_https(request) and _safari(request)
    return base if plain else f"__Host-{base}"


def read_cookie(request: HTTPConnection, base: str) -> str | None:
    """Return a cookie of ours; the plain name counts only on this machine, where no neighbour can set it."""
    if not can_sign_in(request):
        return None
    strict = request.cookies.get(f"__Host-{base}")
    if strict or is_https(request):
        return strict
    return request.cookies.get(base)


def set_cookie(
    request: HTTPConnection,
    response: Response,
    base: str,
    value: str,
    *,
    seconds: int | None = None,
) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send along."""
    name = cookie_name(request, base)
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        secure=name.startswith("__Host-"),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: HTTPConnection, response: Response, base: str) -> None:
    """Take a cookie of ours away again, under either name."""
    for name in (f"__Host-{base}", base):
        if name in request.cookies:
            strict = name.startswith("__Host-")
            response.delete_cookie(name, secure=strict, httponly=True, samesite="lax")


def session_cookie_name(request: HTTPConnection) -> str:
    """Return the name under which this browser keeps its session."""
    return cookie_name(request, SESSION)


def read_session_cookie(request: HTTPConnection) -> str | None:
    """Return the session's token, if the browser sent one we may believe; while somebody practises, that one's."""
    return read_cookie(request, PRACTICE) or read_cookie(request, SESSION)


def set_session_cookie(
    request: HTTPConnection, response: Response, token: str, *, seconds: int | None = YEAR
) -> None:
    """Give the browser its session; `seconds=None` ends it with the browser."""
    set_cookie(request, response, SESSION, token, seconds=seconds)


def renew_session(request: HTTPConnection, token: str, seconds: int) -> None:
    """Let this answer, whatever it will be, bring the browser a token for its session."""
    request.state.renewed = (token, seconds)


def renewed_session(request: HTTPConnection) -> tuple[str, int] | None:
    """Return the token that this answer is to bring, and for how many seconds."""
    found: tuple[str, int] | None = getattr(request.state, "renewed", None)
    return found


def bring_session(request: HTTPConnection, headers: MutableHeaders) -> None:
    """Add the renewed session's cookie to an answer, unless the answer signs in or out by itself."""
    renewed = renewed_session(request)
    name = session_cookie_name(request) + "="
    if renewed is None or any(each.startswith(name) for each in headers.getlist("set-cookie")):
        return
    carrier = Response()
    set_session_cookie(request, carrier, renewed[0], seconds=renewed[1])
    headers.append("set-cookie", carrier.headers["set-cookie"])


def drop_session_cookie(request: HTTPConnection, response: Response) -> None:
    """Sign this browser out."""
    drop_cookie(request, response, SESSION)


def new_visitor() -> str:
    """Return a random name for a browser that has no session."""
    return secrets.token_urlsafe(16)


def signature(purpose: str, value: str) -> str:
    """Return a short signature of a value that is good for one purpose only."""
    digest = hmac.new(derived_key(f"web/{purpose}"), value.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def sign(purpose: str, text: str, *, seconds: int) -> str:
    """Pack a text so that it can be trusted when it comes back within `seconds`."""
    body = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    payload = f"{clock.now() // clock.SECOND + seconds}.{body}"
    return f"{payload}.{signature(purpose, payload)}"


def unsign(purpose: str, value: str) -> str | None:
    """Return the text of a signed value, or None if it is late, foreign or altered."""
    payload, _, given = value.rpartition(".")
    until, _, body = payload.partition(".")
    if not hmac.compare_digest(signature(purpose, payload).encode(), given.encode()):
        return None
    if int(until) < clock.now() // clock.SECOND:
        return None
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()


def owner_of(request: HTTPConnection) -> str | None:
    """Return whose forms this browser fills in: its session's, else the visitor's."""
    renewed = renewed_session(request)
    if renewed is not None:
        return renewed[0]
    return read_session_cookie(request) or read_cookie(request, VISITOR)


def form_token(owner: str) -> str:
    """Return the token that the forms of one session or visitor carry."""
    return signature("csrf", owner)
