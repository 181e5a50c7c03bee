"""The whole record of a member to print: what stands to the name, and every line of points and hours.

Records that were joined into this one are shown with it, each under its old number.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.errors import N_, DomainError
from ledger import chart
from people import closed, passing, roster
from people.lives import PassesTo
from people.models import Membership
from people.permissions import Viewer
from redemption.foresight import Standing, standing_of
from web import entered
from web.asking import MemberKeeper, RuleSetter
from web.fields import Id, Typed
from web.i18n import gettext
from web.record_words import Record, records_of
from web.records import page_of
from web.render import page, redirect

router = APIRouter(include_in_schema=False)
MOST_PAGES = 200

RULES = {
    PassesTo.HOUSEHOLD: N_("To a member of the same household; without one they lapse"),
    PassesTo.FUND: N_("To a fund"),
    PassesTo.LAPSE: N_("They lapse"),
}


@dataclass(frozen=True, slots=True)
class History:
    """One record with all that came and went on it."""

    member: Membership
    points: list[Record]
    minutes: list[Record]


@router.get("/members/{person_id}/record")
async def record(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Show a member's whole record, to print as a final statement."""
    book_id = viewer.book_id
    member = await roster.member(book_id, person_id)
    people = [person_id, *await closed.joined_into(book_id, person_id)]
    standing: Standing = await standing_of(book_id, person_id)
    return page(
        request,
        "members/record.html",
        member=member,
        community=viewer.community,
        now=clock.now(),
        standing=standing,
        histories=[await _history(viewer, each) for each in people],
        zone=viewer.zone,
    )


async def _history(viewer: Viewer, person_id: int) -> History:
    member = await roster.member(viewer.book_id, person_id)
    points = await _all(viewer, chart.purse(person_id))
    return History(member, points, await _all(viewer, chart.minutes(person_id)))


async def _all(viewer: Viewer, account: chart.AccountName) -> list[Record]:
    """Return every event of an account, latest first."""
    found: list[Record] = []
    before: int | None = None
    for _ in range(MOST_PAGES):
        shown = await page_of(viewer.book_id, account, before)
        found += await records_of(viewer.book_id, shown.lines, viewer.zone)
        before = shown.older
        if before is None:
            break
    return found


class RuleForm(BaseModel):
    """What was chosen as the community's rule."""

    passes_to: Typed = ""
    fund_name: Typed = ""


@router.get("/passing-rule")
async def rule(request: Request, viewer: RuleSetter) -> Response:
    """Show the community's written rule for the points of closed records."""
    return await _rule_page(request, viewer)


@router.post("/passing-rule")
async def decide(
    request: Request, viewer: RuleSetter, form: Annotated[RuleForm, Form()]
) -> Response:
    """Write the rule down; it counts for what is closed from now on."""
    passes_to = PassesTo(form.passes_to) if form.passes_to in RULES else PassesTo.HOUSEHOLD
    try:
        await passing.decide_rule(
            viewer.book_id, passes_to, viewer.person_id, fund_name=form.fund_name
        )
    except entered.REFUSALS as refusal:
        return await _rule_page(request, viewer, refusal, form)
    return redirect(request, "/passing-rule", gettext("Saved."))


async def _rule_page(
    request: Request, viewer: Viewer, refusal: DomainError | None = None, form: Any = None
) -> Response:
    written = await passing.rule_of(viewer.book_id)
    if form is None:
        form = RuleForm(
            passes_to=(written.passes_to if written else PassesTo.HOUSEHOLD).value,
            fund_name=written.fund_name if written else "",
        )
    return page(
        request,
        "members/passing_rule.html",
        status=entered.status(refusal),
        written=written,
        rules=RULES,
        form=form,
        refusal=refusal,
        zone=viewer.zone,
    )
