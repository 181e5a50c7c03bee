"""The own months of a company or a merchant: what it is paid for, and its packs. Nobody sees another's."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from audit import settlement_pack
from ledger.periods import read_month
from web import settlement_pages
from web.asking import OwnSettlements
from web.desk import company_of
from web.render import page

router = APIRouter(prefix="/desk/settlements", include_in_schema=False)
Month = Annotated[str, Path(max_length=20)]


@router.get("")
async def own_months(request: Request, viewer: OwnSettlements) -> Response:
    """List the months of the desk's own company."""
    return page(
        request,
        "settlements/list.html",
        months=await settlement_pack.months(viewer.book_id, company_of(viewer)),
        base="/desk/settlements",
        states=settlement_pages.STATES,
    )


@router.get("/{settled}")
async def own_month(request: Request, viewer: OwnSettlements, settled: Month) -> Response:
    """Show one month of the desk's own company."""
    found = await settlement_pack.pack(viewer.book_id, company_of(viewer), read_month(settled))
    base = f"/desk/settlements/{found.month.words}"
    return await settlement_pages.month_page(request, viewer, found, base)


@router.get("/{settled}/pack/{form}")
async def take_away(
    viewer: OwnSettlements, settled: Month, form: settlement_pages.Form
) -> Response:
    """Send the pack as a file."""
    company = company_of(viewer)
    return await settlement_pages.take_away(viewer, company, read_month(settled), form)
