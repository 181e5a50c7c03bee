"""A member's household: who lives together, who may spend whose points, guardians, and codes to collect with."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.days import day_of
from kernel.errors import N_, DomainError, NotFound
from people import collecting, consents, guardians, hardship, households, lookup, roster
from people.household_errors import NoSuchHousehold
from people.lives import ConsentGiven
from people.permissions import Viewer
from web import entered
from web.addresses import code_text
from web.asking import MemberKeeper
from web.fields import Id, Typed, read_id
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/members/{person_id}")

GIVEN = {
    ConsentGiven.PAPER: N_("signed on paper"),
    ConsentGiven.IN_PERSON: N_("in person"),
    ConsentGiven.BY_PHONE: N_("by telephone"),
}


class HouseholdForm(BaseModel):
    """What was typed on the page of a household; each of its forms uses some of it."""

    label: Typed = ""
    number: Typed = ""
    spender: Typed = ""
    points_a_month: Typed = ""
    points_limit: Typed = ""
    year: Typed = ""
    proof: Typed = ""
    guardian: Typed = ""
    how: Typed = ""
    agreed_how: Typed = ""
    valid_until: Typed = ""


Filled = Annotated[HouseholdForm, Form()]


@router.get("/household")
async def show(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Show a member's household and what the family allowed."""
    return await household_page(request, viewer, person_id)


@router.post("/household")
async def make(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Make a household with this member in it."""
    try:
        await households.make(viewer.book_id, form.label, person_id, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await household_page(request, viewer, person_id, refusal, "make", form)
    return _done(request, person_id)


@router.post("/household/members")
async def add(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Take another member, by number, into this member's household."""
    try:
        household = await households.of_person(viewer.book_id, person_id)
        if household is None:
            raise NoSuchHousehold
        other = await lookup.by_number(viewer.book_id, form.number)
        await households.join(viewer.book_id, household.id, other.person_id, viewer.person_id)
    except (NotFound, *entered.REFUSALS) as refusal:
        return await household_page(request, viewer, person_id, refusal, "add", form)
    return _done(request, person_id)


@router.post("/household/joining")
async def join(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Put this member into the household of another, by the other's number."""
    try:
        other = await lookup.by_number(viewer.book_id, form.number)
        household = await households.of_person(viewer.book_id, other.person_id)
        if household is None:
            raise NoSuchHousehold
        await households.join(viewer.book_id, household.id, person_id, viewer.person_id)
    except (NotFound, *entered.REFUSALS) as refusal:
        return await household_page(request, viewer, person_id, refusal, "join", form)
    return _done(request, person_id)


@router.post("/consents")
async def allow(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Record that this member lets another of the household spend."""
    try:
        await consents.give(
            viewer.book_id,
            person_id,
            read_id(form.spender),
            entered.whole(form.points_a_month, "points_a_month"),
            viewer.person_id,
        )
    except entered.REFUSALS as refusal:
        return await household_page(request, viewer, person_id, refusal, "allow", form)
    return _done(request, person_id)


@router.post("/consents/{consent_id}/withdrawal")
async def withdraw(
    request: Request, viewer: MemberKeeper, person_id: Id, consent_id: Id
) -> Response:
    """Record that a permission was withdrawn."""
    await consents.withdraw_own(viewer.book_id, consent_id, person_id)
    return _done(request, person_id, gettext("From now on this purse is not used any more."))


@router.post("/birth-year")
async def birth_year(
    request: Request, viewer: MemberKeeper, person_id: Id, form: Filled
) -> Response:
    """Write down the year of birth and the proof that was seen."""
    try:
        year = entered.whole(form.year, "year")
        await guardians.set_birth_year(
            viewer.book_id, person_id, year, form.proof, viewer.person_id
        )
    except entered.REFUSALS as refusal:
        return await household_page(request, viewer, person_id, refusal, "year", form)
    return _done(request, person_id)


@router.post("/guardian")
async def guardian(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Record a guardian's consent."""
    try:
        other = await lookup.by_number(viewer.book_id, form.guardian)
        how = ConsentGiven(form.how) if form.how in GIVEN else ConsentGiven.IN_PERSON
        await guardians.give(viewer.book_id, person_id, other.person_id, how, viewer.person_id)
    except (NotFound, *entered.REFUSALS) as refusal:
        return await household_page(request, viewer, person_id, refusal, "guardian", form)
    return _done(request, person_id)


@router.post("/guardian/withdrawal")
async def no_guardian(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Record that the guardian's consent was withdrawn."""
    await guardians.withdraw(viewer.book_id, person_id, viewer.person_id)
    return _done(request, person_id)


@router.post("/collect-codes")
async def collect(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Make a code to collect with, and show it: it is kept nowhere, so this page alone has it."""
    try:
        limit = entered.whole(form.points_limit, "points_limit")
        made = await collecting.make(viewer.book_id, person_id, limit, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await household_page(request, viewer, person_id, refusal, "collect", form)
    return await code_page(request, viewer, made, person_id, f"/members/{person_id}/household")


@router.post("/collect-codes/{code_id}/revocation")
async def no_code(request: Request, viewer: MemberKeeper, person_id: Id, code_id: Id) -> Response:
    """Cancel a code to collect with."""
    await collecting.revoke(viewer.book_id, person_id, code_id)
    return _done(request, person_id, gettext("This code opens nothing any more."))


async def code_page(
    request: Request, viewer: Viewer, made: collecting.MadeCode, person_id: int, back: str
) -> Response:
    """Show a code to collect with, as picture and as eight digits to say."""
    return page(
        request,
        "family/code.html",
        member=await roster.member(viewer.book_id, person_id),
        made=made,
        code=code_text(made.token),
        back=back,
    )


def _done(request: Request, person_id: int, said: str | None = None) -> Response:
    return redirect(request, f"/members/{person_id}/household", said or gettext("Saved."))


async def household_page(
    request: Request,
    viewer: Viewer,
    person_id: int,
    refusal: DomainError | None = None,
    act: str = "",
    form: Any = None,
) -> Response:
    """Show a member's household, or the same page again with what a form of it was refused for."""
    book_id = viewer.book_id
    member = await roster.member(book_id, person_id)
    household = await households.of_person(book_id, person_id)
    return page(
        request,
        "members/household.html",
        status=entered.status(refusal),
        member=member,
        household=household,
        living=await households.living_in(book_id, household.id) if household else [],
        given=await consents.given_by(book_id, person_id),
        had=await consents.had_by(book_id, person_id),
        born=await guardians.birth_year(book_id, person_id),
        child=await guardians.is_child(book_id, person_id),
        guardian=await guardians.consent_of_guardian(book_id, person_id),
        codes=await collecting.open_codes(book_id, person_id),
        hows=GIVEN,
        mark=await hardship.marked(book_id, person_id),
        today=day_of(clock.now(), viewer.zone),
        refusal=refusal,
        act=act,
        form=form or HouseholdForm(label=member.flat),
        zone=viewer.zone,
    )
