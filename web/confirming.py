"""Asking for the password again before acts that deserve it, and then going on with the form that was sent.

The page that asks sends the same form to the same address, with the password added: the act needs no second step and
nothing typed is lost. Secrets in the form are not written into a page; they are asked for once more.
"""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.errors import DomainError
from people import step_up
from people.errors import TooManyTries
from people.permissions import Permission, Viewer, require
from people.sessions import SignedIn
from people.step_up_errors import ConfirmationNeeded
from web.asking import Anyone, viewer_of
from web.cookies import SAFE_METHODS, renew_session
from web.csrf import FIELD as CSRF
from web.errors import problem, status_of, wants_problem
from web.i18n import say
from web.render import here, local_path, page, redirect

router = APIRouter(include_in_schema=False)
PASSWORD, BACK = "own_password", "own_back"  # names of fields
SECRETS = frozenset({"password"})
OK, FORBIDDEN, TOO_MANY = 200, 403, 429


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A dependency like `Must` that also wants the viewer's password from the last five minutes.

    Raises: SignInNeeded, RoleNeeded, ConfirmationNeeded.
    """

    permission: Permission

    async def __call__(self, request: Request) -> Viewer:
        """Return who asks."""
        viewer = require(viewer_of(request), self.permission)
        if step_up.is_fresh(viewer.confirmed_at, clock.now()):
            return viewer
        password = "" if request.method in SAFE_METHODS else await _typed(request)
        if not password:
            raise ConfirmationNeeded
        try:
            return await _confirm(request, viewer, password)
        except DomainError as refusal:
            raise ConfirmationNeeded from refusal


ConfirmedStaff = Annotated[Viewer, Depends(Confirmed(Permission.FOLLOW_REQUESTS))]
ConfirmedDesk = Annotated[Viewer, Depends(Confirmed(Permission.HELP_WITH_LOSS))]
ConfirmedPointsAdjuster = Annotated[Viewer, Depends(Confirmed(Permission.ADJUST_POINTS))]
ConfirmedSettler = Annotated[Viewer, Depends(Confirmed(Permission.SETTLE))]
ConfirmedBookTaker = Annotated[Viewer, Depends(Confirmed(Permission.EXPORT_BOOKS))]
ConfirmedRoleGiver = Annotated[Viewer, Depends(Confirmed(Permission.GIVE_ROLES))]
ConfirmedMemberKeeper = Annotated[Viewer, Depends(Confirmed(Permission.KEEP_MEMBERS))]
ConfirmedEraser = Annotated[Viewer, Depends(Confirmed(Permission.ERASE_PEOPLE))]


async def _typed(request: Request) -> str:
    given = (await request.form()).get(PASSWORD, "")
    return given if isinstance(given, str) else ""


async def _confirm(request: Request, viewer: Viewer, password: str) -> Viewer:
    """Check the password and rotate the session: the answer brings the browser its new cookie."""
    renewed: SignedIn = await step_up.confirm_with_password(viewer, password)
    renew_session(request, renewed.token, renewed.seconds)
    request.state.viewer = replace(viewer, confirmed_at=clock.now())
    return viewer


async def ask(request: Request, error: Exception) -> Response:
    """Answer ConfirmationNeeded: the page that asks, with the form that was sent."""
    if not isinstance(error, ConfirmationNeeded):
        raise error
    if wants_problem(request):
        return problem(FORBIDDEN, error)
    if request.method in SAFE_METHODS:
        return redirect(request, f"/confirm?next={quote(here(request))}")
    form = (await request.form()).multi_items()
    sent = [(name, value) for name, value in form if isinstance(value, str)]
    # A second try comes from this page itself, whose address only takes forms.
    back = dict(sent).get(BACK) or here(request)
    fields = [(name, value) for name, value in sent if name not in (CSRF, PASSWORD, BACK)]
    refusal = error.__cause__
    if not isinstance(refusal, DomainError):
        return await _page(request, request.url.path, fields, back, status=FORBIDDEN)
    status = TOO_MANY if isinstance(refusal, TooManyTries) else status_of(refusal)
    return await _page(request, request.url.path, fields, back, status=status, error=say(refusal))


async def _page(
    request: Request,
    action: str,
    fields: list[tuple[str, str]],
    back: str,
    *,
    status: int = OK,
    error: str = "",
) -> Response:
    viewer = require(viewer_of(request))
    return page(
        request,
        "confirm.html",
        status=status,
        action=local_path(action),
        fields=[(name, value) for name, value in fields if name not in SECRETS],
        secrets=[name for name, _ in fields if name in SECRETS],
        back=local_path(back),
        error=error,
        can=await step_up.has_password(viewer.person_id),
    )


@router.get("/confirm")
async def confirm_form(
    request: Request,
    viewer: Anyone,
    to: Annotated[str, Query(alias="next")] = "/",
) -> Response:
    """Ask before a page is shown, rather than before a form is sent."""
    return await _page(request, "/confirm", [("next", local_path(to))], "/")


@router.post("/confirm")
async def confirm(
    request: Request,
    _: Annotated[Viewer, Depends(Confirmed(Permission.COME_IN))],
    to: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Go on to where the reader wanted to be."""
    return redirect(request, to)
