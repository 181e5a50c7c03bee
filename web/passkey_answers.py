"""What the browser's script and the house say to each other about passkeys; without scripts, codes do the same."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from people import passkeys, sessions
from people.factor_errors import PasskeyNotAccepted
from web.asking import OPEN, SignInKeeper
from web.fields import Typed
from web.halfway import half_token
from web.my_signin import HERE
from web.render import local_path
from web.signin import first_page, settle

router = APIRouter(include_in_schema=False)


async def _said(request: Request) -> dict[str, Any]:
    """Return the object that the script sent. Raises: PasskeyNotAccepted."""
    try:
        said = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise PasskeyNotAccepted from None
    if not isinstance(said, dict):
        raise PasskeyNotAccepted
    return said


def _options(text: str) -> Response:
    return Response(text, media_type="application/json")


@router.post("/sign-in/passkey/question", dependencies=[OPEN])
async def question(request: Request) -> Response:
    """Give the browser the question that the passkey answers."""
    return _options(await passkeys.ask_to_sign_in(half_token(request)))


@router.post("/sign-in/passkey", dependencies=[OPEN])
async def answer(request: Request, to: Typed = "") -> Response:
    """Finish the sign-in with the passkey's answer, and say where to go on."""
    signed = await passkeys.sign_in(half_token(request), await _said(request))
    viewer = await sessions.viewer_of(signed.token)
    first = first_page(viewer.roles) if viewer else "/"
    response = JSONResponse({"to": local_path(to) if to else first})
    await settle(request, response, signed)
    return response


@router.post("/my-sign-in/passkeys/question")
async def registration_question(
    viewer: SignInKeeper, code: Annotated[Typed, Form()] = ""
) -> Response:
    """Give the browser what it needs to make a passkey, once a present code was given."""
    return _options(await passkeys.ask_to_register(viewer, code))


@router.post("/my-sign-in/passkeys")
async def register(request: Request, viewer: SignInKeeper, name: Typed = "") -> Response:
    """Keep the passkey that the browser made, and say where to go on."""
    await passkeys.register(viewer, name, await _said(request))
    return JSONResponse({"to": HERE})
