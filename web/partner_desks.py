"""Partners' desks behind the scenes: the code, the PINs of their people, and the browsers that stand there."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import counter_devices, desk_codes, desk_turns, roster
from people.permissions import Permission, Viewer
from web import entered
from web.asking import DeskKeeper, PartnerWorker
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/desks")


@router.get("/work")
async def work(request: Request, viewer: PartnerWorker) -> Response:
    """Lead to the page of the partner's own work."""
    return redirect(request, "/desk" if viewer.may(Permission.TAKE_VOUCHERS) else "/services")


@router.get("")
async def desks(request: Request, viewer: DeskKeeper) -> Response:
    """List the partners; somebody of a partner sees their own desk at once."""
    own = desk_turns.own_desk(viewer)
    if own is not None:
        return await _desk(request, viewer, own)
    return page(request, "desks/list.html", partners=await roster.partners(viewer.book_id))


@router.get("/{company_id}")
async def desk(request: Request, viewer: DeskKeeper, company_id: Id) -> Response:
    """Show who may come to a partner's desk, and from which browsers."""
    return await _desk(request, viewer, desk_turns.kept_desk(viewer, company_id))


@router.post("/{company_id}/code")
async def renew_code(request: Request, viewer: DeskKeeper, company_id: Id) -> Response:
    """Make another code and show it, once."""
    kept = desk_turns.kept_desk(viewer, company_id)
    code = await desk_codes.renew(viewer.book_id, kept, viewer.person_id)
    return await _desk(request, viewer, kept, code=desk_codes.grouped(code))


@router.post("/{company_id}/pins")
async def set_pin(
    request: Request,
    viewer: DeskKeeper,
    company_id: Id,
    person: Annotated[Id, Form()] = 0,
    pin: Annotated[Typed, Form()] = "",
) -> Response:
    """Set somebody's PIN."""
    kept = desk_turns.kept_desk(viewer, company_id)
    try:
        await desk_turns.set_pin_of(viewer, kept, person, pin)
    except entered.REFUSALS as refusal:
        return await _desk(request, viewer, kept, person=person, refusal=refusal)
    return redirect(request, f"/desks/{kept}", gettext("The PIN code is set."))


@router.post("/{company_id}/pins/{person_id}/removal")
async def drop_pin(request: Request, viewer: DeskKeeper, company_id: Id, person_id: Id) -> Response:
    """Drop somebody's PIN."""
    kept = desk_turns.kept_desk(viewer, company_id)
    await desk_turns.drop_pin_of(viewer, kept, person_id)
    said = gettext("The PIN is dropped, and whoever was in by it is signed out.")
    return redirect(request, f"/desks/{kept}", said, "warn")


@router.post("/{company_id}/devices/{device_id}/revocation")
async def revoke(request: Request, viewer: DeskKeeper, company_id: Id, device_id: Id) -> Response:
    """Take a browser off the desk's list."""
    kept = desk_turns.kept_desk(viewer, company_id)
    await counter_devices.revoke(viewer.book_id, device_id, viewer.person_id, kept)
    said = gettext("That browser opens the desk no longer.")
    return redirect(request, f"/desks/{kept}", said, "warn")


async def _desk(
    request: Request,
    viewer: Viewer,
    company_id: int,
    *,
    code: str = "",
    person: int = 0,
    refusal: DomainError | None = None,
) -> Response:
    ready = await counter_devices.with_pin(viewer.book_id, company_id)
    devices = await counter_devices.devices_of(viewer.book_id, company_id)
    return page(
        request,
        "desks/desk.html",
        status=entered.status(refusal),
        company=await desk_codes.partner(viewer.book_id, company_id),
        standing=await desk_codes.standing(viewer.book_id, company_id),
        code=code,
        people=await counter_devices.desk_people(viewer.book_id, company_id),
        ready={each.person_id for each in ready},
        devices=devices,
        by=await roster.names(viewer.book_id, [each.enrolled_by for each in devices]),
        person=person,
        refusal=refusal,
        zone=viewer.zone,
    )
