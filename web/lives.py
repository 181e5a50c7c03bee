"""What happens in a life, each with a page that says beforehand what becomes of points, vouchers, hours and codes.

Closing and joining take two members of staff: the second confirms on the same form with their own name and password.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin.handing_over import hand_over
from kernel.errors import DomainError, NotFound
from people import closed, leaving, lookup, moving_out, passing, roster, signin
from people.household_errors import SameRecord
from people.models import Membership
from people.permissions import Viewer
from redemption import closing, moving, reopening
from redemption.foresight import standing_of
from web import entered, life_words
from web.asking import MemberKeeper
from web.fields import Id, Typed, read_id
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/members/{person_id}")


class LifeForm(BaseModel):
    """What was typed on the page of an event; the second person's password is never shown again."""

    flat: Typed = ""
    number: Typed = ""
    heir: Typed = ""
    proof: Typed = ""
    second_name: Typed = ""
    second_password: str = ""


Filled = Annotated[LifeForm, Form()]
REFUSALS = (NotFound, *entered.REFUSALS)


@router.get("/moving")
async def ask_moving(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Say what moving to another flat does, and ask for the flat."""
    return await _page(request, viewer, person_id, "moving")


@router.post("/moving")
async def move(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Record the new flat."""
    try:
        await moving.move_within(viewer.book_id, person_id, form.flat, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, person_id, "moving", refusal, form)
    return redirect(request, f"/members/{person_id}", gettext("Saved."))


@router.get("/moving-out")
async def ask_moving_out(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Say what moving out does."""
    return await _page(request, viewer, person_id, "moving-out")


@router.post("/moving-out")
async def move_out(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Record that a member moved out, and show the final statement to print."""
    try:
        await moving_out.move_out(viewer.book_id, person_id, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, person_id, "moving-out", refusal)
    said = gettext("Recorded. Please print this statement for the member.")
    return redirect(request, f"/members/{person_id}/record", said)


@router.post("/moving-out/reversal")
async def come_back(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Take moving out back."""
    try:
        await moving_out.come_back(viewer.book_id, person_id, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, person_id, "moving-out", refusal)
    return redirect(request, f"/members/{person_id}", gettext("Saved."))


@router.get("/leaving")
async def ask_leaving(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Say what leaving the household does."""
    return await _page(request, viewer, person_id, "leaving")


@router.post("/leaving")
async def leave(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Record that a member left the household."""
    await leaving.leave(viewer.book_id, person_id, viewer.person_id)
    return redirect(request, f"/members/{person_id}/household", gettext("Saved."))


@router.get("/closing")
async def ask_closing(
    request: Request, viewer: MemberKeeper, person_id: Id, heir: Typed = ""
) -> Response:
    """Say what closing the record does, by the community's rule."""
    return await _page(request, viewer, person_id, "closing", form=LifeForm(heir=heir))


@router.post("/closing")
async def close(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Close the record, confirmed by a second person."""
    try:
        word = await _word(viewer, form)
        heir = read_id(form.heir) or None
        await closing.close_record(viewer.book_id, person_id, word, heir_id=heir)
        await hand_over(viewer.book_id, person_id)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, person_id, "closing", refusal, form)
    return redirect(request, f"/members/{person_id}", gettext("This record is closed."))


@router.get("/joining")
async def ask_joining(
    request: Request, viewer: MemberKeeper, person_id: Id, number: Typed = ""
) -> Response:
    """Say what joining this record into another does."""
    return await _page(request, viewer, person_id, "joining", form=LifeForm(number=number))


@router.post("/joining")
async def join(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Join this record into the surviving one, confirmed by a second person."""
    try:
        survivor = await lookup.by_number(viewer.book_id, form.number)
        if survivor.person_id == person_id:
            raise SameRecord(field="number")
        word = await _word(viewer, form)
        await closing.join_records(viewer.book_id, person_id, survivor.person_id, word)
        await hand_over(viewer.book_id, person_id)
    except REFUSALS as refusal:
        return await _page(request, viewer, person_id, "joining", refusal, form)
    said = gettext("Joined. Everything stands under this record now.")
    return redirect(request, f"/members/{survivor.person_id}", said)


@router.get("/reopening")
async def ask_reopening(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Ask for the second person before a closing or joining is taken back."""
    if await closed.closing_of(viewer.book_id, person_id) is None:
        raise NotFound
    return await _page(request, viewer, person_id, "reopening")


@router.post("/reopening")
async def reopen(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Take a closing or joining back, confirmed by a second person."""
    event = await closed.closing_of(viewer.book_id, person_id)
    if event is None:
        raise NotFound
    try:
        second = await signin.vouch(viewer.book_id, form.second_name, form.second_password)
        await reopening.take_back(viewer.book_id, event.id, viewer.person_id, second)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, person_id, "reopening", refusal, form)
    said = gettext("The record is open again. Phones need a new sign-in code.")
    return redirect(request, f"/members/{person_id}", said)


async def _word(viewer: Viewer, form: LifeForm) -> closing.Word:
    """Return on whose word it is done: the viewer's, and that of whoever typed name and password."""
    second = await signin.vouch(viewer.book_id, form.second_name, form.second_password)
    return closing.Word(viewer.person_id, second, form.proof)


async def _page(
    request: Request,
    viewer: Viewer,
    person_id: int,
    what: str,
    refusal: DomainError | None = None,
    form: LifeForm | None = None,
) -> Response:
    """Show an event's page with what it would do, or again with what its form was refused for."""
    book_id, form = viewer.book_id, form or LifeForm()
    member = await roster.member(book_id, person_id)
    known = await _foreseen(viewer, person_id, what, form)
    return page(
        request,
        "members/life.html",
        status=entered.status(refusal),
        member=member,
        what=what,
        moved_out=await moving_out.moved_out(book_id, person_id),
        closing=await closed.closing_of(book_id, person_id),
        refusal=refusal,
        form=form,
        zone=viewer.zone,
        **known,
    )


async def _foreseen(viewer: Viewer, person_id: int, what: str, form: LifeForm) -> dict[str, Any]:
    """Return the sentences of an event's page, and what can be chosen on it."""
    said = await standing_of(viewer.book_id, person_id)
    known: dict[str, Any] = {"sentences": [], "heirs": (), "survivor": None}
    if what == "moving":
        known["sentences"] = life_words.of_moving(said)
    elif what == "moving-out":
        known["sentences"] = life_words.of_moving_out(said)
    elif what == "leaving":
        known["sentences"] = life_words.of_leaving(said)
    elif what == "closing":
        bequest = await _bequest(viewer, person_id, form)
        known["heirs"] = bequest.heirs
        known["sentences"] = life_words.of_closing(said, bequest)
    elif what == "joining" and form.number:
        survivor = await _survivor(viewer, person_id, form.number)
        known["survivor"] = survivor
        if survivor is not None:
            known["sentences"] = life_words.of_joining(said, survivor.shown_number)
    return known


async def _bequest(viewer: Viewer, person_id: int, form: LifeForm) -> passing.Bequest:
    """Return where points would go; an heir who is none is left to the form's own refusal."""
    try:
        return await passing.bequest_of(viewer.book_id, person_id, read_id(form.heir) or None)
    except entered.REFUSALS:
        return await passing.bequest_of(viewer.book_id, person_id)


async def _survivor(viewer: Viewer, person_id: int, number: str) -> Membership | None:
    try:
        found = await lookup.by_number(viewer.book_id, number)
    except NotFound:
        return None
    return None if found.person_id == person_id else found
