"""Where the poster leads: to one's own points, and from a browser that nobody knows to the counter's one tap."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import enrolling
from people.browsers import BrowserQuestion
from people.roster import communities
from web.asking import OPEN, viewer_of
from web.cookies import drop_cookie, read_cookie, set_cookie
from web.errors import retry_after, status_of
from web.fields import Id, Typed
from web.i18n import say
from web.render import page, redirect
from web.signin import admit
from web.volunteer_signin import community_of
from web.whence import whence_of

router = APIRouter(include_in_schema=False, prefix="/me", dependencies=[OPEN])
QUESTION = "question"
WAITING = "/me/waiting"


@router.get("")
async def own(request: Request, other: str = "") -> Response:
    """Lead to the own points, or ask who it is: with `other`, who else uses this browser."""
    if viewer_of(request) is not None and other != "1":
        return redirect(request, "/")
    return await _form(request)


async def _form(
    request: Request, refusal: DomainError | None = None, number: str = "", community: int = 0
) -> Response:
    return page(
        request,
        "me/who.html",
        status=status_of(refusal) if refusal else 200,
        headers=retry_after(refusal),
        error=say(refusal) if refusal else "",
        number=number,
        community=community,
        communities=await communities(),
    )


@router.post("/question")
async def ask(
    request: Request,
    number: Annotated[Typed, Form()] = "",
    community: Annotated[Id, Form()] = 0,
) -> Response:
    """Ask the counter to recognise the member with this number."""
    token = secrets.token_urlsafe(24)
    try:
        book_id = await community_of(community)
        await enrolling.ask(book_id, number, token, whence_of(request))
    except DomainError as refusal:
        return await _form(request, refusal, number, community)
    response = redirect(request, WAITING)
    set_cookie(request, response, QUESTION, token, seconds=enrolling.QUESTION_SECONDS)
    return response


@router.get("/waiting")
async def waiting(request: Request) -> Response:
    """Show how the question stands; a phone without scripts asks again by itself."""
    return _waiting(request, await enrolling.question_of(read_cookie(request, QUESTION) or ""))


def _waiting(request: Request, question: BrowserQuestion | None) -> Response:
    return page(request, "me/waiting.html", block="answer", question=question)


@router.post("/waiting")
async def enrol(request: Request) -> Response:
    """Ask again; once the counter has said yes, this browser is signed in."""
    token = read_cookie(request, QUESTION) or ""
    signed = await enrolling.enrol_recognised(token)
    if signed is None:
        return _waiting(request, await enrolling.question_of(token))
    response = await admit(request, signed, "/")
    drop_cookie(request, response, QUESTION)
    return moved_on(request, response)


def moved_on(request: Request, response: Response) -> Response:
    """Make a whole page move on where a script asked for a part of it: it would follow a 303 unseen."""
    if "hx-request" in request.headers:
        response.status_code = 200
        response.headers["HX-Redirect"] = response.headers["location"]
        del response.headers["location"]
    return response
