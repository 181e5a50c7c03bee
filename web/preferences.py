"""Language, care mode, and the paper of this browser's printer: cookies anybody may set, signed in or not."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse

from web.asking import OPEN
from web.cookies import YEAR, is_https
from web.i18n import LANGUAGES
from web.render import redirect

router = APIRouter(include_in_schema=False, dependencies=[OPEN])


@router.post("/language")
def choose_language(
    request: Request, lang: Annotated[str, Form()], back: Annotated[str, Form()] = "/"
) -> RedirectResponse:
    """Remember the language and return to where the reader was."""
    return _remember(request, back, "lang", lang if lang in LANGUAGES else "")


@router.get("/language")
def language_link(
    request: Request, lang: Annotated[str, Query()] = "", back: Annotated[str, Query()] = "/"
) -> RedirectResponse:
    """The same as a link, for printed matter and messages."""
    return _remember(request, back, "lang", lang if lang in LANGUAGES else "")


@router.post("/care")
def choose_care(
    request: Request, care: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "/"
) -> RedirectResponse:
    """Turn large type and the simpler arrangement on (`care=1`) or off."""
    return _remember(request, back, "care", "1" if care == "1" else "")


@router.post("/paper")
def choose_paper(
    request: Request, paper: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "/"
) -> RedirectResponse:
    """Print slips on paper of 58 mm (`paper=58`) or of 80."""
    return _remember(request, back, "paper", "58" if paper == "58" else "")


def _remember(request: Request, back: str, name: str, value: str) -> RedirectResponse:
    response = redirect(request, back)
    if value:
        response.set_cookie(
            name, value, max_age=YEAR, secure=is_https(request), httponly=True, samesite="lax"
        )
    else:
        response.delete_cookie(name, secure=is_https(request), httponly=True, samesite="lax")
    return response
