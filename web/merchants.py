"""Merchants behind the scenes: who they are, what they offer, and who pays what of it from which day on."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.days import day_of, to_date
from kernel.errors import DomainError
from people import registration, roster
from people.models import Trade
from people.permissions import Viewer
from redemption import agreeing
from redemption.cost_shares import ELDER_AGE, Terms, shared, terms_of
from redemption.states import OnOffer
from web import entered
from web.asking import ShopKeeper
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/merchants")


class AgreementForm(BaseModel):
    """What was typed to agree on a price and its shares; an empty limit does not limit."""

    list_yuan: Typed = ""
    subsidy_yuan: Typed = "0"
    discount_yuan: Typed = "0"
    points: Typed = "0"
    points_yuan: Typed = "0"
    elder_age: Typed = str(ELDER_AGE)
    elder_percent: Typed = "100"
    elder_pays_points: Typed = ""
    a_day: Typed = ""
    a_month: Typed = ""
    household_a_month: Typed = ""
    day: Typed = ""

    def terms(self) -> Terms:
        """Return what the form says. Raises: MoneyIsOdd, NumberIsOdd."""
        return Terms(
            list_fen=entered.fen(self.list_yuan, "list_yuan"),
            subsidy_fen=entered.fen(self.subsidy_yuan, "subsidy_yuan"),
            discount_fen=entered.fen(self.discount_yuan, "discount_yuan"),
            points=entered.whole(self.points, "points"),
            points_fen=entered.fen(self.points_yuan, "points_yuan"),
            elder_age=_or_none(self.elder_age, "elder_age"),
            elder_percent=entered.whole(self.elder_percent, "elder_percent"),
            elder_pays_points=bool(self.elder_pays_points),
            a_day=_or_none(self.a_day, "a_day"),
            a_month=_or_none(self.a_month, "a_month"),
            household_a_month=_or_none(self.household_a_month, "household_a_month"),
        )


def _or_none(text: str, field: str) -> int | None:
    return entered.whole(text, field) if text else None


@router.get("")
async def merchants(request: Request, viewer: ShopKeeper) -> Response:
    """List the merchants with what they offer."""
    return await _list(request, viewer)


@router.post("")
async def enter(
    request: Request, viewer: ShopKeeper, name: Annotated[Typed, Form()] = ""
) -> Response:
    """Enter a merchant."""
    try:
        made = await registration.open_company(viewer.book_id, name, Trade.MERCHANT)
    except entered.REFUSALS as refusal:
        return await _list(request, viewer, refusal=refusal, name=name)
    return redirect(request, f"/merchants/{made.id}", gettext("Entered. Now add what it offers."))


@router.get("/{merchant_id}")
async def merchant(request: Request, viewer: ShopKeeper, merchant_id: Id) -> Response:
    """Show a merchant and its services."""
    return await _one(request, viewer, merchant_id)


@router.post("/{merchant_id}/services")
async def add(
    request: Request, viewer: ShopKeeper, merchant_id: Id, name: Annotated[Typed, Form()] = ""
) -> Response:
    """Add a service of a merchant."""
    try:
        made = await agreeing.offer_service(viewer.book_id, merchant_id, name)
    except entered.REFUSALS as refusal:
        return await _one(request, viewer, merchant_id, refusal=refusal, name=name)
    return redirect(request, f"/merchants/services/{made.id}")


@router.get("/services/{service_id}")
async def service(request: Request, viewer: ShopKeeper, service_id: Id) -> Response:
    """Show a service with every agreement about it."""
    return await _service(request, viewer, service_id)


@router.post("/services/{service_id}/agreements")
async def agree(
    request: Request, viewer: ShopKeeper, service_id: Id, form: Annotated[AgreementForm, Form()]
) -> Response:
    """Agree on a price and its shares from a day on."""
    try:
        begins = entered.date(form.day, "day") if form.day else None
        await agreeing.agree(
            viewer.book_id, service_id, form.terms(), viewer.person_id, valid_from=begins
        )
    except entered.REFUSALS as refusal:
        return await _service(request, viewer, service_id, refusal=refusal, form=form)
    said = gettext("Agreed. The merchant's desk shows the price from that day on.")
    return redirect(request, f"/merchants/services/{service_id}", said)


@router.post("/services/{service_id}/withdrawal")
async def withdraw(
    request: Request, viewer: ShopKeeper, service_id: Id, back: Annotated[Typed, Form()] = ""
) -> Response:
    """Stop rendering a service at the agreed price, or go on with it."""
    await agreeing.withdraw(viewer.book_id, service_id, back=bool(back))
    return redirect(request, f"/merchants/services/{service_id}")


async def _list(
    request: Request, viewer: Viewer, *, refusal: DomainError | None = None, name: str = ""
) -> Response:
    offers = await agreeing.offers(viewer.book_id)
    return page(
        request,
        "merchants/list.html",
        status=entered.status(refusal),
        merchants=[
            (each, [offer for offer in offers if offer.service.company_id == each.id])
            for each in await roster.companies(viewer.book_id, Trade.MERCHANT)
        ],
        refusal=refusal,
        name=name,
    )


async def _one(
    request: Request,
    viewer: Viewer,
    company_id: int,
    *,
    refusal: DomainError | None = None,
    name: str = "",
) -> Response:
    return page(
        request,
        "merchants/one.html",
        status=entered.status(refusal),
        merchant=await agreeing.merchant(viewer.book_id, company_id),
        offers=await agreeing.offers(viewer.book_id, company_id),
        refusal=refusal,
        name=name,
    )


async def _service(
    request: Request,
    viewer: Viewer,
    service_id: int,
    *,
    refusal: DomainError | None = None,
    form: AgreementForm | None = None,
) -> Response:
    found = await agreeing.service(viewer.book_id, service_id)
    versions = await agreeing.versions(viewer.book_id, service_id)
    today = day_of(clock.now(), viewer.zone)
    now = agreeing.in_force(versions, today)
    rows = []
    for each in versions:
        terms = terms_of(vars(each))
        rows.append((each, shared(terms, elder=False), shared(terms, elder=True)))
    return page(
        request,
        "merchants/service.html",
        status=entered.status(refusal),
        service=found,
        rows=rows,
        in_force=now.id if now else 0,
        withdrawn=found.state is OnOffer.WITHDRAWN,
        today=to_date(today).isoformat(),
        refusal=refusal,
        form=form or AgreementForm(day=to_date(today).isoformat() if not versions else ""),
    )
