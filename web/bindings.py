"""A barcode that the counter does not know: bound to an item by the clerk, confirmed by the office by the evening."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, NotFound
from people.permissions import Viewer
from redemption import bindings, stock
from redemption.states import OnOffer
from web import entered
from web.asking import Clerk, ShopKeeper
from web.baskets import basket_of, keep
from web.fields import Id, Typed, read_id
from web.i18n import gettext
from web.render import page, redirect
from web.signers import signers
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False)


@router.get("/counter/barcodes")
async def ask(request: Request, viewer: Clerk, code: Annotated[Typed, Query()] = "") -> Response:
    """Ask which item an unknown barcode is on."""
    return await _ask(request, viewer, code)


@router.post("/counter/barcodes")
async def bind(
    request: Request,
    viewer: Clerk,
    code: Annotated[Typed, Form()] = "",
    item: Annotated[Typed, Form()] = "",
) -> Response:
    """Bind the barcode, and take the item into this exchange."""
    try:
        bound = await bindings.bind(viewer.book_id, read_id(item), code, viewer.person_id)
    except (NotFound, *entered.REFUSALS) as refusal:
        return await _ask(request, viewer, code, refusal)
    said = gettext("Bound. An organiser confirms it by the evening.")
    basket = basket_of(request, viewer)
    if basket.other:
        return redirect(request, "/counter", said)
    return keep(request, redirect(request, "/counter", said), viewer, basket.scanned(bound.item_id))


@router.get("/shop/barcodes")
async def waiting(request: Request, viewer: ShopKeeper) -> Response:
    """List the barcodes that wait to be confirmed."""
    return await _waiting(request, viewer)


@router.post("/shop/barcodes/{binding_id}/confirmation")
async def confirm(request: Request, viewer: ShopKeeper, binding_id: Id) -> Response:
    """Confirm that the barcode is on that item."""
    try:
        await bindings.confirm(viewer.book_id, binding_id, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _waiting(request, viewer, refusal)
    return redirect(request, "/shop/barcodes", gettext("Confirmed."))


@router.post("/shop/barcodes/{binding_id}/refusal")
async def refuse(request: Request, viewer: ShopKeeper, binding_id: Id) -> Response:
    """Take the binding away: the counter does not know this barcode any more."""
    await bindings.refuse(viewer.book_id, binding_id)
    return redirect(
        request, "/shop/barcodes", gettext("Taken away: this barcode is unknown again.")
    )


async def _ask(
    request: Request, viewer: Viewer, code: str, refusal: DomainError | None = None
) -> Response:
    shop = await the_shop(request)
    shelves = await stock.shelves(viewer.book_id, shop.id)
    items = [each.item for each in shelves if each.item.state is OnOffer.ON_SALE]
    return page(
        request,
        "counter/barcode.html",
        status=entered.status(refusal),
        items=items,
        code=code,
        refusal=refusal,
    )


async def _waiting(
    request: Request, viewer: Viewer, refusal: DomainError | None = None
) -> Response:
    found = await bindings.waiting(viewer.book_id)
    return page(
        request,
        "shop/barcodes.html",
        status=entered.status(refusal),
        waiting=found,
        names=await signers(viewer, [each.bound_by for each in found]),
        refusal=refusal,
        zone=viewer.zone,
    )
