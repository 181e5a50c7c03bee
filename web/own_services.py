"""What merchants offer a volunteer at their own price, and what they had."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from redemption import agreeing, rendering
from redemption.dues import slip_of
from web.asking import Volunteer
from web.render import page

router = APIRouter(include_in_schema=False, prefix="/own-services")


@router.get("")
async def own(request: Request, viewer: Volunteer) -> Response:
    """List the services with what each costs the viewer, and those the viewer had."""
    book, person = viewer.book_id, viewer.person_id
    offers = await agreeing.offers(book, person_id=person)
    return page(
        request,
        "services/own.html",
        offers=[each for each in offers if each.can_be_had],
        had=await rendering.of_person(book, person),
        slip=slip_of,
        zone=viewer.zone,
    )
