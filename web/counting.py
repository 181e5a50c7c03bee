"""Counting the shelves and writing goods off: handed in by one, approved by another, kept as papers to sign."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import N_, DomainError
from people.permissions import Viewer
from redemption import at_hand, counts, stock, write_offs
from redemption.counts import Pile
from redemption.errors import QuantityIsOdd
from redemption.models import StockLot
from redemption.states import Source
from redemption.stock import MOST_RECEIVED
from redemption.stock_papers import Cause, WriteOff
from web import entered
from web.acts import ACTS
from web.approval_words import waits_now
from web.asking import StockCounter
from web.entered import Prose
from web.fields import Id, Typed, read_id
from web.i18n import gettext
from web.pieces import PIECES, typed_lines
from web.render import page, redirect
from web.signers import signers
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False, prefix="/shop")
RELIEF = "relief-"
CAUSES = {
    Cause.EXPIRED: N_("past its day"),
    Cause.SPOILED: N_("spoiled"),
    Cause.DAMAGED: N_("damaged"),
    Cause.LOST: N_("lost"),
    Cause.OTHER: N_("something else"),
}


class WriteOffForm(BaseModel):
    """What was typed to have goods written off."""

    lot: Typed = ""
    pieces: Typed = ""
    cause: Typed = ""
    reason: Prose = ""


@router.get("/counts")
async def ask(request: Request, viewer: StockCounter) -> Response:
    """Show a box for every pile on the shelves, and the counts there were."""
    return await _counts(request, viewer)


@router.post("/counts")
async def hand_in(
    request: Request, viewer: StockCounter, reason: Annotated[Prose, Form()] = ""
) -> Response:
    """Hand a count in; a second person signs it."""
    own, relief = await typed_lines(request), await typed_lines(request, RELIEF)
    shop = await the_shop(request)
    try:
        counted = {**_counted(own, relief=False), **_counted(relief, relief=True)}
        asked = await counts.ask_count(
            ACTS, viewer, shop.id, counted, reason or gettext("Count of the shelves")
        )
    except entered.REFUSALS as refusal:
        return await _counts(request, viewer, refusal, (own, relief), reason)
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


@router.get("/counts/{take_id}")
async def show(request: Request, viewer: StockCounter, take_id: Id) -> Response:
    """Show a count that was signed, as a sheet for two signatures."""
    take = await counts.take_of(viewer.book_id, take_id)
    names = await signers(viewer, (take.counted_by, take.signed_by))
    return page(request, "shop/count.html", take=take, names=names, zone=viewer.zone)


@router.get("/write-offs")
async def choose(request: Request, viewer: StockCounter) -> Response:
    """Ask what cannot be handed out any more, and why."""
    return await _write_offs(request, viewer)


@router.post("/write-offs")
async def write_off(
    request: Request, viewer: StockCounter, form: Annotated[WriteOffForm, Form()]
) -> Response:
    """Ask that goods be written off; a second person approves."""
    try:
        cause = Cause(form.cause) if form.cause in CAUSES else Cause.OTHER
        pieces = entered.whole(form.pieces, "pieces")
        asked = await write_offs.ask_write_off(
            ACTS, viewer, read_id(form.lot), pieces, cause, form.reason
        )
    except entered.REFUSALS as refusal:
        return await _write_offs(request, viewer, refusal, form)
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


def _counted(typed: dict[int, str], *, relief: bool) -> dict[Pile, int]:
    """Return what was counted; an empty box is a pile that nobody counted. Raises: QuantityIsOdd."""
    given = {Pile(item_id, relief): text for item_id, text in typed.items() if text}
    if not all(PIECES.fullmatch(text) for text in given.values()):
        raise QuantityIsOdd(most=MOST_RECEIVED)
    return {pile: int(text) for pile, text in given.items()}


async def _counts(
    request: Request,
    viewer: Viewer,
    refusal: DomainError | None = None,
    typed: tuple[dict[int, str], dict[int, str]] = ({}, {}),
    reason: str = "",
) -> Response:
    shop = await the_shop(request)
    lots = await StockLot.filter(book_id=viewer.book_id, item__shop_id=shop.id)
    apart = {lot.item_id for lot in lots if lot.source is Source.DONATED_RELIEF}
    others = {lot.item_id for lot in lots if lot.source is not Source.DONATED_RELIEF}
    shelves = await stock.shelves(viewer.book_id, shop.id)
    return page(
        request,
        "shop/counts.html",
        status=entered.status(refusal),
        items=[each.item for each in shelves if each.item.id in others],
        relief=[each.item for each in shelves if each.item.id in apart],
        takes=await counts.takes(viewer.book_id, shop.id),
        typed=typed,
        reason=reason,
        refusal=refusal,
        zone=viewer.zone,
    )


async def _write_offs(
    request: Request,
    viewer: Viewer,
    refusal: DomainError | None = None,
    form: WriteOffForm | None = None,
) -> Response:
    shop = await the_shop(request)
    shelves = await stock.shelves(viewer.book_id, shop.id)
    names = {each.item.id: each.item.name for each in shelves}
    lots = await at_hand.lots_on_shelf(viewer.book_id, shop.id, list(names))
    done = WriteOff.filter(book_id=viewer.book_id, shop_id=shop.id).order_by("-written_at")
    return page(
        request,
        "shop/write-offs.html",
        status=entered.status(refusal),
        lots=[(lot, names[lot.item_id], pieces) for lot, pieces in lots.items()],
        done=await done.limit(24).prefetch_related("item"),
        causes=CAUSES,
        form=form or WriteOffForm(),
        refusal=refusal,
        zone=viewer.zone,
    )
