"""How much may be exchanged in a day without the code on one's phone: the community's rule, and more for one person."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people.permissions import Viewer
from redemption import day_limits, spending
from web import entered
from web.asking import LimitSetter, ShopKeeper
from web.fields import Id, Typed
from web.i18n import gettext
from web.members import member_page
from web.render import page, redirect

router = APIRouter(include_in_schema=False)


@router.get("/shop/limits")
async def limits(request: Request, viewer: ShopKeeper) -> Response:
    """Show the limits of a day."""
    now = await day_limits.limits_of(viewer.book_id)
    return _page(request, str(now.without_pin), str(now.with_pin))


@router.post("/shop/limits")
async def set_limits(
    request: Request,
    viewer: LimitSetter,
    without_pin: Annotated[Typed, Form()] = "",
    with_pin: Annotated[Typed, Form()] = "",
) -> Response:
    """Set other limits."""
    try:
        await day_limits.set_limits(
            viewer.book_id,
            entered.whole(without_pin, "without_pin"),
            entered.whole(with_pin, "with_pin"),
            viewer.person_id,
        )
    except entered.REFUSALS as refusal:
        return _page(request, without_pin, with_pin, refusal)
    return redirect(request, "/shop/limits", gettext("Saved."))


def _page(
    request: Request, without_pin: str, with_pin: str, refusal: DomainError | None = None
) -> Response:
    return page(
        request,
        "shop/limits.html",
        status=entered.status(refusal),
        without_pin=without_pin,
        with_pin=with_pin,
        refusal=refusal,
    )


@router.post("/members/{person_id}/allowances")
async def allow(
    request: Request, viewer: ShopKeeper, person_id: Id, points: Annotated[Typed, Form()] = ""
) -> Response:
    """Let one person exchange more today, at a colleague's counter."""
    return await _allowed(request, viewer, person_id, points)


async def _allowed(request: Request, viewer: Viewer, person_id: int, points: str) -> Response:
    try:
        amount = entered.whole(points, "points")
        await spending.allow_today(viewer.book_id, person_id, amount, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await member_page(
            request, viewer, person_id, refusal=refusal, act="allowance", form={"points": points}
        )
    said = gettext("They may exchange up to %(points)s points today, at a colleague's counter.")
    return redirect(request, f"/members/{person_id}", said % {"points": amount})
