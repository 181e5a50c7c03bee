"""Errands on the volunteer's own phone: start and stop, by a card or by a button, and whose word is still missing."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin import board, errands, on_call, service_cards, witnessing
from checkin.alone_models import ServiceCard
from checkin.errors import AttendanceNotFound
from checkin.models import Attendance
from checkin.on_call import Out
from checkin.service_cards import Shown
from kernel.errors import DomainError, NotFound
from people.permissions import Viewer
from web import entered
from web.asking import Volunteer
from web.errors import status_of
from web.fields import Id, Typed, read_id
from web.i18n import gettext, say
from web.render import page, redirect
from web.scans import drop_scan, held_scan, keep_scan
from web.witness_words import served_words

router = APIRouter(include_in_schema=False)
REFUSALS = (*entered.REFUSALS, NotFound)


class StartForm(BaseModel):
    """What was typed to begin an errand."""

    activity: Typed = ""
    whom: Typed = ""


@dataclass(frozen=True, slots=True)
class Held:
    """The card that this browser has just read."""

    card: ServiceCard
    shown: Shown


@router.get("/errands")
async def own_errands(request: Request, viewer: Volunteer, activity: Typed = "") -> Response:
    """Show what runs, or ask what to begin; and what waits for somebody's word."""
    return await _start_page(request, viewer, StartForm(activity=activity))


@router.post("/errands")
async def start(
    request: Request, viewer: Volunteer, form: Annotated[StartForm, Form()]
) -> Response:
    """Begin an errand without a card: it will wait for a word."""
    try:
        whom = await errands.whom(viewer.book_id, form.whom)
        await errands.start(viewer.book_id, viewer.person_id, read_id(form.activity), served=whom)
    except REFUSALS as refusal:
        return await _start_page(request, viewer, form, refusal)
    return redirect(request, "/", gettext("Started. Please press “Stop” when you are done."))


@router.post("/errands/end")
async def stop(
    request: Request, viewer: Volunteer, attendance: Annotated[Id, Form()] = 0
) -> Response:
    """End an errand without a card."""
    try:
        done = await errands.stop(viewer.book_id, viewer.person_id, attendance_id=attendance)
    except entered.REFUSALS as refusal:
        return redirect(request, "/", say(refusal), "bad")
    return _ended(request, done.attendance)


def _ended(request: Request, done: Attendance) -> Response:
    if done.needs_word:
        return redirect(request, f"/errands/{done.id}")
    return redirect(request, "/", gettext("Finished. The hours now wait for review."))


@router.post("/errands/scans")
async def typed(
    request: Request, viewer: Volunteer, code: Annotated[Typed, Form()] = ""
) -> Response:
    """Take the number beside a card's code, or the code itself."""
    try:
        await service_cards.look(viewer.book_id, code, viewer.person_id)
    except REFUSALS as refusal:
        return await _start_page(request, viewer, StartForm(), refusal, code)
    return keep_scan(request, redirect(request, "/errands/card"), code)


@router.get("/errands/card")
async def card(request: Request, viewer: Volunteer) -> Response:
    """Show what the card that was just scanned can do now: begin, end, or confirm."""
    return await _card_page(request, viewer)


@router.post("/errands/card")
async def begin_by_card(
    request: Request, viewer: Volunteer, activity: Annotated[Id, Form()] = 0
) -> Response:
    """Begin an errand at the moment its card was scanned."""
    try:
        held = await _held(request, viewer)
        await errands.start(viewer.book_id, viewer.person_id, activity, shown=held.shown)
    except REFUSALS as refusal:
        return await _card_page(request, viewer, refusal)
    said = gettext("Started. Please scan the same card when you are done.")
    return drop_scan(request, redirect(request, "/", said))


@router.post("/errands/card/end")
async def end_by_card(
    request: Request, viewer: Volunteer, attendance: Annotated[Id, Form()] = 0
) -> Response:
    """End an errand at the moment a card was scanned."""
    try:
        held = await _held(request, viewer)
        done = await errands.stop(
            viewer.book_id, viewer.person_id, attendance_id=attendance, shown=held.shown
        )
    except REFUSALS as refusal:
        return await _card_page(request, viewer, refusal)
    return drop_scan(request, _ended(request, done.attendance))


