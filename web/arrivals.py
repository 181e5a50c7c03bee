"""Receiving at a shift those who have no phone: their card, number or name is read, and the organiser says yes once."""

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from checkin import board, receiving, shifts
from checkin.models import AttendanceState, Purpose, Shift
from kernel import clock
from kernel.errors import DomainError, Refused
from people import recognition, roster
from people.models import Membership
from people.permissions import Viewer
from people.recognition import Look, Way
from web.asking import ShiftRunner
from web.cookies import sign, unsign
from web.csrf import StaleForm
from web.errors import status_of
from web.fields import Id, Typed
from web.i18n import gettext, say
from web.render import page, redirect
from web.scans import drop_scan, held_scan, keep_scan

router = APIRouter(include_in_schema=False, prefix="/arrivals")
SEEN = "arrival"
SEEN_SECONDS = 300
MOST = 5


@dataclass(frozen=True, slots=True)
class Door:
    """One thing an organiser may say with a tap: this person comes in to, or goes from, this shift."""

    member: Membership
    shift: Shift
    purpose: Purpose
    since: int | None
    seen: str
    is_self: bool


@router.get("")
async def arrivals(request: Request, viewer: ShiftRunner, shift: Id = 0) -> Response:
    """Ask who it is, or whether the one whose card was just read comes in or goes."""
    scan = held_scan(request)
    if scan is None:
        return await _shown(request, viewer, shift)
    return await _looked(request, viewer, shift, scan.token, scan.read_at)


@router.post("/scans")
async def scanned(
    request: Request,
    viewer: ShiftRunner,
    code: Annotated[Typed, Form()] = "",
    shift: Annotated[Id, Form()] = 0,
) -> Response:
    """Take a card, a code, a number or a name."""
    if recognition.way_of(code) in (Way.CARD, Way.CODE):
        return keep_scan(request, redirect(request, f"/arrivals?shift={shift}"), code)
    return drop_scan(request, await _looked(request, viewer, shift, code, clock.now()))


async def _looked(request: Request, viewer: Viewer, shift: int, text: str, at: int) -> Response:
    try:
        found = await recognition.look_for(viewer.book_id, text, at, viewer.person_id)
    except DomainError as refusal:
        return await _shown(request, viewer, shift, refusal=refusal)
    return await _shown(request, viewer, shift, found=found[:MOST])


@router.post("")
async def receive(
    request: Request,
    viewer: ShiftRunner,
    seen: Annotated[str, Form()] = "",
    shift: Annotated[Id, Form()] = 0,
    purpose: Annotated[Typed, Form()] = "",
) -> Response:
    """Let them in, or out."""
    look = await _opened(viewer, seen)
    leaving = purpose == Purpose.LEAVING
    wish = Purpose.LEAVING if leaving else Purpose.ARRIVING
    try:
        await recognition.use(viewer.book_id, look, viewer.person_id)
        await receiving.receive(
            *(viewer.book_id, shift, look.member.person_id, wish),
            by=viewer.person_id,
            way=look.way,
        )
    except Refused as refusal:
        back = redirect(request, f"/arrivals?shift={shift}", say(refusal), "bad")
        return drop_scan(request, back)
    said = gettext("%(name)s is checked out.") if leaving else gettext("%(name)s is checked in.")
    done = redirect(request, f"/shifts/{shift}", said % {"name": look.member.person.masked_name})
    return drop_scan(request, done)


def _packed(viewer: Viewer, look: Look) -> str:
    """Return what was read as a text that only this organiser's own form can bring back, for five minutes."""
    said = [viewer.book_id, viewer.person_id, look.member.person_id, look.way, look.step]
    return sign(SEEN, json.dumps(said), seconds=SEEN_SECONDS)


async def _opened(viewer: Viewer, seen: str) -> Look:
    """Raises: StaleForm, NoSuchMember."""
    text = unsign(SEEN, seen) if seen else None
    if text is None:
        raise StaleForm
    book_id, by, person_id, way, step = json.loads(text)
    if (book_id, by) != (viewer.book_id, viewer.person_id):
        raise StaleForm
    return Look(await roster.member(viewer.book_id, person_id), Way(way), step)


async def _shown(
    request: Request,
    viewer: Viewer,
    shift_id: int,
    *,
    found: list[Look] | None = None,
    refusal: DomainError | None = None,
) -> Response:
    if shift_id:
        await shifts.find(viewer.book_id, shift_id)
    running = await receiving.running(viewer.book_id)
    there = [each for each in running if each.id == shift_id] or running
    doors = [await _door(viewer, look, shift) for look in found or () for shift in there]
    return page(
        request,
        "arrivals/arrivals.html",
        status=status_of(refusal) if refusal else 200,
        scan=True,
        doors=doors,
        found=found or [],
        running=running,
        shift_id=shift_id,
        zone=viewer.zone,
        refusal=refusal,
    )


async def _door(viewer: Viewer, look: Look, shift: Shift) -> Door:
    own = await board.at_shift(viewer.book_id, look.member.person_id, shift.id)
    present = own is not None and own.state is AttendanceState.PRESENT
    return Door(
        member=look.member,
        shift=shift,
        purpose=Purpose.LEAVING if present else Purpose.ARRIVING,
        since=own.checked_in_at if own and present else None,
        seen=_packed(viewer, look),
        is_self=look.member.person_id == viewer.person_id,
    )
