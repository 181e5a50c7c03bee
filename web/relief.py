"""Goods for households in hardship at the counter: who stands there, what they may have, and who pays for it."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.errors import DomainError, NotFound, Unavailable
from people import funds, lookup, roster
from people.models import Membership
from people.permissions import Permission, Viewer
from redemption import giving, relief
from redemption.models import UNDO_WITHIN
from web import entered
from web.asking import Clerk, ReceiptReader
from web.customers import home_of
from web.fields import Id, Typed, read_id
from web.i18n import gettext
from web.pieces import pieces_of, typed_lines
from web.render import page, redirect
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False, prefix="/counter/relief")


@router.get("")
async def ask_who(request: Request, viewer: Clerk) -> Response:
    """Ask for whom the goods are."""
    return await _drawn(request, viewer)


@router.post("")
async def look(request: Request, viewer: Clerk, code: Annotated[Typed, Form()] = "") -> Response:
    """Find who stands there, and show what their household may have."""
    try:
        found = await lookup.find_member(viewer.book_id, code, viewer.person_id)
    except (NotFound, *entered.REFUSALS) as refusal:
        return await _drawn(request, viewer, refusal=refusal, code=code)
    return await _drawn(request, viewer, people=found)


@router.post("/handouts")
async def hand_out(
    request: Request,
    viewer: Clerk,
    person: Annotated[Typed, Form()] = "",
    fund: Annotated[Typed, Form()] = "",
    key: Annotated[str, Form()] = "",
) -> Response:
    """Give relief goods to one of them, or goods that a fund pays for; who was only chosen is shown what there is."""
    typed, person_id = await typed_lines(request), read_id(person)
    shop = await the_shop(request)
    member = await roster.member(viewer.book_id, person_id)
    fund_id = read_id(fund) if fund else None
    if not key:
        return await _drawn(request, viewer, people=[member], fund_id=fund_id)
    try:
        wanted = pieces_of(typed)
        given = await relief.hand_out(
            *(viewer.book_id, shop.id, person_id, wanted, viewer.person_id, key), fund_id=fund_id
        )
    except (NotFound, Unavailable, *entered.REFUSALS) as refusal:
        # It may have gone through if the desk was busy: only the same key finds that out.
        kept = key if isinstance(refusal, Unavailable) else ""
        return await _drawn(
            *(request, viewer),
            people=[member],
            refusal=refusal,
            typed=typed,
            key=kept,
            fund_id=fund_id,
        )
    return redirect(request, f"/counter/relief/handouts/{given.id}")


@router.get("/handouts/{handout_id}")
async def show(request: Request, viewer: ReceiptReader, handout_id: Id) -> Response:
    """Show a hand-out as a slip to sign."""
    return await _slip(request, viewer, handout_id)


@router.post("/handouts/{handout_id}/reversal")
async def undo(
    request: Request, viewer: Clerk, handout_id: Id, key: Annotated[str, Form()] = ""
) -> Response:
    """Undo a hand-out within 15 minutes."""
    try:
        await relief.undo(viewer.book_id, handout_id, viewer.person_id, key)
    except entered.REFUSALS as refusal:
        return await _slip(request, viewer, handout_id, refusal)
    said = gettext("Undone. Please put the goods back on the shelf.")
    return redirect(request, f"/counter/relief/handouts/{handout_id}", said)


async def _slip(
    request: Request, viewer: Viewer, handout_id: int, refusal: DomainError | None = None
) -> Response:
    given = await relief.handout(viewer.book_id, handout_id)
    undo_until = given.handed_at + UNDO_WITHIN
    return page(
        request,
        "counter/relief-slip.html",
        status=entered.status(refusal),
        given=given,
        refusal=refusal,
        zone=viewer.zone,
        may_undo=viewer.may(Permission.SERVE) and not given.undone_at and clock.now() < undo_until,
    )


async def _drawn(
    request: Request,
    viewer: Viewer,
    *,
    people: list[Membership] | None = None,
    refusal: DomainError | None = None,
    code: str = "",
    typed: dict[int, str] | None = None,
    key: str = "",
    fund_id: int | None = None,
) -> Response:
    shop = await the_shop(request)
    one = people[0] if people and len(people) == 1 else None
    entitled = one is not None and await relief.may_have(viewer.book_id, one.person_id)
    return page(
        request,
        "counter/relief.html",
        status=entered.status(refusal),
        shelf=await relief.relief_shelf(
            viewer.book_id, shop.id, "relief" if fund_id is None else "fund"
        ),
        fund_id=fund_id,
        funds=[
            (each, left)
            for each in await funds.funds(viewer.book_id)
            if (left := await giving.left_in(viewer.book_id, each.id))
        ],
        people=people or [],
        one=one,
        entitled=entitled,
        home_of=home_of,
        refusal=refusal,
        code=code,
        typed=typed or {},
        key=key,
    )
