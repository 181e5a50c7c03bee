"""The mark of hardship on a member's household: recorded with consent, and ended."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import NotFound
from people import hardship
from people.lives import ConsentGiven
from web import entered
from web.asking import MemberKeeper
from web.fields import Id
from web.households import GIVEN, Filled, household_page
from web.i18n import gettext
from web.render import redirect

router = APIRouter(include_in_schema=False, prefix="/members/{person_id}/hardship")


@router.post("")
async def mark(request: Request, viewer: MemberKeeper, person_id: Id, form: Filled) -> Response:
    """Record that this member's household is in hardship, and agreed to the record."""
    how = ConsentGiven(form.agreed_how) if form.agreed_how in GIVEN else ConsentGiven.IN_PERSON
    try:
        until = entered.date(form.valid_until, "valid_until")
        await hardship.mark(viewer.book_id, person_id, how, until, viewer.person_id)
    except (NotFound, *entered.REFUSALS) as refusal:
        return await household_page(request, viewer, person_id, refusal, "hardship", form)
    said = gettext("Recorded: relief goods may be given to this household.")
    return redirect(request, f"/members/{person_id}/household", said)


@router.post("/ending")
async def end(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """End the mark: the household gets no relief goods any more."""
    await hardship.end(viewer.book_id, person_id, viewer.person_id)
    said = gettext("Ended: this household gets no relief goods any more.")
    return redirect(request, f"/members/{person_id}/household", said)
