"""At a counter's browser: tap your name, type your PIN, and the counter is yours."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import clerk_pins
from people.counter_devices import clerks_at, this_device
from people.factors import CounterDevice
from web import entered
from web.asking import OPEN
from web.cookies import DEVICE, read_cookie
from web.fields import Id, Typed
from web.render import page
from web.signin import admit

router = APIRouter(include_in_schema=False, dependencies=[OPEN])


async def _here(request: Request) -> CounterDevice:
    return await this_device(read_cookie(request, DEVICE))


@router.get("/counter/switch")
async def choose(request: Request) -> Response:
    """Show the clerks who may take a turn here."""
    device = await _here(request)
    return page(
        request, "counter/switch.html", device=device, clerks=await clerks_at(device.book_id)
    )


@router.get("/counter/switch/{person_id}")
async def ask_pin(request: Request, person_id: Id) -> Response:
    """Ask for the PIN."""
    return await _pin_page(request, await _here(request), person_id)


async def _pin_page(
    request: Request, device: CounterDevice, person_id: int, refusal: DomainError | None = None
) -> Response:
    return page(
        request,
        "counter/pin.html",
        status=entered.status(refusal),
        device=device,
        clerk=await clerk_pins.clerk_at(device, person_id),
        refusal=refusal,
    )


@router.post("/counter/switch/{person_id}")
async def take_turn(
    request: Request, person_id: Id, pin: Annotated[Typed, Form()] = ""
) -> Response:
    """Hand the counter to this clerk: the session of the one before ends, a new one begins."""
    device = await _here(request)
    try:
        signed = await clerk_pins.take_turn(device, person_id, pin)
    except entered.REFUSALS as refusal:
        return await _pin_page(request, device, person_id, refusal)
    return await admit(request, signed, "/counter")
