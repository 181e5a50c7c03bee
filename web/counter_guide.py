"""The card beside the counter: one page, from the same words and keys as the counter's own page."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from people import roster
from web.asking import SheetWriter
from web.counter_keys import KEYS, STEPS, TROUBLE
from web.render import page

router = APIRouter(include_in_schema=False)


@router.get("/counter/guide")
async def show(request: Request, viewer: SheetWriter) -> Response:
    """Show the card, to be printed and laminated."""
    community = await roster.community(viewer.book_id)
    return page(
        request,
        "counter/guide.html",
        keys=KEYS,
        steps=STEPS,
        trouble=TROUBLE,
        community=community,
    )
