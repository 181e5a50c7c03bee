"""Sign in, refresh and sign out: a session, shown to the client as an access token and a refresh token."""

from fastapi import Request, Response

from api import access_tokens
from api.access_tokens import LIFE_SECONDS, Access, TokenNotAccepted
from api.asking import SignedIn
from api.routing import router as _router
from api.schemas.people import Refresh, SignIn, SignInByLink, Tokens
from people import refreshing, sessions, two_steps
from web import agents
from web.asking import OPEN
from web.whence import whence_of

router = _router("tokens")


@router.post("/tokens", status_code=201, dependencies=[OPEN])
async def sign_in(request: Request, body: SignIn) -> Tokens:
    """Sign in with a staff member's name, password and second factor."""
    signed = await two_steps.at_once(body.name, body.password, body.code, whence=whence_of(request))
    return await begun(request, signed)


@router.post("/tokens/by-link", status_code=201, dependencies=[OPEN])
async def sign_in_by_link(request: Request, body: SignInByLink) -> Tokens:
    """Sign in with a volunteer's one-time sign-in code."""
    return await begun(request, await two_steps.link_for_program(body.link, whence_of(request)))


@router.post("/tokens/refresh", status_code=201, dependencies=[OPEN])
async def refresh(body: Refresh) -> Tokens:
    """Change a refresh token for a new pair; each works once.

    One that was spent ends its session when it comes back, except within ten seconds of its first use: then the answer
    is the same refresh token again, for clients that never received it.
    """
    renewed = await refreshing.refresh(body.refresh_token)
    if renewed is None:
        raise TokenNotAccepted
    access = Access(renewed.person_id, renewed.book_id, renewed.session_id)
    return _tokens(access, renewed.token)


@router.delete("/tokens/current", status_code=204)
async def sign_out(viewer: SignedIn) -> Response:
    """Sign out: neither token of this session opens anything from now on."""
    await sessions.end_one(viewer.book_id, viewer.person_id, viewer.session_id, by=viewer.person_id)
    return Response(status_code=204)


async def begun(request: Request, signed: sessions.SignedIn) -> Tokens:
    """Return the tokens of a session that was just begun."""
    browser = agents.short_name(request.headers.get("user-agent", ""))
    await sessions.name_browser(signed.book_id, signed.session_id, browser)
    access = Access(signed.person_id, signed.book_id, signed.session_id)
    return _tokens(access, await refreshing.begin_family(signed))


def _tokens(access: Access, refresh_token: str) -> Tokens:
    return Tokens(
        access_token=access_tokens.issue(access),
        expires_in_seconds=LIFE_SECONDS,
        refresh_token=refresh_token,
    )
