"""What stands behind the counter: goods, their prices, and the stock that comes in from somewhere."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import N_, DomainError, Invalid, Unavailable
from people import lookup
from people.errors import NoSuchMember
from people.permissions import Viewer
from redemption import at_hand, bindings, new_items, slip_pictures, stock
from redemption.errors import ItemNotHere
from redemption.models import Item, StockLot
from redemption.slips import LotSlip
from redemption.states import OnOffer, Source
from redemption.stock import Kept
from web import entered
from web.asking import ShopKeeper
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import page, redirect
from web.which_shop import a_shop

router = APIRouter(include_in_schema=False)
SOURCES = {
    Source.PURCHASED: N_("Bought with community money"),
    Source.SPONSOR: N_("Given by a sponsor"),
    Source.DONATED_FREE_USE: N_("Donated, free to use"),
    Source.DONATED_RELIEF: N_("Donated for relief: never for points"),
}


class SourceIsUnknown(Invalid):
    """Goods come from somewhere, and the books say from where."""

    slug = "stock-source-unknown"
    title = N_("Please choose where the goods come from")
    detail = N_("Please choose where the goods come from.")


class ItemForm(BaseModel):
    """What was typed to add an item."""

    name: Typed = ""
    unit: Typed = ""
    price_points: Typed = ""
    price_yuan: Typed = ""
    barcode: Typed = ""
    category: Typed = ""
    household_limit: Typed = ""


class LotForm(BaseModel):
    """What was typed to take goods in."""

    source: Typed = ""
    quantity: Typed = ""
    use_by: Typed = ""
    donor: Typed = ""
    unit_cost: Typed = ""
    slip: Typed = ""
    buyer: Typed = ""
    key: str = ""


@router.get("/shop")
async def shelves(request: Request, viewer: ShopKeeper) -> Response:
    """Show every item with what is left of it."""
    return await _shop_page(request, viewer)


@router.post("/shop")
async def open_shop(
    request: Request, viewer: ShopKeeper, name: Annotated[Typed, Form()] = ""
) -> Response:
    """Open the community's shop."""
    try:
        await stock.open_shop(viewer.book_id, name)
    except entered.REFUSALS as refusal:
        return await _shop_page(request, viewer, refusal=refusal, name=name)
    return redirect(request, "/shop", gettext("The shop is open. Now add what it has."))


@router.get("/shop/items/new")
async def new_item(request: Request, _: ShopKeeper) -> Response:
    """Ask what the item is."""
    return page(request, "shop/new_item.html", form=ItemForm(), refusal=None)


@router.post("/shop/items")
async def add_item(
    request: Request, viewer: ShopKeeper, form: Annotated[ItemForm, Form()]
) -> Response:
    """Add an item to the shop's catalogue, then ask for its stock."""
    shop = await a_shop(request)
    try:
        item = await stock.add_item(
            viewer.book_id,
            shop.id if shop else 0,
            form.name,
            entered.whole(form.price_points, "price_points"),
            barcode=form.barcode or None,
            price_fen=entered.fen(form.price_yuan, "price_yuan") if form.price_yuan else 0,
            unit=form.unit,
            kept=_kept(form.category, form.household_limit),
        )
    except entered.REFUSALS as refusal:
        status = entered.status(refusal)
        return page(request, "shop/new_item.html", status=status, form=form, refusal=refusal)
    said = gettext("“%(item)s” is in the catalogue. Now take its first pieces in.")
    return redirect(request, f"/shop/items/{item.id}", said % {"item": item.name})


@router.get("/shop/items/{item_id}")
async def item(request: Request, viewer: ShopKeeper, item_id: Id) -> Response:
    """Show one item with its lots."""
    return await _item_page(request, viewer, item_id)


@router.post("/shop/items/{item_id}/lots")
async def receive(
    request: Request, viewer: ShopKeeper, item_id: Id, form: Annotated[LotForm, Form()]
) -> Response:
    """Take goods in, once per form."""
    try:
        if form.source not in SOURCES:
            raise SourceIsUnknown(field="source")
        lot = await stock.receive(
            viewer.book_id,
            item_id,
            Source(form.source),
            entered.whole(form.quantity, "quantity"),
            by=viewer.person_id,
            key=form.key,
            use_by=entered.date(form.use_by, "use_by") if form.use_by else None,
            donor=form.donor,
            slip=await _slip(viewer, form),
        )
    except (*entered.REFUSALS, NoSuchMember, Unavailable) as refusal:
        # They may be on the shelf if the desk was busy: only the same key finds that out instead of adding them twice.
        key = form.key if isinstance(refusal, Unavailable) else ""
        return await _item_page(
            request, viewer, item_id, refusal=refusal, act="lot", form=form, key=key
        )
    said = gettext("%(count)s pieces are on the shelf.") % {"count": lot.quantity_received}
    return redirect(request, f"/shop/items/{item_id}", said)


