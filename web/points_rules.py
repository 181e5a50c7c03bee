"""The points rules: every version with what it says in words, and the form for the next one."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin import rules, shifts
from checkin.hours_models import AwardRule
from checkin.plan_errors import NoAwardRule
from checkin.rules import Terms
from kernel import clock
from kernel.days import day_of, to_date
from kernel.errors import DomainError
from people.permissions import Permission, Viewer
from web import entered
from web.asking import RuleSetter, ShopKeeper
from web.fields import Typed
from web.i18n import gettext
from web.render import page, redirect
from web.rule_words import rule_words

router = APIRouter(include_in_schema=False)
LIMITS = (
    "longest_minutes",
    "points_per_day",
    "points_per_month",
    "second_above_minutes",
    "second_after_days",
)
FIGURES = (
    "points_per_hour",
    "months_valid",
    "rounding_minutes",
    "minimum_minutes",
    "notice_days",
    "notice_days_by_hand",
    "grace_minutes",
    "leader_bonus_points",
    "bonus_points_per_shift",
)


class RuleForm(BaseModel):
    """What was typed to adopt a version of a rule; an empty limit does not limit."""

    category: Typed = ""
    day: Typed = ""
    points_per_hour: Typed = ""
    months_valid: Typed = "24"
    rounding_minutes: Typed = "15"
    minimum_minutes: Typed = "0"
    longest_minutes: Typed = ""
    points_per_day: Typed = ""
    points_per_month: Typed = ""
    notice_days: Typed = "0"
    notice_days_by_hand: Typed = "7"
    verifies_itself: Typed = ""
    grace_minutes: Typed = "15"
    second_above_minutes: Typed = ""
    second_after_days: Typed = ""
    leader_bonus_points: Typed = "0"
    bonus_points_per_shift: Typed = "0"

    def terms(self) -> Terms:
        """Return what the form says. Raises: NumberIsOdd."""
        figures = {name: entered.whole(getattr(self, name), name) for name in FIGURES}
        limits = {
            name: entered.whole(text, name) if (text := getattr(self, name)) else None
            for name in LIMITS
        }
        return Terms(
            category=self.category,
            verifies_itself=bool(self.verifies_itself),
            **figures,
            **limits,  # type: ignore[arg-type]
        )


@router.get("/shop/rule")
async def versions(request: Request, viewer: ShopKeeper) -> Response:
    """Show every version of the points rules."""
    return await _page(request, viewer)


@router.post("/shop/rule")
async def adopt(
    request: Request, viewer: RuleSetter, form: Annotated[RuleForm, Form()]
) -> Response:
    """Adopt the next version of a rule, from a day on."""
    try:
        day = entered.date(form.day, "day") if form.day else day_of(clock.now(), viewer.zone)
        rule = await rules.adopt_from(viewer.book_id, form.terms(), day, by=viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, refusal, form)
    return redirect(
        request, "/shop/rule", gettext("Version %(version)s is adopted.", version=rule.version)
    )


async def _page(
    request: Request,
    viewer: Viewer,
    refusal: DomainError | None = None,
    form: RuleForm | None = None,
) -> Response:
    now = clock.now()
    found = await rules.versions(viewer.book_id)
    categories = sorted({each.category for each in await shifts.activities(viewer.book_id)})
    try:
        current = await rules.in_force(viewer.book_id, now)
    except NoAwardRule:
        current = None
    return page(
        request,
        "shop/rule.html",
        status=entered.status(refusal),
        current=current,
        versions=[(each, rule_words(each), _standing(each, found, now)) for each in found],
        categories=[("", gettext("All others"))] + [(each, each) for each in categories],
        roundings=[(str(each), str(each)) for each in rules.ROUNDINGS],
        may_adopt=viewer.may(Permission.SET_RULES),
        zone=viewer.zone,
        refusal=refusal,
        form=form or _as_it_stands(current, to_date(day_of(now, viewer.zone)).isoformat()),
    )


def _standing(rule: AwardRule, all_versions: list[AwardRule], now: int) -> str:
    """Return where a version stands: to come, in force, or replaced."""
    if rule.in_force_from > now:
        return "to-come"
    later = [
        each
        for each in all_versions
        if each.category == rule.category
        and each.version > rule.version
        and each.in_force_from <= now
    ]
    return "replaced" if later else "in-force"


def _as_it_stands(rule: AwardRule | None, today: str) -> RuleForm:
    """Return the form filled with the general rule in force: the next version changes little."""
    if rule is None:
        return RuleForm(day=today, second_above_minutes="120", second_after_days="7")
    said = {
        name: "" if (value := getattr(rule, name)) is None else str(value)
        for name in (*FIGURES, *LIMITS)
    }
    return RuleForm(day=today, verifies_itself="1" if rule.verifies_itself else "", **said)
