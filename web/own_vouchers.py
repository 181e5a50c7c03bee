"""A volunteer's vouchers: those there are, one to show at the property desk, and a new one for points."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.days import day_of
from kernel.errors import DomainError, Unavailable
from ledger import balances, chart
from people import roster
from people.permissions import Viewer
from redemption import vouchers
from redemption.errors import OfferNotHere
from redemption.models import Voucher
from redemption.states import VoucherState
from redemption.voucher_codes import grouped
from redemption.voucher_rules import points_for_rest
from web.addresses import code_text
from web.asking import Volunteer
from web.errors import status_of
from web.fields import Id
from web.i18n import gettext, say
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/vouchers")


@router.get("")
async def own(request: Request, viewer: Volunteer) -> Response:
    """List the viewer's vouchers: first those that are still good."""
    found = await vouchers.of_person(viewer.book_id, viewer.person_id)
    good = [each for each in found if is_good(each, viewer.zone)]
    return page(
        request,
        "vouchers/own.html",
        good=good,
        spent=[each for each in found if each not in good],
        on_offer=bool(await vouchers.offers(viewer.book_id)),
        grouped=grouped,
    )


@router.get("/new")
async def choose(request: Request, viewer: Volunteer) -> Response:
    """Show what is on offer."""
    return page(request, "vouchers/choose.html", **await _on_offer(viewer))


@router.get("/new/confirm")
async def confirm(request: Request, viewer: Volunteer, offer: Id = 0, company: Id = 0) -> Response:
    """Ask once more before points are taken off."""
    return await _confirm_page(request, viewer, offer, company)


@router.post("")
async def issue(
    request: Request,
    viewer: Volunteer,
    offer: Annotated[Id, Form()] = 0,
    company: Annotated[Id, Form()] = 0,
    key: Annotated[str, Form()] = "",
) -> Response:
    """Exchange points for a voucher, once per form."""
    book, person = viewer.book_id, viewer.person_id
    try:
        made = await vouchers.issue(book, person, offer, company, person, key)
    except Unavailable as refusal:
        # It may have gone through: only the same key finds that out instead of exchanging twice.
        return await _confirm_page(request, viewer, offer, company, refusal, key)
    except DomainError as refusal:
        return await _confirm_page(request, viewer, offer, company, refusal)
    return redirect(request, f"/vouchers/{made.id}", gettext("Your voucher is ready."))


@router.get("/{voucher_id}")
async def show(request: Request, viewer: Volunteer, voucher_id: Id) -> Response:
    """Show one voucher large enough to be scanned."""
    return await _shown(request, viewer, voucher_id)


@router.post("/{voucher_id}/void")
async def give_back(
    request: Request, viewer: Volunteer, voucher_id: Id, key: Annotated[str, Form()] = ""
) -> Response:
    """Give what is left on a voucher back for its points."""
    await vouchers.own_voucher(viewer.book_id, voucher_id, viewer.person_id)
    try:
        await vouchers.void_rest(viewer.book_id, voucher_id, viewer.person_id, key)
    except DomainError as refusal:
        return await _shown(request, viewer, voucher_id, refusal)
    said = gettext("Given back. The points are in your purse again.")
    return redirect(request, f"/vouchers/{voucher_id}", said)


async def _shown(
    request: Request, viewer: Viewer, voucher_id: int, refusal: DomainError | None = None
) -> Response:
    found = await vouchers.own_voucher(viewer.book_id, voucher_id, viewer.person_id)
    return page(
        request,
        "vouchers/show.html",
        status=status_of(refusal) if refusal else 200,
        refusal=refusal,
        back=points_for_rest(found.points_paid, found.remaining_fen, found.face_fen),
        voucher=found,
        good=is_good(found, viewer.zone),
        serial=grouped(found.serial),
        zone=viewer.zone,
        code=code_text(vouchers.code_of(found)),
    )


def is_good(voucher: Voucher, zone: str) -> bool:
    """Say whether anything can still be taken off a bill with it."""
    return voucher.state is VoucherState.ISSUED and voucher.expires_on >= day_of(clock.now(), zone)


async def _on_offer(viewer: Viewer) -> dict[str, Any]:
    purse = chart.purse(viewer.person_id)
    return {
        "offers": await vouchers.offers(viewer.book_id),
        "companies": await roster.taking_vouchers(viewer.book_id),
        "available": (await balances.holding(viewer.book_id, purse)).balance,
    }


async def _confirm_page(
    request: Request,
    viewer: Viewer,
    offer: int,
    company: int,
    refusal: DomainError | None = None,
    key: str = "",
) -> Response:
    """Show what is about to be exchanged; with a refusal, its words and a form with a fresh key unless one is given."""
    there = await _on_offer(viewer)
    chosen = next((each for each in there["offers"] if each.id == offer), None)
    at = next((each for each in there["companies"] if each.id == company), None)
    if chosen is None or at is None:
        raise OfferNotHere
    return page(
        request,
        "vouchers/confirm.html",
        status=status_of(refusal) if refusal else 200,
        offer=chosen,
        company=at,
        available=there["available"],
        error=say(refusal) if refusal else "",
        key=key,
    )
