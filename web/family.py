"""A volunteer's own family: whom they let spend their points, and codes with which somebody collects for them."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import collecting, consents, households
from people.permissions import Viewer
from web import entered
from web.asking import Volunteer
from web.fields import Id, read_id
from web.households import HouseholdForm, code_page
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/family")
Filled = Annotated[HouseholdForm, Form()]


@router.get("")
async def show(request: Request, viewer: Volunteer) -> Response:
    """Show who may spend the viewer's points, and the codes that are open."""
    return await _page(request, viewer)


@router.post("/consents")
async def allow(request: Request, viewer: Volunteer, form: Filled) -> Response:
    """Let somebody of the household spend the viewer's points."""
    try:
        limit = entered.whole(form.points_a_month, "points_a_month")
        own = viewer.person_id
        await consents.give(viewer.book_id, own, read_id(form.spender), limit, own)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal, "allow", form)
    return redirect(request, "/family", gettext("Saved."))


@router.post("/consents/{consent_id}/withdrawal")
async def withdraw(request: Request, viewer: Volunteer, consent_id: Id) -> Response:
    """Withdraw a permission."""
    await consents.withdraw_own(viewer.book_id, consent_id, viewer.person_id)
    said = gettext("From now on this purse is not used any more.")
    return redirect(request, "/family", said)


@router.post("/collect-codes")
async def collect(request: Request, viewer: Volunteer, form: Filled) -> Response:
    """Make a code with which somebody else collects today, and show it."""
    try:
        limit = entered.whole(form.points_limit, "points_limit")
        made = await collecting.make(viewer.book_id, viewer.person_id, limit, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal, "collect", form)
    return await code_page(request, viewer, made, viewer.person_id, "/family")


@router.post("/collect-codes/{code_id}/revocation")
async def no_code(request: Request, viewer: Volunteer, code_id: Id) -> Response:
    """Cancel a code."""
    await collecting.revoke(viewer.book_id, viewer.person_id, code_id)
    return redirect(request, "/family", gettext("This code opens nothing any more."))


async def _page(
    request: Request,
    viewer: Viewer,
    refusal: DomainError | None = None,
    act: str = "",
    form: Any = None,
) -> Response:
    book_id, own = viewer.book_id, viewer.person_id
    return page(
        request,
        "family/own.html",
        status=entered.status(refusal),
        household=await households.of_person(book_id, own),
        others=await households.living_with(book_id, own),
        given=await consents.given_by(book_id, own),
        had=await consents.had_by(book_id, own),
        codes=await collecting.open_codes(book_id, own),
        refusal=refusal,
        act=act,
        form=form or HouseholdForm(),
        zone=viewer.zone,
    )
