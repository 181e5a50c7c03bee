"""Ask, on a member's page, that their points are put right or a debt is written off; somebody else approves it."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin import rules
from checkin.plan_errors import NoAwardRule
from kernel import clock
from kernel.days import day_of, plus_months
from people.permissions import Viewer
from people.point_acts import ask_adjustment, ask_write_off
from web import entered
from web.acts import ACTS
from web.approval_words import waits_now
from web.confirming import ConfirmedPointsAdjuster
from web.entered import Prose
from web.fields import Id, Typed
from web.members import member_page
from web.render import redirect

router = APIRouter(include_in_schema=False)
MONTHS_VALID = 24  # where no rule says how long points last


class PointsForm(BaseModel):
    """What was typed to put points right."""

    way: Typed = "more"
    points: Typed = ""
    reason: Prose = ""


class WriteOffForm(BaseModel):
    """What was typed to write a debt off."""

    amount: Typed = ""
    because: Prose = ""


@router.post("/members/{person_id}/adjustments")
async def adjust(
    request: Request,
    viewer: ConfirmedPointsAdjuster,
    person_id: Id,
    form: Annotated[PointsForm, Form()],
) -> Response:
    """Ask for more points for a member, or fewer."""
    try:
        points = entered.whole(form.points, "points")
        asked = await ask_adjustment(
            ACTS,
            viewer,
            person_id,
            -points if form.way == "fewer" else points,
            form.reason,
            expires_on=await _until(viewer),
        )
    except entered.REFUSALS as refusal:
        return await member_page(
            request, viewer, person_id, refusal=refusal, act="points", form=form
        )
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


@router.post("/members/{person_id}/write-offs")
async def write_off(
    request: Request,
    viewer: ConfirmedPointsAdjuster,
    person_id: Id,
    form: Annotated[WriteOffForm, Form()],
) -> Response:
    """Ask that a part of what a member owes, or all of it, is written off."""
    try:
        points = entered.whole(form.amount, "points")
        asked = await ask_write_off(ACTS, viewer, person_id, points, form.because)
    except entered.REFUSALS as refusal:
        return await member_page(
            request, viewer, person_id, refusal=refusal, act="write-off", form=form
        )
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


async def _until(viewer: Viewer) -> int:
    today = day_of(clock.now(), viewer.zone)
    try:
        rule = await rules.in_force(viewer.book_id, clock.now())
    except NoAwardRule:
        return plus_months(today, MONTHS_VALID)
    return plus_months(today, rule.months_valid)
