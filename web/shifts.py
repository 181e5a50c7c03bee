"""The organiser's plan: shifts of today and the days to come, new activities, new shifts."""

from collections.abc import Iterable
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin import shifts
from checkin.models import Shift, ShiftState
from checkin.presence import OPENS_BEFORE
from kernel import clock
from kernel.clock import DAY
from kernel.days import day_of, plus_days, to_date
from kernel.errors import DomainError
from people import roster
from people.errors import NoSuchMember
from people.models import Role
from people.permissions import Viewer
from web import entered
from web.asking import ShiftRunner
from web.fields import Typed, read_id
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False)
SHOWN_PAST_DAYS = 14


class ActivityForm(BaseModel):
    """What was typed to plan an activity."""

    title: Typed = ""
    category: Typed = ""
    place: Typed = ""
    multiplier: Typed = "100"


class ShiftForm(BaseModel):
    """What was typed to plan a shift."""

    activity: Typed = ""
    day: Typed = ""
    starts: Typed = "09:00"
    ends: Typed = "11:00"
    people: Typed = "20"
    budget: Typed = ""
    capacity: Typed = "0"
    leader: Typed = ""


@router.get("/shifts")
async def plan(request: Request, viewer: ShiftRunner) -> Response:
    """Show today's shifts, those to come, and those just over."""
    today = day_of(clock.now(), viewer.zone)
    of_today = await shifts.of_day(viewer.book_id)
    shown = {shift.id for shift in of_today}
    coming = [each for each in await shifts.coming(viewer.book_id) if each.id not in shown]
    past = [
        each
        for each in await shifts.past(viewer.book_id, SHOWN_PAST_DAYS)
        if each.id not in shown and each.starts_at < clock.now() - DAY // 24
    ]
    return page(
        request,
        "shifts/plan.html",
        today=today,
        of_today=of_today,
        coming=by_day(coming, viewer.zone),
        past=by_day(past, viewer.zone),
        standing=standing,
        zone=viewer.zone,
    )


def by_day(found: Iterable[Shift], zone: str) -> list[tuple[int, list[Shift]]]:
    """Group shifts, in their order, by local day."""
    grouped = groupby(found, key=lambda shift: day_of(shift.starts_at, zone))
    return [(day, list(those)) for day, those in grouped]


def standing(shift: Shift) -> str:
    """Say how a shift stands now: `cancelled`, `closed`, `early`, `running` or `over`."""
    now = clock.now()
    if shift.state is ShiftState.CANCELLED:
        return "cancelled"
    if now > shift.ends_at:
        return "over"
    if shift.state is ShiftState.CLOSED:
        return "closed"
    return "early" if now < shift.starts_at - OPENS_BEFORE else "running"


@router.get("/activities/new")
async def new_activity(request: Request, viewer: ShiftRunner) -> Response:
    """Ask what the activity is."""
    return await _activity_page(request, viewer, ActivityForm())


@router.post("/activities")
async def plan_activity(
    request: Request, viewer: ShiftRunner, form: Annotated[ActivityForm, Form()]
) -> Response:
    """Plan an activity, then ask for its first shift."""
    try:
        activity = await shifts.plan_activity(
            viewer.book_id,
            form.title,
            form.category,
            place=form.place,
            multiplier_percent=entered.whole(form.multiplier, "multiplier"),
        )
    except entered.REFUSALS as refusal:
        return await _activity_page(request, viewer, form, refusal)
    done = gettext("“%(activity)s” is on the list. Now plan its first shift.")
    return redirect(
        request, f"/shifts/new?activity={activity.id}", done % {"activity": activity.title}
    )


async def _activity_page(
    request: Request, viewer: Viewer, form: ActivityForm, refusal: DomainError | None = None
) -> Response:
    known = await shifts.activities(viewer.book_id)
    return page(
        request,
        "shifts/new_activity.html",
        status=entered.status(refusal),
        form=form,
        refusal=refusal,
        categories=sorted({activity.category for activity in known}),
    )


@router.get("/shifts/new")
async def new_shift(request: Request, viewer: ShiftRunner, activity: str = "") -> Response:
    """Ask when the shift is; tomorrow unless said otherwise."""
    tomorrow = plus_days(day_of(clock.now(), viewer.zone), 1)
    form = ShiftForm(activity=activity, day=to_date(tomorrow).isoformat())
    return await _shift_page(request, viewer, form)


@router.post("/shifts")
async def plan_shift(
    request: Request, viewer: ShiftRunner, form: Annotated[ShiftForm, Form()]
) -> Response:
    """Plan a shift; an end at or before the start is on the next day."""
    try:
        shift = await _planned(viewer, form)
    except entered.REFUSALS as refusal:
        return await _shift_page(request, viewer, form, refusal)
    return redirect(request, f"/shifts/{shift.id}", gettext("The shift is planned."))


async def _planned(viewer: Viewer, form: ShiftForm) -> Shift:
    day = entered.date(form.day, "day")
    starts = entered.moment(day, entered.time_of_day(form.starts, "starts"), viewer.zone)
    end = entered.time_of_day(form.ends, "ends")
    ends = entered.moment(day, end, viewer.zone)
    if ends <= starts:
        ends = entered.moment(plus_days(day, 1), end, viewer.zone)
    return await shifts.plan_shift(
        viewer.book_id,
        read_id(form.activity),
        starts,
        ends,
        leader_id=await leader_among(viewer, form.leader),
        people=entered.whole(form.people, "people"),
        points_budget=entered.whole(form.budget, "budget") if form.budget else None,
        capacity=entered.whole(form.capacity, "capacity"),
    )


async def leader_among(viewer: Viewer, typed: str) -> int | None:
    """Return the organiser who was chosen to lead, None for nobody yet. Raises: NoSuchMember."""
    if not typed:
        return None
    known = dict(await leaders(viewer))
    if typed not in known:
        raise NoSuchMember
    return read_id(typed)


async def leaders(viewer: Viewer) -> list[tuple[str, str]]:
    """Return who may be chosen to lead, as pairs for a select."""
    staff = await roster.staff(viewer.book_id)
    found = {
        str(grant.person_id): grant.person.name for grant in staff if grant.role is Role.ORGANISER
    }
    return [("", gettext("Not decided yet")), *found.items()]


async def _shift_page(
    request: Request, viewer: Viewer, form: ShiftForm, refusal: DomainError | None = None
) -> Response:
    context: dict[str, Any] = {
        "activities": await shifts.activities(viewer.book_id),
        "leaders": await leaders(viewer),
    }
    status = entered.status(refusal)
    return page(
        request, "shifts/new_shift.html", status=status, form=form, refusal=refusal, **context
    )
