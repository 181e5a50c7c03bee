"""Weekly plans: what makes shifts by itself, its crew, and the days it skips."""

from typing import Annotated

from fastapi import Path

from api.asking import ShiftRunner
from api.days import AskedDay
from api.routing import Id
from api.routing import router as _router
from api.schemas.checkin import Shift
from api.schemas.weekly import (
    JoinCrew,
    MadeShifts,
    PlanWeekly,
    SkipDays,
    SkippedDay,
    SkippedDays,
    WeeklyPlan,
    WeeklyPlans,
)
from api.signups import only_one
from checkin import models, recurring, shifts
from checkin.recurring import Weekly
from kernel.days import from_date
from people.permissions import Viewer

router = _router("sign-ups")
PathDay = Annotated[AskedDay, Path(examples=["2027-02-06"])]


@router.get("/weekly-plans")
async def weekly_plans(viewer: ShiftRunner) -> WeeklyPlans:
    """List the weekly plans that are not ended."""
    found = await recurring.templates(viewer.book_id)
    return WeeklyPlans(items=[await _shown(viewer, each.id) for each in found])


@router.post("/weekly-plans", status_code=201)
async def plan_weekly(viewer: ShiftRunner, body: PlanWeekly) -> WeeklyPlan:
    """Plan a shift on some days of every week; a job makes the shifts, or the next operation does at once."""
    weekly = Weekly(
        tuple(body.weekdays),
        body.starts_minute,
        body.minutes,
        capacity=body.capacity,
        people=body.people,
        weeks_ahead=body.weeks_ahead,
    )
    plan = await recurring.plan_weekly(
        viewer.book_id, body.activity_id, weekly, leader_id=body.leader_id, by=viewer.person_id
    )
    return await _shown(viewer, plan.id)


@router.post("/weekly-plans/{template_id}/shifts", status_code=201)
async def make_shifts(viewer: ShiftRunner, template_id: Id) -> MadeShifts:
    """Make the shifts of a plan that are due and not there yet."""
    made = await recurring.make_shifts(viewer.book_id, template_id)
    return MadeShifts(items=[Shift.of(await _whole(each)) for each in made])


@router.delete("/weekly-plans/{template_id}")
async def end_weekly(viewer: ShiftRunner, template_id: Id) -> WeeklyPlan:
    """Make no further shifts; those that were made stay."""
    await recurring.end_weekly(viewer.book_id, template_id)
    return await _shown(viewer, template_id)


@router.post("/weekly-plans/{template_id}/crew", status_code=201)
async def join_crew(viewer: ShiftRunner, template_id: Id, body: JoinCrew) -> WeeklyPlan:
    """Sign somebody up for every shift that the plan will make."""
    await recurring.find(viewer.book_id, template_id)
    person_id = await only_one(viewer, body.card)
    await recurring.join_crew(viewer.book_id, template_id, person_id)
    return await _shown(viewer, template_id)


@router.delete("/weekly-plans/{template_id}/crew/{person_id}")
async def leave_crew(viewer: ShiftRunner, template_id: Id, person_id: Id) -> WeeklyPlan:
    """Sign somebody up no more; what they are signed up for stays."""
    await recurring.leave_crew(viewer.book_id, template_id, person_id)
    return await _shown(viewer, template_id)


@router.get("/skipped-days")
async def skipped_days(viewer: ShiftRunner) -> SkippedDays:
    """List the days from today on that weekly plans skip."""
    return await _skipped(viewer, [])


@router.post("/skipped-days", status_code=201)
async def skip_days(viewer: ShiftRunner, body: SkipDays) -> SkippedDays:
    """Let weekly plans skip some days; shifts that were made for them before are named, and stay."""
    return await _skipped(
        viewer, await recurring.skip_days(viewer.book_id, *body.between, body.title)
    )


@router.delete("/skipped-days/{day}")
async def keep_day(viewer: ShiftRunner, day: PathDay) -> SkippedDays:
    """Let weekly plans make shifts on a day after all."""
    await recurring.keep_days(viewer.book_id, [from_date(day)])
    return await _skipped(viewer, [])


async def _whole(shift: models.Shift) -> models.Shift:
    return await shifts.find(shift.book_id, shift.id)


async def _skipped(viewer: Viewer, standing: list[models.Shift]) -> SkippedDays:
    found = await recurring.skipped_days(viewer.book_id)
    return SkippedDays(
        items=[SkippedDay(day=each.day, title=each.title) for each in found],
        standing=[Shift.of(each) for each in standing],
    )


async def _shown(viewer: Viewer, template_id: int) -> WeeklyPlan:
    plan = await recurring.find(viewer.book_id, template_id)
    return WeeklyPlan.of(plan, await recurring.crew_of(viewer.book_id, template_id))
