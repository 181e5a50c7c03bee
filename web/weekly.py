"""Weekly plans for the organiser: when they make shifts, for whom, on which days not."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin import recurring, shifts
from checkin.models import Shift
from checkin.occasions import weekdays_of
from checkin.recurring import DAY_MINUTES, Weekly
from checkin.signup_models import ShiftTemplate
from kernel import clock
from kernel.errors import DomainError, Refused
from people import recognition, roster
from people.permissions import Viewer
from web import entered
from web.asking import ShiftRunner
from web.errors import status_of
from web.fields import Id, Typed, read_id
from web.group_texts import when_of
from web.i18n import gettext, ngettext, say, weekday
from web.render import page, redirect
from web.shifts import leader_among, leaders

router = APIRouter(include_in_schema=False, prefix="/weekly-plans")
A_MONDAY = 20_240_101
HOUR_MINUTES = 60
LAST_DAY = 99_991_231


class PlanForm(BaseModel):
    """What was typed to plan every week."""

    activity: Typed = ""
    weekday: list[Typed] = []
    starts: Typed = "09:00"
    ends: Typed = "11:00"
    capacity: Typed = "0"
    people: Typed = "20"
    weeks: Typed = "2"
    leader: Typed = ""


class SkipForm(BaseModel):
    """What was typed to skip some days."""

    first: Typed = ""
    last: Typed = ""
    title: Typed = ""


@router.get("")
async def plans(request: Request, viewer: ShiftRunner) -> Response:
    """Show the weekly plans, and the days they skip."""
    return await _plans(request, viewer, SkipForm())


@router.get("/new")
async def new_plan(request: Request, viewer: ShiftRunner) -> Response:
    """Ask what takes place every week."""
    return await _form(request, viewer, PlanForm())


@router.post("")
async def plan(
    request: Request, viewer: ShiftRunner, form: Annotated[PlanForm, Form()]
) -> Response:
    """Plan every week, and make the first shifts at once."""
    try:
        template = await recurring.plan_weekly(
            viewer.book_id,
            read_id(form.activity),
            _weekly(form),
            leader_id=await leader_among(viewer, form.leader),
            by=viewer.person_id,
        )
        made = await recurring.make_shifts(viewer.book_id, template.id)
    except entered.REFUSALS as refusal:
        return await _form(request, viewer, form, refusal)
    return redirect(request, f"/weekly-plans/{template.id}", _made(len(made)))


@router.get("/{template_id}")
async def one_plan(request: Request, viewer: ShiftRunner, template_id: Id) -> Response:
    """Show one weekly plan and its crew."""
    return await _one(request, viewer, template_id)


@router.post("/{template_id}/shifts")
async def make(request: Request, viewer: ShiftRunner, template_id: Id) -> Response:
    """Make what is due now."""
    try:
        made = await recurring.make_shifts(viewer.book_id, template_id)
    except Refused as refusal:
        return redirect(request, f"/weekly-plans/{template_id}", say(refusal), "bad")
    return redirect(request, f"/weekly-plans/{template_id}", _made(len(made)))


@router.post("/{template_id}/end")
async def end(request: Request, viewer: ShiftRunner, template_id: Id) -> Response:
    """Make no further shifts."""
    await recurring.end_weekly(viewer.book_id, template_id)
    said = gettext("No further shifts are made. Those that are planned stay.")
    return redirect(request, "/weekly-plans", said)


@router.post("/{template_id}/crew")
async def join(
    request: Request, viewer: ShiftRunner, template_id: Id, code: Annotated[Typed, Form()] = ""
) -> Response:
    """Sign somebody up for every time."""
    await recurring.find(viewer.book_id, template_id)
    try:
        found = await recognition.look_for(viewer.book_id, code, clock.now(), viewer.person_id)
    except DomainError as refusal:
        return await _one(request, viewer, template_id, refusal=refusal, typed=code)
    if len(found) > 1:
        said = gettext("Several people fit. Please type the short number.")
        return redirect(request, f"/weekly-plans/{template_id}", said, "warn")
    member = found[0].member
    await recurring.join_crew(viewer.book_id, template_id, member.person_id)
    said = gettext("%(name)s will be signed up for every new shift.")
    return redirect(
        request, f"/weekly-plans/{template_id}", said % {"name": member.person.masked_name}
    )


@router.post("/{template_id}/crew/{person_id}/end")
async def leave(request: Request, viewer: ShiftRunner, template_id: Id, person_id: Id) -> Response:
    """Sign somebody up no more."""
    await roster.member(viewer.book_id, person_id)
    await recurring.leave_crew(viewer.book_id, template_id, person_id)
    return redirect(request, f"/weekly-plans/{template_id}")


@router.post("/skipped-days")
async def skip(
    request: Request, viewer: ShiftRunner, form: Annotated[SkipForm, Form()]
) -> Response:
    """Skip some days; shifts that are planned for them already are named."""
    try:
        first = entered.date(form.first, "first")
        last = entered.date(form.last, "last") if form.last else first
        standing = await recurring.skip_days(viewer.book_id, first, last, form.title)
    except entered.REFUSALS as refusal:
        return await _plans(request, viewer, form, refusal)
    if standing:
        return await _plans(request, viewer, SkipForm(), standing=standing)
    return redirect(request, "/weekly-plans", gettext("These days are skipped."))


@router.post("/skipped-days/{day}/end")
async def keep(request: Request, viewer: ShiftRunner, day: Id) -> Response:
    """Skip a day no more."""
    await recurring.keep_days(viewer.book_id, [min(day, LAST_DAY)])
    return redirect(request, "/weekly-plans")


def days_in_words(template: ShiftTemplate) -> str:
    """Name the days of the week of a plan: 周一、周三."""
    return gettext(", ").join(weekday(A_MONDAY + day) for day in weekdays_of(template.weekdays))


def hours_in_words(template: ShiftTemplate) -> str:
    """Write when a plan's shifts begin and end: 09:00–11:00."""
    ends = (template.starts_minute + template.minutes) % DAY_MINUTES
    return "–".join(
        f"{minute // HOUR_MINUTES:02d}:{minute % HOUR_MINUTES:02d}"
        for minute in (template.starts_minute, ends)
    )


