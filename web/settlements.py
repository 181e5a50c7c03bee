"""Settling with companies and merchants: the months of each, two signatures, the bank's reference, and corrections."""

from typing import Annotated

from fastapi import APIRouter, Form, Path
from starlette.requests import Request
from starlette.responses import Response

from audit import settlement_pack
from kernel.errors import DomainError
from ledger.periods import month_words, read_month
from people.permissions import Viewer
from redemption import settlement_acts, settling
from redemption.dues import slip_of, what, whose
from web import entered, settlement_pages
from web.acts import ACTS
from web.approval_words import waits_now
from web.asking import SettlementReader, Settler
from web.confirming import ConfirmedSettler
from web.entered import Prose
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(prefix="/settlements", include_in_schema=False)
Month = Annotated[str, Path(max_length=20)]


@router.get("")
async def all_months(request: Request, viewer: SettlementReader) -> Response:
    """List the months of every company, latest first, and how far each is."""
    return page(
        request,
        "settlements/list.html",
        months=await settlement_pack.months(viewer.book_id),
        base="/settlements",
        states=settlement_pages.STATES,
    )


@router.get("/uses/{use_id}")
async def correction(request: Request, viewer: Settler, use_id: Id) -> Response:
    """Ask why a settled use is to be taken back."""
    return await _correction(request, viewer, use_id)


@router.post("/uses/{use_id}/correction")
async def correct(
    request: Request, viewer: ConfirmedSettler, use_id: Id, reason: Annotated[Prose, Form()] = ""
) -> Response:
    """Ask a second person to take a settled use back."""
    try:
        asked = await settlement_acts.ask_correction(ACTS, viewer, use_id, reason)
    except entered.REFUSALS as refusal:
        return await _correction(request, viewer, use_id, refusal=refusal, typed=reason)
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


@router.get("/{company_id}/{settled}")
async def one_month(
    request: Request, viewer: SettlementReader, company_id: Id, settled: Month
) -> Response:
    """Show a month of one company: its lines, its sums, and what is to be done next."""
    return await _month(request, viewer, company_id, settled)


@router.get("/{company_id}/{settled}/pack/{form}")
async def take_away(
    viewer: SettlementReader, company_id: Id, settled: Month, form: settlement_pages.Form
) -> Response:
    """Send the pack as a file."""
    return await settlement_pages.take_away(viewer, company_id, read_month(settled), form)


@router.post("/{company_id}/{settled}/signature")
async def sign(
    request: Request, viewer: ConfirmedSettler, company_id: Id, settled: Month
) -> Response:
    """Sign first, and ask for the second signature."""
    try:
        asked = await settlement_acts.ask_lock(ACTS, viewer, company_id, read_month(settled))
    except entered.REFUSALS as refusal:
        return await _month(request, viewer, company_id, settled, refusal=refusal)
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


@router.post("/{company_id}/{settled}/payment")
async def pay(
    request: Request,
    viewer: ConfirmedSettler,
    company_id: Id,
    settled: Month,
    reference: Annotated[Typed, Form()] = "",
    key: Annotated[str, Form()] = "",
) -> Response:
    """Note the bank's reference."""
    ends_on = read_month(settled)
    try:
        await settling.pay(viewer.book_id, company_id, ends_on, reference, viewer.person_id, key)
    except entered.REFUSALS as refusal:
        return await _month(
            request, viewer, company_id, settled, refusal=refusal, reference=reference
        )
    said = gettext("Paid. Nothing is left in this settlement.")
    return redirect(request, f"/settlements/{company_id}/{month_words(ends_on)}", said)


async def _month(
    request: Request,
    viewer: Viewer,
    company_id: int,
    settled: str,
    *,
    refusal: DomainError | None = None,
    reference: str = "",
) -> Response:
    found = await settlement_pack.pack(viewer.book_id, company_id, read_month(settled))
    base = f"/settlements/{company_id}/{found.month.words}"
    return await settlement_pages.month_page(
        request, viewer, found, base, refusal=refusal, reference=reference
    )


async def _correction(
    request: Request,
    viewer: Viewer,
    use_id: int,
    *,
    refusal: DomainError | None = None,
    typed: str = "",
) -> Response:
    use = await settlement_acts.settled_use(viewer.book_id, use_id)
    return page(
        request,
        "settlements/correction.html",
        status=entered.status(refusal),
        use=use,
        slip=slip_of(use),
        whose=whose(use),
        what=what(use),
        refusal=refusal,
        typed=typed,
        zone=viewer.zone,
    )
