"""The counter's second screen: on the same browser's other window, or on a device that typed the counter's code."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people.masks import masked_name
from people.permissions import Permission, Viewer
from redemption import displays
from redemption.counter import Quote
from redemption.display_papers import CounterDisplay
from redemption.displays import Shown
from redemption.receipts import Receipt
from web import entered
from web.asking import OPEN, Clerk, viewer_of
from web.baskets import Basket
from web.cookies import DISPLAY, read_cookie, set_cookie
from web.customers import Customer
from web.fields import Typed
from web.i18n import gettext
from web.render import page, redirect
from web.whence import whence_of

router = APIRouter(include_in_schema=False, prefix="/counter/display")
SHIFT_SECONDS = 12 * 3600


@router.get("", dependencies=[OPEN])
async def show(request: Request) -> Response:
    """Show what the counter says, or ask for its code."""
    return await _page(request)


@router.post("", dependencies=[OPEN])
async def pair(request: Request, code: Annotated[Typed, Form()] = "") -> Response:
    """Become the second screen of the counter whose code was typed."""
    try:
        token = await displays.pair(code, whence_of(request).network)
    except entered.REFUSALS as refusal:
        return await _page(request, refusal)
    response = redirect(request, "/counter/display")
    set_cookie(request, response, DISPLAY, token, seconds=SHIFT_SECONDS)
    return response


@router.post("/opening")
async def open_here(request: Request, viewer: Clerk) -> Response:
    """Open the second screen in a window of the clerk's own browser."""
    await displays.open_own(viewer.book_id, viewer.person_id)
    return redirect(request, "/counter/display")


@router.get("/code")
async def ask_code(request: Request, viewer: Clerk) -> Response:
    """Say how another device becomes the second screen."""
    paired = await displays.is_paired(viewer.book_id, viewer.person_id)
    return page(request, "counter/display-code.html", code="", paired=paired)


@router.post("/code")
async def make_code(request: Request, viewer: Clerk) -> Response:
    """Show a code that another device types."""
    code = await displays.new_code(viewer.book_id, viewer.person_id)
    return page(request, "counter/display-code.html", code=code, paired=False)


@router.post("/ending")
async def end(request: Request, viewer: Clerk) -> Response:
    """Let the paired device show the counter no longer."""
    await displays.part(viewer.book_id, viewer.person_id)
    said = gettext("No other device shows this counter any more.")
    return redirect(request, "/counter/display/code", said)


async def _page(request: Request, refusal: DomainError | None = None) -> Response:
    screen, viewer = await _screen(request), viewer_of(request)
    return page(
        request,
        "counter/display.html",
        status=entered.status(refusal),
        paired=screen is not None,
        serves=viewer is not None and viewer.may(Permission.SERVE),
        said=displays.said(screen) if screen else displays.WELCOME,
        refusal=refusal,
    )


async def _screen(request: Request) -> CounterDisplay | None:
    viewer = viewer_of(request)
    if viewer is not None and viewer.may(Permission.SERVE):
        return await displays.own(viewer.book_id, viewer.person_id)
    return await displays.of_token(read_cookie(request, DISPLAY))


async def shows_basket(
    viewer: Viewer, basket: Basket, quote: Quote, customer: Customer | None
) -> None:
    """Let the second screen show what lies on the counter."""
    shown = displays.of_quote(quote, customer.name if customer else None, basket.just)
    await displays.show(viewer.book_id, viewer.person_id, shown)


async def thanks(viewer: Viewer, done: Receipt) -> None:
    """Let the second screen say thank you, and what was taken off."""
    total = done.points_total - done.swapped_points
    shown = Shown(name=masked_name(done.person), total=total, thanks=True)
    await displays.show(viewer.book_id, viewer.person_id, shown)
