"""A volunteer's own password, set on their own pages."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import own_passwords
from people.permissions import Viewer
from people.roster import member
from web.asking import Volunteer
from web.errors import retry_after, status_of
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/me/password")


@router.get("")
async def form(request: Request, viewer: Volunteer) -> Response:
    """Show what a password is good for, and the form."""
    return await _form(request, viewer)


async def _form(request: Request, viewer: Viewer, refusal: DomainError | None = None) -> Response:
    person, session = viewer.person_id, viewer.session_id
    return page(
        request,
        "me/password.html",
        status=status_of(refusal) if refusal else 200,
        headers=retry_after(refusal),
        refusal=refusal,
        member=await member(viewer.book_id, person),
        has_one=await own_passwords.has_own_password(person),
        needs_old=await own_passwords.needs_old_password(viewer.book_id, person, session),
    )


@router.post("")
async def set_password(
    request: Request,
    viewer: Volunteer,
    password: Annotated[str, Form()] = "",
    old: Annotated[str, Form()] = "",
) -> Response:
    """Set or change the password."""
    try:
        await own_passwords.set_own_password(
            viewer.book_id, viewer.person_id, password, session_id=viewer.session_id, old=old
        )
    except DomainError as refusal:
        return await _form(request, viewer, refusal)
    return redirect(request, "/", gettext("The password is set."))
