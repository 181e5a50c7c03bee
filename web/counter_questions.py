"""At the counter, during somebody's service: a phone says it is theirs, and the clerk says yes or no with one tap."""

from collections.abc import Awaitable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import enrolling
from web.asking import Clerk
from web.baskets import basket_of
from web.fields import Id
from web.i18n import gettext, say
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/counter/questions")


@router.get("")
async def questions(request: Request, viewer: Clerk) -> Response:
    """Show which phones say they belong to the person at the counter."""
    if "hx-request" not in request.headers:
        return redirect(request, "/counter")
    served = basket_of(request, viewer).person_id
    asking = await enrolling.questions_about(viewer.book_id, served) if served else []
    return page(request, "counter/_questions.html", questions=asking)


@router.post("/{question_id}/recognition")
async def recognise(request: Request, viewer: Clerk, question_id: Id) -> Response:
    """Say that it is their phone: it is signed in from now on."""
    served = basket_of(request, viewer).person_id
    told = enrolling.recognise(viewer.book_id, served, question_id, viewer.person_id)
    return await _answered(request, told, gettext("That phone is theirs now: it is signed in."))


@router.post("/{question_id}/refusal")
async def refuse(request: Request, viewer: Clerk, question_id: Id) -> Response:
    """Say that it is somebody else's phone."""
    served = basket_of(request, viewer).person_id
    told = enrolling.not_them(viewer.book_id, served, question_id, viewer.person_id)
    return await _answered(request, told, gettext("That phone was turned away."))


async def _answered(request: Request, told: Awaitable[None], said: str) -> Response:
    try:
        await told
    except DomainError as refusal:
        return redirect(request, "/counter", say(refusal), "bad")
    return redirect(request, "/counter", said)