@router.post("/shop/items/{item_id}/price")
async def set_price(
    request: Request, viewer: ShopKeeper, item_id: Id, price_points: Annotated[Typed, Form()] = ""
) -> Response:
    """Change the price from now on."""
    try:
        price = entered.whole(price_points, "price_points")
        await stock.set_price(viewer.book_id, item_id, price)
    except entered.REFUSALS as refusal:
        typed = {"price_points": price_points}
        return await _item_page(request, viewer, item_id, refusal=refusal, act="price", form=typed)
    return redirect(request, f"/shop/items/{item_id}", gettext("The new price is in force."))


@router.post("/shop/items/{item_id}/keeping")
async def keep(
    request: Request,
    viewer: ShopKeeper,
    item_id: Id,
    category: Annotated[Typed, Form()] = "",
    household_limit: Annotated[Typed, Form()] = "",
) -> Response:
    """Change the category, and what a household may have in a month."""
    try:
        await stock.keep(viewer.book_id, item_id, _kept(category, household_limit))
    except entered.REFUSALS as refusal:
        typed = {"category": category, "household_limit": household_limit}
        return await _item_page(request, viewer, item_id, refusal=refusal, act="kept", form=typed)
    return redirect(request, f"/shop/items/{item_id}", gettext("Saved."))


@router.post("/shop/items/{item_id}/state")
async def set_state(
    request: Request, viewer: ShopKeeper, item_id: Id, state: Annotated[Typed, Form()] = ""
) -> Response:
    """Withdraw the item from exchange, or offer it again."""
    wanted = OnOffer.WITHDRAWN if state == "withdrawn" else OnOffer.ON_SALE
    try:
        await stock.set_on_offer(viewer.book_id, item_id, wanted)
    except entered.REFUSALS as refusal:
        return await _item_page(request, viewer, item_id, refusal=refusal)
    return redirect(request, f"/shop/items/{item_id}", gettext("Saved."))


def _kept(category: str, limit: str) -> Kept:
    return Kept(category, entered.whole(limit, "household_limit") if limit else None)


async def _slip(viewer: Viewer, form: LotForm) -> LotSlip:
    buyer = await lookup.by_number(viewer.book_id, form.buyer) if form.buyer else None
    cost = entered.fen(form.unit_cost, "unit_cost") if form.unit_cost else 0
    return LotSlip(cost, form.slip, buyer.person_id if buyer else None)


async def _shop_page(
    request: Request, viewer: Viewer, *, refusal: DomainError | None = None, name: str = ""
) -> Response:
    shop = await a_shop(request)
    found = await stock.shelves(viewer.book_id, shop.id) if shop else []
    status = entered.status(refusal)
    return page(
        request,
        "shop/shelves.html",
        status=status,
        shop=shop,
        shelves=found,
        unconfirmed=len(await bindings.waiting(viewer.book_id)),
        new=len(await new_items.waiting(viewer.book_id)),
        refusal=refusal,
        name=name,
    )


async def _item_page(
    request: Request,
    viewer: Viewer,
    item_id: int,
    *,
    refusal: DomainError | None = None,
    act: str = "",
    form: Any = None,
    key: str = "",
) -> Response:
    found = await Item.get_or_none(book_id=viewer.book_id, id=item_id)
    if found is None:
        raise ItemNotHere
    left = await at_hand.lots_on_shelf(viewer.book_id, found.shop_id, [found.id])
    lots = await StockLot.filter(book_id=viewer.book_id, item_id=found.id).order_by("-received_at")
    pieces = {lot.lot_id: count for lot, count in left.items()}
    pictures = await slip_pictures.standing(viewer.book_id, [lot.id for lot in lots])
    return page(
        request,
        "shop/item.html",
        status=entered.status(refusal),
        item=found,
        lots=[(lot, pieces.get(lot.id, 0)) for lot in lots],
        pictures=pictures,
        on_shelf=sum(pieces.values()),
        sources=SOURCES,
        zone=viewer.zone,
        refusal=refusal,
        act=act,
        form=form or LotForm(),
        key=key,
    )
