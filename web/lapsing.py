"""Points about to lapse: a list to ring people by, and one for the notice board with names masked."""

from itertools import groupby

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from people import roster
from people.disclosing import note_disclosure
from people.lapsing import Lapse, lapses
from people.permissions import Viewer
from people.privacy import Purpose, Told
from web.asking import MemberKeeper
from web.confirming import ConfirmedMemberKeeper
from web.render import page

router = APIRouter(prefix="/lapsing", include_in_schema=False)


@router.get("")
async def to_ring(request: Request, viewer: MemberKeeper) -> Response:
    """List who loses what on which day; phone numbers are masked."""
    return await _list(request, viewer)


@router.post("/phones")
async def with_phones(request: Request, viewer: ConfirmedMemberKeeper) -> Response:
    """Show the same list with whole phone numbers, once, and write down who saw them."""
    people = {each.member.person_id for each in await lapses(viewer.book_id)}
    await note_disclosure(
        *(viewer.book_id, Told.PHONE, Purpose.POINTS), by=viewer.person_id, people=len(people)
    )
    return await _list(request, viewer, whole=True)


@router.get("/board")
async def board(request: Request, viewer: MemberKeeper) -> Response:
    """Show the list for the notice board, to print: masked, by day."""
    return page(
        request,
        "happened/board.html",
        days=by_day(await lapses(viewer.book_id)),
        community=await roster.community(viewer.book_id),
    )


def by_day(found: list[Lapse]) -> list[tuple[int, list[Lapse]]]:
    """Return what lapses under its day, earliest first."""
    return [(day, list(each)) for day, each in groupby(found, key=lambda lapse: lapse.day)]


async def _list(request: Request, viewer: Viewer, *, whole: bool = False) -> Response:
    days = by_day(await lapses(viewer.book_id))
    return page(request, "happened/lapsing.html", days=days, whole=whole)
