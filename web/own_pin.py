"""A volunteer's own PIN, set on their own phone: for exchanges with the card, when the phone stays at home."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import pins
from people.permissions import Viewer
from redemption import day_limits
from web import entered
from web.asking import Volunteer
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/pin")


class PinForm(BaseModel):
    """What was typed; none of it is shown again."""

    old: str = ""
    pin: str = ""
    again: str = ""


@router.get("")
async def pin_form(request: Request, viewer: Volunteer) -> Response:
    """Say what the PIN is for, and ask for a new one."""
    return await _form(request, viewer)


@router.post("")
async def set_pin(
    request: Request, viewer: Volunteer, form: Annotated[PinForm, Form()]
) -> Response:
    """Set it."""
    try:
        await pins.set_own_pin(
            *(viewer.book_id, viewer.person_id, form.pin, form.again), old=form.old
        )
    except entered.REFUSALS as refusal:
        return await _form(request, viewer, refusal)
    return redirect(request, "/code", gettext("Your PIN is set. Tell it to nobody."))


async def _form(request: Request, viewer: Viewer, refusal: DomainError | None = None) -> Response:
    pin = await pins.good_pin(viewer.book_id, viewer.person_id)
    return page(
        request,
        "pin.html",
        status=entered.status(refusal),
        has_pin=pin is not None,
        locked=pins.is_locked(pin),
        limits=await day_limits.limits_of(viewer.book_id),
        refusal=refusal,
    )
