"""Cancelling a shift: the reason, and then whom to tell, with a text that is ready to be copied."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from checkin import cancelling, signup_lists
from checkin.models import ShiftState
from kernel.errors import DomainError
from people.permissions import Viewer
from web import entered, group_reminders
from web.asking import ShiftRunner
from web.entered import Prose
from web.fields import Id
from web.group_texts import cancellation, when_of
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/shifts/{shift_id}/cancellation")


@router.get("")
async def ask(request: Request, viewer: ShiftRunner, shift_id: Id) -> Response:
    """Ask for the reason, or show whom to tell once the shift is cancelled."""
    return await _page(request, viewer, shift_id)


@router.post("")
async def cancel(
    request: Request, viewer: ShiftRunner, shift_id: Id, reason: Annotated[Prose, Form()] = ""
) -> Response:
    """Cancel the shift, and tell the group if it has a robot."""
    try:
        shift = await cancelling.cancel_shift(viewer.book_id, shift_id, viewer.person_id, reason)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, shift_id, refusal, reason)
    told = await group_reminders.tell_cancelled(viewer.book_id, shift)
    said = (
        gettext("The shift is cancelled, and the group has been told.")
        if told
        else gettext("The shift is cancelled. Please tell the people below.")
    )
    return redirect(request, f"/shifts/{shift_id}/cancellation", said, "warn")


async def _page(
    request: Request,
    viewer: Viewer,
    shift_id: int,
    refusal: DomainError | None = None,
    reason: str = "",
) -> Response:
    sheet = await signup_lists.of_shift(viewer.book_id, shift_id)
    shift = sheet.shift
    return page(
        request,
        "shifts/cancellation.html",
        status=entered.status(refusal),
        shift=shift,
        when=when_of(shift, viewer.zone),
        people=[*sheet.coming, *sheet.offered, *sheet.waiting],
        cancelled=shift.state is ShiftState.CANCELLED,
        text=cancellation(shift, viewer.zone),
        refusal=refusal,
        reason=reason,
    )
