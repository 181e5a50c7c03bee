"""The passbook of a member at the counter: the lines that are not printed yet, and that they were printed."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people.permissions import Viewer
from people.roster import member
from redemption.passbooks import booklet, mark_printed, not_printed, place_of
from web.asking import Clerk
from web.errors import status_of
from web.fields import Id
from web.i18n import gettext
from web.record_words import records_of
from web.render import page, redirect

router = APIRouter(include_in_schema=False)


@router.get("/counter/passbook/{person_id}")
async def show(request: Request, viewer: Clerk, person_id: Id) -> Response:
    """Show the lines that go into a member's printed booklet next."""
    return await _page(request, viewer, person_id)


@router.post("/counter/passbook/{person_id}/printed")
async def printed(
    request: Request,
    viewer: Clerk,
    person_id: Id,
    before: Annotated[Id, Form()] = 0,
    printed_to: Annotated[Id, Form()] = 0,
) -> Response:
    """Remember that the lines shown are in the booklet now."""
    await member(viewer.book_id, person_id)
    try:
        await mark_printed(viewer.book_id, person_id, before, printed_to, viewer.person_id)
    except DomainError as refusal:
        return await _page(request, viewer, person_id, refusal)
    note = gettext("Written down: the next visit goes on after these lines.")
    return redirect(request, f"/counter/passbook/{person_id}", note)


async def _page(
    request: Request, viewer: Viewer, person_id: int, refusal: DomainError | None = None
) -> Response:
    one = await member(viewer.book_id, person_id)
    book, fresh = (
        await booklet(viewer.book_id, person_id),
        await not_printed(viewer.book_id, person_id),
    )
    records = await records_of(viewer.book_id, fresh, viewer.zone)
    return page(
        request,
        "counter/passbook.html",
        status=status_of(refusal) if refusal else 200,
        zone=viewer.zone,
        one=one,
        book=book,
        records=records[::-1],
        printed_to=place_of(fresh[0]) if fresh else book.printed_to,
        refusal=refusal,
    )
