"""Where a request comes from: the network it is counted under, and the mark its browser keeps."""

import secrets

from starlette.requests import HTTPConnection
from starlette.responses import Response

from people.browsers import remember
from people.limits import network_of
from people.sessions import SignedIn, token_hash
from people.tallies import Whence
from web.cookies import YEAR, can_sign_in, read_cookie, set_cookie

MARK = "browser"


def whence_of(request: HTTPConnection) -> Whence:
    """Return the network and the browser of a request.

    The address is the server's: it believes a forwarded one from the proxies of the settings alone.
    """
    address = request.client.host if request.client else ""
    return Whence(network_of(address), read_cookie(request, MARK) or "")


def mark_of(request: HTTPConnection) -> tuple[str, bool]:
    """Return the browser's mark and whether it has it already; a new one is to be left with `keep_mark`."""
    held = read_cookie(request, MARK)
    return held or secrets.token_urlsafe(24), held is not None


def keep_mark(request: HTTPConnection, response: Response, mark: str) -> None:
    """Leave a mark with a browser; it outlives the sessions, so that the browser stays known."""
    if can_sign_in(request):
        set_cookie(request, response, MARK, mark, seconds=YEAR)


async def know(request: HTTPConnection, response: Response, signed: SignedIn) -> None:
    """Keep that this browser has had a session of this person."""
    mark, _ = mark_of(request)
    await remember(signed.person_id, mark)
    keep_mark(request, response, mark)


def browser_hash(mark: str) -> str:
    """Return what a scan keeps of the browser it was made with."""
    return token_hash(mark)
