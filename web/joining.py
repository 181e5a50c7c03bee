"""What a volunteer can join: shifts of today, of this week, and those that need hands; sign up, withdraw."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from checkin import signing, signup_lists
from checkin.models import ShiftState
from checkin.signup_lists import Opening
from checkin.signup_models import Standing
from kernel import clock
from kernel.days import day_of, from_date, to_date
from kernel.errors import Refused
from web.asking import Volunteer
from web.fields import Id, Typed
from web.i18n import gettext, say
from web.render import page, redirect
from web.rule_words import before_signing_up

router = APIRouter(include_in_schema=False, prefix="/join")
SUNDAY = 6


class Shown(StrEnum):
    """Which shifts are shown."""

    TODAY = "today"
    WEEK = "week"
    NEEDED = "needed"


@router.get("")
async def openings(
    request: Request, viewer: Volunteer, show: Annotated[Typed, Query()] = ""
) -> Response:
    """Show what one can join; whatever is not known shows this week."""
    shown = Shown(show) if show in set(Shown) else Shown.WEEK
    found = await signup_lists.openings(viewer.book_id, viewer.person_id)
    return page(
        request,
        "join/list.html",
        shown=shown,
        days=by_day(chosen(found, shown, viewer.zone), viewer.zone),
        own=await signup_lists.own(viewer.book_id, viewer.person_id),
        zone=viewer.zone,
    )


def chosen(found: list[Opening], shown: Shown, zone: str) -> list[Opening]:
    """Return today's shifts, this week's up to Sunday, or those with places that meet none of one's own."""
    today = day_of(clock.now(), zone)
    if shown is Shown.TODAY:
        return [each for each in found if day_of(each.shift.starts_at, zone) == today]
    if shown is Shown.WEEK:
        there = to_date(today)
        sunday = from_date(there + timedelta(days=SUNDAY - there.weekday()))
        return [each for each in found if day_of(each.shift.starts_at, zone) <= sunday]
    mine = [each.shift for each in found if each.standing]
    return [
        each
        for each in found
        if each.standing is None
        and each.places_left != 0
        and all(
            own.ends_at <= each.shift.starts_at or each.shift.ends_at <= own.starts_at
            for own in mine
        )
    ]


def by_day(found: list[Opening], zone: str) -> list[tuple[int, list[Opening]]]:
    """Group what can be joined by local day."""
    days: dict[int, list[Opening]] = {}
    for each in found:
        days.setdefault(day_of(each.shift.starts_at, zone), []).append(each)
    return list(days.items())


@router.get("/{shift_id}")
async def opening(request: Request, viewer: Volunteer, shift_id: Id) -> Response:
    """Show one shift: when, where, what an hour brings, and where one stands."""
    found = await signup_lists.opening(viewer.book_id, viewer.person_id, shift_id)
    over = found.shift.state is ShiftState.CLOSED or clock.now() >= found.shift.starts_at
    day = day_of(found.shift.starts_at, viewer.zone)
    brings = before_signing_up(found.rule)
    return page(
        request,
        "join/one.html",
        opening=found,
        brings=brings,
        over=over,
        day=day,
        zone=viewer.zone,
    )


@router.post("/{shift_id}")
async def sign_up(request: Request, viewer: Volunteer, shift_id: Id) -> Response:
    """Sign up, or take the place that is offered."""
    try:
        signed = await signing.sign_up(viewer.book_id, shift_id, viewer.person_id)
    except Refused as refusal:
        return redirect(request, f"/join/{shift_id}", say(refusal), "warn")
    if signed.state is Standing.SIGNED:
        said = gettext("You are signed up. When you come, scan the organiser's code.")
        return redirect(request, f"/join/{shift_id}", said)
    said = gettext("All places are taken. You are on the waiting list.")
    return redirect(request, f"/join/{shift_id}", said, "warn")


@router.post("/{shift_id}/withdrawal")
async def withdraw(request: Request, viewer: Volunteer, shift_id: Id) -> Response:
    """Withdraw; the place goes to the next in line."""
    try:
        await signing.withdraw(viewer.book_id, shift_id, viewer.person_id)
    except Refused as refusal:
        return redirect(request, f"/join/{shift_id}", say(refusal), "warn")
    said = gettext("You are no longer signed up. Thank you for saying so.")
    return redirect(request, f"/join/{shift_id}", said)
