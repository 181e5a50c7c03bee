"""Another property company: who takes whose place, the list to sign, and what passed on."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import roster
from people.models import Trade
from people.permissions import Viewer
from redemption import company_changes
from redemption.settlement_errors import CompanyNotHere
from redemption.voucher_codes import grouped
from web import entered
from web.acts import ACTS
from web.approval_words import waits_now
from web.asking import SettlementReader, Settler
from web.confirming import ConfirmedSettler
from web.fields import Id, Typed, read_id
from web.i18n import gettext
from web.render import page, redirect
from web.signers import signers

router = APIRouter(prefix="/company-changes", include_in_schema=False)


@router.get("")
async def overview(request: Request, viewer: SettlementReader) -> Response:
    """Show the property companies and the changes there were."""
    return await _overview(request, viewer)


@router.get("/new")
async def to_sign(
    request: Request,
    viewer: Settler,
    before: Annotated[Typed, Query()] = "",
    after: Annotated[Typed, Query()] = "",
) -> Response:
    """Show the list to sign: every open voucher that would pass on."""
    try:
        return await _to_sign(request, viewer, read_id(before), read_id(after))
    except entered.REFUSALS as refusal:
        return await _overview(request, viewer, refusal)


@router.post("")
async def ask(
    request: Request,
    viewer: ConfirmedSettler,
    before: Annotated[Id, Form()] = 0,
    after: Annotated[Id, Form()] = 0,
) -> Response:
    """Sign first, and ask a second person."""
    try:
        asked = await company_changes.ask_change(ACTS, viewer, before, after)
    except entered.REFUSALS as refusal:
        return await _overview(request, viewer, refusal)
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


@router.post("/companies/{company_id}/return")
async def take_again(request: Request, viewer: Settler, company_id: Id) -> Response:
    """Let a company that left take vouchers again."""
    await company_changes.take_again(viewer.book_id, company_id)
    return redirect(request, "/company-changes", gettext("It takes vouchers again."))


@router.get("/{change_id}")
async def one(request: Request, viewer: SettlementReader, change_id: Id) -> Response:
    """Show what passed on, with both signatures, to read and to print."""
    found = await company_changes.one(viewer.book_id, change_id)
    if found is None:
        raise CompanyNotHere
    return page(
        request,
        "settlements/changed.html",
        change=found,
        lines=await company_changes.passed_on(viewer.book_id, change_id),
        grouped=grouped,
        names=await signers(viewer, [found.asked_by, *filter(None, [found.signed_by])]),
        zone=viewer.zone,
    )


async def _to_sign(request: Request, viewer: Viewer, before_id: int, after_id: int) -> Response:
    before, after = await company_changes.two_companies(viewer.book_id, before_id, after_id)
    vouchers = await company_changes.passing_on(viewer.book_id, before_id)
    return page(
        request,
        "settlements/to-change.html",
        before=before,
        after=after,
        vouchers=vouchers,
        left=sum(each.remaining_fen for each in vouchers),
        grouped=grouped,
    )


async def _overview(
    request: Request, viewer: Viewer, refusal: DomainError | None = None
) -> Response:
    return page(
        request,
        "settlements/changes.html",
        status=entered.status(refusal),
        companies=await roster.companies(viewer.book_id, Trade.PROPERTY),
        changes=await company_changes.changes(viewer.book_id),
        refusal=refusal,
        zone=viewer.zone,
    )
