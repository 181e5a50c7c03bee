"""Work on call as organisers see it: its activities, who is out now, service cards, and the word they give."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin import on_call, service_cards, shifts, witnessing
from checkin.alone_errors import CardIsImpossible
from checkin.alone_models import CardKind
from checkin.service_cards import PrintedServiceCard
from kernel.errors import DomainError, NotFound
from people import lookup, roster
from people.permissions import Viewer
from web import entered
from web.addresses import code_text
from web.asking import ShiftRunner, Verifier
from web.entered import Prose
from web.errors import status_of
from web.fields import Id, Typed
from web.i18n import gettext, say
from web.render import page, redirect
from web.witness_words import served_words

router = APIRouter(include_in_schema=False)


class OnCallForm(BaseModel):
    """What was typed to put an activity on call."""

    title: Typed = ""
    category: Typed = ""
    minutes: Typed = "60"
    multiplier: Typed = "100"


class CardForm(BaseModel):
    """What was typed to make a card."""

    kind: Typed = "person"
    label: Typed = ""
    number: Typed = ""


@router.get("/on-call")
async def overview(request: Request, viewer: ShiftRunner) -> Response:
    """Show the activities on call and who is out now."""
    out = await on_call.out_now(viewer.book_id)
    return page(
        request,
        "on-call/overview.html",
        zone=viewer.zone,
        activities=await on_call.activities(viewer.book_id),
        out=[(each, served_words(each.errand)) for each in out],
    )


@router.get("/on-call/new")
async def new_activity(request: Request, viewer: ShiftRunner) -> Response:
    """Ask what the work is and how long it usually takes."""
    return await _activity_page(request, viewer, OnCallForm())


@router.post("/on-call")
async def put_on_call(
    request: Request, viewer: ShiftRunner, form: Annotated[OnCallForm, Form()]
) -> Response:
    """Put an activity on call."""
    try:
        activity = await shifts.plan_activity(
            *(viewer.book_id, form.title, form.category),
            multiplier_percent=entered.whole(form.multiplier, "multiplier"),
            usual_minutes=entered.whole(form.minutes, "usual_minutes"),
        )
    except entered.REFUSALS as refusal:
        return await _activity_page(request, viewer, form, refusal)
    said = gettext("“%(activity)s” is on call: volunteers can start it now.")
    return redirect(request, "/on-call", said % {"activity": activity.title})


async def _activity_page(
    request: Request, viewer: Viewer, form: OnCallForm, refusal: DomainError | None = None
) -> Response:
    known = [
        *await shifts.activities(viewer.book_id),
        *await on_call.activities(viewer.book_id),
    ]
    return page(
        request,
        "on-call/new.html",
        status=entered.status(refusal),
        form=form,
        refusal=refusal,
        categories=sorted({activity.category for activity in known}),
    )


@router.get("/service-cards")
async def cards(request: Request, viewer: ShiftRunner) -> Response:
    """List the cards and offer to make one."""
    return await _cards_page(request, viewer, CardForm())


@router.post("/service-cards")
async def make(
    request: Request, viewer: ShiftRunner, form: Annotated[CardForm, Form()]
) -> Response:
    """Make a card and show it: the only time that its code is known."""
    try:
        made = await service_cards.make(
            *(viewer.book_id, _kind(form), form.label),
            by=viewer.person_id,
            person_id=await _person(viewer, form),
        )
    except (*entered.REFUSALS, NotFound) as refusal:
        return await _cards_page(request, viewer, form, refusal)
    return await _printed(request, viewer, made)


def _kind(form: CardForm) -> CardKind:
    return CardKind.PLACE if form.kind == CardKind.PLACE else CardKind.PERSON


async def _person(viewer: Viewer, form: CardForm) -> int | None:
    if not form.number:
        return None
    if _kind(form) is CardKind.PLACE:
        raise CardIsImpossible(field="number")
    return (await lookup.by_number(viewer.book_id, form.number)).person_id


async def _printed(request: Request, viewer: Viewer, made: PrintedServiceCard) -> Response:
    return page(
        request,
        "on-call/printed.html",
        card=made.card,
        code=code_text(made.token),
        community=await roster.community(viewer.book_id),
    )


@router.post("/service-cards/{card_id}/revocation")
async def revoke(request: Request, viewer: ShiftRunner, card_id: Id) -> Response:
    """Stop a card for good."""
    card = await service_cards.revoke(viewer.book_id, card_id, viewer.person_id)
    said = gettext("The card “%(label)s” is stopped.", label=card.label)
    return redirect(request, "/service-cards", said)


async def _cards_page(
    request: Request, viewer: Viewer, form: CardForm, refusal: DomainError | None = None
) -> Response:
    return page(
        request,
        "on-call/cards.html",
        status=status_of(refusal) if refusal else 200,
        zone=viewer.zone,
        form=form,
        refusal=refusal,
        cards=await service_cards.cards(viewer.book_id),
    )


@router.post("/attendances/{attendance_id}/word")
async def give_word(
    request: Request, viewer: Verifier, attendance_id: Id, note: Annotated[Prose, Form()] = ""
) -> Response:
    """Say, as an organiser, that it was so, and how one knows."""
    back = f"/verifications/{attendance_id}"
    try:
        await witnessing.confirm_as_organiser(viewer.book_id, attendance_id, viewer.person_id, note)
    except entered.REFUSALS as refusal:
        return redirect(request, back, say(refusal), "bad")
    return redirect(request, back, gettext("Noted. The hours can be verified now."))
