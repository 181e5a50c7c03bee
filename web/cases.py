"""What members say was not them, for the organisers who look into it."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, NotFound
from ledger import entries
from people import roster
from people.permissions import Viewer
from redemption import cases, happened
from web import entered
from web.asking import MemberKeeper
from web.entered import Prose
from web.fields import Id
from web.happened_words import said_of
from web.i18n import gettext
from web.ledger_words import kind_words
from web.render import page, redirect

router = APIRouter(prefix="/cases", include_in_schema=False)


@router.get("")
async def all_cases(request: Request, viewer: MemberKeeper) -> Response:
    """List what waits for an answer, and what was answered."""
    found = await cases.cases(viewer.book_id)
    members = await roster.memberships(viewer.book_id, {each.person_id for each in found})
    return page(
        request,
        "happened/cases.html",
        waiting=[each for each in found if each.ended_at is None],
        ended=[each for each in found if each.ended_at is not None],
        members=members,
        zone=viewer.zone,
    )


@router.get("/{case_id}")
async def one_case(request: Request, viewer: MemberKeeper, case_id: Id) -> Response:
    """Show a case with what it is about, who did it, and the way to its papers."""
    return await _case(request, viewer, case_id)


@router.post("/{case_id}/answer")
async def answer(
    request: Request, viewer: MemberKeeper, case_id: Id, text: Annotated[Prose, Form()] = ""
) -> Response:
    """End a case with a word to the member."""
    try:
        await cases.answer(viewer.book_id, case_id, viewer.person_id, text)
    except entered.REFUSALS as refusal:
        return await _case(request, viewer, case_id, refusal, text)
    return redirect(request, "/cases", gettext("Answered. The member reads it on their page."))


async def _case(
    request: Request,
    viewer: Viewer,
    case_id: int,
    refusal: DomainError | None = None,
    typed: str = "",
) -> Response:
    case = await cases.case_of(viewer.book_id, case_id)
    entry = await entries.entry(viewer.book_id, case.entry_id)
    said = None
    try:
        about = await happened.one(viewer.book_id, case.person_id, case.entry_id)
        [said] = await said_of(viewer.book_id, [about])
    except NotFound:
        pass  # It was long ago: the entry itself still tells.
    names = await roster.names(
        viewer.book_id, [each for each in (entry["actor_id"], case.ended_by) if each]
    )
    return page(
        request,
        "happened/case.html",
        status=entered.status(refusal),
        case=case,
        member=await roster.member(viewer.book_id, case.person_id),
        entry=entry,
        kind=kind_words(entry["kind"]),
        said=said,
        names=names,
        refusal=refusal,
        typed=typed,
        zone=viewer.zone,
    )
