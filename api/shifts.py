"""Activities, shifts and the code on the organiser's screen."""

from typing import Annotated

from fastapi import Query

from api.asking import ShiftRunner, SignedIn
from api.routing import Id
from api.routing import router as _router
from api.schemas.cancelled import CancelledShift, CancelShift
from api.schemas.checkin import (
    Activities,
    Activity,
    PlanActivity,
    PlanShift,
    Shift,
    Shifts,
    VenueCode,
)
from checkin import cancelling, on_call, shifts, venue_codes
from checkin.presence import refuse_cancelled
from checkin.venue_codes import STEP_SECONDS
from kernel import clock
from kernel.settings import settings
from web import group_reminders
from web.addresses import code_text
from web.group_texts import cancellation

router = _router("shifts")


@router.get("/activities")
async def activities(viewer: SignedIn) -> Activities:
    """List what volunteers do again and again, what is on call last."""
    found = [
        *await shifts.activities(viewer.book_id),
        *await on_call.activities(viewer.book_id),
    ]
    return Activities(items=[Activity.of(activity) for activity in found])


@router.post("/activities", status_code=201)
async def plan_activity(viewer: ShiftRunner, body: PlanActivity) -> Activity:
    """Plan an activity."""
    return Activity.of(
        await shifts.plan_activity(
            viewer.book_id,
            body.title,
            body.category,
            place=body.place,
            multiplier_percent=body.multiplier_percent,
            usual_minutes=body.usual_minutes,
        )
    )


@router.get("/shifts")
async def coming_shifts(
    viewer: SignedIn, days: Annotated[int, Query(ge=1, le=60, examples=[14])] = 14
) -> Shifts:
    """List the shifts that have not ended and begin within some days."""
    found = await shifts.coming(viewer.book_id, days)
    return Shifts(items=[Shift.of(shift) for shift in found])


@router.post("/shifts", status_code=201)
async def plan_shift(viewer: ShiftRunner, body: PlanShift) -> Shift:
    """Plan one occasion of an activity."""
    planned = await shifts.plan_shift(
        viewer.book_id,
        body.activity_id,
        body.starts_at,
        body.ends_at,
        leader_id=body.leader_id,
        people=body.people,
        points_budget=body.points_budget,
        capacity=body.capacity,
    )
    return Shift.of(await shifts.find(viewer.book_id, planned.id))


@router.get("/shifts/{shift_id}")
async def one_shift(viewer: SignedIn, shift_id: Id) -> Shift:
    """Return a shift."""
    return Shift.of(await shifts.find(viewer.book_id, shift_id))


@router.post("/shifts/{shift_id}/cancellation", status_code=201)
async def cancel_shift(viewer: ShiftRunner, shift_id: Id, body: CancelShift) -> CancelledShift:
    """Cancel a shift that nobody has come to, for good; a group with a robot is told at once."""
    shift = await cancelling.cancel_shift(viewer.book_id, shift_id, viewer.person_id, body.reason)
    return CancelledShift(
        shift=Shift.of(shift),
        group_told=await group_reminders.tell_cancelled(viewer.book_id, shift),
        text=cancellation(shift, viewer.zone),
    )


@router.get("/shifts/{shift_id}/venue-code")
async def venue_code(viewer: ShiftRunner, shift_id: Id) -> VenueCode:
    """Return the code to show now; it changes every ten seconds and lives for 25, or for a minute in a queue."""
    shift, now = await shifts.find(viewer.book_id, shift_id), clock.now()
    refuse_cancelled(shift)
    code = venue_codes.issue(viewer.book_id, shift.id, now)
    return VenueCode(
        code=code,
        address=code_text(code) if settings().phones_can_open else None,
        digits=venue_codes.typed(viewer.book_id, shift.id, now),
        changes_in_seconds=STEP_SECONDS - now // clock.SECOND % STEP_SECONDS,
    )