def _weekly(form: PlanForm) -> Weekly:
    starts, ends = (
        hour * HOUR_MINUTES + minute
        for hour, minute in (
            entered.time_of_day(form.starts, "starts"),
            entered.time_of_day(form.ends, "ends"),
        )
    )
    return Weekly(
        tuple(entered.whole(day, "weekday") for day in form.weekday),
        starts,
        (ends - starts) % DAY_MINUTES or DAY_MINUTES,
        capacity=entered.whole(form.capacity, "capacity"),
        people=entered.whole(form.people, "people"),
        weeks_ahead=entered.whole(form.weeks, "weeks"),
    )


def _made(count: int) -> str:
    if not count:
        return gettext("Nothing new was due: the shifts are there already.")
    return ngettext("%(num)s shift was made.", "%(num)s shifts were made.", count)


async def _plans(
    request: Request,
    viewer: Viewer,
    form: SkipForm,
    refusal: DomainError | None = None,
    standing: list[Shift] | None = None,
) -> Response:
    return page(
        request,
        "weekly/list.html",
        status=entered.status(refusal),
        templates=await recurring.templates(viewer.book_id),
        skipped=await recurring.skipped_days(viewer.book_id),
        days_in_words=days_in_words,
        hours_in_words=hours_in_words,
        standing=[(each, when_of(each, viewer.zone)) for each in standing or []],
        form=form,
        refusal=refusal,
    )


async def _form(
    request: Request, viewer: Viewer, form: PlanForm, refusal: DomainError | None = None
) -> Response:
    return page(
        request,
        "weekly/new.html",
        status=entered.status(refusal),
        form=form,
        refusal=refusal,
        activities=await shifts.activities(viewer.book_id),
        leaders=await leaders(viewer),
        weekdays=[(str(day), weekday(A_MONDAY + day)) for day in range(7)],
    )


async def _one(
    request: Request,
    viewer: Viewer,
    template_id: int,
    *,
    refusal: DomainError | None = None,
    typed: str = "",
) -> Response:
    template = await recurring.find(viewer.book_id, template_id)
    crew = await recurring.crew_of(viewer.book_id, template_id)
    return page(
        request,
        "weekly/one.html",
        status=status_of(refusal) if refusal else 200,
        scan=True,
        plan=template,
        days=days_in_words(template),
        hours=hours_in_words(template),
        crew=crew,
        members=await roster.memberships(viewer.book_id, {each.person_id for each in crew}),
        refusal=refusal,
        typed=typed,
    )
