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
from people.models import Role
from people.one_time_codes import codes_are_sent
from people.sessions import SignedIn
from web import agents, together
from web.asking import OPEN, viewer_of
from web.cookies import DEVICE, read_cookie
from web.errors import retry_after, status_of
from web.fields import Id, Typed
from web.halfway import forget_half, wait_for_step
from web.i18n import gettext, say
from web.practice import left
from web.render import flash, local_path, page, redirect
from web.whence import know, whence_of

router = APIRouter(include_in_schema=False, dependencies=[OPEN])

FIRST_PAGES = (
    (Role.CLERK, "/counter"),
    (Role.ORGANISER, "/shifts"),
    (Role.PROPERTY_DESK, "/desk"),
    (Role.MERCHANT, "/services"),
    (Role.AUDITOR, "/books"),
    (Role.ADMIN, "/shifts"),
)
LONGEST_WAY_BACK = 500


def first_page(roles: frozenset[Role]) -> str:
    """Return where somebody's work begins; a volunteer's own points are at the front door."""
    return next((path for role, path in FIRST_PAGES if role in roles), "/")


async def admit(request: Request, signed: SignedIn, to: str, notice: str | None = None) -> Response:
    """Let a new session act on this browser, beside those of the other members who use it, and send the reader on."""
    response = redirect(request, to, notice)
    await settle(request, response, signed)
    return response


async def settle(request: Request, response: Response, signed: SignedIn) -> None:
    """Let an answer bring this browser a new session, to act beside those of the other members who use it."""
    browser = agents.short_name(request.headers.get("user-agent", ""))
    await sessions.name_browser(signed.book_id, signed.session_id, browser)
    await together.join(request, response, signed)
    await know(request, response, signed)
    forget_half(request, response)


async def arrive(
    request: Request, begun: SignedIn | two_steps.Half, to: str, notice: str | None = None
) -> Response:
    """Send the reader to the second step of their sign-in, or where that is done to their work."""
    if isinstance(begun, two_steps.Half):
        return wait_for_step(request, begun, to)
    viewer = await sessions.viewer_of(begun.token)
    first = first_page(viewer.roles) if viewer else "/"
    return await admit(request, begun, to or first, notice)


def sign_in_path(to: str) -> str:
    """Return the sign-in page's address, which comes back to a place of ours."""
    return f"/sign-in?next={quote(local_path(to))}"


@router.get("/sign-in")
async def sign_in_form(request: Request, to: Annotated[str, Query(alias="next")] = "") -> Response:
    """Show the form."""
    return await sign_in_page(request, to if len(to) <= LONGEST_WAY_BACK else "")


async def sign_in_page(
    request: Request, to: str, refusal: DomainError | None = None, act: str = "", **typed: str
) -> Response:
    """Show every way in, with what was typed and refused in one of them; a password is never shown again."""
    return page(
        request,
        "sign-in.html",
        status=status_of(refusal) if refusal else 200,
        headers=retry_after(refusal),
        to=local_path(to) if to else "",
        error=say(refusal) if refusal else "",
        act=act,
        typed=typed,
        communities=await roster.communities(),
        codes=codes_are_sent(),
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
        begun = await two_steps.start(name, password, whence=whence_of(request))
    except DomainError as refusal:
        return await sign_in_page(request, to, refusal, "staff", name=name)
    return await arrive(request, begun, to)


@router.post("/sign-out")
async def sign_out(
    request: Request,
    to: Annotated[str, Form(alias="next")] = "/",
    who: Annotated[Typed, Form()] = "",
) -> Response:
    """End this browser's acting session, or those of everybody on it."""
    if (viewer := viewer_of(request)) is not None and viewer.practice:
        return await left(request, viewer)
    response = redirect(request, to)
    acts = await together.leave(request, response, everybody=who == "everybody")
    said = gettext("You are signed out.")
    if acts is not None:
        said = gettext("You are signed out. %(name)s is still signed in here.", name=acts.name)
    flash(request, response, said)
    return response


@router.post("/acting")
async def act_as(
    request: Request,
    session: Annotated[Id, Form()] = 0,
    to: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Let another member who is signed in on this browser act."""
    response = redirect(request, to)
    await together.go_over(request, response, session)
    return response


@router.get("/welcome/{token}")
async def welcome(request: Request, token: str) -> Response:
    """Say whose link this is and ask; opening the address uses nothing up, so a preview cannot either."""
    found = await signin.find_invite(token, whence_of(request))
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
    return await arrive(request, await two_steps.start_by_link(token, whence_of(request)), "", text)
