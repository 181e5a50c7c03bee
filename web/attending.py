"""Coming and going after a scan: the shift, one big button, and the answer."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol

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
from people.browser_errors import NobodyChosen
from people.limits import Purpose
from people.permissions import Viewer, require
from people.tallies import count, take_back
from web.asking import COME_IN, OPEN, viewer_of
from web.claims import any_claim, held_claim
from web.errors import retry_after, status_of
from web.fields import Id, Typed
from web.i18n import say
from web.render import page, redirect
from web.signin import admit
from web.together import everybody_at
from web.whence import browser_hash, keep_mark, mark_of, whence_of
from web.whose import moved_on

router = APIRouter(include_in_schema=False, prefix="/check-in")
WAITING = "/check-in/waiting"
Who = Annotated[list[Id] | None, Form()]


class Act(Protocol):
    """Coming or going: what a person does with a claim."""

    def __call__(
        self, book_id: int, person_id: int, claim: Claim, *, browser: str = ""
    ) -> Awaitable[attending.Attended]:
        """Do it."""


@dataclass(frozen=True, slots=True)
class Comer:
    """One of those who use this browser, and how they stand at the shift."""

    viewer: Viewer
    own: Attendance | None
    standing: str
    refusal: DomainError | None = None


@router.get("", dependencies=[OPEN])
async def look(request: Request, other: str = "") -> Response:
    """Show where the claim leads, and how the reader stands there; with `other`, ask for somebody else's number."""
    if any_claim(request) is None:
        return page(request, "check-in/scan-first.html", lapsed=None)
    try:
        claim = held_claim(request)
    except ClaimExpired as lapsed:
        return page(request, "check-in/scan-first.html", status=status_of(lapsed), lapsed=lapsed)
    if viewer_of(request) is None and await asking.answer_to(claim):
        return redirect(request, WAITING)
    return await _shift_page(request, claim, other=other == "1")


@router.post("", dependencies=[COME_IN])
async def come(request: Request, who: Who = None) -> Response:
    """Check in: oneself, or those of this browser who were ticked."""
    return await _each(request, who, attending.check_in)


@router.post("/out", dependencies=[COME_IN])
async def go(request: Request, who: Who = None) -> Response:
    """Check out: oneself, or those who were ticked."""
    return await _each(request, who, attending.check_out)


async def _each(request: Request, who: list[int] | None, act: Act) -> Response:
    viewer, claim = require(viewer_of(request)), held_claim(request)
    people = await everybody_at(request, claim.book_id)
    chosen = [viewer] if len(people) < 2 else [p for p in people if p.session_id in (who or [])]  # noqa: PLR2004
    mark, _ = mark_of(request)
    refused: dict[int, DomainError] = {}
    for each in chosen:
        try:
            await act(each.book_id, each.person_id, claim, browser=browser_hash(mark))
        except DomainError as refusal:
            if len(people) < 2:  # noqa: PLR2004  alone: the refusal is the page
                raise
            refused[each.session_id] = refusal
    if refused or not chosen:
        return await _shift_page(request, claim, refused=refused, nobody=not chosen)
    response = redirect(request, "/check-in")
    keep_mark(request, response, mark)
    return response


@router.post("/number", dependencies=[OPEN])
async def ask(request: Request, number: Annotated[Typed, Form()] = "") -> Response:
    """Ask the organiser to confirm who is standing there, by number."""
    claim, network = held_claim(request), whence_of(request).network
    mark, _ = mark_of(request)
    try:
        if network:
            await count(Purpose.RECOGNISE_NETWORK, network)
        await asking.ask_by_number(claim, number, browser=browser_hash(mark))
    except DomainError as refusal:
        return await _shift_page(request, claim, other=True, number=number, refusal=refusal)
    if network:
        await take_back(Purpose.RECOGNISE_NETWORK, network)
    response = redirect(request, WAITING)
    keep_mark(request, response, mark)
    return response


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
    return moved_on(request, await admit(request, signed, "/check-in"))


async def _shift_page(
    request: Request,
    claim: Claim,
    *,
    other: bool = False,
    number: str = "",
    refusal: DomainError | None = None,
    refused: Mapping[int, DomainError] | None = None,
    nobody: bool = False,
) -> Response:
    shift = await shifts.find(claim.book_id, claim.shift_id)
    community = await roster.community(claim.book_id)
    everybody = await everybody_at(request, claim.book_id)
    people = [await _comer(each, claim, refused or {}) for each in everybody]
    said = refusal or (NobodyChosen() if nobody else next(iter((refused or {}).values()), None))
    return page(
        request,
        "check-in/shift.html",
        status=status_of(said) if said else 200,
        headers=retry_after(said),
        shift=shift,
        claim=claim,
        community=community.name,
        zone=community.zone,
        people=people,
        own=people[0].own if people else None,
        standing=people[0].standing if people else "come",
        other=other,
        nobody=NobodyChosen() if nobody else None,
        number=number,
        error=say(refusal) if refusal else "",
    )


async def _comer(viewer: Viewer, claim: Claim, refused: Mapping[int, DomainError]) -> Comer:
    own = await board.at_shift(viewer.book_id, viewer.person_id, claim.shift_id)
    standing = _standing(own, claim) if own else "come"
    return Comer(viewer, own, standing, refused.get(viewer.session_id))


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
