"""The public notice: whose points arrive when, for those who look after hours, and a sheet for the wall."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from checkin import public_notice
from kernel import clock
from kernel.days import day_of
from people import roster
from people.permissions import Permission
from web.asking import AttendanceReader
from web.render import page
from web.rule_words import PROVENANCE

router = APIRouter(include_in_schema=False, prefix="/public-notice")


@router.get("")
async def listed(request: Request, viewer: AttendanceReader) -> Response:
    """List what is on public notice, the first to arrive first; who verifies hours can hold a row back."""
    rows = await public_notice.on_notice(viewer.book_id)
    return page(
        request,
        "notices/list.html",
        rows=rows,
        points=sum(row.points_awarded + row.bonus_points for row in rows),
        known=await roster.memberships(viewer.book_id, {row.person_id for row in rows}),
        may_object=viewer.may(Permission.VERIFY_HOURS),
        own=viewer.person_id,
        provenance=PROVENANCE,
        zone=viewer.zone,
    )


@router.get("/sheet")
async def sheet(request: Request, viewer: AttendanceReader) -> Response:
    """Show the sheet to print and put up: masked names alone, and no child whose guardian has not agreed."""
    wall = await public_notice.for_the_wall(viewer.book_id)
    return page(
        request,
        "notices/sheet.html",
        rows=wall.rows,
        left_out=wall.left_out,
        today=day_of(clock.now(), viewer.zone),
        community=await roster.community(viewer.book_id),
        zone=viewer.zone,
    )
