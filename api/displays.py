"""The counter's second screen: paired by a code, told by the counter, read by the device with a token of its own."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.asking import Clerk
from api.routing import router as _router
from api.schemas.displays import DisplayCode, DisplayShown, PairDisplay, PairedDisplay, TellDisplay
from kernel.clock import SECOND
from people.roster import member
from redemption import counter, displays
from redemption.displays import DisplayNotPaired
from web.asking import OPEN
from web.whence import whence_of

router = _router("shop")
display = HTTPBearer(
    auto_error=False, scheme_name="display", description="From `POST /paired-displays`."
)
Token = Annotated[HTTPAuthorizationCredentials | None, Depends(display)]


@router.post("/counter-display", status_code=201)
async def open_display(viewer: Clerk) -> DisplayShown:
    """Open the second screen of the bearer's own counter; for a shift it is told what the counter says."""
    return DisplayShown.of(displays.said(await displays.open_own(viewer.book_id, viewer.person_id)))


@router.get("/counter-display")
async def counter_display(viewer: Clerk) -> DisplayShown:
    """Show what the second screen of the bearer's own counter says."""
    screen = await displays.own(viewer.book_id, viewer.person_id)
    if screen is None:
        raise DisplayNotPaired
    return DisplayShown.of(displays.said(screen))


@router.put("/counter-display")
async def tell_display(viewer: Clerk, body: TellDisplay) -> DisplayShown:
    """Let the second screen say what lies on the counter, as the books price it; nothing is reserved."""
    quote = await counter.quote(viewer.book_id, body.shop_id, body.person_id, body.pairs)
    name = None
    if body.person_id is not None:
        name = (await member(viewer.book_id, body.person_id)).person.masked_name
    shown = displays.of_quote(quote, name, body.just_item_id or 0)
    await displays.show(viewer.book_id, viewer.person_id, shown)
    return DisplayShown.of(shown)


@router.post("/counter-display/code", status_code=201)
async def new_display_code(viewer: Clerk) -> DisplayCode:
    """Make a code by which one other device becomes this counter's second screen; an earlier one ends."""
    code = await displays.new_code(viewer.book_id, viewer.person_id)
    return DisplayCode(code=code, good_for_seconds=displays.CODE_LIVES // SECOND)


@router.delete("/counter-display/pairing", status_code=204)
async def unpair_display(viewer: Clerk) -> None:
    """Let no other device show this counter any more."""
    await displays.part(viewer.book_id, viewer.person_id)


@router.post("/paired-displays", status_code=201, dependencies=[OPEN])
async def pair_display(request: Request, body: PairDisplay) -> PairedDisplay:
    """Become the second screen of the counter that shows these digits."""
    token = await displays.pair(body.code, whence_of(request).network)
    return PairedDisplay(display_token=token, expires_in_seconds=displays.PAIRED_FOR // SECOND)


@router.get("/paired-displays/current", dependencies=[OPEN])
async def paired_display(token: Token) -> DisplayShown:
    """Show what the counter says, to the device that is its second screen."""
    screen = await displays.of_token(token.credentials if token else None)
    if screen is None:
        raise DisplayNotPaired
    return DisplayShown.of(displays.said(screen))
