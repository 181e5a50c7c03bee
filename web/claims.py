"""The cookie that holds a claim: what a look at a shift's code was worth, through sign-in and slow thumbs."""

from starlette.requests import Request
from starlette.responses import Response

from checkin import arriving, venue_codes
from checkin.venue_codes import Claim
from web.cookies import read_cookie, set_cookie

NAME = "claim"
# Longer than the claim itself holds, so that a late reader is told to scan again and not that nothing is known.
SECONDS = 30 * 60


def keep_claim(request: Request, response: Response, claim: Claim) -> None:
    """Leave a claim with the browser."""
    set_cookie(request, response, NAME, venue_codes.make_claim(claim), seconds=SECONDS)


def held_claim(request: Request) -> Claim:
    """Return the browser's claim while it holds. Raises: CodeNotRecognised, ClaimExpired."""
    return arriving.held(read_cookie(request, NAME))


def any_claim(request: Request) -> Claim | None:
    """Return the browser's claim, lapsed or not: an answer may come after the five minutes."""
    return venue_codes.opened_claim(read_cookie(request, NAME) or "")
