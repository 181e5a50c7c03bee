"""The terms of exchange: vouchers on offer, and the property companies that take them."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import registration, roster
from people.permissions import Viewer
from redemption import voucher_limits, vouchers
from web import entered
from web.asking import LimitSetter, ShopKeeper
from web.desk import in_short
from web.fields import Typed
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False)


class OfferForm(BaseModel):
    """What was typed to put a voucher on offer."""

    face_yuan: Typed = ""
    price_points: Typed = ""
    months: Typed = "12"


@router.get("/shop/vouchers")
async def offers(request: Request, viewer: ShopKeeper) -> Response:
    """Show the vouchers on offer and the companies that take them."""
    return await _vouchers_page(request, viewer)


@router.post("/shop/vouchers")
async def offer(
    request: Request, viewer: ShopKeeper, form: Annotated[OfferForm, Form()]
) -> Response:
    """Put a voucher on offer."""
    try:
        await vouchers.offer(
            viewer.book_id,
            entered.fen(form.face_yuan, "face_yuan"),
            entered.whole(form.price_points, "price_points"),
            months_valid=entered.whole(form.months, "months"),
        )
    except entered.REFUSALS as refusal:
        return await _vouchers_page(request, viewer, refusal=refusal, act="offer", form=form)
    return redirect(request, "/shop/vouchers", gettext("The voucher is on offer."))


@router.post("/shop/voucher-limit")
async def limit_year(
    request: Request, viewer: LimitSetter, limit_yuan: Annotated[Typed, Form()] = ""
) -> Response:
    """Set what a household may have in a year; nothing typed is no limit."""
    try:
        fen = entered.fen(limit_yuan, "limit_yuan") if limit_yuan else None
        await voucher_limits.set_limit(viewer.book_id, fen, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _vouchers_page(
            request, viewer, refusal=refusal, act="limit", limit_yuan=limit_yuan
        )
    return redirect(request, "/shop/vouchers", gettext("Saved."))


@router.post("/shop/companies")
async def open_company(
    request: Request, viewer: ShopKeeper, name: Annotated[Typed, Form()] = ""
) -> Response:
    """Enter a property company."""
    try:
        await registration.open_company(viewer.book_id, name)
    except entered.REFUSALS as refusal:
        return await _vouchers_page(request, viewer, refusal=refusal, act="company", name=name)
    return redirect(request, "/shop/vouchers", gettext("The company is on the list."))


async def _vouchers_page(
    request: Request,
    viewer: Viewer,
    *,
    refusal: DomainError | None = None,
    act: str = "",
    form: OfferForm | None = None,
    name: str = "",
    limit_yuan: str | None = None,
) -> Response:
    limit = await voucher_limits.limit_of(viewer.book_id)
    return page(
        request,
        "shop/vouchers.html",
        status=entered.status(refusal),
        offers=await vouchers.offers(viewer.book_id),
        companies=await roster.companies(viewer.book_id),
        refusal=refusal,
        act=act,
        form=form or OfferForm(),
        name=name,
        limit=limit,
        limit_yuan=limit_yuan if limit_yuan is not None or limit is None else in_short(limit),
    )
