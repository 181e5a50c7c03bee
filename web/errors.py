"""How a refusal looks: a friendly page with a way back, or a problem document (RFC 9457) for the API."""

from http import HTTPStatus

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from checkin.errors import TooManyTries as TooManyTypedCodes
from kernel.errors import N_, DomainError, Forbidden, Invalid, NotFound, Refused, Unavailable
from people.errors import TooManyTries
from web.i18n import gettext, say
from web.render import page

TOO_MANY = 429
RETRY_SECONDS = 300  # where a refusal does not say how long
KINDS: tuple[tuple[type[DomainError], int], ...] = (
    (TooManyTries, TOO_MANY),
    (TooManyTypedCodes, TOO_MANY),
    (NotFound, 404),
    (Forbidden, 403),
    (Refused, 409),
    (Invalid, 422),
    (Unavailable, 503),
)


class SignInFirst(Forbidden):
    """Nobody is signed in on this browser."""

    slug = "sign-in-first"
    title = N_("Please sign in first")
    detail = N_("This page is shown after you sign in.")


class TooLarge(Invalid):
    """More was sent than any of our forms holds."""

    slug = "too-large"
    title = N_("That is too large")
    detail = N_("What was sent is too large. Please send less, or a smaller picture.")


class InternalError(DomainError):
    """Something failed that is not the reader's doing."""

    slug = "internal"
    title = N_("Something went wrong on our side")
    detail = N_("It is not your fault. Please try again in a moment, or ask the community office.")


class WrongMethod(Invalid):
    """The address exists, but not for this kind of request."""

    slug = "method-not-allowed"
    title = N_("This page cannot be opened that way")
    detail = N_("Please go back and use the button on the page.")


BY_STATUS: dict[int, type[DomainError]] = {
    400: Invalid,
    401: SignInFirst,
    403: Forbidden,
    404: NotFound,
    405: WrongMethod,
    409: Refused,
    413: TooLarge,
    422: Invalid,
    503: Unavailable,
}


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a kind of refusal."""
    return next((status for kind, status in KINDS if isinstance(error, kind)), 500)


def retry_after(error: DomainError | None) -> dict[str, str]:
    """Return the header that tells a program how many seconds to wait after too many tries."""
    if error is None or status_of(error) != TOO_MANY:
        return {}
    return {"Retry-After": str(error.members.get("seconds", RETRY_SECONDS))}


def error_for(status: int) -> DomainError:
    """Return the words for a bare status, such as a router's 404."""
    return BY_STATUS.get(
        status, Invalid if status < HTTPStatus.INTERNAL_SERVER_ERROR else InternalError
    )()


def wants_problem(request: HTTPConnection) -> bool:
    """Say whether the asker is a program rather than a person."""
    return str(request.scope["path"]).startswith("/api/")


def _in_json(members: dict[str, object]) -> dict[str, object]:
    """Ids are strings in JSON: a browser's numbers cannot hold all of their digits."""
    return {
        name: str(value) if name.endswith("_id") and value is not None else value
        for name, value in members.items()
    }


def problem(status: int, error: DomainError, **more: object) -> JSONResponse:
    """Return a refusal as a problem document in the reader's language."""
    return JSONResponse(
        {
            "type": f"/problems/{error.slug}",
            "title": gettext(error.title),
            "status": status,
            "detail": say(error),
            "code": error.slug,
            **_in_json(error.members),
            **more,
        },
        status_code=status,
        media_type="application/problem+json",
    )


def error_page(request: Request, status: int, error: DomainError) -> Response:
    """Return a refusal as a page that says what happened and what to do next."""
    return page(
        request,
        "error.html",
        status=status,
        title=gettext(error.title),
        detail=say(error),
        code=f"{status} {HTTPStatus(status).phrase}"
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR
        else "",
    )


def refusal(request: Request, status: int, error: DomainError) -> Response:
    """Return a refusal in the form its reader understands."""
    if wants_problem(request):
        answer: Response = problem(status, error)
    else:
        answer = error_page(request, status, error)
    answer.headers.update(retry_after(error))
    return answer
