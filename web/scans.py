"""The cookie that holds what a phone's own camera has just read, so that the code itself leaves the address."""

import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.clock import MINUTE, SECOND
from web.cookies import drop_cookie, read_cookie, set_cookie, sign, unsign

NAME = "scan"
HOLDS = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Scan:
    """A member's code or card, and when it was read (UTC microseconds): its age is judged as of then."""

    token: str
    read_at: int


def keep_scan(request: Request, response: Response, token: str) -> Response:
    """Leave a scanned code with the browser for a few minutes."""
    value = packed(Scan(token, clock.now()))
    set_cookie(request, response, NAME, value, seconds=HOLDS // SECOND)
    return response


def held_scan(request: Request) -> Scan | None:
    """Return what this browser has just scanned."""
    return unpacked(read_cookie(request, NAME) or "")


def drop_scan(request: Request, response: Response) -> Response:
    """Forget it: it was used, or something else was scanned."""
    drop_cookie(request, response, NAME)
    return response


def packed(scan: Scan) -> str:
    """Return a scan as a signed text; nobody can make it younger than it is."""
    return sign(NAME, json.dumps([scan.token, scan.read_at]), seconds=HOLDS // SECOND)


def unpacked(value: str) -> Scan | None:
    """Return the scan of a signed text, or None if it is late, altered or none of ours."""
    text = unsign(NAME, value) if value else None
    if text is None:
        return None
    token, read_at = json.loads(text)
    return Scan(str(token), int(read_at))
