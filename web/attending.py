"""Coming and going after a scan: the shift, one big button, and the answer."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from checkin import asking, attending, board, shifts
from checkin.errors import ClaimExpired
from checkin.models import Attendance, AttendanceState
from checkin.venue_codes import Claim, claim_holds
from kernel import clock
from kernel.errors import DomainError
from people import roster, signin
from people.permissions import Viewer
from web.asking import OPEN, Anyone, viewer_of
from web.claims import any_claim, held_claim
from web.errors import status_of
from web.fields import Typed
from web.i18n import say
from web.render import page, redirect
from web.signin import admit

router = APIRouter(include_in_schema=False, prefix="/check-in")
WAITING = "/check-in/waiting"


@router.get("", dependencies=[OPEN])
async def look(request: Request) -> Response:
    """Show where the claim leads, and how the reader stands there."""
    if any_claim(request) is None:
        return page(request, "check-in/scan-first.html", lapsed=None)
    try:
        claim = held_claim(request)
    except ClaimExpired as lapsed:
        return page(request, "check-in/scan-first.html", status=status_of(lapsed), lapsed=lapsed)
    viewer = viewer_of(request)
    if viewer is None and await asking.answer_to(claim):
        return redirect(request, WAITING)
    return await _shift_page(request, claim, viewer)


@router.post("")
async def come(request: Request, viewer: Anyone) -> Response:
    """Check in."""
    await attending.check_in(viewer.book_id, viewer.person_id, held_claim(request))
    return redirect(request, "/check-in")


@router.post("/out")
async def go(request: Request, viewer: Anyone) -> Response:
    """Check out."""
    await attending.check_out(viewer.book_id, viewer.person_id, held_claim(request))
    return redirect(request, "/check-in")


@router.post("/number", dependencies=[OPEN])
async def ask(request: Request, number: Annotated[Typed, Form()] = "") -> Response:
    """Ask the organiser to confirm who is standing there, by number."""
    claim = held_claim(request)
    try:
        await asking.ask_by_number(claim, number)
    except DomainError as refusal:
        status, error = status_of(refusal), say(refusal)
        return await _shift_page(request, claim, None, status=status, number=number, error=error)
    return redirect(request, WAITING)


@router.get("/waiting", dependencies=[OPEN])
async def waiting(request: Request) -> Response:
    """Show how the question stands; a phone without scripts asks again by itself."""
    claim = any_claim(request)
    return await _waiting_page(request, claim, await asking.answer_to(claim) if claim else None)


@router.post("/waiting", dependencies=[OPEN])
async def enrol(request: Request) -> Response:
    """Ask again; once the organiser has said yes, this browser is signed in for whom they recognised."""
    claim = any_claim(request)
    found = await asking.answer_to(claim) if claim else None
    if claim is None or found is None or found.confirmed_by is None:
        return await _waiting_page(request, claim, found)
    person_id = await asking.enrol(claim)
    if person_id is None:
        return await _waiting_page(request, claim, found)
    signed = await signin.enrol(found.book_id, person_id, found.confirmed_by)
    response = await admit(request, signed, "/check-in")
    if "hx-request" in request.headers:
        # A script's request follows a 303 unseen; this makes the whole page move on.
        response.status_code = 200
        response.headers["HX-Redirect"] = response.headers["location"]
        del response.headers["location"]
    return response


async def _shift_page(
    request: Request,
    claim: Claim,
    viewer: Viewer | None,
    *,
    status: int = 200,
    number: str = "",
    error: str = "",
) -> Response:
    shift = await shifts.find(claim.book_id, claim.shift_id)
    community = await roster.community(claim.book_id)
    own = viewer and await board.at_shift(viewer.book_id, viewer.person_id, claim.shift_id)
    return page(
        request,
        "check-in/shift.html",
        status=status,
        shift=shift,
        claim=claim,
        community=community.name,
        zone=community.zone,
        own=own,
        standing=_standing(own, claim) if own else "come",
        number=number,
        error=error,
    )


def _standing(own: Attendance, claim: Claim) -> str:
    """Return what this scan did or can do: come, came, go, went or gone."""
    if own.state is AttendanceState.PRESENT:
        came_at = own.checked_in_at or 0
        return "came" if claim.seen_at <= came_at else "go"
    if own.state in attending.GONE:
        return "went" if own.checked_out_at == claim.seen_at else "gone"
    return "come"


async def _waiting_page(
    request: Request, claim: Claim | None, found: Attendance | None
) -> Response:
    zone = (await roster.community(found.book_id)).zone if found else None
    return page(
        request,
        "check-in/waiting.html",
        block="answer",
        found=found,
        zone=zone,
        enrols=claim is not None and claim_holds(claim, clock.now()),
    )
