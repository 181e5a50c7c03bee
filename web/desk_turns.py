"""Coming to a partner's desk without a password: the partner's code once, then one's name and PIN."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import clerk_pins, desk_codes, desk_turns, roster
from people.counter_devices import this_device, with_pin
from people.masks import masked_name
from people.models import PropertyCompany
from people.naming import folded_name
from web import entered
from web.agents import said, short_name
from web.asking import OPEN
from web.cookies import DEVICE, YEAR, read_cookie, set_cookie
from web.errors import retry_after
from web.fields import Id, Typed
from web.render import page
from web.signin import admit
from web.whence import whence_of

router = APIRouter(include_in_schema=False, prefix="/desks", dependencies=[OPEN])
WORK = "/desks/work"


@router.get("/sign-in")
async def ask_code(request: Request) -> Response:
    """Ask for the partner's code."""
    return _code_form(request)


@router.post("/sign-in")
async def ask_pin(request: Request, code: Annotated[Typed, Form()] = "") -> Response:
    """Show who works there, and ask for name and PIN; the code alone changes nothing."""
    try:
        company = await desk_codes.partner_of(code, whence_of(request).network)
    except entered.REFUSALS as refusal:
        return _code_form(request, code, refusal)
    return await _turns(request, company, code)


@router.get("/turns")
async def turns(request: Request) -> Response:
    """Show who may take over at this desk's browser."""
    device = await this_device(read_cookie(request, DEVICE), desk=True)
    return await _turns(
        request, await desk_codes.partner(device.book_id, device.company_id or 0), ""
    )


@router.post("/turns")
async def take_turn(
    request: Request,
    person: Annotated[Id, Form()] = 0,
    pin: Annotated[Typed, Form()] = "",
    code: Annotated[Typed, Form()] = "",
) -> Response:
    """Begin somebody's turn; with the partner's code, this browser stands at its desk from now on."""
    if code:
        return await _come(request, code, person, pin)
    device = await this_device(read_cookie(request, DEVICE), desk=True)
    try:
        signed = await clerk_pins.take_turn(device, person, pin)
    except entered.REFUSALS as refusal:
        company = await desk_codes.partner(device.book_id, device.company_id or 0)
        return await _turns(request, company, "", person, refusal)
    return await admit(request, signed, WORK)


async def _come(request: Request, code: str, person_id: int, pin: str) -> Response:
    try:
        company = await desk_codes.partner_of(code, whence_of(request).network)
    except entered.REFUSALS as refusal:
        return _code_form(request, code, refusal)
    try:
        token, signed = await desk_turns.come_to(company, person_id, pin, _name_of(request))
    except entered.REFUSALS as refusal:
        return await _turns(request, company, code, person_id, refusal)
    response = await admit(request, signed, WORK)
    set_cookie(request, response, DEVICE, token, seconds=YEAR)
    return response


async def _recognisable(company: PropertyCompany) -> list[tuple[int, str]]:
    """Return who may take over, as little as one knows oneself by: masked, with the number where two look alike."""
    people = await with_pin(company.book_id, company.id)
    masked = {each.person_id: masked_name(each.person.name) for each in people}
    alike = Counter(masked.values())
    members = await roster.memberships(
        company.book_id, [who for who, name in masked.items() if alike[name] > 1]
    )
    return [
        (who, f"{name} · {members[who].shown_number}" if who in members else name)
        for who, name in masked.items()
    ]


def _name_of(request: Request) -> str:
    return folded_name(said(short_name(request.headers.get("user-agent", ""))))


def _code_form(request: Request, code: str = "", refusal: DomainError | None = None) -> Response:
    return page(
        request,
        "desks/code.html",
        status=entered.status(refusal),
        headers=retry_after(refusal),
        code=code,
        refusal=refusal,
    )


async def _turns(
    request: Request,
    company: PropertyCompany,
    code: str,
    person_id: int = 0,
    refusal: DomainError | None = None,
) -> Response:
    return page(
        request,
        "desks/turns.html",
        status=entered.status(refusal),
        headers=retry_after(refusal),
        company=company,
        people=await _recognisable(company),
        code=code,
        person=person_id,
        refusal=refusal,
    )
