"""What each clerk did in 30 days, beside what is usual among the others, and the receipts behind a figure."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import NotFound
from people import roster
from redemption.clerk_figures import DAYS, clerk_days
from redemption.outliers import ClerkDays, Figure, median_share, outliers, per_hundred
from web.asking import BookReader
from web.day_words import FIGURES, stands_out
from web.fields import Id
from web.render import page
from web.signers import signers

router = APIRouter(prefix="/shop/clerks", include_in_schema=False)


@router.get("")
async def all_clerks(request: Request, viewer: BookReader) -> Response:
    """Show every clerk's figures, those that stand out first in words."""
    clerks, _ = await clerk_days(viewer.book_id)
    return page(
        request,
        "days/clerks.html",
        days=DAYS,
        clerks=clerks,
        names=await signers(viewer, [each.clerk_id for each in clerks]),
        figures=FIGURES,
        usual={each.clerk_id: _usual(each, clerks) for each in clerks},
        per_hundred=per_hundred,
        found=[(each, stands_out(each)) for each in outliers(clerks)],
    )


@router.get("/{clerk_id}")
async def behind(
    request: Request,
    viewer: BookReader,
    clerk_id: Id,
    of: Annotated[str, Query(max_length=20)] = Figure.UNDOS.value,
) -> Response:
    """List the receipts behind one figure of a clerk."""
    clerks, found = await clerk_days(viewer.book_id)
    if clerk_id not in found:
        raise NotFound
    figure = Figure(of) if of in set(Figure) else Figure.UNDOS
    rows = found[clerk_id].get(figure, [])
    return page(
        request,
        "days/clerk.html",
        clerk=next(each for each in clerks if each.clerk_id == clerk_id),
        name=(await signers(viewer, [clerk_id])).get(clerk_id, ""),
        figure=figure,
        figures=FIGURES,
        rows=sorted(rows, key=lambda row: row.at, reverse=True),
        members=await roster.memberships(viewer.book_id, {row.person_id for row in rows}),
        days=DAYS,
        zone=viewer.zone,
    )


def _usual(clerk: ClerkDays, clerks: list[ClerkDays]) -> dict[Figure, int]:
    """Return what is usual among the other clerks, for each 100 of their sales."""
    others = [each for each in clerks if each is not clerk]
    return {figure: per_hundred(median_share(figure, others)) for figure in Figure}
