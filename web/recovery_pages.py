"""The sealed recovery sheet: printed once by an administrator, and the page where its code is used."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import NotFound
from people import recovery
from web import entered
from web.asking import OPEN
from web.confirming import ConfirmedRoleGiver
from web.fields import Typed
from web.render import page, redirect

router = APIRouter(include_in_schema=False)


class RecoveryForm(BaseModel):
    """What was typed beside the code."""

    code: Typed = ""
    name: Typed = ""
    number: Typed = ""


@router.post("/staff/recovery-sheet")
async def print_sheet(request: Request, viewer: ConfirmedRoleGiver) -> Response:
    """Show a new sheet, once; it ends the one before."""
    code = await recovery.print_sheet(viewer.book_id, viewer.person_id)
    groups = code.split("-")
    return page(request, "members/recovery-sheet.html", groups=groups, community=viewer.community)


@router.get("/recovery", dependencies=[OPEN])
def ask(request: Request) -> Response:
    """Ask for the code and who is to be administrator."""
    return page(request, "recovery.html", form=RecoveryForm(), refusal=None)


@router.post("/recovery", dependencies=[OPEN])
async def recover(request: Request, form: Annotated[RecoveryForm, Form()]) -> Response:
    """Use the sheet up, and lead to the new administrator's one-time link."""
    try:
        number = entered.whole(form.number, "number") if form.number else None
        token = await recovery.recover(form.code, form.name, number)
    except (NotFound, *entered.REFUSALS) as refusal:
        status = entered.status(refusal)
        return page(request, "recovery.html", status=status, form=form, refusal=refusal)
    return redirect(request, f"/welcome/{token}")
