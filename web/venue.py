"""The organiser's screen during a shift: the code that changes, who asks, who is here, who could not come in."""

import hashlib
from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from checkin import asking, board, shifts, signup_lists, venue_codes
from checkin.board import Board
from checkin.models import CheckinScan
from checkin.signup_models import SignUp
from kernel import clock
from kernel.days import day_of
from kernel.errors import DomainError, Refused
from kernel.settings import settings
from people import roster
from people.permissions import Viewer
from people.photographing import photographed
from web import entered
from web.addresses import code_on_screen, on_this_computer, public_origin
from web.asking import ShiftRunner
from web.fields import Id, Typed
from web.i18n import gettext, say
from web.render import page, redirect
from web.sharing_words import flag_words
from web.shifts import standing

router = APIRouter(include_in_schema=False)
UNCHANGED = 204


@router.get("/shifts/{shift_id}")
async def screen(request: Request, viewer: ShiftRunner, shift_id: Id, here: str = "") -> Response:
    """Show the shift: its code and its people."""
    seen = await board.of_shift(viewer.book_id, shift_id)
    template = "_people.html" if "hx-request" in request.headers else "screen.html"
    context = {
        **_code(request, viewer, seen, here),
        **await _people(viewer, seen),
        "day": day_of(seen.shift.starts_at, viewer.zone),
    }
    return page(request, f"shifts/{template}", **context)


@router.get("/shifts/{shift_id}/code")
async def code(request: Request, viewer: ShiftRunner, shift_id: Id, here: str = "") -> Response:
    """Show a fresh code alone: the whole screen of a tablet, or the fragment that a page asks for."""
    seen = await board.of_shift(viewer.book_id, shift_id)
    template = "_code.html" if "hx-request" in request.headers else "code.html"
    return page(request, f"shifts/{template}", **_code(request, viewer, seen, here))


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


@router.get("/shifts/{shift_id}/helper")
async def helper(request: Request, viewer: ShiftRunner, shift_id: Id) -> Response:
    """Show the address of the screen to a second helper's phone."""
    shift = await shifts.find(viewer.book_id, shift_id)
    link = f"{public_origin(request)}/shifts/{shift_id}"
    return page(request, "shifts/helper.html", shift=shift, link=link)


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
        context = {**_code(request, viewer, seen, ""), **await _people(viewer, seen)}
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


async def _answered(request: Request, back: str, told: Awaitable[object]) -> Response:
    """Go back to the shift, with the refusal's words if the answer was not taken."""
    try:
        await told
    except Refused as refusal:
        return redirect(request, back, say(refusal), "bad")
    return redirect(request, back)


def _address(shift_id: int, here: str) -> str:
    return f"/shifts/{shift_id}" + ("?here=1" if here == "1" else "")


def _code(request: Request, viewer: Viewer, seen: Board, here: str) -> dict[str, Any]:
    """Return what shows a fresh code, or why there is none."""
    shift, now = seen.shift, clock.now()
    token = venue_codes.issue(viewer.book_id, shift.id, now)
    shown = code_on_screen(request, token, here=here == "1")
    digits = venue_codes.typed(viewer.book_id, shift.id, now)
    return {
        "shift": shift,
        "zone": viewer.zone,
        "standing": standing(shift),
        "code": shown,
        "typed": f"{digits[:3]} {digits[3:]}",
        "asking_count": len(seen.asking),
        "same_pc": "1" if here == "1" else "",
        "may_show_here": shown is None and on_this_computer(request),
        "only_here": shown is not None and not settings().phones_can_open,
    }


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
    shown += [scan.id for scan in seen.refused] + sorted(seen.flags)
    shown += [row.person_id for row in missing]
    return {
        "shift": seen.shift,
        "board": seen,
        "members": known,
        "missing": missing,
        "photographed": await photographed(viewer.book_id, here),
        "me": viewer.person_id,
        "zone": viewer.zone,
        "help_with": [(scan, _title(scan)) for scan in seen.refused],
        "flag_words": flag_words(),
        "digest": hashlib.sha256(repr(shown).encode()).hexdigest()[:16],
    }


def _title(scan: CheckinScan) -> str:
    return gettext(DomainError.by_slug.get(scan.refusal, Refused).title)
