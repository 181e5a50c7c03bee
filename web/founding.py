"""The first page of a new installation: with its console's code, the community opens and gets an administrator."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin import rules
from checkin.rules import Terms
from kernel.errors import DomainError, NotFound
from people import first_setup, roster
from redemption import stock
from web import entered
from web.asking import OPEN
from web.fields import Typed
from web.i18n import gettext
from web.render import page
from web.signin import arrive

router = APIRouter(include_in_schema=False, dependencies=[OPEN])
FIRST_RULE = 10  # points an hour: an admin may adopt another rule


class SetupForm(BaseModel):
    """What was typed; the password is never shown again."""

    code: Typed = ""
    community: Typed = ""
    name: Typed = ""
    sign_in_name: Typed = ""
    password: str = ""


async def furnish(book_id: int) -> None:
    """Give a new community a first rule and a shop, so that it can begin to work."""
    await rules.adopt_terms(book_id, Terms(points_per_hour=FIRST_RULE))
    await stock.open_shop(book_id, gettext("Charity shop"))


@router.get("/setup")
async def show(request: Request) -> Response:
    """Ask for the code and the first names, as long as nobody works here."""
    return await _page(request, SetupForm())


async def _page(request: Request, form: SetupForm, refusal: DomainError | None = None) -> Response:
    if not await first_setup.nobody_works_here():
        raise NotFound
    return page(
        request,
        "setup.html",
        status=entered.status(refusal),
        form=form,
        communities=await roster.communities(),
        refusal=refusal,
    )


@router.post("/setup")
async def set_up(request: Request, form: Annotated[SetupForm, Form()]) -> Response:
    """Make the community and its first administrator, who goes on to a second factor."""
    try:
        begun = await first_setup.found(form, furnish)
    except entered.REFUSALS as refusal:
        return await _page(request, form, refusal)
    return await arrive(request, begun, "")
