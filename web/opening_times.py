"""When the shop is open, for who keeps it: hours that come round, days that are otherwise, and the rules."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.days import day_of
from kernel.errors import DomainError
from people.permissions import Viewer
from redemption import openings, shop_rules
from redemption.opening_errors import DayOfOpeningIsOdd
from redemption.shop_rules import Rule
from web import entered
from web.asking import ShopKeeper
from web.fields import Id, Typed
from web.i18n import gettext, weekday
from web.opening_words import A_SUNDAY, rhythm_words, span
from web.render import page, redirect
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False, prefix="/shop/opening")
EVERY, ON_THE = "week", "month"


class HoursForm(BaseModel):
    """What was typed to add hours; `day` is week-1 to week-7 or month-1 to month-31."""

    day: Typed = ""
    opens: Typed = ""
    closes: Typed = ""
    exchange_day: Typed = ""


class DayForm(BaseModel):
    """What was typed about a day that is otherwise; without hours it is closed."""

    date: Typed = ""
    day_opens: Typed = ""
    day_closes: Typed = ""
    reason: Typed = ""


class RuleForm(BaseModel):
    """What was typed as the shop's rules."""

    reservation_days: Typed = ""
    pieces_a_day: Typed = ""
    exchanges_a_day: Typed = ""


@router.get("")
async def show(request: Request, viewer: ShopKeeper) -> Response:
    """Show the calendar and the rules."""
    return await _page(request, viewer)


@router.post("/hours")
async def add(request: Request, viewer: ShopKeeper, form: Annotated[HoursForm, Form()]) -> Response:
    """Let hours come round."""
    shop = await the_shop(request)
    try:
        rhythm, _, number = form.day.partition("-")
        if rhythm not in (EVERY, ON_THE):
            raise DayOfOpeningIsOdd(field="day")
        count = entered.whole(number, "day")
        await openings.add_hours(
            viewer.book_id,
            shop.id,
            (_minute(form.opens, "opens"), _minute(form.closes, "closes")),
            viewer.person_id,
            weekday=count if rhythm == EVERY else None,
            month_day=count if rhythm == ON_THE else None,
            exchange_day=bool(form.exchange_day),
        )
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal=refusal, act="hours", form=form)
    return redirect(request, "/shop/opening", gettext("Saved."))


@router.post("/hours/{time_id}/end")
async def end(request: Request, viewer: ShopKeeper, time_id: Id) -> Response:
    """Let hours come round no more."""
    await openings.end_hours(viewer.book_id, time_id, viewer.person_id)
    return redirect(request, "/shop/opening", gettext("Saved."))


@router.post("/days")
async def set_day(
    request: Request, viewer: ShopKeeper, form: Annotated[DayForm, Form()]
) -> Response:
    """Say that a day is otherwise, and why; hours of today open the shop by exception."""
    shop = await the_shop(request)
    try:
        hours = None
        if form.day_opens or form.day_closes:
            hours = (
                _minute(form.day_opens, "day_opens"),
                _minute(form.day_closes, "day_closes"),
            )
        day = entered.date(form.date, "date")
        await openings.set_day(viewer.book_id, shop.id, day, hours, form.reason, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal=refusal, act="day", form=form)
    return redirect(request, "/shop/opening", gettext("Saved."))


@router.post("/rule")
async def set_rule(
    request: Request, viewer: ShopKeeper, form: Annotated[RuleForm, Form()]
) -> Response:
    """Give the shop other rules."""
    shop = await the_shop(request)
    try:
        rule = Rule(
            entered.whole(form.reservation_days, "reservation_days"),
            _limit(form.pieces_a_day, "pieces_a_day"),
            _limit(form.exchanges_a_day, "exchanges_a_day"),
        )
        await shop_rules.set_rule(viewer.book_id, shop.id, rule, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal=refusal, act="rule", form=form)
    return redirect(request, "/shop/opening", gettext("Saved."))


def _minute(text: str, field: str) -> int:
    hour, minute = entered.time_of_day(text, field)
    return hour * 60 + minute


def _limit(text: str, field: str) -> int | None:
    return entered.whole(text, field) if text else None


async def _page(
    request: Request,
    viewer: Viewer,
    *,
    refusal: DomainError | None = None,
    act: str = "",
    form: Any = None,
) -> Response:
    shop = await the_shop(request)
    calendar = await openings.calendar_of(viewer.book_id, shop.id)
    today = day_of(clock.now(), viewer.zone)
    rule = await shop_rules.rule_of(viewer.book_id, shop.id)
    days = [(f"{EVERY}-{day}", _every(day)) for day in range(1, 8)]
    days += [
        (f"{ON_THE}-{day}", gettext("On the %(day)s. of the month", day=day))
        for day in range(1, 32)
    ]
    return page(
        request,
        "shop/opening.html",
        status=entered.status(refusal),
        shop=shop,
        times=[
            (each, rhythm_words(each), span(each.opens, each.closes)) for each in calendar.times
        ],
        special=[calendar.special[day] for day in sorted(calendar.special) if day >= today],
        coming=[
            (day, [span(each.opens, each.closes) for each in hours])
            for day, hours in openings.coming(calendar, today)
        ],
        always_open=calendar.always_open,
        closed=await openings.closed_now(viewer.book_id, shop.id, clock.now()),
        span=span,
        days=days,
        rule=rule,
        refusal=refusal,
        hours_form=form if act == "hours" else HoursForm(),
        day_form=form if act == "day" else DayForm(),
        rule_form=form if act == "rule" else _said(rule),
    )


def _every(day: int) -> str:
    return gettext("Every %(weekday)s", weekday=weekday(A_SUNDAY + day))


def _said(rule: Rule) -> RuleForm:
    limits = (rule.pieces_a_day, rule.exchanges_a_day)
    pieces, exchanges = ("" if limit is None else str(limit) for limit in limits)
    return RuleForm(
        reservation_days=str(rule.reservation_days),
        pieces_a_day=pieces,
        exchanges_a_day=exchanges,
    )
