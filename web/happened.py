"""What happened with the viewer's points, what is about to lapse, and “that was not me”."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.days import day_of
from kernel.errors import DomainError
from ledger import chart
from ledger.balances import holding
from people import roster
from people.lapsing import about_to_lapse
from people.permissions import Viewer
from redemption import cases, happened
from web import entered
from web.asking import Volunteer
from web.entered import Prose
from web.fields import Id
from web.happened_words import said_of
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(prefix="/happened", include_in_schema=False)


@router.get("")
async def all_of_it(request: Request, viewer: Volunteer) -> Response:
    """List what happened lately, the latest first; what is new is marked until it was read."""
    found = await happened.happened(viewer.book_id, viewer.person_id)
    own = await holding(viewer.book_id, chart.purse(viewer.person_id))
    return page(
        request,
        "happened/list.html",
        said=await said_of(viewer.book_id, found),
        new=sum(each.is_new for each in found),
        latest=max((each.entry_id for each in found), default=0),
        cases=await cases.own_cases(viewer.book_id, viewer.person_id),
        lapsing=about_to_lapse(own.lots, day_of(clock.now(), viewer.zone)),
        zone=viewer.zone,
    )


@router.post("/seen")
async def seen(
    request: Request, viewer: Volunteer, entry_id: Annotated[Id, Form()] = 0
) -> Response:
    """Keep that all up to an event was read."""
    await happened.mark_seen(viewer.book_id, viewer.person_id, entry_id)
    return redirect(request, "/happened")


@router.get("/{event_id}")
async def one(request: Request, viewer: Volunteer, event_id: Id) -> Response:
    """Show one event, and let its member say that it was not them."""
    return await _one(request, viewer, event_id)


@router.post("/{event_id}/case")
async def not_me(
    request: Request, viewer: Volunteer, event_id: Id, said: Annotated[Prose, Form()] = ""
) -> Response:
    """Tell the organisers that it was not the viewer."""
    try:
        await cases.object_to(viewer.book_id, viewer.person_id, event_id, said)
    except entered.REFUSALS as refusal:
        return await _one(request, viewer, event_id, refusal, said)
    note = gettext("The organisers were told. They look into it and answer here.")
    return redirect(request, f"/happened/{event_id}", note)


async def _one(
    request: Request,
    viewer: Viewer,
    entry_id: int,
    refusal: DomainError | None = None,
    typed: str = "",
) -> Response:
    found = await happened.one(viewer.book_id, viewer.person_id, entry_id)
    [said] = await said_of(viewer.book_id, [found])
    own = await cases.own_cases(viewer.book_id, viewer.person_id)
    return page(
        request,
        "happened/one.html",
        status=entered.status(refusal),
        each=said,
        case=own.get(entry_id),
        refusal=refusal,
        typed=typed,
        office_phone=(await roster.community(viewer.book_id)).office_phone,
        zone=viewer.zone,
    )
