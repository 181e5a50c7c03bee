"""What people say of hours that no scan shows: when I left, who else was there, and that an award is disputed."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin import arrival, board, closing, shifts
from checkin.back_filling import back_fill
from checkin.errors import AttendanceNotFound, SeveralPeople
from kernel import days
from kernel.errors import DomainError, NotFound, Refused
from people.lookup import by_number_or_phone
from people.permissions import Viewer
from web import entered
from web.asking import ShiftRunner, Verifier, Volunteer
from web.entered import Prose
from web.fields import Id, Typed
from web.i18n import gettext, say
from web.render import page, redirect
from web.shift_times import moment_near
from web.verifications import one_page
from web.volunteer import home_page

router = APIRouter(include_in_schema=False)


class AdditionForm(BaseModel):
    """What was typed to enter somebody who was never checked in."""

    number: Typed = ""
    came: Typed = ""
    left: Typed = ""
    because: Prose = ""


@router.post("/attendances/{attendance_id}/leaving")
async def say_when_left(
    request: Request,
    viewer: Volunteer,
    attendance_id: Id,
    at: Annotated[Id, Form()] = 0,
    left: Annotated[Typed, Form()] = "",
) -> Response:
    """Take the volunteer's own word for when they left: a moment that was offered, or a time of day."""
    try:
        seen = (await board.explain(viewer.book_id, attendance_id)).attendance
        if seen.person_id != viewer.person_id:
            raise AttendanceNotFound
        moment = at or moment_near(seen.shift, viewer.zone, left, "left")
        await closing.say_when_left(viewer.book_id, attendance_id, viewer.person_id, moment)
    except entered.REFUSALS as refusal:
        return await home_page(request, viewer, refusal, (attendance_id, left))
    return redirect(request, "/", gettext("Thank you. The organiser will look at it."))


@router.get("/shifts/{shift_id}/addition")
async def add(request: Request, viewer: ShiftRunner, shift_id: Id) -> Response:
    """Show the form for somebody who was there without a scan."""
    return await _addition_page(request, viewer, shift_id, AdditionForm())


@router.post("/shifts/{shift_id}/addition")
async def added(
    request: Request, viewer: ShiftRunner, shift_id: Id, form: Annotated[AdditionForm, Form()]
) -> Response:
    """Enter somebody who was there without a scan; it waits for verification."""
    try:
        near = partial(moment_near, await shifts.find(viewer.book_id, shift_id), viewer.zone)
        members = await by_number_or_phone(viewer.book_id, form.number)
        if len(members) > 1:
            raise SeveralPeople
        done = await back_fill(
            *(viewer.book_id, shift_id, members[0].person_id, viewer.person_id),
            checked_in_at=near(form.came, "came"),
            checked_out_at=near(form.left, "left"),
            reason=form.because,
        )
    except (*entered.REFUSALS, NotFound) as refusal:
        return await _addition_page(request, viewer, shift_id, form, refusal)
    said = gettext("Entered. It waits for review.")
    if done.needs_second:
        said = gettext("Entered. Somebody else than you must verify it.")
    return redirect(request, f"/shifts/{shift_id}", said)


async def _addition_page(
    request: Request,
    viewer: Viewer,
    shift_id: int,
    form: AdditionForm,
    refusal: DomainError | None = None,
) -> Response:
    shift = await shifts.find(viewer.book_id, shift_id)
    return page(
        request,
        "shifts/addition.html",
        status=entered.status(refusal),
        shift=shift,
        day=days.day_of(shift.starts_at, viewer.zone),
        zone=viewer.zone,
        form=form,
        refusal=refusal,
    )


@router.post("/attendances/{attendance_id}/dispute")
async def dispute(
    request: Request, viewer: Verifier, attendance_id: Id, reason: Annotated[Prose, Form()] = ""
) -> Response:
    """Hold an award's points back, because somebody objects."""
    try:
        await arrival.dispute(viewer.book_id, attendance_id, viewer.person_id, reason)
    except entered.REFUSALS as refusal:
        return await one_page(
            request, viewer, attendance_id, refusal=refusal, act="dispute", typed=reason
        )
    done = gettext("The points wait until this is settled.")
    return redirect(request, f"/verifications/{attendance_id}", done, "warn")


@router.post("/attendances/{attendance_id}/dispute/settlement")
async def settle(request: Request, viewer: Verifier, attendance_id: Id) -> Response:
    """Let a disputed award stand."""
    back = f"/verifications/{attendance_id}"
    try:
        await arrival.settle(viewer.book_id, attendance_id, viewer.person_id)
    except Refused as refusal:
        return redirect(request, back, say(refusal), "bad")
    return redirect(request, back, gettext("Settled: the points arrive when the notice ends."))
