"""Points above the hours: given on the page of the hours, with the reason, and taken back there."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from checkin import bonuses
from web import entered, i18n
from web.asking import Verifier
from web.entered import Prose
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import redirect
from web.verifications import one_page

router = APIRouter(include_in_schema=False)


@router.post("/attendances/{attendance_id}/bonuses")
async def give(
    request: Request,
    viewer: Verifier,
    attendance_id: Id,
    points: Annotated[Typed, Form()] = "",
    reason: Annotated[Prose, Form()] = "",
) -> Response:
    """Give points above the hours of an attendance."""
    try:
        bonus = await bonuses.give_bonus(
            *(viewer.book_id, attendance_id, viewer.person_id),
            points=entered.whole(points, "points"),
            reason=reason,
        )
    except entered.REFUSALS as refusal:
        return await one_page(
            *(request, viewer, attendance_id),
            refusal=refusal,
            act="bonus",
            typed=reason,
            points=points,
        )
    done = gettext("%(points)s bonus points are given.", points=i18n.points(bonus.points))
    return redirect(request, f"/verifications/{attendance_id}", done)


@router.post("/attendances/{attendance_id}/bonuses/{bonus_id}/withdrawal")
async def take_back(
    request: Request,
    viewer: Verifier,
    attendance_id: Id,
    bonus_id: Id,
    reason: Annotated[Prose, Form()] = "",
) -> Response:
    """Take a bonus back, with the reason; the hours stay."""
    try:
        await bonuses.take_bonus_back(viewer.book_id, bonus_id, viewer.person_id, reason)
    except entered.REFUSALS as refusal:
        act = f"bonus-{bonus_id}"
        return await one_page(
            request, viewer, attendance_id, refusal=refusal, act=act, typed=reason
        )
    done = gettext("The bonus is taken back.")
    return redirect(request, f"/verifications/{attendance_id}", done, "warn")
