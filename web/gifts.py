"""Giving points to a fund, from one's own phone or at the counter, and what one's gifts became."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, NotFound, Unavailable
from ledger import balances, chart
from people import funds, lookup, roster
from people.fund_papers import Fund
from people.models import Membership
from people.permissions import Viewer
from people.recognition import Way, way_of, way_said
from redemption import giving, spending
from redemption.gift_papers import PointsGift
from web import entered
from web.asking import Clerk, Volunteer
from web.fields import Id, Typed
from web.i18n import gettext
from web.i18n import points as points_words
from web.render import new_key, page, redirect

router = APIRouter(include_in_schema=False)


@router.get("/gifts")
async def own(request: Request, viewer: Volunteer) -> Response:
    """Show the funds, and what became of one's own gifts."""
    return await _own(request, viewer)


@router.get("/gifts/{fund_id}")
async def ask(request: Request, viewer: Volunteer, fund_id: Id) -> Response:
    """Ask how many points to give."""
    return await _ask(request, viewer, fund_id)


@router.post("/gifts/{fund_id}")
async def give(
    request: Request,
    viewer: Volunteer,
    fund_id: Id,
    points: Annotated[Typed, Form()] = "",
    key: Annotated[str, Form()] = "",
) -> Response:
    """Give points, once per form."""
    book, person = viewer.book_id, viewer.person_id
    try:
        amount = entered.whole(points, "points")
        made = await giving.give(book, person, fund_id, amount, person, key)
    except (Unavailable, *entered.REFUSALS) as refusal:
        # It may have gone through: only the same key finds that out instead of giving twice.
        kept = key if isinstance(refusal, Unavailable) else ""
        return await _ask(request, viewer, fund_id, refusal=refusal, typed=points, key=kept)
    return redirect(request, "/gifts", _thanks(made))


@router.get("/counter/gifts")
async def ask_who(request: Request, viewer: Clerk) -> Response:
    """Ask who wants to give points at the counter."""
    return await _counter(request, viewer)


@router.post("/counter/gifts")
async def look(request: Request, viewer: Clerk, code: Annotated[Typed, Form()] = "") -> Response:
    """Find who stands there."""
    try:
        found = await lookup.find_member(viewer.book_id, code, viewer.person_id)
    except (NotFound, *entered.REFUSALS) as refusal:
        return await _counter(request, viewer, refusal=refusal, code=code)
    return await _counter(request, viewer, people=found, way=way_of(code))


@router.post("/counter/gifts/given")
async def give_for(
    request: Request,
    viewer: Clerk,
    person: Annotated[Id, Form()] = 0,
    fund: Annotated[Id, Form()] = 0,
    points: Annotated[Typed, Form()] = "",
    way: Annotated[Typed, Form()] = "",
    pin: Annotated[Typed, Form()] = "",
    key: Annotated[str, Form()] = "",
) -> Response:
    """Give points for somebody at the counter; who was only chosen is asked how many."""
    book, by = viewer.book_id, viewer.person_id
    member = await roster.member(book, person)
    known = way_said(way)
    if not key:
        return await _counter(request, viewer, people=[member], way=known)
    try:
        amount = entered.whole(points, "points")
        recognised = await spending.recognised(book, person, by, known, pin)
        made = await giving.give(book, person, fund, amount, by, key, recognised=recognised)
    except (NotFound, Unavailable, *entered.REFUSALS) as refusal:
        kept = key if isinstance(refusal, Unavailable) else ""
        return await _counter(
            *(request, viewer),
            people=[member],
            way=known,
            refusal=refusal,
            typed=points,
            fund=fund,
            key=kept,
        )
    return redirect(request, "/counter/gifts", _thanks(made))


def _thanks(made: PointsGift) -> str:
    return gettext(
        "Thank you: %(points)s points went to the fund “%(fund)s”.",
        points=points_words(made.points),
        fund=made.fund.name,
    )


async def _open(book_id: int) -> list[Fund]:
    return [each for each in await funds.funds(book_id) if each.closed_at is None]


async def _own(request: Request, viewer: Viewer) -> Response:
    book = viewer.book_id
    return page(
        request,
        "funds/own.html",
        funds=await _open(book),
        gifts=await giving.became(book, viewer.person_id),
        zone=viewer.zone,
    )


async def _ask(
    request: Request,
    viewer: Viewer,
    fund_id: int,
    *,
    refusal: DomainError | None = None,
    typed: str = "",
    key: str = "",
) -> Response:
    book = viewer.book_id
    purse = chart.purse(viewer.person_id)
    return page(
        request,
        "funds/give.html",
        status=entered.status(refusal),
        fund=await funds.fund(book, fund_id),
        spent=list(reversed(await giving.spent_by(book, fund_id)))[:5],
        available=(await balances.holding(book, purse)).balance,
        refusal=refusal,
        typed=typed,
        key=key or new_key(),
        zone=viewer.zone,
    )


async def _counter(  # noqa: PLR0913  a page with everything that was typed
    request: Request,
    viewer: Viewer,
    *,
    people: list[Membership] | None = None,
    way: Way = Way.NUMBER,
    refusal: DomainError | None = None,
    code: str = "",
    typed: str = "",
    fund: int = 0,
    key: str = "",
) -> Response:
    one = people[0] if people and len(people) == 1 else None
    return page(
        request,
        "funds/counter.html",
        status=entered.status(refusal),
        funds=await _open(viewer.book_id),
        people=people or [],
        one=one,
        way=way,
        refusal=refusal,
        code=code,
        typed=typed,
        fund=fund,
        key=key or new_key(),
    )