@router.post("/errands/card/confirmation")
async def confirm_by_card(
    request: Request, viewer: Volunteer, attendance: Annotated[Id, Form()] = 0
) -> Response:
    """Let the card of the person served confirm what is over."""
    try:
        held = await _held(request, viewer)
        await witnessing.confirm_by_card(viewer.book_id, attendance, viewer.person_id, held.shown)
    except REFUSALS as refusal:
        return await _card_page(request, viewer, refusal)
    said = gettext("Confirmed. The hours now wait for review.")
    return drop_scan(request, redirect(request, "/", said))


@router.get("/errands/{errand_id}")
async def one(request: Request, viewer: Volunteer, errand_id: Id) -> Response:
    """Show an errand that is over, and who can still speak for it."""
    waiting = await on_call.own_waiting(viewer.book_id, viewer.person_id)
    found = next((each for each in waiting if each.attendance.id == errand_id), None)
    if found is None:
        raise AttendanceNotFound
    return page(
        request, "errands/over.html", zone=viewer.zone, out=found, whom=served_words(found.errand)
    )


@router.post("/errands/{errand_id}/word")
async def give_word(
    request: Request, viewer: Volunteer, errand_id: Id, agrees: Annotated[Typed, Form()] = ""
) -> Response:
    """Say, as the one who was helped, whether it was so."""
    try:
        if agrees == "1":
            await witnessing.confirm_as_served(viewer.book_id, errand_id, viewer.person_id)
            return redirect(request, "/", gettext("Thank you. That is noted."))
        await witnessing.deny(viewer.book_id, errand_id, viewer.person_id)
    except entered.REFUSALS as refusal:
        return redirect(request, "/", say(refusal), "bad")
    return redirect(request, "/", gettext("Thank you. The community office will look at it."))


async def _held(request: Request, viewer: Viewer) -> Held:
    """Raises: ServiceCardUnknown, ServiceCardDead."""
    scan = held_scan(request)
    text, at = (scan.token, scan.read_at) if scan else ("", 0)
    return Held(await service_cards.found(viewer.book_id, text), Shown(text, at))


async def _start_page(
    request: Request,
    viewer: Viewer,
    form: StartForm,
    refusal: DomainError | None = None,
    code: str = "",
) -> Response:
    present = await board.open_one(viewer.book_id, viewer.person_id)
    waiting = await on_call.own_waiting(viewer.book_id, viewer.person_id)
    known = await on_call.activities(viewer.book_id)
    return page(
        request,
        "errands/start.html",
        status=status_of(refusal) if refusal else 200,
        zone=viewer.zone,
        form=form,
        code=code,
        refusal=refusal,
        activities=[(str(each.id), each.title) for each in known],
        present=present,
        waiting=[(out, served_words(out.errand)) for out in waiting],
    )


async def _card_page(
    request: Request, viewer: Viewer, refusal: DomainError | None = None
) -> Response:
    if held_scan(request) is None:
        return await _start_page(request, viewer, StartForm(), refusal)
    context: dict[str, Any] = {"held": None, "present": None, "waiting": [], "activities": []}
    try:
        held = await _held(request, viewer)
        context = await _choices(viewer, held)
    except REFUSALS as dead:
        refusal = refusal or dead
    answer = page(
        request,
        "errands/card.html",
        status=status_of(refusal) if refusal else 200,
        zone=viewer.zone,
        refusal=refusal,
        **context,
    )
    return answer if context["held"] else drop_scan(request, answer)


async def _choices(viewer: Viewer, held: Held) -> dict[str, Any]:
    book, person = viewer.book_id, viewer.person_id
    waiting: list[Out] = []
    if held.card.kind == "person":
        waiting = await on_call.own_waiting(book, person)
    return {
        "held": held,
        "own": held.card.person_id == person,
        "present": await board.open_one(book, person),
        "waiting": [out for out in waiting if out.errand.served_id in (None, held.card.person_id)],
        "activities": await on_call.activities(book),
    }
