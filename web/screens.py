"""Screens that show a shift's code: the tablet, a helper's phone, the kiosk at the door; and the list on paper."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from checkin import board, greeting, lending, shifts, signing_sheet
from checkin.board import Board
from checkin.models import CodeMode
from kernel.days import day_of
from people.permissions import Permission, Viewer
from web.addresses import public_origin
from web.asking import Anyone, ShiftRunner
from web.code_screen import code_of, is_still_good, shift_address
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False)
UNCHANGED = 204


@router.get("/shifts/{shift_id}/code")
async def code(
    request: Request, viewer: Anyone, shift_id: Id, here: str = "", seen: str = ""
) -> Response:
    """Show a fresh code alone: the whole screen of a tablet, or the fragment that a page asks for."""
    now = await _seen(viewer, shift_id)
    if "hx-request" not in request.headers:
        return await _screen(request, viewer, now, "shifts/code.html", here)
    if now.shift.code_mode is CodeMode.STRICT and await is_still_good(now.shift, seen):
        return Response(status_code=UNCHANGED)
    return await _screen(request, viewer, now, "shifts/_code.html", here)


@router.get("/shifts/{shift_id}/kiosk")
async def kiosk(request: Request, viewer: Anyone, shift_id: Id, here: str = "") -> Response:
    """Show the code on a tablet at the door, and greet whoever comes in or goes."""
    now = await _seen(viewer, shift_id)
    last = await greeting.last(viewer.book_id, shift_id)
    return await _screen(request, viewer, now, "shifts/kiosk.html", here, last=last)


@router.get("/shifts/{shift_id}/kiosk/greetings")
async def greetings(request: Request, viewer: Anyone, shift_id: Id, after: Id = 0) -> Response:
    """Greet the next one who came or went after a scan; nothing if there is none."""
    await _seen(viewer, shift_id)
    next_one = await greeting.after(viewer.book_id, shift_id, after)
    if next_one is None:
        return Response(status_code=UNCHANGED)
    return page(request, "shifts/_greeting.html", each=next_one, zone=viewer.zone)


@router.post("/shifts/{shift_id}/code-mode")
async def set_code_mode(
    request: Request,
    viewer: ShiftRunner,
    shift_id: Id,
    mode: Annotated[Typed, Form()] = "",
    here: Annotated[str, Form()] = "",
) -> Response:
    """Say who may use one code."""
    chosen = CodeMode(mode) if mode in [each.value for each in CodeMode] else CodeMode.SHARED
    await shifts.set_code_mode(viewer.book_id, shift_id, chosen)
    back = shift_address(shift_id, here)
    return redirect(request, back, gettext("The codes are changed."))


@router.get("/shifts/{shift_id}/helper")
async def helper(request: Request, viewer: ShiftRunner, shift_id: Id, seen: str = "") -> Response:
    """Show who shows the code, and offer a link for one more helper; to a script, only who is new."""
    return await _helpers(request, viewer, shift_id, seen=seen)


@router.post("/shifts/{shift_id}/helper")
async def lend(request: Request, viewer: ShiftRunner, shift_id: Id) -> Response:
    """Show the link, once: one helper opens it."""
    token = await lending.lend(viewer.book_id, shift_id, viewer.person_id)
    return await _helpers(request, viewer, shift_id, f"{public_origin(request)}/screens/{token}")


@router.get("/screens/{screen}")
async def offered(request: Request, viewer: Anyone, screen: str) -> Response:
    """Ask the helper whether this phone is to show the code."""
    shift = await lending.offered(viewer.book_id, screen, viewer.person_id)
    return page(request, "shifts/lent.html", shift=shift, token=screen, zone=viewer.zone)


@router.post("/screens/{screen}")
async def take(request: Request, viewer: Anyone, screen: str) -> Response:
    """Let this helper, and nobody after them, show the code until the shift is over."""
    shift = await lending.take(viewer.book_id, screen, viewer.person_id)
    return redirect(request, f"/shifts/{shift.id}/code")


@router.get("/shifts/{shift_id}/signing-sheet")
async def sheet(request: Request, viewer: ShiftRunner, shift_id: Id) -> Response:
    """Show the list to print and sign, for places without any device."""
    made = await signing_sheet.of_shift(viewer.book_id, shift_id)
    day = day_of(made.shift.starts_at, viewer.zone)
    return page(request, "shifts/signing-sheet.html", sheet=made, zone=viewer.zone, day=day)


async def _helpers(
    request: Request, viewer: Viewer, shift_id: int, link: str = "", seen: str = ""
) -> Response:
    shift = await shifts.find(viewer.book_id, shift_id)
    helpers = await lending.helpers(viewer.book_id, shift_id)
    if "hx-request" in request.headers and seen == str(len(helpers)):
        return Response(status_code=UNCHANGED)
    return page(
        request,
        "shifts/helper.html",
        block="helpers",
        link=link,
        shift=shift,
        helpers=helpers,
        zone=viewer.zone,
    )


async def _seen(viewer: Viewer, shift_id: int) -> Board:
    """Return a shift's board for whoever runs shifts, or was lent the screen. Raises: ScreenNotLent, ShiftNotFound."""
    if not viewer.may(Permission.RUN_SHIFTS):
        await lending.lent_to(viewer.book_id, shift_id, viewer.person_id)
    return await board.of_shift(viewer.book_id, shift_id)


async def _screen(
    request: Request, viewer: Viewer, seen: Board, template: str, here: str, **more: Any
) -> Response:
    context = await code_of(request, viewer, seen, here)
    return page(request, template, runs_it=viewer.may(Permission.RUN_SHIFTS), **context, **more)
