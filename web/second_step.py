"""The second step of a sign-in: a code, or for whoever has none yet a password and a second factor of their own."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import authenticators, code_sheets, passkeys, second_factor, sessions, two_steps
from people.factor_errors import SecondFactorIsSet, SignInRanOut
from people.factors import HalfSession
from people.models import Credential
from people.two_steps import Step
from web import entered
from web.asking import OPEN
from web.fields import Typed
from web.halfway import half_token, kept_in_form, read_from_form, step_path
from web.i18n import gettext
from web.render import local_path, page, redirect
from web.signin import arrive, first_page, settle

router = APIRouter(include_in_schema=False, dependencies=[OPEN])

APP, SHEET = "app", "sheet"  # what a form carries until it is confirmed
To = Annotated[str, Form(alias="next")]
FEW = 3


@router.get("/sign-in/second")
async def ask_code(request: Request, to: Annotated[str, Query(alias="next")] = "") -> Response:
    """Ask for the code."""
    half = await two_steps.find(half_token(request))
    if (step := await two_steps.step_of(half)) is not Step.CODE:
        return redirect(request, step_path(step, to))
    return await _code_page(request, half, to)


async def _code_page(
    request: Request, half: HalfSession, to: str, refusal: DomainError | None = None
) -> Response:
    known = await second_factor.factors_of(half.person_id)
    return page(
        request,
        "second-step/code.html",
        status=entered.status(refusal),
        name=half.person.name,
        known=known,
        passkey=bool(known.passkeys) and passkeys.are_here(),
        to=to,
        refusal=refusal,
    )


@router.post("/sign-in/second")
async def give_code(request: Request, code: Annotated[Typed, Form()] = "", to: To = "") -> Response:
    """Finish the sign-in, or ask again."""
    half = await two_steps.find(half_token(request))
    try:
        signed = await two_steps.with_code(half_token(request), code)
    except entered.REFUSALS as refusal:
        return await _code_page(request, half, to, refusal)
    left = await code_sheets.codes_left(half.person_id)
    few = left is not None and left < FEW
    said = gettext("%(left)s codes of your sheet are left. Please print a new one.")
    return await arrive(
        request, signed, "/my-sign-in" if few else to, said % {"left": left} if few else None
    )


@router.get("/sign-in/password")
async def ask_password(request: Request) -> Response:
    """Ask somebody who came by a link for a password of their own."""
    half = await two_steps.find(half_token(request))
    if (step := await two_steps.step_of(half)) is not Step.PASSWORD:
        return redirect(request, step_path(step, ""))
    credential = await Credential.get_or_none(person_id=half.person_id)
    name = credential.sign_in_name if credential else ""
    return page(request, "second-step/password.html", sign_in_name=name, refusal=None)


@router.post("/sign-in/password")
async def choose_password(
    request: Request,
    sign_in_name: Annotated[Typed, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Set it, and go on to the second factor."""
    try:
        step = await two_steps.choose_password(half_token(request), sign_in_name, password)
    except entered.REFUSALS as refusal:
        status = entered.status(refusal)
        return page(
            request,
            "second-step/password.html",
            status=status,
            sign_in_name=sign_in_name,
            refusal=refusal,
        )
    return redirect(request, step_path(step, ""))


@router.get("/sign-in/set-up")
async def set_up(request: Request, to: Annotated[str, Query(alias="next")] = "") -> Response:
    """Show a fresh secret to scan or type, and the way without a phone."""
    half = await two_steps.find(half_token(request))
    if (step := await two_steps.step_of(half)) is not Step.SET_UP:
        return redirect(request, step_path(step, to))
    return _set_up_page(request, half, authenticators.new_secret(), to)


def _set_up_page(
    request: Request, half: HalfSession, secret: str, to: str, refusal: DomainError | None = None
) -> Response:
    return page(
        request,
        "second-step/set-up.html",
        status=entered.status(refusal),
        **app_to_scan(half.person_id, half.person.name, secret),
        to=to,
        refusal=refusal,
    )


def app_to_scan(person_id: int, name: str, secret: str) -> dict[str, Any]:
    """Return what a page shows of a secret: the address to scan, the signs to type, and the field that carries it."""
    groups = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    return {
        "address": authenticators.app_address(secret, name),
        "typed_secret": groups,
        "kept": kept_in_form(APP, person_id, secret),
    }


@router.post("/sign-in/set-up")
async def confirm_app(
    request: Request,
    kept: Annotated[str, Form()] = "",
    code: Annotated[Typed, Form()] = "",
    to: To = "",
) -> Response:
    """Set the app up and finish the sign-in; this page alone shows the sheet of codes that comes with it."""
    half = await two_steps.find(half_token(request))
    secret = read_from_form(APP, half.person_id, kept)
    if secret is None:
        raise SignInRanOut
    try:
        signed, codes = await two_steps.set_up_app(half_token(request), secret, code)
    except SecondFactorIsSet:
        return redirect(request, step_path(Step.CODE, to))
    except entered.REFUSALS as refusal:
        return _set_up_page(request, half, secret, to, refusal)
    viewer = await sessions.viewer_of(signed.token)
    on = local_path(to or (first_page(viewer.roles) if viewer else "/"))
    response = sheet_page(request, codes, half.person.name, on)
    await settle(request, response, signed)
    return response


def sheet_page(request: Request, codes: tuple[str, ...], name: str, on: str) -> Response:
    """Show a sheet of codes to print; it has no form, for the session may have begun with this very answer."""
    return page(request, "second-step/sheet.html", codes=codes, name=name, on=on)


@router.post("/sign-in/set-up/sheet")
async def show_sheet(request: Request, to: To = "") -> Response:
    """Show ten codes for somebody without a phone; they count once one of them is typed."""
    half = await two_steps.find(half_token(request))
    if await two_steps.step_of(half) is not Step.SET_UP:
        raise SecondFactorIsSet
    return _sheet_to_keep(request, half, code_sheets.new_codes(), to)


def _sheet_to_keep(
    request: Request,
    half: HalfSession,
    codes: tuple[str, ...],
    to: str,
    refusal: DomainError | None = None,
) -> Response:
    return page(
        request,
        "second-step/keep-sheet.html",
        status=entered.status(refusal),
        codes=codes,
        name=half.person.name,
        kept=kept_in_form(SHEET, half.person_id, " ".join(codes)),
        to=to,
        refusal=refusal,
    )


@router.post("/sign-in/set-up/sheet/confirmation")
async def confirm_sheet(
    request: Request,
    kept: Annotated[str, Form()] = "",
    code: Annotated[Typed, Form()] = "",
    to: To = "",
) -> Response:
    """Set the sheet up and finish the sign-in."""
    half = await two_steps.find(half_token(request))
    codes = tuple((read_from_form(SHEET, half.person_id, kept) or "").split())
    if not codes:
        raise SignInRanOut
    try:
        signed = await two_steps.set_up_sheet(half_token(request), codes, code)
    except SecondFactorIsSet:
        return redirect(request, step_path(Step.CODE, to))
    except entered.REFUSALS as refusal:
        return _sheet_to_keep(request, half, codes, to, refusal)
    return await arrive(request, signed, to)
