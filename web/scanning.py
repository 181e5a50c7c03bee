"""The scanning page: camera, photo, or the six digits below the code, for those whose camera does not help."""

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from checkin import arriving, service_cards
from checkin.service_card_codes import number_in
from checkin.venue_codes import Claim
from kernel.errors import DomainError
from people import roster
from people.codes import read_scanned
from people.errors import SignInNeeded
from web.asking import OPEN, viewer_of
from web.claims import keep_claim
from web.errors import status_of
from web.fields import Typed
from web.i18n import say
from web.render import page, redirect
from web.scans import keep_scan

router = APIRouter(include_in_schema=False, dependencies=[OPEN])


@router.get("/scan")
def scan_form(request: Request) -> Response:
    """Offer every way to read a code."""
    return page(request, "scan.html", scan=True, code="", error="")


@router.post("/scan")
async def scanned(request: Request, code: Annotated[Typed, Form()] = "") -> Response:
    """Follow a scanned code to what it opens, or take the digits below it: six of a shift, eight of a card."""
    token = read_scanned(code)
    digits = re.sub(r"[\s\-]", "", token)
    if token and not digits.isdecimal():
        return redirect(request, f"/Q/{quote(token, safe='')}")
    try:
        if (viewer := viewer_of(request)) and number_in(token):
            await service_cards.look(viewer.book_id, token, viewer.person_id)
            return keep_scan(request, redirect(request, "/errands/card"), token)
        claim = await _typed(request, digits)
    except DomainError as refusal:
        status, error = status_of(refusal), say(refusal)
        return page(request, "scan.html", status=status, scan=True, code=code, error=error)
    response = redirect(request, "/check-in")
    keep_claim(request, response, claim)
    return response


async def _typed(request: Request, digits: str) -> Claim:
    viewer = viewer_of(request)
    if viewer is not None:
        return await arriving.type_in(viewer.book_id, digits, viewer.person_id)
    communities = await roster.communities()
    # Six digits belong to a shift of one community; a stranger's own is known only where there is just one.
    if len(communities) != 1:
        raise SignInNeeded
    return await arriving.type_in(communities[0].id, digits)
