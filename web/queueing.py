"""Numbers on exchange days: one's own on the phone, the clerk who calls, and the screen that everybody sees."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people.permissions import Viewer
from redemption import openings, queueing
from redemption.errors import ShopNotHere
from redemption.models import Shop
from redemption.queueing import queue_of
from web import entered
from web.asking import OPEN, Clerk, Volunteer
from web.fields import Id, Typed
from web.opening_words import hours_words
from web.render import page, redirect
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False)


@router.get("/queue")
async def own(request: Request, viewer: Volunteer) -> Response:
    """Show the viewer's number of today, and how many wait before it."""
    return await _own(request, viewer)


@router.post("/queue/tickets")
async def take(request: Request, viewer: Volunteer) -> Response:
    """Give the viewer a number for today."""
    try:
        await queueing.take_number(viewer.book_id, (await the_shop(request)).id, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _own(request, viewer, refusal)
    return redirect(request, "/queue")


@router.get("/queue/{shop_id}/screen", dependencies=[OPEN])
async def screen(request: Request, shop_id: Id) -> Response:
    """Show the number that is called, large, for everybody who waits."""
    shop = await Shop.get_or_none(id=shop_id)
    if shop is None:
        raise ShopNotHere
    queue = await queue_of(shop.book_id, shop.id)
    return page(request, "queue/screen.html", shop=shop, queue=queue)


@router.get("/counter/queue")
async def calling(request: Request, viewer: Clerk) -> Response:
    """Show who is called and who waits."""
    return await _calling(request, viewer)


@router.post("/counter/queue/calls")
async def call(request: Request, viewer: Clerk, came: Annotated[Typed, Form()] = "1") -> Response:
    """Call the next number; `came` is 0 if nobody came with the one before."""
    shop = await the_shop(request)
    try:
        await queueing.call_next(viewer.book_id, shop.id, viewer.person_id, came=came != "0")
    except entered.REFUSALS as refusal:
        return await _calling(request, viewer, refusal)
    return redirect(request, "/counter/queue")


@router.post("/counter/queue/recalls")
async def recall(request: Request, viewer: Clerk, number: Annotated[Id, Form()] = 0) -> Response:
    """Call a number that was skipped: they are here now."""
    shop = await the_shop(request)
    await queueing.call_again(viewer.book_id, shop.id, number, viewer.person_id)
    return redirect(request, "/counter/queue")


@router.post("/counter/queue/tickets")
async def give(request: Request, viewer: Clerk) -> Response:
    """Give a paper number to somebody without a phone."""
    shop = await the_shop(request)
    try:
        ticket = await queueing.give_paper_number(viewer.book_id, shop.id)
    except entered.REFUSALS as refusal:
        return await _calling(request, viewer, refusal)
    return redirect(request, f"/counter/queue/tickets/{ticket.id}")


@router.get("/counter/queue/tickets/{ticket_id}")
async def paper(request: Request, viewer: Clerk, ticket_id: Id) -> Response:
    """Show a number on paper, to print or to copy by hand."""
    ticket = await queueing.ticket(viewer.book_id, ticket_id)
    return page(request, "queue/paper.html", ticket=ticket, zone=viewer.zone)


async def _own(request: Request, viewer: Viewer, refusal: DomainError | None = None) -> Response:
    shop = await the_shop(request)
    ticket = await queueing.own_ticket(viewer.book_id, shop.id, viewer.person_id)
    coming = await openings.next_opening(viewer.book_id, shop.id, exchange_day=True)
    return page(
        request,
        "queue/own.html",
        status=entered.status(refusal),
        ticket=ticket,
        before=await queueing.before(ticket) if ticket else 0,
        queue=await queue_of(viewer.book_id, shop.id),
        coming=hours_words(coming) if coming else "",
        refusal=refusal,
    )


async def _calling(
    request: Request, viewer: Viewer, refusal: DomainError | None = None
) -> Response:
    shop = await the_shop(request)
    coming = await openings.next_opening(viewer.book_id, shop.id, exchange_day=True)
    return page(
        request,
        "queue/calling.html",
        status=entered.status(refusal),
        shop=shop,
        queue=await queue_of(viewer.book_id, shop.id),
        coming=hours_words(coming) if coming else "",
        refusal=refusal,
    )
