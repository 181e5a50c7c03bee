"""Points cards on paper: who lacks one, a sheet of them to print and cut, the same as a PDF, and the wall poster."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, NotFound
from people import card_issuing, lookup, posters, roster
from people.card_errors import CardsExist
from people.card_issuing import PrintedCard
from people.models import Membership
from people.permissions import Viewer
from web import entered, pdf, qr
from web.addresses import code_text
from web.asking import MemberKeeper
from web.fields import Id, Typed
from web.render import page

router = APIRouter(include_in_schema=False)
ON_A_PAGE = 10
PDF = "application/pdf"


@router.get("/cards")
async def cards(request: Request, viewer: MemberKeeper, q: Typed = "") -> Response:
    """List who has no card, or those whom a search can mean."""
    return await _listed(request, viewer, q)


async def _listed(
    request: Request, viewer: Viewer, q: str, refusal: DomainError | None = None
) -> Response:
    found: list[Membership] = []
    try:
        found = await _found(viewer, q)
    except (NotFound, *entered.REFUSALS) as nobody:
        refusal = refusal or nobody
    return page(
        request,
        "cards/cards.html",
        status=entered.status(refusal),
        members=found,
        q=q,
        refusal=refusal,
        most=card_issuing.MOST_AT_ONCE,
    )


async def _found(viewer: Viewer, q: str) -> list[Membership]:
    if not q:
        return await card_issuing.without_card(viewer.book_id)
    digits = await lookup.by_phone_end(viewer.book_id, q)
    return digits or await _by_number_or_name(viewer, q)


async def _by_number_or_name(viewer: Viewer, q: str) -> list[Membership]:
    if q.isdecimal():
        return [await lookup.by_number(viewer.book_id, q)]
    return await lookup.by_name(viewer.book_id, q)


@router.post("/cards")
async def print_cards(
    request: Request,
    viewer: MemberKeeper,
    person: Annotated[list[Id] | None, Form()] = None,
    everybody: Annotated[Typed, Form(alias="all")] = "",
    replace: Annotated[Typed, Form()] = "",
) -> Response:
    """Make cards and show the sheet: the only time that their codes are known."""
    chosen = person or []
    if everybody == "everybody":
        chosen = [each.person_id for each in await card_issuing.without_card(viewer.book_id)]
    try:
        made = await card_issuing.issue_cards(
            viewer.book_id, chosen, viewer.person_id, replace=replace == "1"
        )
    except CardsExist as refusal:
        status = entered.status(refusal)
        return page(request, "cards/replace.html", status=status, refusal=refusal, chosen=chosen)
    except entered.REFUSALS as refusal:
        return await _listed(request, viewer, "", refusal)
    return await sheet(request, viewer, made)


async def sheet(
    request: Request, viewer: Viewer, made: Sequence[PrintedCard], back: str = "/cards"
) -> Response:
    """Show a sheet of cards, ten on an A4 page."""
    community = await roster.community(viewer.book_id)
    # Two hundred codes take seconds to draw: not on the thread that answers everybody else.
    await asyncio.to_thread(_drawn, made)
    return page(
        request,
        "cards/sheet.html",
        sheets=sheets(made),
        community=community,
        code_text=code_text,
        tokens=" ".join(each.token for each in made),
        count=len(made),
        with_pdf=pdf.is_there(),
        back=back,
    )


def sheets(made: Sequence[PrintedCard]) -> list[Sequence[PrintedCard]]:
    """Return cards as pages of ten."""
    return [made[at : at + ON_A_PAGE] for at in range(0, len(made), ON_A_PAGE)]


def _drawn(made: Sequence[PrintedCard]) -> None:
    for each in made:
        qr.matrix(code_text(each.token), qr.PRINT)


@router.post("/cards/pdf")
async def as_pdf(
    request: Request, viewer: MemberKeeper, tokens: Annotated[str, Form()] = ""
) -> Response:
    """Give the sheet that is open as a PDF; nothing new is made."""
    made = await card_issuing.on_sheet(viewer.book_id, tokens.split(), viewer.person_id)
    community = await roster.community(viewer.book_id)
    content = await asyncio.to_thread(
        pdf.written,
        "cards/pdf.html",
        ("app.css", "cards.css"),
        sheets=sheets(made),
        community=community,
        code_text=code_text,
    )
    headers = {"content-disposition": 'attachment; filename="cards.pdf"'}
    return Response(content, media_type=PDF, headers=headers)


@router.get("/poster")
async def poster(request: Request, viewer: MemberKeeper) -> Response:
    """Show the wall poster that leads everybody who scans it to their own points."""
    return page(
        request,
        "cards/poster.html",
        community=await roster.community(viewer.book_id),
        code=code_text(posters.own_points_token(viewer.book_id)),
    )
