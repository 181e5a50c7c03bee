"""The browsers that stand at counters: set one up, list them, take one off."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import counter_devices, roster
from people.permissions import Viewer
from web import entered
from web.asking import CounterKeeper
from web.cookies import DEVICE, YEAR, drop_cookie, read_cookie, set_cookie
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False)
HERE = "/counter/devices"


@router.get("/counter/devices")
async def show(request: Request, viewer: CounterKeeper) -> Response:
    """List the counters' browsers, and say whether this is one."""
    return await _page(request, viewer)


async def _page(
    request: Request, viewer: Viewer, name: str = "", refusal: DomainError | None = None
) -> Response:
    devices = await counter_devices.devices_of(viewer.book_id)
    this = await counter_devices.device_of(read_cookie(request, DEVICE))
    return page(
        request,
        "counter/devices.html",
        status=entered.status(refusal),
        devices=devices,
        by=await roster.names(viewer.book_id, [each.enrolled_by for each in devices]),
        this=this if this is not None and this.book_id == viewer.book_id else None,
        clerks=await counter_devices.clerks_at(viewer.book_id),
        name=name,
        refusal=refusal,
        zone=viewer.zone,
    )


@router.post("/counter/devices")
async def enrol(
    request: Request, viewer: CounterKeeper, name: Annotated[Typed, Form()] = ""
) -> Response:
    """Make this very browser a counter's."""
    try:
        token = await counter_devices.enrol(viewer.book_id, name, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, name, refusal)
    said = gettext("This browser is a counter now. Sign out here, and the clerks take turns.")
    response = redirect(request, HERE, said)
    set_cookie(request, response, DEVICE, token, seconds=YEAR)
    return response


@router.post("/counter/devices/{device_id}/revocation")
async def revoke(request: Request, viewer: CounterKeeper, device_id: Id) -> Response:
    """Take a browser off the list."""
    this = await counter_devices.device_of(read_cookie(request, DEVICE))
    await counter_devices.revoke(viewer.book_id, device_id, viewer.person_id)
    said = gettext("That browser is a counter no longer. Whoever was in on it is signed out.")
    response = redirect(request, HERE, said, "warn")
    if this is not None and this.id == device_id:
        drop_cookie(request, response, DEVICE)
    return response
