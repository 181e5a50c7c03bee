"""What the office does with a member's data under record: see a whole phone, remove everything; and the record."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import N_, DomainError, Invalid
from people import erasure, roster, signin
from people.disclosing import PAGE, disclosures, note_disclosure
from people.permissions import Viewer
from people.privacy import Purpose, Told
from web import entered
from web.asking import DisclosureReader, Eraser
from web.confirming import ConfirmedEraser, ConfirmedMemberKeeper
from web.fields import Id, Typed
from web.i18n import gettext
from web.members import member_page
from web.personal_words import PURPOSES, WHAT
from web.render import page, redirect
from web.whence import whence_of

router = APIRouter(include_in_schema=False)


class PurposeNeeded(Invalid):
    """A whole phone number is shown for something."""

    slug = "purpose-needed"
    title = N_("What is it for?")
    detail = N_("Please choose what the phone number is needed for.")


class ApprovalForm(BaseModel):
    """How the second person says who they are; the password is never shown again."""

    sign_in_name: Typed = ""
    password: str = ""


@router.post("/members/{person_id}/phone")
async def show_phone(
    request: Request,
    viewer: ConfirmedMemberKeeper,
    person_id: Id,
    purpose: Annotated[Typed, Form()] = "",
) -> Response:
    """Show a member's whole phone number, once, and write down who saw it and what for."""
    if purpose not in set(Purpose):
        refusal = PurposeNeeded(field="purpose")
        return await member_page(request, viewer, person_id, refusal=refusal, act="phone")
    member = await roster.member(viewer.book_id, person_id)
    await note_disclosure(
        viewer.book_id, Told.PHONE, Purpose(purpose), by=viewer.person_id, about=person_id
    )
    return await member_page(request, viewer, person_id, phone=member.person.phone)


@router.get("/members/{person_id}/erasure")
async def ask(request: Request, viewer: Eraser, person_id: Id) -> Response:
    """Say what removing a member's data takes away and leaves, and what stands in its way."""
    return await _erasure_page(request, viewer, person_id)


@router.post("/members/{person_id}/erasure")
async def erase(
    request: Request,
    viewer: ConfirmedEraser,
    person_id: Id,
    form: Annotated[ApprovalForm, Form()],
) -> Response:
    """Remove a member's data, with a second person's name and password."""
    try:
        approved_by = await signin.vouch(
            viewer.book_id, form.sign_in_name, form.password, whence=whence_of(request)
        )
        await erasure.erase(viewer.book_id, person_id, by=viewer.person_id, approved_by=approved_by)
    except entered.REFUSALS as refusal:
        return await _erasure_page(request, viewer, person_id, refusal, form)
    return redirect(request, "/members", gettext("The data are removed."))


async def _erasure_page(
    request: Request,
    viewer: Viewer,
    person_id: int,
    refusal: DomainError | None = None,
    form: ApprovalForm | None = None,
) -> Response:
    member, obstacle = await roster.member(viewer.book_id, person_id), None
    try:
        await erasure.check_erasable(viewer.book_id, person_id)
    except entered.REFUSALS as stands:
        obstacle = stands
    return page(
        request,
        "members/erasure.html",
        status=entered.status(refusal),
        member=member,
        alias=erasure.alias_of(member),
        obstacle=obstacle,
        refusal=refusal,
        form=form or ApprovalForm(),
    )


@router.get("/disclosures")
async def record(request: Request, viewer: DisclosureReader, before: Id = 0) -> Response:
    """List when personal data were shown whole, handed out or taken in: by whom, about whom, what for."""
    rows = await disclosures(viewer.book_id, before_id=before, limit=PAGE + 1)
    people = [each for row in rows for each in (row.by_id, row.about_id) if each]
    return page(
        request,
        "members/disclosures.html",
        rows=rows[:PAGE],
        people=await roster.memberships(viewer.book_id, people),
        more=rows[PAGE - 1].id if len(rows) > PAGE else None,
        what=WHAT,
        purposes=PURPOSES,
        zone=viewer.zone,
    )
