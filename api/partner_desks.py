"""Partners' desks: the code that brings a browser there, and the PINs of the people who work there."""

from api.asking import DeskKeeper
from api.routing import Id
from api.routing import router as _router
from api.schemas.partner_desks import (
    DeskBrowser,
    DeskBrowsers,
    DeskCode,
    DeskPeople,
    DeskPerson,
    NewPin,
)
from people import counter_devices, desk_codes, desk_turns
from people.permissions import Viewer

router = _router("partner desks")


@router.post("/partner-desks/{company_id}/code", status_code=201)
async def renew_desk_code(viewer: DeskKeeper, company_id: Id) -> DeskCode:
    """Make a partner's code, told only here; the one before opens nothing any more."""
    kept = desk_turns.kept_desk(viewer, company_id)
    return DeskCode(code=await desk_codes.renew(viewer.book_id, kept, viewer.person_id))


@router.get("/partner-desks/{company_id}/people")
async def desk_people(viewer: DeskKeeper, company_id: Id) -> DeskPeople:
    """List who works at a partner's desk, and who of them has a PIN."""
    kept = desk_turns.kept_desk(viewer, company_id)
    return await _people(viewer, (await desk_codes.partner(viewer.book_id, kept)).id)


@router.put("/partner-desks/{company_id}/people/{person_id}/pin")
async def set_desk_pin(
    viewer: DeskKeeper, company_id: Id, person_id: Id, body: NewPin
) -> DeskPeople:
    """Set the PIN of one of a partner's people."""
    kept = desk_turns.kept_desk(viewer, company_id)
    await desk_turns.set_pin_of(viewer, kept, person_id, body.pin)
    return await _people(viewer, kept)


@router.post("/partner-desks/{company_id}/people/{person_id}/pin/removal")
async def drop_desk_pin(viewer: DeskKeeper, company_id: Id, person_id: Id) -> DeskPeople:
    """Drop a PIN; whoever was in by it is signed out."""
    kept = desk_turns.kept_desk(viewer, company_id)
    await desk_turns.drop_pin_of(viewer, kept, person_id)
    return await _people(viewer, kept)


@router.get("/partner-desks/{company_id}/browsers")
async def desk_browsers(viewer: DeskKeeper, company_id: Id) -> DeskBrowsers:
    """List the browsers that came to a partner's desk by its code."""
    kept = desk_turns.kept_desk(viewer, company_id)
    await desk_codes.partner(viewer.book_id, kept)
    found = await counter_devices.devices_of(viewer.book_id, kept)
    return DeskBrowsers(items=[DeskBrowser.of(each) for each in found])


@router.delete("/partner-desks/{company_id}/browsers/{browser_id}", status_code=204)
async def revoke_desk_browser(viewer: DeskKeeper, company_id: Id, browser_id: Id) -> None:
    """Take a browser off a desk's list: whoever is in on it is out."""
    kept = desk_turns.kept_desk(viewer, company_id)
    await counter_devices.revoke(viewer.book_id, browser_id, viewer.person_id, kept)


async def _people(viewer: Viewer, company_id: int) -> DeskPeople:
    ready = {e.person_id for e in await counter_devices.with_pin(viewer.book_id, company_id)}
    found = await counter_devices.desk_people(viewer.book_id, company_id)
    return DeskPeople(items=[DeskPerson.of(each, each.person_id in ready) for each in found])
