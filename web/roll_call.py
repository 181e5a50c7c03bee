"""The roll-call: one card after the other before camera or gun, each answered in one line, and everybody out."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from checkin import board, rollcall
from checkin.board import Board
from checkin.models import Attendance, AttendanceState, Purpose
from checkin.presence import CLOSES_AFTER
from checkin.rollcall import Called
from kernel import clock
from kernel.errors import DomainError, Refused
from people import roster
from people.permissions import Viewer
from web.asking import ShiftRunner
from web.errors import retry_after, status_of
from web.fields import Id, Typed
from web.i18n import clock as time_of_day
from web.i18n import gettext, hours, ngettext, say
from web.render import page, redirect

router = APIRouter(include_in_schema=False)
SOUNDS = {"green": "ok", "orange": "warn", "red": "bad"}


@dataclass(frozen=True, slots=True)
class Line:
    """The answer to one card: colour, big word, whose it is, a sentence, and what may be done next."""

    kind: str
    word: str
    name: str
    sentence: str
    attendance_id: int | None = None

    @property
    def sound(self) -> str:
        """Return which sound goes with it."""
        return SOUNDS[self.kind]


@router.get("/shifts/{shift_id}/roll-call")
async def roll_call(request: Request, viewer: ShiftRunner, shift_id: Id, out: str = "") -> Response:
    """Keep the camera open, and the list of who is here below it."""
    purpose = Purpose.LEAVING if out == "1" else Purpose.ARRIVING
    return await _shown(request, viewer, shift_id, purpose)


@router.post("/shifts/{shift_id}/roll-call")
async def call(
    request: Request,
    viewer: ShiftRunner,
    shift_id: Id,
    code: Annotated[Typed, Form()] = "",
    purpose: Annotated[Typed, Form()] = "",
) -> Response:
    """Let whoever was scanned in, or out; a script gets the line alone."""
    wish = Purpose.LEAVING if purpose == Purpose.LEAVING else Purpose.ARRIVING
    try:
        done = await rollcall.call(viewer.book_id, shift_id, code, wish, by=viewer.person_id)
    except DomainError as refusal:
        line = Line("red", gettext(refusal.title), "", say(refusal))
        return await _shown(request, viewer, shift_id, wish, line, refusal)
    return await _shown(request, viewer, shift_id, wish, said(done, viewer.zone))


def said(done: Called, zone: str) -> Line:
    """Return the line of somebody who was called."""
    row, name = done.attendance, done.member.person.masked_name
    if row.state is AttendanceState.PRESENT:
        since = time_of_day(row.checked_in_at or 0, zone)
        if done.already:
            sentence = gettext("Already checked in at %(time)s. Are they leaving now?", time=since)
            return Line("orange", gettext("Already here"), name, sentence, row.id)
        sentence = gettext("Here since %(time)s. When leaving, please scan again.", time=since)
        return Line("green", gettext("Checked in"), name, sentence, row.id)
    served = gettext("Served %(hours)s.", hours=hours(row.minutes_worked))
    if done.already:
        return Line("orange", gettext("Already checked out"), name, served)
    return Line("green", gettext("Checked out"), name, served)


@router.post("/attendances/{attendance_id}/departure")
async def one_out(
    request: Request,
    viewer: ShiftRunner,
    attendance_id: Id,
    shift: Annotated[Id, Form()] = 0,
) -> Response:
    """Check one person of the list out."""
    back = f"/shifts/{shift}/roll-call"
    try:
        row = await rollcall.let_go(viewer.book_id, attendance_id, viewer.person_id)
    except Refused as refusal:
        return redirect(request, back, say(refusal), "bad")
    member = await roster.member(viewer.book_id, row.person_id)
    done = gettext("%(name)s is checked out.", name=member.person.masked_name)
    return redirect(request, back, done)


@router.get("/shifts/{shift_id}/departures")
async def ask_everybody_out(request: Request, viewer: ShiftRunner, shift_id: Id) -> Response:
    """Ask once before everybody is checked out."""
    seen = await board.of_shift(viewer.book_id, shift_id)
    return page(
        request, "shifts/everybody-out.html", shift=seen.shift, rows=seen.present, zone=viewer.zone
    )


@router.post("/shifts/{shift_id}/departures")
async def everybody_out(request: Request, viewer: ShiftRunner, shift_id: Id) -> Response:
    """Check everybody out who is present."""
    done = await rollcall.everybody_out(viewer.book_id, shift_id, viewer.person_id)
    told = ngettext("%(num)s person is checked out.", "%(num)s people are checked out.", done.count)
    for _, refusal in done.left_behind[:1]:
        told += " " + gettext("Still here: %(why)s", why=say(refusal))
    kind = "warn" if done.left_behind else "ok"
    return redirect(request, f"/shifts/{shift_id}/roll-call", told, kind)


async def _shown(
    request: Request,
    viewer: Viewer,
    shift_id: int,
    purpose: Purpose,
    line: Line | None = None,
    refusal: DomainError | None = None,
) -> Response:
    seen = await board.of_shift(viewer.book_id, shift_id)
    return page(
        request,
        "shifts/roll-call.html",
        status=status_of(refusal) if refusal else 200,
        headers=retry_after(refusal),
        block="line" if line else None,
        scan=True,
        line=line,
        purpose=purpose.value,
        **await _list(viewer, seen),
    )


async def _list(viewer: Viewer, seen: Board) -> dict[str, Any]:
    rows = sorted(seen.present, key=_came, reverse=True)
    return {
        "shift": seen.shift,
        "rows": rows,
        "members": await roster.memberships(viewer.book_id, {row.person_id for row in rows}),
        "me": viewer.person_id,
        "zone": viewer.zone,
        "running": clock.now() <= seen.shift.ends_at + CLOSES_AFTER,
    }


def _came(row: Attendance) -> int:
    return row.checked_in_at or 0
