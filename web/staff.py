"""What only the administrator does: ask for roles to be given and taken, and set how staff sign in."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import N_, Invalid
from people import credentials, recovery, roster
from people.models import DESKS, Role
from people.permissions import STAFF
from people.role_acts import ask_for_role, ask_revocation
from web import entered
from web.acts import ACTS
from web.approval_words import waits_now
from web.asking import RoleGiver
from web.confirming import ConfirmedRoleGiver
from web.fields import Id, Typed, read_id
from web.i18n import gettext
from web.member_words import ROLES
from web.members import member_page
from web.render import page, redirect

router = APIRouter(include_in_schema=False)


class RoleIsUnknown(Invalid):
    """There is no such role to give."""

    slug = "role-unknown"
    title = N_("Please choose a role")
    detail = N_("Please choose one of the roles.")


class RoleForm(BaseModel):
    """What was chosen to give a role."""

    role: Typed = ""
    company: Typed = ""


class SignInForm(BaseModel):
    """What was typed to set how somebody signs in; the password is never shown again."""

    sign_in_name: Typed = ""
    password: str = ""


@router.get("/staff")
async def staff(request: Request, viewer: RoleGiver) -> Response:
    """List who works here, and as what."""
    grants = await roster.staff(viewer.book_id)
    return page(
        request,
        "members/staff.html",
        grants=grants,
        roles=ROLES,
        sheet=await recovery.sheet_of(viewer.book_id),
        hangs_on_one=await recovery.hangs_on_one(viewer.book_id),
        zone=viewer.zone,
    )


@router.post("/members/{person_id}/roles")
async def grant(
    request: Request, viewer: ConfirmedRoleGiver, person_id: Id, form: Annotated[RoleForm, Form()]
) -> Response:
    """Ask that a member gets a role; another administrator approves it."""
    try:
        role = _role(form.role)
        at_desk = role in DESKS and form.company
        company_id = read_id(form.company) if at_desk else None
        asked = await ask_for_role(ACTS, viewer, person_id, role, company_id=company_id)
    except entered.REFUSALS as refusal:
        return await member_page(request, viewer, person_id, refusal=refusal, act="role", form=form)
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


@router.post("/members/{person_id}/roles/{role}/revocation")
async def revoke(
    request: Request, viewer: ConfirmedRoleGiver, person_id: Id, role: str
) -> Response:
    """Ask that a role is taken away; another administrator approves it."""
    await roster.member(viewer.book_id, person_id)
    try:
        asked = await ask_revocation(ACTS, viewer, person_id, _role(role))
    except entered.REFUSALS as refusal:
        return await member_page(request, viewer, person_id, refusal=refusal, act="revocation")
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


@router.post("/members/{person_id}/sign-in")
async def set_sign_in(
    request: Request, viewer: ConfirmedRoleGiver, person_id: Id, form: Annotated[SignInForm, Form()]
) -> Response:
    """Set the sign-in name and password of somebody who works here."""
    await roster.member(viewer.book_id, person_id)
    try:
        await credentials.set_password(
            person_id,
            form.sign_in_name,
            form.password,
            book_id=viewer.book_id,
            by=viewer.person_id,
        )
    except entered.REFUSALS as refusal:
        return await member_page(
            request, viewer, person_id, refusal=refusal, act="sign-in", form=form
        )
    said = gettext("The sign-in is set. Staff browsers of this person were signed out.")
    return redirect(request, f"/members/{person_id}", said)


def _role(text: str) -> Role:
    if text not in STAFF:
        raise RoleIsUnknown(field="role")
    return Role(text)
