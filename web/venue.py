"""The organiser's screen during a shift: the code that changes, who asks, who is here, who could not come in."""

import hashlib
from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from checkin import asking, board, offline, shifts, signup_lists
from checkin.board import Board
from checkin.models import CheckinScan
from checkin.signup_models import SignUp
from kernel.days import day_of
from kernel.errors import DomainError, Refused
from people import roster
from people.permissions import Viewer
from people.photographing import photographed
from web import entered
from web.asking import ShiftRunner
from web.code_screen import code_of
from web.fields import Id, Typed
from web.i18n import gettext, say
from web.render import page, redirect
from web.sharing_words import flag_words
from web.shifts import standing
from web.stored_scans import title_of

router = APIRouter(include_in_schema=False)
UNCHANGED = 204


@router.get("/shifts/{shift_id}")
async def screen(request: Request, viewer: ShiftRunner, shift_id: Id, here: str = "") -> Response:
    """Show the shift: its code and its people."""
    seen = await board.of_shift(viewer.book_id, shift_id)
    template = "_people.html" if "hx-request" in request.headers else "screen.html"
    context = {
        **await code_of(request, viewer, seen, here),
        **await _people(viewer, seen),
        "day": day_of(seen.shift.starts_at, viewer.zone),
    }
    return page(request, f"shifts/{template}", **context)


@router.get("/shifts/{shift_id}/people")
async def people(
    request: Request, viewer: ShiftRunner, shift_id: Id, here: str = "", seen: str = ""
) -> Response:
    """Show who asks and who is here; nothing at all if that is what the page shows already."""
    now = await board.of_shift(viewer.book_id, shift_id)
    if "hx-request" not in request.headers:
        return redirect(request, _address(shift_id, here))
    context = await _people(viewer, now)
    if context["digest"] == seen:
        return Response(status_code=UNCHANGED)
    return page(request, "shifts/_people.html", same_pc="1" if here == "1" else "", **context)


@router.post("/shifts/{shift_id}/state")
async def set_state(
    request: Request, viewer: ShiftRunner, shift_id: Id, state: Annotated[Typed, Form()] = ""
) -> Response:
    """Close the check-in of a shift, or open it again."""
    if state == "closed":
        await shifts.close_shift(viewer.book_id, shift_id)
        return redirect(
            request,
            f"/shifts/{shift_id}",
            gettext("Check-in is closed. Those who are here can still check out."),
        )
    await shifts.open_shift(viewer.book_id, shift_id)
    return redirect(request, f"/shifts/{shift_id}", gettext("Check-in is open again."))


@router.post("/shifts/{shift_id}/budget")
async def set_budget(
    request: Request, viewer: ShiftRunner, shift_id: Id, budget: Annotated[Typed, Form()] = ""
) -> Response:
    """Give the shift another budget of points."""
    try:
        await shifts.set_budget(viewer.book_id, shift_id, entered.whole(budget, "budget"))
    except entered.REFUSALS as refusal:
        seen = await board.of_shift(viewer.book_id, shift_id)
        context = {**await code_of(request, viewer, seen, ""), **await _people(viewer, seen)}
        context |= {"budget": budget, "refusal": refusal}
        day = day_of(seen.shift.starts_at, viewer.zone)
        status = entered.status(refusal)
        return page(request, "shifts/screen.html", status=status, day=day, **context)
    return redirect(request, f"/shifts/{shift_id}", gettext("The budget is changed."))


@router.post("/attendances/{attendance_id}/confirmation")
async def confirm(
    request: Request,
    viewer: ShiftRunner,
    attendance_id: Id,
    shift: Annotated[Id, Form()] = 0,
    here: Annotated[str, Form()] = "",
) -> Response:
    """Say that it is them: they come in, or go."""
    told = asking.confirm(viewer.book_id, attendance_id, viewer.person_id)
    return await _answered(request, _address(shift, here), told)


@router.post("/attendances/{attendance_id}/absence")
async def not_here(
    request: Request,
    viewer: ShiftRunner,
    attendance_id: Id,
    shift: Annotated[Id, Form()] = 0,
    here: Annotated[str, Form()] = "",
) -> Response:
    """Say that it is not them, or that they are not here."""
    told = asking.not_here(viewer.book_id, attendance_id, viewer.person_id)
    return await _answered(request, _address(shift, here), told)


@router.post("/shifts/{shift_id}/confirmations")
async def confirm_ticked(
    request: Request,
    viewer: ShiftRunner,
    shift_id: Id,
    asks: Annotated[list[Id] | None, Form()] = None,
    here: Annotated[str, Form()] = "",
) -> Response:
    """Say yes to everybody who was ticked."""
    await shifts.find(viewer.book_id, shift_id)
    await asking.confirm_all(viewer.book_id, asks or [], viewer.person_id)
    return redirect(request, _address(shift_id, here))


async def _answered(request: Request, back: str, told: Awaitable[object]) -> Response:
    """Go back to the shift, with the refusal's words if the answer was not taken."""
    try:
        await told
    except Refused as refusal:
        return redirect(request, back, say(refusal), "bad")
    return redirect(request, back)


def _address(shift_id: int, here: str) -> str:
    return f"/shifts/{shift_id}" + ("?here=1" if here == "1" else "")


async def _people(viewer: Viewer, seen: Board) -> dict[str, Any]:
    rows = [*seen.asking, *seen.present, *seen.left, *seen.verified, *seen.rejected]
    missing: list[SignUp] = []
    if standing(seen.shift) != "early":
        missing = await signup_lists.not_come(viewer.book_id, seen.shift.id)
    known = await roster.memberships(
        viewer.book_id, {each.person_id for each in rows} | {each.person_id for each in missing}
    )
    over = standing(seen.shift) == "over"
    here = [] if over else [row.person_id for row in (*seen.asking, *seen.present)]
    shown: list[Any] = [(row.id, row.state, row.asked_at, row.checked_out_at) for row in rows]
    doubts = await offline.doubtful(viewer.book_id, seen.shift.id)
    shown += [scan.id for scan in seen.refused] + sorted(seen.flags) + [each.id for each in doubts]
    shown += [row.person_id for row in missing]
    return {
        "shift": seen.shift,
        "board": seen,
        "members": known,
        "missing": missing,
        "photographed": await photographed(viewer.book_id, here),
        "me": viewer.person_id,
        "zone": viewer.zone,
        "doubts": [(scan, title_of(scan)) for scan in doubts],
        "help_with": [(scan, _title(scan)) for scan in seen.refused],
        "flag_words": flag_words(),
        "digest": hashlib.sha256(repr(shown).encode()).hexdigest()[:16],
    }


def _title(scan: CheckinScan) -> str:
    return gettext(DomainError.by_slug.get(scan.refusal, Refused).title)
