"""Help at any desk: a phone or card is lost, a PIN is set or unlocked. Two facts first, then one tap."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.errors import N_, DomainError, NotFound
from people import card_issuing, losing, pin_acts, pins, recognition, roster, signin, slips
from people.facts import Question, questions
from people.permissions import Viewer
from people.recognition import Look
from web import entered
from web.acts import ACTS
from web.approval_words import waits_now
from web.asking import AnyDesk
from web.cards import sheet
from web.confirming import ConfirmedDesk
from web.fields import Id, Typed
from web.i18n import gettext
from web.members import invite_page
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/help")

ASKED = {
    Question.FLAT: N_("Which flat do you live in?"),
    Question.PHONE: N_("What are the last four digits of your phone?"),
    Question.JOINED: N_("When did you join (year and month)?"),
    Question.NUMBER: N_("What is your member number?"),
}


class HelpForm(BaseModel):
    """Which questions were answered rightly, and a PIN if one is set; a PIN is never shown again."""

    fact: list[Typed] = []
    pin: str = ""
    again: str = ""


@router.get("")
async def find(request: Request, viewer: AnyDesk, q: Typed = "") -> Response:
    """Find the person by number, end of the phone, or name."""
    refusal: DomainError | None = None
    found: list[Look] = []
    try:
        if q:
            found = await recognition.look_for(viewer.book_id, q, clock.now(), viewer.person_id)
    except (NotFound, *entered.REFUSALS) as nobody:
        refusal = nobody
    status = entered.status(refusal)
    return page(request, "help/find.html", status=status, found=found, q=q, refusal=refusal)


@router.get("/{person_id}")
async def ask(request: Request, viewer: AnyDesk, person_id: Id) -> Response:
    """Show the questions with their answers, and what can be done."""
    return await _asked(request, viewer, person_id)


@router.post("/{person_id}/losses")
async def report(
    request: Request, viewer: AnyDesk, person_id: Id, form: Annotated[HelpForm, Form()]
) -> Response:
    """End every browser, card, open link and the PIN."""
    try:
        told = await losing.report_loss(
            viewer.book_id, person_id, by=viewer.person_id, facts=form.fact
        )
    except entered.REFUSALS as refusal:
        return await _asked(request, viewer, person_id, form, refusal)
    return redirect(request, f"/help/losses/{told.id}")


@router.post("/{person_id}/pin")
async def set_pin(
    request: Request, viewer: AnyDesk, person_id: Id, form: Annotated[HelpForm, Form()]
) -> Response:
    """Set the PIN that the member has typed at this desk."""
    try:
        await pins.set_pin_at_desk(
            *(viewer.book_id, person_id, form.pin, form.again), by=viewer.person_id, facts=form.fact
        )
    except entered.REFUSALS as refusal:
        return await _asked(request, viewer, person_id, form, refusal)
    return redirect(request, f"/help/{person_id}", gettext("The PIN is set."))


@router.post("/{person_id}/pin-requests")
async def ask_for_new_pin(
    request: Request, viewer: ConfirmedDesk, person_id: Id, form: Annotated[HelpForm, Form()]
) -> Response:
    """Ask that the member may choose another PIN; an organiser approves it."""
    try:
        asked = await pin_acts.ask_for_new_pin(ACTS, viewer, person_id, form.fact)
    except entered.REFUSALS as refusal:
        return await _asked(request, viewer, person_id, form, refusal)
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


@router.post("/{person_id}/pin-unlocking")
async def unlock(
    request: Request, viewer: AnyDesk, person_id: Id, form: Annotated[HelpForm, Form()]
) -> Response:
    """Let a locked PIN be tried again."""
    try:
        await pins.unlock_pin(viewer.book_id, person_id, by=viewer.person_id, facts=form.fact)
    except entered.REFUSALS as refusal:
        return await _asked(request, viewer, person_id, form, refusal)
    return redirect(request, f"/help/{person_id}", gettext("The PIN is unlocked."))


@router.get("/losses/{report_id}")
async def show(request: Request, viewer: AnyDesk, report_id: Id) -> Response:
    """Say that the points are safe, and offer something new at once."""
    return await _reported(request, viewer, report_id)


@router.post("/losses/{report_id}/reversal")
async def undo(request: Request, viewer: AnyDesk, report_id: Id) -> Response:
    """Bring cards and browsers back: it was found in the other pocket."""
    try:
        await losing.undo_loss(viewer.book_id, report_id, by=viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _reported(request, viewer, report_id, refusal)
    return redirect(request, f"/help/losses/{report_id}")


@router.post("/losses/{report_id}/cards")
async def new_card(request: Request, viewer: AnyDesk, report_id: Id) -> Response:
    """Make a new card on the spot."""
    found = await losing.open_loss(viewer.book_id, report_id, viewer.person_id)
    made = await card_issuing.issue_cards(
        viewer.book_id, [found.member.person_id], viewer.person_id, replace=True
    )
    return await sheet(request, viewer, made, f"/help/losses/{report_id}")


@router.post("/losses/{report_id}/invites")
async def new_link(request: Request, viewer: AnyDesk, report_id: Id) -> Response:
    """Make a sign-in code for a new phone."""
    found = await losing.open_loss(viewer.book_id, report_id, viewer.person_id)
    token = await signin.invite(viewer.book_id, found.member.person_id, viewer.person_id)
    return invite_page(request, found.member, token, f"/help/losses/{report_id}")


@router.post("/losses/{report_id}/slips")
async def new_slip(request: Request, viewer: AnyDesk, report_id: Id) -> Response:
    """Make a number to copy by hand."""
    found = await losing.open_loss(viewer.book_id, report_id, viewer.person_id)
    digits = await slips.make_slip(viewer.book_id, found.member.person_id, viewer.person_id)
    return page(
        request,
        "help/slip.html",
        member=found.member,
        digits=slips.spoken(digits),
        back=f"/help/losses/{report_id}",
    )


async def _asked(
    request: Request,
    viewer: Viewer,
    person_id: int,
    form: HelpForm | None = None,
    refusal: DomainError | None = None,
) -> Response:
    member = await roster.member(viewer.book_id, person_id)
    pin = await pins.good_pin(viewer.book_id, person_id)
    return page(
        request,
        "help/ask.html",
        status=entered.status(refusal),
        member=member,
        questions=[(each, ASKED[each], answer) for each, answer in questions(member, viewer.zone)],
        answered=form.fact if form else [],
        has_pin=pin is not None,
        may_set=await pins.may_be_set_at_desk(viewer.book_id, person_id),
        locked=pins.is_locked(pin),
        card=await card_issuing.good_card(viewer.book_id, person_id),
        refusal=refusal,
    )


async def _reported(
    request: Request, viewer: Viewer, report_id: int, refusal: DomainError | None = None
) -> Response:
    found = await losing.loss(viewer.book_id, report_id, viewer.person_id)
    known: dict[str, Any] = {each.value: ASKED[each] for each in Question}
    return page(
        request,
        "help/loss.html",
        status=entered.status(refusal),
        loss=found,
        facts=[known[each] for each in found.report.facts.split(",") if each in known],
        zone=viewer.zone,
        refusal=refusal,
    )
