"""Sign in, refresh and sign out: a session, shown to the client as an access token and a refresh token."""

from fastapi import Response

from api import access_tokens
from api.access_tokens import LIFE_SECONDS, Access, TokenNotAccepted
from api.asking import SignedIn
from api.routing import router as _router
from api.schemas.people import Refresh, SignIn, SignInByLink, Tokens
from people import sessions, two_steps

router = _router("tokens")


@router.post("/tokens", status_code=201)
async def sign_in(body: SignIn) -> Tokens:
    """Sign in with a staff member's name, password and second factor."""
    return _tokens(await two_steps.at_once(body.name, body.password, body.code))


@router.post("/tokens/by-link", status_code=201)
async def sign_in_by_link(body: SignInByLink) -> Tokens:
    """Sign in with a volunteer's one-time sign-in code."""
    return _tokens(await two_steps.link_for_program(body.link))


@router.post("/tokens/refresh", status_code=201)
async def refresh(body: Refresh) -> Tokens:
    """Change a refresh token for a new pair; each works once."""
    renewed = await sessions.renew(body.refresh_token)
    if renewed is None:
        raise TokenNotAccepted
    return _tokens(renewed)


@router.delete("/tokens/current", status_code=204)
async def sign_out(viewer: SignedIn) -> Response:
    """Sign out: neither token of this session opens anything from now on."""
    await sessions.end_one(viewer.book_id, viewer.person_id, viewer.session_id)
    return Response(status_code=204)


def _tokens(signed: sessions.SignedIn) -> Tokens:
    access = Access(signed.person_id, signed.book_id, signed.session_id)
    return Tokens(
        access_token=access_tokens.issue(access),
        expires_in_seconds=LIFE_SECONDS,
        refresh_token=signed.token,
    )
