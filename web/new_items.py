"""New items: added by a clerk at the counter, looked at and confirmed or refused by somebody of the office."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, Unavailable
from people.masks import masked_name
from people.permissions import Viewer
from redemption import new_items
from redemption.new_item_papers import MOST_NEW_PIECES, MOST_NEW_POINTS
from redemption.new_items import GIVEN, Brought
from redemption.states import Source
from web import entered
from web.asking import Clerk, ShopKeeper
from web.baskets import basket_of, keep
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import page, redirect
from web.shop_admin import SOURCES, SourceIsUnknown
from web.signers import signers
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False)
HERE = "/shop/new-items"


class NewItemForm(BaseModel):
    """What was typed about goods that the counter does not know."""

    name: Typed = ""
    price_points: Typed = ""
    pieces: Typed = ""
    source: Typed = ""
    donor: Typed = ""
    code: Typed = ""
    key: str = ""


@router.get("/counter/new-items")
async def ask(request: Request, viewer: Clerk, code: Annotated[Typed, Query()] = "") -> Response:
    """Ask what it is, what it costs, how many pieces there are, and where they come from."""
    return await _ask(request, NewItemForm(code=code))


@router.post("/counter/new-items")
async def add(request: Request, viewer: Clerk, form: Annotated[NewItemForm, Form()]) -> Response:
    """Add the item with its pieces, once per form; who is being served has one of them in the basket."""
    try:
        shop = await the_shop(request)
        paper = await new_items.add(
            viewer.book_id, shop.id, _brought(form), viewer.person_id, form.key
        )
    except (Unavailable, *entered.REFUSALS) as refusal:
        # Only the same key finds out what of it is there already.
        return await _ask(request, form, refusal)
    said = gettext(
        "“%(item)s” can be exchanged. A colleague confirms it by tomorrow evening.", item=paper.name
    )
    answer, basket = redirect(request, "/counter", said), basket_of(request, viewer)
    if not basket.person_id or basket.other:
        return answer
    return keep(request, answer, viewer, basket.scanned(paper.item_id))


@router.get(HERE)
async def waiting(request: Request, viewer: ShopKeeper) -> Response:
    """List the new items that wait, each with what was handed out of it meanwhile."""
    return await _waiting(request, viewer)


@router.post("/shop/new-items/{paper_id}/confirmation")
async def confirm(
    request: Request,
    viewer: ShopKeeper,
    paper_id: Id,
    name: Annotated[Typed, Form()] = "",
    price_points: Annotated[Typed, Form()] = "",
) -> Response:
    """Confirm the item, its name and price as they are typed now."""
    try:
        price = entered.whole(price_points, "price_points")
        done = await new_items.confirm(viewer.book_id, paper_id, viewer.person_id, name, price)
    except entered.REFUSALS as refusal:
        typed = {"paper_id": paper_id, "name": name, "price_points": price_points}
        return await _waiting(request, viewer, refusal, typed)
    said = gettext("Confirmed: “%(item)s” is an item like any other.", item=done.item.name)
    return redirect(request, HERE, said)


@router.post("/shop/new-items/{paper_id}/refusal")
async def refuse(request: Request, viewer: ShopKeeper, paper_id: Id) -> Response:
    """Withdraw the item from exchange."""
    done = await new_items.refuse(viewer.book_id, paper_id, viewer.person_id)
    said = gettext(
        "“%(item)s” is withdrawn. Please count or write off what is left of it.",
        item=done.item.name,
    )
    return redirect(request, HERE, said, "warn")


def _brought(form: NewItemForm) -> Brought:
    if form.source not in GIVEN:
        raise SourceIsUnknown(field="source")
    return Brought(
        form.name,
        entered.whole(form.price_points, "price_points"),
        entered.whole(form.pieces, "pieces"),
        Source(form.source),
        form.donor,
        form.code or None,
    )


async def _ask(request: Request, form: NewItemForm, refusal: DomainError | None = None) -> Response:
    await the_shop(request)
    return page(
        request,
        "counter/new-item.html",
        status=entered.status(refusal),
        form=form,
        sources=[(each.value, gettext(SOURCES[each])) for each in GIVEN],
        most={"points": MOST_NEW_POINTS, "pieces": MOST_NEW_PIECES},
        refusal=refusal,
    )


async def _waiting(
    request: Request,
    viewer: Viewer,
    refusal: DomainError | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    found = await new_items.waiting(viewer.book_id)
    late = await new_items.withdrawn(viewer.book_id)
    told = [await new_items.told(each) for each in (*found, *late)]
    several = len({each.paper.shop_id for each in told}) > 1
    return page(
        request,
        "shop/new-items.html",
        status=entered.status(refusal),
        waiting=told,
        several=several,
        names=await signers(viewer, [each.added_by for each in (*found, *late)]),
        sources=SOURCES,
        masked=masked_name,
        own=viewer.person_id,
        refusal=refusal,
        typed=typed or {},
        zone=viewer.zone,
    )
