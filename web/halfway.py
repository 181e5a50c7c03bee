"""Between the two steps of a sign-in: its cookie, where it waits, and what a form carries until it is confirmed."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from kernel.clock import MINUTE, SECOND
from people.two_steps import SET_UP_LIFE, Half, Step
from web.cookies import HALF, drop_cookie, read_cookie, set_cookie, sign, unsign
from web.render import local_path, redirect

PATHS = {
    Step.PASSWORD: "/sign-in/password",
    Step.SET_UP: "/sign-in/set-up",
    Step.CODE: "/sign-in/second",
}
KEPT_SECONDS = SET_UP_LIFE // SECOND + MINUTE // SECOND


def step_path(step: Step, to: str) -> str:
    """Return the page of a step, which leads on to a place of ours."""
    return PATHS[step] + (f"?next={quote(local_path(to))}" if to else "")


def wait_for_step(request: Request, half: Half, to: str) -> Response:
    """Send the reader on to the second step of their sign-in."""
    response = redirect(request, step_path(half.step, to))
    set_cookie(request, response, HALF, half.token, seconds=half.seconds)
    return response


def half_token(request: Request) -> str | None:
    """Return the token of the sign-in that this browser has begun."""
    return read_cookie(request, HALF)


def forget_half(request: Request, response: Response) -> None:
    """Take the cookie away once the sign-in is whole."""
    drop_cookie(request, response, HALF)


def kept_in_form(purpose: str, person_id: int, text: str) -> str:
    """Return a text that a form carries until its owner confirms it; nobody else's form takes it."""
    return sign(f"{purpose}/{person_id}", text, seconds=KEPT_SECONDS)


def read_from_form(purpose: str, person_id: int, value: str) -> str | None:
    """Return the text of such a field, or None if it is late, foreign or altered."""
    return unsign(f"{purpose}/{person_id}", value)
