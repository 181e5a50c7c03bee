"""The community's people: find, take in, see what stands to their name, and help them onto a phone."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, NotFound
from ledger import chart
from ledger.balances import holdings
from people import (
    browsers,
    card_issuing,
    closed,
    households,
    lookup,
    moving_out,
    recovery,
    registration,
    roster,
    sessions,
    signin,
)
from people.erased import is_erased
from people.models import Credential, Membership, Role, RoleGrant
from people.permissions import STAFF, Permission, Viewer
from people.photographing import photographed
from web import entered
from web.addresses import code_on_screen, code_text, on_this_computer, own_origin
from web.asking import MemberKeeper
from web.fields import Id, Typed
from web.i18n import gettext
from web.member_words import ROLES
from web.personal_words import PURPOSES
from web.render import page, redirect

router = APIRouter(include_in_schema=False)
PAGE = 50


class MemberForm(BaseModel):
    """What was typed to take a person in, or to correct what is written of them."""

    name: Typed = ""
    phone: Typed = ""
    flat: Typed = ""
    number: Typed = ""


@router.get("/members")
async def members(request: Request, viewer: MemberKeeper, q: Typed = "", after: Id = 0) -> Response:
    """List the members by number, or those whom a search can mean."""
    refusal: DomainError | None = None
    found: list[Membership] = []
    try:
        found = await _found(viewer, q) if q else await _listed(viewer, after)
    except (NotFound, *entered.REFUSALS) as nobody:
        refusal = nobody
    more = found[PAGE - 1].number if not q and len(found) > PAGE else None
    return page(
        request,
        "members/list.html",
        members=found[:PAGE],
        q=q,
        more=more,
        refusal=refusal,
        hangs_on_one=viewer.has(Role.ADMIN) and await recovery.hangs_on_one(viewer.book_id),
    )


async def _found(viewer: Viewer, text: str) -> list[Membership]:
    return await lookup.find_member(viewer.book_id, text, viewer.person_id)


async def _listed(viewer: Viewer, after: int) -> list[Membership]:
    return await roster.members(viewer.book_id, after_number=min(after, 10**9), limit=PAGE + 1)


@router.get("/members/new")
def new_member(request: Request, _: MemberKeeper) -> Response:
    """Ask who it is."""
    return page(request, "members/new.html", form=MemberForm(), refusal=None)


@router.post("/members")
async def register(
    request: Request, viewer: MemberKeeper, form: Annotated[MemberForm, Form()]
) -> Response:
    """Take a person in."""
    try:
        member = await registration.register(
            viewer.book_id,
            form.name,
            form.phone,
            form.flat,
            entered.whole(form.number, "number") if form.number else None,
            by=viewer.person_id,
        )
    except entered.REFUSALS as refusal:
        status = entered.status(refusal)
        return page(request, "members/new.html", status=status, form=form, refusal=refusal)
    said = gettext("%(name)s is a member now, with the number %(number)s.")
    return redirect(
        request,
        f"/members/{member.person_id}",
        said % {"name": member.person.name, "number": member.shown_number},
    )


@router.get("/members/{person_id}")
async def show(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Show one member."""
    return await member_page(request, viewer, person_id)


@router.post("/members/{person_id}")
async def correct(
    request: Request, viewer: MemberKeeper, person_id: Id, form: Annotated[MemberForm, Form()]
) -> Response:
    """Correct name, phone and flat; an empty phone leaves the one that is kept."""
    try:
        await registration.rename(
            viewer.book_id, person_id, name=form.name, phone=form.phone or None, flat=form.flat
        )
    except entered.REFUSALS as refusal:
        return await member_page(
            request, viewer, person_id, refusal=refusal, act="details", form=form
        )
    return redirect(request, f"/members/{person_id}", gettext("Saved."))


