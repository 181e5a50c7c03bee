"""The leader's own coming and going, said by another member of the shift on that member's phone."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from checkin import leading
from web import entered
from web.asking import Volunteer
from web.fields import Id, Typed
from web.i18n import gettext, say
from web.render import redirect

router = APIRouter(include_in_schema=False)


@router.post("/shifts/{shift_id}/leader")
async def check_leader(
    request: Request, viewer: Volunteer, shift_id: Id, leaves: Annotated[Typed, Form()] = ""
) -> Response:
    """Check the leader in, or out."""
    act = leading.check_leader_out if leaves == "1" else leading.check_leader_in
    try:
        await act(viewer.book_id, shift_id, viewer.person_id)
    except entered.REFUSALS as refusal:
        return redirect(request, "/", say(refusal), "bad")
    if leaves == "1":
        return redirect(request, "/", gettext("The leader is checked out. Thank you."))
    return redirect(request, "/", gettext("The leader is checked in. Thank you."))
