"""Funds behind the scenes: what they are for, what was given, what it did; open one, close one."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import funds
from people.permissions import Viewer
from redemption import giving
from web import entered
from web.asking import ShopKeeper
from web.entered import Prose
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/funds")


@router.get("")
async def all_funds(request: Request, viewer: ShopKeeper) -> Response:
    """List the funds with what each has."""
    return await _list(request, viewer)


@router.post("")
async def open_one(
    request: Request,
    viewer: ShopKeeper,
    name: Annotated[Typed, Form()] = "",
    purpose: Annotated[Prose, Form()] = "",
) -> Response:
    """Open a fund."""
    try:
        made = await funds.open_fund(viewer.book_id, name, viewer.person_id, purpose=purpose)
    except entered.REFUSALS as refusal:
        return await _list(request, viewer, refusal=refusal, name=name, purpose=purpose)
    return redirect(request, f"/funds/{made.id}", gettext("The fund is open."))


@router.get("/{fund_id}")
async def one_fund(request: Request, viewer: ShopKeeper, fund_id: Id) -> Response:
    """Show what a fund has and what it did."""
    return await _one(request, viewer, fund_id)


@router.post("/{fund_id}/closing")
async def close(request: Request, viewer: ShopKeeper, fund_id: Id) -> Response:
    """Close a fund in which nothing is left."""
    try:
        await funds.close_fund(viewer.book_id, fund_id, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _one(request, viewer, fund_id, refusal=refusal)
    return redirect(request, f"/funds/{fund_id}", gettext("The fund is closed."))


async def _list(
    request: Request,
    viewer: Viewer,
    *,
    refusal: DomainError | None = None,
    name: str = "",
    purpose: str = "",
) -> Response:
    book = viewer.book_id
    return page(
        request,
        "funds/list.html",
        status=entered.status(refusal),
        funds=[(each, await giving.left_in(book, each.id)) for each in await funds.funds(book)],
        refusal=refusal,
        name=name,
        purpose=purpose,
    )


async def _one(
    request: Request, viewer: Viewer, fund_id: int, *, refusal: DomainError | None = None
) -> Response:
    book = viewer.book_id
    return page(
        request,
        "funds/one.html",
        status=entered.status(refusal),
        fund=await funds.fund(book, fund_id),
        left=await giving.left_in(book, fund_id),
        gifts=await giving.gifts_to(book, fund_id),
        spent=list(reversed(await giving.spent_by(book, fund_id))),
        zone=viewer.zone,
        refusal=refusal,
    )
