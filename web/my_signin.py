"""How I sign in: my app, my sheet of codes, my passkeys, and at the counter my PIN."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from kernel.settings import settings
from people import authenticators, clerk_pins, own_factors, passkeys, second_factor
from people.factor_errors import SignInRanOut
from people.models import Role
from people.permissions import Viewer
from web import entered
from web.asking import SignInKeeper
from web.fields import Id, Typed
from web.halfway import read_from_form
from web.i18n import gettext
from web.render import page, redirect
from web.second_step import APP, app_to_scan, sheet_page

router = APIRouter(include_in_schema=False)
HERE = "/my-sign-in"


@router.get("/my-sign-in")
async def show(request: Request, viewer: SignInKeeper) -> Response:
    """Show what is set up, and the ways to change it."""
    return await _page(request, viewer)


async def _page(
    request: Request,
    viewer: Viewer,
    *,
    refusal: DomainError | None = None,
    act: str = "",
    secret: str | None = None,
) -> Response:
    shown: dict[str, Any] = app_to_scan(
        viewer.person_id, viewer.name, secret or authenticators.new_secret()
    )
    return page(
        request,
        "my-sign-in.html",
        status=entered.status(refusal),
        known=await second_factor.factors_of(viewer.person_id),
        at_counter=viewer.device_id is not None,
        clerk=viewer.has(Role.CLERK),
        pin=await clerk_pins.has_pin(viewer.book_id, viewer.person_id),
        passkeys=passkeys.are_here(),
        asked_for=settings().second_factor,
        refusal=refusal,
        act=act,
        zone=viewer.zone,
        **shown,
    )


@router.post("/my-sign-in/app")
async def set_app(
    request: Request,
    viewer: SignInKeeper,
    kept: Annotated[str, Form()] = "",
    new_code: Annotated[Typed, Form()] = "",
    code: Annotated[Typed, Form()] = "",
) -> Response:
    """Set the app up, or move the codes to another one."""
    secret = read_from_form(APP, viewer.person_id, kept)
    if secret is None:
        raise SignInRanOut
    try:
        await own_factors.replace_app(viewer, secret, new_code, code)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal=refusal, act="app", secret=secret)
    return redirect(request, HERE, gettext("The app is set up. Its codes count from now on."))


@router.post("/my-sign-in/sheet")
async def new_sheet(
    request: Request, viewer: SignInKeeper, code: Annotated[Typed, Form()] = ""
) -> Response:
    """Show a new sheet of codes, once."""
    try:
        codes = await own_factors.new_sheet(viewer, code)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal=refusal, act="sheet")
    return sheet_page(request, tuple(codes), viewer.name, HERE)


@router.post("/my-sign-in/pin")
async def set_pin(
    request: Request, viewer: SignInKeeper, pin: Annotated[Typed, Form()] = ""
) -> Response:
    """Set the PIN with which a clerk takes a turn at the counter."""
    try:
        await clerk_pins.set_pin(viewer, pin)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal=refusal, act="pin")
    return redirect(request, HERE, gettext("The PIN is set."))


@router.post("/my-sign-in/passkeys/{passkey_id}/removal")
async def remove_passkey(request: Request, viewer: SignInKeeper, passkey_id: Id) -> Response:
    """Take a passkey away."""
    await passkeys.remove(viewer, passkey_id)
    return redirect(request, HERE, gettext("The passkey is removed."), "warn")
