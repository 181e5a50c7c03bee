"""A merchant's desk: who stands there, which service, what each pays, the slip, and an undo for a slip of the hand."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, NotFound, Unavailable
from people import roster
from people.models import Membership
from people.permissions import Viewer
from people.recognition import Way, way_of, way_said
from redemption import agreeing, rendering, spending
from redemption.agreeing import Offer
from redemption.dues import slip_of
from redemption.service_errors import ServiceNotFound
from web import entered
from web.asking import Merchant
from web.desk import company_of
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import new_key, page, redirect

router = APIRouter(prefix="/services", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands at the desk, and what they were recognised by."""

    member: Membership
    way: Way


class UseForm(BaseModel):
    """What was confirmed: for whom, which service, at which price, and how they were recognised."""

    person: Id = 0
    service: Id = 0
    way: Typed = ""
    points: Id = 0
    fen: Id = 0
    pin: Typed = ""
    key: str = ""


@router.get("")
async def show(request: Request, viewer: Merchant) -> Response:
    """Show the box for a code, card or number, and what was rendered today."""
    return await _front(request, viewer)


@router.post("/scans")
async def scan(request: Request, viewer: Merchant, code: Annotated[Typed, Form()] = "") -> Response:
    """Find who stands there, and show what each service costs them."""
    try:
        found = await rendering.look_up(viewer.book_id, code, viewer.person_id)
    except (NotFound, *entered.REFUSALS) as refusal:
        return await _front(request, viewer, refusal=refusal, typed=code)
    return await _offered(request, viewer, Standing(found, way_of(code)))


@router.post("/choices")
async def choose(
    request: Request,
    viewer: Merchant,
    person: Annotated[Id, Form()] = 0,
    service: Annotated[Id, Form()] = 0,
    way: Annotated[Typed, Form()] = "",
) -> Response:
    """Ask once more, in large digits, before anything is taken."""
    standing = await _standing(viewer, person, way)
    return await _confirm(request, viewer, standing, service)


@router.post("/uses")
async def render(request: Request, viewer: Merchant, form: Annotated[UseForm, Form()]) -> Response:
    """Render the service at the price that was shown, once: the same form again leads to the same slip."""
    book, by = viewer.book_id, viewer.person_id
    standing = await _standing(viewer, form.person, form.way)
    try:
        known = await spending.recognised(book, form.person, by, standing.way, form.pin)
        done = await rendering.render(
            *(book, form.service, form.person, by, company_of(viewer), form.key),
            shown=(form.points, form.fen),
            recognised=known,
        )
    except (NotFound, Unavailable, *entered.REFUSALS) as refusal:
        # It may have gone through if the desk was busy: only the same key finds that out.
        kept = form.key if isinstance(refusal, Unavailable) else ""
        return await _confirm(request, viewer, standing, form.service, refusal=refusal, key=kept)
    return redirect(request, f"/services/uses/{done.id}")


@router.get("/uses/{service_use_id}")
async def show_use(request: Request, viewer: Merchant, service_use_id: Id) -> Response:
    """Say in large letters what was rendered, and what is paid here."""
    return await _slip(request, viewer, service_use_id)


@router.post("/uses/{service_use_id}/reversal")
async def undo(
    request: Request, viewer: Merchant, service_use_id: Id, key: Annotated[str, Form()] = ""
) -> Response:
    """Undo a service, until it is in a settlement."""
    try:
        await rendering.undo_use(
            viewer.book_id, service_use_id, viewer.person_id, company_of(viewer), key
        )
    except DomainError as refusal:
        return await _slip(request, viewer, service_use_id, refusal=refusal)
    return redirect(request, f"/services/uses/{service_use_id}")


async def _standing(viewer: Viewer, person_id: int, way: str) -> Standing:
    known = way_said(way)
    return Standing(await roster.member(viewer.book_id, person_id), known)


async def _front(
    request: Request, viewer: Viewer, *, refusal: DomainError | None = None, typed: str = ""
) -> Response:
    uses = await rendering.uses_today(viewer.book_id, company_of(viewer))
    kept = [each for each in uses if each.undone_at is None]
    return page(
        request,
        "services/desk.html",
        status=entered.status(refusal),
        scan=True,
        zone=viewer.zone,
        refusal=refusal,
        word=gettext(refusal.title) if refusal else "",
        typed=typed,
        uses=uses,
        slip=slip_of,
        owed=sum(each.amount_fen for each in kept),
        paid=sum(each.resident_fen for each in kept),
    )


async def _offered(request: Request, viewer: Viewer, standing: Standing) -> Response:
    person = standing.member.person_id
    return page(
        request,
        "services/person.html",
        standing=standing,
        offers=await agreeing.offers(viewer.book_id, company_of(viewer), person),
    )


async def _confirm(
    request: Request,
    viewer: Viewer,
    standing: Standing,
    service_id: int,
    *,
    refusal: DomainError | None = None,
    key: str = "",
) -> Response:
    person = standing.member.person_id
    chosen = await _chosen(viewer, service_id, person)
    today = await spending.standing(viewer.book_id, person, viewer.person_id)
    points = chosen.price.points if chosen.price else 0
    return page(
        request,
        "services/confirm.html",
        status=entered.status(refusal),
        standing=standing,
        offer=chosen,
        asks_pin=today.has_pin and today.asks_pin(points),
        refusal=refusal,
        key=key or new_key(),
    )


async def _chosen(viewer: Viewer, service_id: int, person_id: int) -> Offer:
    for each in await agreeing.offers(viewer.book_id, company_of(viewer), person_id):
        if each.service.id == service_id:
            return each
    raise ServiceNotFound


async def _slip(
    request: Request, viewer: Viewer, use_id: int, *, refusal: DomainError | None = None
) -> Response:
    found = await rendering.one_use(viewer.book_id, company_of(viewer), use_id)
    return page(
        request,
        "services/use.html",
        status=entered.status(refusal),
        zone=viewer.zone,
        use=found,
        slip=slip_of(found),
        undoable=found.undone_at is None and found.settled_in_id is None,
        refusal=refusal,
    )
