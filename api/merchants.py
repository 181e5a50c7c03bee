"""Services of merchants at shared costs: what is agreed, who pays what, rendering at the desk, and an undo."""

from api.asking import Merchant as Desk
from api.asking import ShopKeeper, SignedIn, Volunteer
from api.routing import Id, Key
from api.routing import router as _router
from api.schemas.merchants import (
    Agreement,
    Agreements,
    AllRendered,
    Customer,
    Merchant,
    Merchants,
    Named,
    Render,
    Rendered,
    Service,
    Services,
    ServiceState,
    Terms,
    WhoStands,
)
from people import registration, roster
from people.errors import CompanyNeeded
from people.models import Trade
from people.permissions import Viewer
from redemption import agreeing, rendering, spending
from redemption.service_errors import ServiceNotFound

router = _router("services")


@router.get("/merchants")
async def list_merchants(viewer: ShopKeeper) -> Merchants:
    """List the merchants."""
    found = await roster.companies(viewer.book_id, Trade.MERCHANT)
    return Merchants(items=[Merchant.of(each) for each in found])


@router.post("/merchants", status_code=201)
async def enter_merchant(viewer: ShopKeeper, body: Named) -> Merchant:
    """Enter a merchant; the same name is the same merchant."""
    return Merchant.of(await registration.open_company(viewer.book_id, body.name, Trade.MERCHANT))


@router.post("/merchants/{company_id}/services", status_code=201)
async def add_service(viewer: ShopKeeper, company_id: Id, body: Named) -> Service:
    """Add a service of a merchant; the same name is the same service."""
    made = await agreeing.offer_service(viewer.book_id, company_id, body.name)
    return await _shown(viewer, made.id)


@router.get("/services")
async def list_services(viewer: SignedIn) -> Services:
    """List the services with what each costs the bearer today."""
    found = await agreeing.offers(viewer.book_id, person_id=viewer.person_id)
    return Services(items=[Service.of(each) for each in found])


@router.get("/services/{service_id}/agreements")
async def list_agreements(viewer: ShopKeeper, service_id: Id) -> Agreements:
    """List every version of what is agreed about a service, the latest first."""
    await agreeing.service(viewer.book_id, service_id)
    found = await agreeing.versions(viewer.book_id, service_id)
    return Agreements(items=[Agreement.of(each) for each in found])


@router.post("/services/{service_id}/agreements", status_code=201)
async def agree_on_service(viewer: ShopKeeper, service_id: Id, body: Terms) -> Agreement:
    """Agree on a price and its shares; another one holds from tomorrow at the earliest."""
    return Agreement.of(
        await agreeing.agree(
            *(viewer.book_id, service_id, body.agreed, viewer.person_id),
            valid_from=body.valid_from,
        )
    )


@router.put("/services/{service_id}/state")
async def set_service_state(viewer: ShopKeeper, service_id: Id, body: ServiceState) -> Service:
    """Stop offering a service, or go on with it."""
    back = body.state == "on_sale"
    await agreeing.withdraw(viewer.book_id, service_id, back=back)
    return await _shown(viewer, service_id)


@router.post("/service-lookups")
async def look_up_customer(viewer: Desk, body: WhoStands) -> Customer:
    """Return who showed a code or a card, or said a number, and what the merchant's services cost them."""
    found = await rendering.look_up(viewer.book_id, body.code, viewer.person_id)
    offers = await agreeing.offers(viewer.book_id, _company(viewer), found.person_id)
    return Customer(
        person_id=found.person_id,
        name_masked=found.person.masked_name,
        number=found.shown_number,
        services=[Service.of(each) for each in offers],
    )


@router.post("/service-uses", status_code=201)
async def render_service(viewer: Desk, body: Render, key: Key) -> Rendered:
    """Render a service at the price that was shown; the merchant is owed its part from now on."""
    book, by = viewer.book_id, viewer.person_id
    await roster.member(book, body.person_id)
    known = await spending.recognised(book, body.person_id, by, body.way, body.pin or "")
    return Rendered.of(
        await rendering.render(
            *(book, body.service_id, body.person_id, by, _company(viewer), key),
            shown=(body.points, body.resident_fen),
            recognised=known,
        )
    )


@router.get("/service-uses")
async def service_uses_today(viewer: Desk) -> AllRendered:
    """List what the bearer's merchant rendered today."""
    found = await rendering.uses_today(viewer.book_id, _company(viewer))
    return AllRendered(items=[Rendered.of(use) for use in found])


@router.post("/service-uses/{use_id}/undo", status_code=201)
async def undo_service_use(viewer: Desk, use_id: Id, key: Key) -> Rendered:
    """Undo a service until it is in a settlement, at the desk of the same merchant."""
    return Rendered.of(
        await rendering.undo_use(viewer.book_id, use_id, viewer.person_id, _company(viewer), key)
    )


@router.get("/me/service-uses")
async def my_service_uses(viewer: Volunteer) -> AllRendered:
    """List the services that the bearer had."""
    found = await rendering.of_person(viewer.book_id, viewer.person_id)
    return AllRendered(items=[Rendered.of(use) for use in found])


async def _shown(viewer: Viewer, service_id: int) -> Service:
    for each in await agreeing.offers(viewer.book_id):
        if each.service.id == service_id:
            return Service.of(each)
    raise ServiceNotFound


def _company(viewer: Viewer) -> int:
    if viewer.company_id is None:
        raise CompanyNeeded
    return viewer.company_id
