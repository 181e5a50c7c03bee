"""The community's shops: which of them this browser works for; another one is opened, or called otherwise."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people.permissions import Permission, Viewer
from people.shop_choice import choose_shop
from redemption import displays, stock
from redemption.shops import rename_shop, shop_of
from web import entered
from web.asking import Anyone, ShopKeeper
from web.baskets import Basket, basket_of, keep
from web.counter_screen import FinishFirst
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import local_path, page, redirect
from web.which_shop import CHOICE

router = APIRouter(include_in_schema=False)


@router.get(CHOICE)
async def show(
    request: Request, viewer: Anyone, to: Annotated[str, Query(alias="next")] = ""
) -> Response:
    """List the shops, and ask for one where there are several."""
    return await _page(request, viewer, to)


@router.post("/shops/choice")
async def choose(
    request: Request,
    viewer: Anyone,
    shop: Annotated[Id, Form()] = 0,
    to: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Work for a shop from now on; goods of another one are not left on the counter."""
    chosen = await shop_of(viewer.book_id, shop)
    basket = basket_of(request, viewer)
    if chosen.id != viewer.shop_id:
        if basket.lines or basket.swaps:
            return await _page(request, viewer, to, refusal=FinishFirst())
        await choose_shop(viewer, chosen.id)
        if viewer.may(Permission.SERVE):
            await displays.part(viewer.book_id, viewer.person_id)
            basket = Basket()
    said = gettext("You are at %(shop)s now.", shop=chosen.name)
    answer = redirect(request, to or CHOICE, said)
    return keep(request, answer, viewer, basket) if viewer.may(Permission.SERVE) else answer


@router.post(CHOICE)
async def open_another(
    request: Request, viewer: ShopKeeper, name: Annotated[Typed, Form()] = ""
) -> Response:
    """Open another shop; everybody stays where they are."""
    try:
        made = await stock.open_shop(viewer.book_id, name)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal=refusal, typed=name)
    said = gettext("%(shop)s is open. Choose it to add what it has.", shop=made.name)
    return redirect(request, CHOICE, said)


@router.post("/shops/{shop_id}/name")
async def rename(
    request: Request, viewer: ShopKeeper, shop_id: Id, name: Annotated[Typed, Form()] = ""
) -> Response:
    """Call a shop otherwise."""
    try:
        await rename_shop(viewer.book_id, shop_id, name)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal=refusal, typed=name, renamed=shop_id)
    return redirect(request, CHOICE, gettext("Saved."))


async def _page(
    request: Request,
    viewer: Viewer,
    to: str = "",
    *,
    refusal: DomainError | None = None,
    typed: str = "",
    renamed: int = 0,
) -> Response:
    return page(
        request,
        "shop/shops.html",
        status=entered.status(refusal),
        shops=await stock.shops(viewer.book_id),
        to=local_path(to) if to else "",
        keeps=viewer.may(Permission.KEEP_SHOP),
        refusal=refusal,
        typed=typed,
        renamed=renamed,
    )