@router.post("/members/{person_id}/invites")
async def invite(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Make a one-time link and show it; it is kept nowhere, so this page alone has it."""
    token = await signin.invite(viewer.book_id, person_id, viewer.person_id)
    member = await roster.member(viewer.book_id, person_id)
    return invite_page(request, member, token, f"/members/{person_id}")


def invite_page(request: Request, member: Membership, token: str, back: str) -> Response:
    """Show a one-time link; it is kept nowhere, so this page alone has it."""
    return page(
        request,
        "members/invite.html",
        member=member,
        code=code_on_screen(request, token, here=True),
        link=_link(request, token),
        on_this_computer=on_this_computer(request),
        back=back,
    )


def _link(request: Request, token: str) -> str:
    public = code_text(token)
    return public if public != token else f"{own_origin(request)}/Q/{token}"


@router.post("/members/{person_id}/sign-outs")
async def sign_out(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Sign the person out on every phone and computer; points stay."""
    await roster.member(viewer.book_id, person_id)
    count = await sessions.end_all(viewer.book_id, person_id, by=viewer.person_id)
    await browsers.forget(person_id)
    said = gettext("Signed out everywhere (%(count)s). The points are all there.")
    return redirect(request, f"/members/{person_id}", said % {"count": count})


async def member_page(
    request: Request,
    viewer: Viewer,
    person_id: int,
    *,
    refusal: DomainError | None = None,
    act: str = "",
    form: Any = None,
    phone: str = "",
) -> Response:
    """Show a member, or the same page again with what a form of it was refused for; `phone` is shown whole."""
    member = await roster.member(viewer.book_id, person_id)
    points, owed, minutes = await _balances(viewer, person_id)
    admin = viewer.may(Permission.GIVE_ROLES)
    closing = await closed.closing_of(viewer.book_id, person_id)
    credential = await Credential.get_or_none(person_id=person_id) if admin else None
    return page(
        request,
        "members/one.html",
        status=entered.status(refusal),
        member=member,
        closing=closing,
        survivor=await _survivor(viewer, person_id),
        joined=await _joined(viewer, person_id),
        household=await households.of_person(viewer.book_id, person_id),
        moved_out=await moving_out.moved_out(viewer.book_id, person_id),
        points=points,
        owed=owed,
        minutes=minutes,
        grants=await _grants(viewer, person_id),
        browsers=await sessions.sessions_of(viewer.book_id, person_id),
        card=await card_issuing.good_card(viewer.book_id, person_id),
        is_volunteer=Role.VOLUNTEER in await roster.roles_of(viewer.book_id, person_id),
        companies=await roster.partners(viewer.book_id) if admin else [],
        admin=admin,
        may_erase=viewer.may(Permission.ERASE_PEOPLE),
        me=person_id == viewer.person_id,
        sign_in_name=credential.sign_in_name if credential else "",
        roles=ROLES,
        staff_roles=[role for role in Role if role in STAFF],
        photo_kept=bool(await photographed(viewer.book_id, [person_id])),
        erased=await is_erased(viewer.book_id, person_id),
        phone=phone,
        purposes=PURPOSES,
        refusal=refusal,
        act=act,
        form=form,
        zone=viewer.zone,
    )


async def _balances(viewer: Viewer, person_id: int) -> tuple[int, int, int]:
    names = (chart.purse(person_id), chart.owed(person_id), chart.minutes(person_id))
    held = await holdings(viewer.book_id, names)
    points, owed, minutes = (held[name].balance for name in names)
    return points, owed, minutes


async def _survivor(viewer: Viewer, person_id: int) -> Membership | None:
    survivor = await closed.survivor_of(viewer.book_id, person_id)
    return None if survivor == person_id else await roster.member(viewer.book_id, survivor)


async def _joined(viewer: Viewer, person_id: int) -> list[Membership]:
    ids = await closed.joined_into(viewer.book_id, person_id)
    found = await roster.memberships(viewer.book_id, ids)
    return [found[each] for each in ids]


async def _grants(viewer: Viewer, person_id: int) -> list[RoleGrant]:
    return [each for each in await roster.staff(viewer.book_id) if each.person_id == person_id]
