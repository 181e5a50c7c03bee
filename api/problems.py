"""One mapper from refusals to HTTP, for pages and programs alike."""

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, Unavailable
from people.errors import SignInNeeded, WrongNameOrPassword
from people.factor_errors import WrongCode
from people.step_up_errors import ConfirmationNeeded
from web import confirming
from web.cookies import SAFE_METHODS
from web.errors import InternalError, error_for, problem, refusal, status_of, wants_problem
from web.i18n import asked_for, speaking
from web.render import here, redirect
from web.security import dress
from web.signin import sign_in_path
from web.which_shop import WhichShop, choice_path

BAD_REQUEST, UNAUTHORIZED, UNPROCESSABLE, INTERNAL = 400, 401, 422, 500
RETRY_AFTER_SECONDS = 2
log = logging.getLogger("caihong")


def answer_refusal(request: Request, error: Exception) -> Response:
    """Answer a refusal of a rule; a page that needs a sign-in leads there and back."""
    if not isinstance(error, DomainError):
        raise error
    if isinstance(error, SignInNeeded):
        if not wants_problem(request) and request.method in SAFE_METHODS:
            return redirect(request, sign_in_path(here(request)))
        return _unauthorized(request, error)
    if isinstance(error, WhichShop) and request.method in SAFE_METHODS:
        return redirect(request, choice_path(here(request)))
    if isinstance(error, WrongNameOrPassword | WrongCode) and wants_problem(request):
        return _unauthorized(request, error)
    response = refusal(request, status_of(error), error)
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _unauthorized(request: Request, error: DomainError) -> Response:
    response = refusal(request, UNAUTHORIZED, error)
    sent = "authorization" in request.headers
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if sent else "Bearer"
    return response


def answer_malformed(request: Request, error: Exception) -> Response:
    """Answer a request whose shape is wrong, naming the fields where that helps a program."""
    if not isinstance(error, RequestValidationError):
        raise error
    if not wants_problem(request):
        return refusal(request, UNPROCESSABLE, error_for(UNPROCESSABLE))
    found = error.errors()
    fields = [{"field": ".".join(map(str, each["loc"])), "says": each["msg"]} for each in found]
    if any(each["type"] == "json_invalid" for each in found):
        return problem(BAD_REQUEST, error_for(BAD_REQUEST), errors=fields)
    return problem(UNPROCESSABLE, error_for(UNPROCESSABLE), errors=fields)


def answer_bare(request: Request, error: Exception) -> Response:
    """Answer the router's own refusals: no such page, wrong method."""
    if not isinstance(error, HTTPException):
        raise error
    response = refusal(request, error.status_code, error_for(error.status_code))
    response.headers.update(error.headers or {})
    return response


def answer_defect(request: Request, error: Exception) -> Response:
    """Answer a defect of ours without telling anything about it; the log has the rest."""
    log.error("defect at %s %s", request.method, request.url.path, exc_info=error)
    # This is called outside of all middlewares, so the reader's language and the safe headers are set here.
    with speaking(asked_for(request)):
        response = refusal(request, INTERNAL, InternalError())
    dress(request.scope, INTERNAL, response.headers)
    return response


def install(app: FastAPI) -> None:
    """Register the mapper."""
    app.add_exception_handler(ConfirmationNeeded, confirming.ask)
    app.add_exception_handler(DomainError, answer_refusal)
    app.add_exception_handler(RequestValidationError, answer_malformed)
    app.add_exception_handler(HTTPException, answer_bare)
    app.add_exception_handler(Exception, answer_defect)
