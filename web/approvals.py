"""Requests that take two persons: what waits, one of them as it would come out now, and its decision."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.errors import DomainError
from ledger.entries import entry_posted
from people import deciding, request_board, requesting
from people.approval_errors import AdministratorNeeded, OwnBenefit, OwnRequest
from people.approvals import Approval
from people.permissions import Permission, Viewer
from people.two_persons import Outlook, key_of
from redemption import new_items, sheet_cases
from web import entered
from web.acts import ACTS
from web.approval_words import LOOKS, OUTCOMES, effect_words, say_all
from web.asking import Staff
from web.confirming import ConfirmedStaff
from web.entered import Prose
from web.errors import status_of
from web.fields import Id
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False)
TOLD = (OwnRequest, OwnBenefit, AdministratorNeeded, *entered.REFUSALS)


@router.get("/approvals")
async def waiting(request: Request, viewer: Staff) -> Response:
    """List what waits for this person, what all may object to, and what they asked for themselves."""
    found = await request_board.board(ACTS, viewer)
    known = {each.id for each in found.to_decide}
    objectable = [each for each in found.unopposed if each.id not in known]
    return page(
        request,
        "approvals/list.html",
        to_decide=await say_all(viewer, found.to_decide),
        objectable=await say_all(
            viewer, [each for each in objectable if each.made_by != viewer.person_id]
        ),
        own=await say_all(viewer, await request_board.own(viewer)),
        outcomes=OUTCOMES,
        looks=LOOKS,
        waiting_rows=await sheet_cases.waiting(viewer.book_id)
        if viewer.may(Permission.DECIDE_REQUESTS)
        else 0,
        new_items=len(await new_items.waiting(viewer.book_id))
        if viewer.may(Permission.KEEP_SHOP)
        else 0,
        zone=viewer.zone,
    )


@router.get("/approvals/{approval_id}")
async def show(request: Request, viewer: Staff, approval_id: Id) -> Response:
    """Show what a request asks for, and what would change as things stand."""
    return await _drawn(request, viewer, approval_id)


@router.post("/approvals/{approval_id}/approval")
async def approve(
    request: Request, viewer: ConfirmedStaff, approval_id: Id, digest: Annotated[str, Form()] = ""
) -> Response:
    """Approve what was seen and carry it out."""
    try:
        await deciding.approve(ACTS, viewer, approval_id, digest)
    except TOLD as refusal:
        return await _drawn(request, viewer, approval_id, refusal=refusal)
    return redirect(request, f"/approvals/{approval_id}", gettext("Done as asked."))


@router.post("/approvals/{approval_id}/refusal")
async def refuse(
    request: Request, viewer: Staff, approval_id: Id, reason: Annotated[Prose, Form()] = ""
) -> Response:
    """Refuse a request, and say why."""
    try:
        await deciding.refuse(ACTS, viewer, approval_id, reason)
    except TOLD as refusal:
        return await _drawn(request, viewer, approval_id, refusal=refusal, typed=reason)
    said = gettext("Not approved. Whoever asked can read the reason.")
    return redirect(request, f"/approvals/{approval_id}", said, "warn")


@router.post("/approvals/{approval_id}/withdrawal")
async def withdraw(request: Request, viewer: Staff, approval_id: Id) -> Response:
    """Take one's own request back."""
    try:
        await requesting.withdraw(ACTS, viewer, approval_id)
    except TOLD as refusal:
        return await _drawn(request, viewer, approval_id, refusal=refusal)
    return redirect(request, "/approvals", gettext("Taken back. Nothing was done."), "warn")


async def _drawn(
    request: Request,
    viewer: Viewer,
    approval_id: int,
    *,
    refusal: DomainError | None = None,
    typed: str = "",
) -> Response:
    found = await requesting.request_of(ACTS, viewer, approval_id)
    rule, now = ACTS[found.act], clock.now()
    waits = found.outcome is None and now < found.expires_at
    outlook = await rule.look(found) if waits else Outlook()
    own = found.made_by == viewer.person_id
    over = await deciding.over_limit(ACTS, viewer, found) if waits and not own else None
    [said] = await say_all(viewer, [found])
    return page(
        request,
        "approvals/one.html",
        status=status_of(refusal) if refusal else entered.OK,
        said=said,
        asked=found,
        rule=rule,
        effects=[effect_words(each) for each in outlook.effects],
        against=outlook.refusal,
        waits=waits,
        own=own,
        may_approve=waits and not over and deciding.may_decide(rule, viewer, found),
        over=over,
        may_refuse=waits and deciding.may_refuse(rule, viewer, found),
        may_go_alone=waits and own and found.alone and now >= found.may_be_carried_out_from,
        entry_id=await _entry(viewer, found),
        outcomes=OUTCOMES,
        looks=LOOKS,
        refusal=refusal,
        typed=typed,
        zone=viewer.zone,
    )


async def _entry(viewer: Viewer, found: Approval) -> int | None:
    if not viewer.may(Permission.READ_BOOKS):
        return None
    return await entry_posted(viewer.book_id, key_of(found))
