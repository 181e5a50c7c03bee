"""Signing in with the twelve digits of a number slip: they lead to the page that asks before it signs in."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import slips
from web.asking import OPEN
from web.errors import status_of
from web.fields import Typed
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/slip", dependencies=[OPEN])


@router.get("")
def slip_form(request: Request) -> Response:
    """Ask for the digits."""
    return page(request, "slip.html", slip="", refusal=None)


@router.post("")
async def typed(request: Request, slip: Annotated[Typed, Form()] = "") -> Response:
    """Go on to the link that the digits stand for."""
    try:
        token = await slips.link_of_slip(slip)
    except DomainError as refusal:
        return page(request, "slip.html", status=status_of(refusal), slip=slip, refusal=refusal)
    return redirect(request, f"/welcome/{token}")
