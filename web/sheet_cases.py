"""Rows of paper sheets that wait for a decision by somebody who did not type them in."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, NotFound
from people.permissions import Viewer
from redemption import counter, sheet_cases
from redemption.models import Item
from redemption.sheet_papers import Bearing
from redemption.sheet_rows import CASES
from web import entered
from web.asking import Decider, SheetWriter
from web.entered import Prose
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/counter/sheets")
WHY = {each.slug: each.title for each in CASES}
BEARS = {"owed": Bearing.OWED, "community": Bearing.COMMUNITY}


@router.get("/cases")
async def show(request: Request, viewer: SheetWriter) -> Response:
    """List the rows that wait."""
    return await _list(request, viewer)


@router.post("/rows/{row_id}/decision")
async def decide(
    request: Request,
    viewer: Decider,
    row_id: Id,
    answer: Annotated[Typed, Form()] = "",
    seen: Annotated[Id, Form()] = 0,
    reason: Annotated[Prose, Form()] = "",
) -> Response:
    """Book the row in spite of limits and hours, say who bears missing points, or let nothing be booked."""
    try:
        if answer == "drop":
            await sheet_cases.drop(viewer.book_id, row_id, viewer.person_id, reason)
            said = gettext("Nothing is booked for this row.")
        else:
            borne = BEARS.get(answer)
            who = (viewer.book_id, row_id, viewer.person_id)
            await sheet_cases.decide(*who, borne, reason, seen=seen)
            said = gettext("The row is booked.")
    except entered.REFUSALS as refusal:
        return await _list(request, viewer, refusal, (row_id, answer, reason))
    return redirect(request, "/counter/sheets/cases", said)


async def _list(
    request: Request,
    viewer: Viewer,
    refusal: DomainError | None = None,
    typed: tuple[int, str, str] = (0, "", ""),
) -> Response:
    found = await sheet_cases.cases(viewer.book_id)
    quotes = {}
    for row in found:
        try:
            quotes[row.id] = await counter.quote(
                viewer.book_id, row.sheet.shop_id, row.person_id, row.lines
            )
        except NotFound:
            continue
    wanted = {item for row in found for item, _ in row.lines}
    names = {
        each.id: each.name for each in await Item.filter(book_id=viewer.book_id, id__in=wanted)
    }
    return page(
        request,
        "counter/sheet-cases.html",
        status=entered.status(refusal),
        cases=found,
        quotes=quotes,
        goods=names,
        why=WHY,
        typed=typed,
        refusal=refusal,
        zone=viewer.zone,
    )
