"""A shift's sheet for its organiser: who comes, who waits, signing somebody up by card or number, places."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin import shifts, signing, signup_lists
from checkin.signup_models import SignUpWay, Standing
from kernel import clock
from kernel.errors import DomainError, Refused
from people import recognition, roster
from people.models import Membership
from people.permissions import Viewer
from web import entered
from web.asking import ShiftRunner
from web.errors import status_of
from web.fields import Id, Typed
from web.group_texts import brings, invitation, link_to, when_of
from web.i18n import gettext, say
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/shifts/{shift_id}")
MOST = 20


class SignUpForm(BaseModel):
    """A card, code, number or name, or somebody chosen among several."""

    code: Typed = ""
    person: Id = 0


@router.get("/sign-ups")
async def sheet(request: Request, viewer: ShiftRunner, shift_id: Id) -> Response:
    """Show the sheet."""
    return await _shown(request, viewer, shift_id)


@router.post("/sign-ups")
async def sign_up(
    request: Request, viewer: ShiftRunner, shift_id: Id, form: Annotated[SignUpForm, Form()]
) -> Response:
    """Sign somebody up who has no phone here; who several could be is asked."""
    try:
        found = await _meant(viewer, form)
        if len(found) > 1:
            return await _shown(request, viewer, shift_id, found=found[:MOST], typed=form.code)
        await shifts.find(viewer.book_id, shift_id)
        signed = await signing.sign_up(
            *(viewer.book_id, shift_id, found[0].person_id),
            by=viewer.person_id,
            way=SignUpWay.ORGANISER,
        )
    except DomainError as refusal:
        return await _shown(request, viewer, shift_id, refusal=refusal, typed=form.code)
    said = (
        gettext("%(name)s is signed up.")
        if signed.state is Standing.SIGNED
        else gettext("All places are taken: %(name)s is on the waiting list.")
    )
    name = found[0].person.masked_name
    return redirect(request, f"/shifts/{shift_id}/sign-ups", said % {"name": name})


async def _meant(viewer: Viewer, form: SignUpForm) -> list[Membership]:
    if form.person:
        return [await roster.member(viewer.book_id, form.person)]
    looks = await recognition.look_for(viewer.book_id, form.code, clock.now(), viewer.person_id)
    return [look.member for look in looks]


@router.post("/sign-ups/{person_id}/withdrawal")
async def withdraw(request: Request, viewer: ShiftRunner, shift_id: Id, person_id: Id) -> Response:
    """Take somebody off the sheet; the next in line is asked."""
    back = f"/shifts/{shift_id}/sign-ups"
    member = await roster.member(viewer.book_id, person_id)
    try:
        await signing.withdraw(viewer.book_id, shift_id, person_id)
    except Refused as refusal:
        return redirect(request, back, say(refusal), "bad")
    said = gettext("%(name)s is no longer signed up.")
    return redirect(request, back, said % {"name": member.person.masked_name})


@router.post("/capacity")
async def set_capacity(
    request: Request, viewer: ShiftRunner, shift_id: Id, capacity: Annotated[Typed, Form()] = ""
) -> Response:
    """Give the shift another number of places."""
    try:
        await signing.set_capacity(viewer.book_id, shift_id, entered.whole(capacity, "capacity"))
    except entered.REFUSALS as refusal:
        return await _shown(request, viewer, shift_id, refusal=refusal, capacity=capacity)
    return redirect(
        request, f"/shifts/{shift_id}/sign-ups", gettext("The number of places is changed.")
    )


@router.get("/notice")
async def notice(request: Request, viewer: ShiftRunner, shift_id: Id) -> Response:
    """Show a notice to print and a text to copy into the group."""
    found = await signup_lists.of_shift(viewer.book_id, shift_id)
    hourly = await signup_lists.hourly(viewer.book_id, found.shift)
    return page(
        request,
        "signups/notice.html",
        sheet=found,
        shift=found.shift,
        brings=brings(hourly),
        when=when_of(found.shift, viewer.zone),
        text=invitation(found, hourly, viewer.zone),
        link=link_to(shift_id),
        community=await roster.community(viewer.book_id),
    )


async def _shown(
    request: Request,
    viewer: Viewer,
    shift_id: int,
    *,
    refusal: DomainError | None = None,
    found: list[Membership] | None = None,
    typed: str = "",
    capacity: str | None = None,
) -> Response:
    seen = await signup_lists.of_shift(viewer.book_id, shift_id)
    return page(
        request,
        "signups/sheet.html",
        status=status_of(refusal) if refusal else 200,
        scan=True,
        sheet=seen,
        shift=seen.shift,
        when=when_of(seen.shift, viewer.zone),
        over=clock.now() >= seen.shift.starts_at,
        refusal=refusal,
        found=found or [],
        typed=typed,
        capacity=seen.capacity if capacity is None else capacity,
        places_refused=capacity is not None,
        zone=viewer.zone,
    )
