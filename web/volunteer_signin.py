"""Volunteers who want it sign in by themselves: phone or number with a password, or a code to the phone."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import one_time_codes, own_passwords
from people.browser_errors import CodeDoesNotFit
from people.code_senders import deliver
from people.errors import NoSuchCommunity
from people.roster import communities
from web.asking import OPEN
from web.cookies import drop_cookie, read_cookie, set_cookie
from web.errors import retry_after, status_of
from web.fields import Id, Typed
from web.i18n import gettext, say
from web.render import page, redirect
from web.signin import admit, sign_in_page
from web.whence import whence_of

router = APIRouter(include_in_schema=False, prefix="/sign-in", dependencies=[OPEN])
REQUEST = "code-request"
REQUEST_SECONDS = 15 * 60


async def community_of(chosen: int) -> int:
    """Return the community that was chosen, or the only one. Raises: NoSuchCommunity."""
    known = [int(each.id) for each in await communities()]
    if len(known) == 1:
        return known[0]
    if chosen not in known:
        raise NoSuchCommunity
    return chosen


@router.post("/number")
async def by_number(
    request: Request,
    who: Annotated[Typed, Form()] = "",
    password: Annotated[str, Form()] = "",
    community: Annotated[Id, Form()] = 0,
    to: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Sign a volunteer in by phone or member number and password."""
    try:
        signed = await own_passwords.sign_in_by_number(
            await community_of(community), who, password, whence=whence_of(request)
        )
    except DomainError as refusal:
        typed = {"who": who, "community": str(community)}
        return await sign_in_page(request, to, refusal, "number", **typed)
    return await admit(request, signed, to or "/")


@router.post("/codes")
async def ask_for_code(
    request: Request,
    phone: Annotated[Typed, Form()] = "",
    community: Annotated[Id, Form()] = 0,
    to: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Send a code to a phone; the answer is the same whether the phone belongs to anybody."""
    try:
        asked = await one_time_codes.ask_for_code(
            await community_of(community), phone, whence_of(request)
        )
    except DomainError as refusal:
        typed = {"phone": phone, "community": str(community)}
        return await sign_in_page(request, to, refusal, "code", **typed)
    response = redirect(request, "/sign-in/code")
    set_cookie(request, response, REQUEST, asked.request, seconds=REQUEST_SECONDS)
    response.background = BackgroundTask(deliver, asked, _words(asked.code))
    return response


def _words(code: str) -> str:
    return gettext(
        "Rainbow Points: your sign-in code is %(code)s. It is good for five minutes. Tell it to nobody.",
        code=code,
    )


@router.get("/code")
async def code_form(request: Request) -> Response:
    """Ask for the six digits."""
    return _code_page(request)


def _code_page(request: Request, refusal: DomainError | None = None) -> Response:
    return page(
        request,
        "code-form.html",
        status=status_of(refusal) if refusal else 200,
        headers=retry_after(refusal),
        error=say(refusal) if refusal else "",
        asked=read_cookie(request, REQUEST) is not None,
    )


@router.post("/code")
async def prove(request: Request, code: Annotated[Typed, Form()] = "") -> Response:
    """Take the six digits; where a family shares the phone, ask who it is."""
    asked = read_cookie(request, REQUEST) or ""
    try:
        await one_time_codes.prove(asked, code, whence_of(request))
        people = await one_time_codes.recipients(asked)
    except DomainError as refusal:
        return _code_page(request, refusal)
    if len(people) == 1:
        return await _spent(request, asked, people[0].person_id)
    return page(request, "code-choice.html", people=people)


@router.post("/code/choice")
async def choose(request: Request, person: Annotated[Id, Form()] = 0) -> Response:
    """Sign in the member of the family who it is."""
    try:
        return await _spent(request, read_cookie(request, REQUEST) or "", person)
    except CodeDoesNotFit as refusal:
        return _code_page(request, refusal)


async def _spent(request: Request, asked: str, person_id: int) -> Response:
    signed = await one_time_codes.spend(asked, person_id)
    response = await admit(request, signed, "/")
    drop_cookie(request, response, REQUEST)
    return response
