"""Practice at the counter: in by one button, out by one button, and nothing of it counts."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import practice
from people.counter_devices import this_device
from people.errors import TooManyTries
from people.permissions import Permission, Viewer
from redemption import practice as practising
from web import entered
from web.asking import OPEN, Clerk, viewer_of
from web.baskets import COOKIE as BASKET
from web.cookies import DEVICE, PRACTICE, SESSION, drop_cookie, read_cookie, set_cookie
from web.errors import retry_after
from web.i18n import gettext
from web.practice_cases import CASES
from web.render import page, redirect

router = APIRouter(include_in_schema=False)


@router.get("/practice", dependencies=[OPEN])
async def show(request: Request) -> Response:
    """Say what practice is, and the five cases to try; inside, with who and what there is to try them with."""
    return await _page(request)


async def _page(request: Request, refusal: DomainError | None = None) -> Response:
    viewer = viewer_of(request)
    inside = viewer is not None and viewer.practice
    people, goods = await practising.there(viewer.book_id) if viewer and inside else ([], [])
    return page(
        request,
        "counter/practice.html",
        status=entered.status(refusal),
        headers=retry_after(refusal),
        inside=inside,
        people=people,
        goods=goods,
        cases=CASES,
        refusal=refusal,
    )


@router.post("/practice", dependencies=[OPEN])
async def begin(request: Request) -> Response:
    """Open a book to practise in for whoever may serve here, or for a counter's own browser."""
    viewer = viewer_of(request)
    if viewer is not None and viewer.practice:
        return redirect(request, "/practice")
    try:
        if viewer is not None and viewer.may(Permission.SERVE):
            signed = await practising.begin(viewer.book_id, viewer.person_id)
        else:
            device = await this_device(read_cookie(request, DEVICE))
            signed = await practising.begin(device.book_id, None, device.id)
    except TooManyTries as refusal:
        return await _page(request, refusal)
    response = redirect(request, "/practice")
    set_cookie(request, response, PRACTICE, signed.token, seconds=signed.seconds)
    drop_cookie(request, response, BASKET)
    return response


@router.post("/practice/ending")
async def end(request: Request, viewer: Clerk) -> Response:
    """Leave, and throw the book away."""
    return await left(request, viewer)


async def left(request: Request, viewer: Viewer) -> Response:
    """Throw the book for practice away, and lead back to where the clerk came from."""
    if not viewer.practice:
        return redirect(request, "/counter")
    await practice.throw_away(viewer.book_id)
    back = "/counter" if read_cookie(request, SESSION) else "/counter/switch"
    if not read_cookie(request, SESSION) and not read_cookie(request, DEVICE):
        back = "/sign-in"
    response = redirect(request, back, gettext("Practice is over. From now on it counts again."))
    drop_cookie(request, response, PRACTICE)
    drop_cookie(request, response, BASKET)
    return response
