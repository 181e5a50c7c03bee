"""Signing in and out: staff by name and password, volunteers by a one-time link that asks before it acts."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from kernel.settings import settings
from people import first_setup, roster, sessions, signin, two_steps
from people.counter_devices import device_of
from people.errors import TooManyTries
from people.models import Role
from people.sessions import SignedIn
from web.asking import viewer_of
from web.cookies import (
    DEVICE,
    drop_session_cookie,
    read_cookie,
    read_session_cookie,
    set_session_cookie,
)
from web.errors import status_of
from web.fields import Typed
from web.halfway import forget_half, wait_for_step
from web.i18n import gettext, say
from web.render import local_path, page, redirect

router = APIRouter(include_in_schema=False)

FIRST_PAGES = (
    (Role.CLERK, "/counter"),
    (Role.ORGANISER, "/shifts"),
    (Role.PROPERTY_DESK, "/desk"),
    (Role.AUDITOR, "/books"),
    (Role.ADMIN, "/shifts"),
)
TOO_MANY = 429
LONGEST_WAY_BACK = 500


def first_page(roles: frozenset[Role]) -> str:
    """Return where somebody's work begins; a volunteer's own points are at the front door."""
    return next((path for role, path in FIRST_PAGES if role in roles), "/")


async def admit(request: Request, signed: SignedIn, to: str, notice: str | None = None) -> Response:
    """Give this browser its new session in place of any old one, and send the reader on."""
    await sessions.end(read_session_cookie(request) or "")
    response = redirect(request, to, notice)
    set_session_cookie(request, response, signed.token, seconds=signed.seconds)
    return response


async def arrive(
    request: Request, begun: SignedIn | two_steps.Half, to: str, notice: str | None = None
) -> Response:
    """Send the reader to the second step of their sign-in, or where that is done to their work."""
    if isinstance(begun, two_steps.Half):
        return wait_for_step(request, begun, to)
    viewer = await sessions.viewer_of(begun.token)
    first = first_page(viewer.roles) if viewer else "/"
    response = await admit(request, begun, to or first, notice)
    forget_half(request, response)
    return response


def sign_in_path(to: str) -> str:
    """Return the sign-in page's address, which comes back to a place of ours."""
    return f"/sign-in?next={quote(local_path(to))}"


@router.get("/sign-in")
async def sign_in_form(request: Request, to: Annotated[str, Query(alias="next")] = "") -> Response:
    """Show the form."""
    back = local_path(to) if 0 < len(to) <= LONGEST_WAY_BACK else ""
    return await _sign_in_page(request, "", back)


async def _sign_in_page(
    request: Request, name: str, to: str, *, status: int = 200, error: str = ""
) -> Response:
    return page(
        request,
        "sign-in.html",
        status=status,
        name=name,
        to=to,
        error=error,
        counter=await device_of(read_cookie(request, DEVICE)),
        brand_new=await first_setup.nobody_works_here(),
        second_factor=settings().second_factor,
    )


@router.post("/sign-in")
async def sign_in(
    request: Request,
    name: Annotated[Typed, Form()] = "",
    password: Annotated[str, Form()] = "",
    to: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Sign a staff member in, or show the form again with everything but the password."""
    try:
        begun = await two_steps.start(name, password)
    except DomainError as refusal:
        status = TOO_MANY if isinstance(refusal, TooManyTries) else status_of(refusal)
        return await _sign_in_page(request, name, to, status=status, error=say(refusal))
    return await arrive(request, begun, to)


@router.post("/sign-out")
async def sign_out(request: Request, to: Annotated[str, Form(alias="next")] = "/") -> Response:
    """End this browser's session."""
    await sessions.end(read_session_cookie(request) or "")
    response = redirect(request, to, gettext("You are signed out."))
    drop_session_cookie(request, response)
    return response


@router.get("/welcome/{token}")
async def welcome(request: Request, token: str) -> Response:
    """Say whose link this is and ask; opening the address uses nothing up, so a preview cannot either."""
    found = await signin.find_invite(token)
    community = await roster.community(found.book_id)
    return page(
        request,
        "welcome.html",
        name=found.person.masked_name,
        community=community.name,
        token=token,
        other=viewer_of(request),
    )


@router.post("/welcome/{token}")
async def accept(request: Request, token: str) -> Response:
    """Use the link up and sign this browser in."""
    text = gettext("You are signed in on this phone. Scanning your own card also leads back here.")
    return await arrive(request, await two_steps.start_by_link(token), "", text)
