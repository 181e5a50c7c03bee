"""My devices: every browser in which somebody is signed in, and the way to sign one of them out."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kernel.days import from_date
from people import sessions
from people.models import Session
from people.permissions import Viewer
from web import agents
from web.asking import Anyone
from web.cookies import drop_session_cookie
from web.fields import Id
from web.i18n import gettext, local, short_day, short_when
from web.render import page, redirect

router = APIRouter(include_in_schema=False)


@router.get("/devices")
async def devices(request: Request, viewer: Anyone) -> Response:
    """List the browsers, the last used first."""
    found = await sessions.sessions_of(viewer.book_id, viewer.person_id)
    return page(request, "devices.html", devices=[_row(viewer, each) for each in found])


@router.post("/devices/{session_id}/sign-out")
async def sign_out_one(request: Request, viewer: Anyone, session_id: Id) -> Response:
    """Sign one browser out; one that is out already, or somebody else's, is left as it is."""
    await sessions.end_one(viewer.book_id, viewer.person_id, session_id)
    own = session_id == viewer.session_id
    response = redirect(request, "/" if own else "/devices", gettext("That device is signed out."))
    if own:
        drop_session_cookie(request, response)
    return response


@router.post("/devices/sign-outs")
async def sign_out_others(request: Request, viewer: Anyone) -> Response:
    """Sign every other browser out."""
    await sessions.end_others(viewer.book_id, viewer.person_id, viewer.session_id)
    return redirect(request, "/devices", gettext("All your other devices are signed out."))


def _row(viewer: Viewer, found: Session) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": agents.said(found.browser) or gettext("Browser"),
        "phone": agents.is_phone(found.browser),
        "this": found.id == viewer.session_id,
        "begun": short_when(found.begun_at, viewer.zone),
        # Visits of volunteers are noted once a day, so that an hour would say too much.
        "seen": short_when(found.seen_at, viewer.zone)
        if found.staff
        else short_day(from_date(local(found.seen_at, viewer.zone).date())),
    }
