"""Down for the day: numbered paper sheets, rows typed in, and what somebody else decides about those that wait."""

from typing import Annotated

from fastapi import Query

from api.asking import Decider, SheetWriter
from api.routing import Id
from api.routing import router as _router
from api.schemas.sheets import DecideRow, PrintSheets, PutAway, Row, Rows, Sheet, Sheets, TypeIn
from api.schemas.types import SentId
from redemption import sheet_cases, sheets
from redemption.sheet_rows import enter
from redemption.shops import shop_of

router = _router("shop")


@router.post("/paper-sheets", status_code=201)
async def print_sheets(viewer: SheetWriter, body: PrintSheets) -> Sheets:
    """Number a pack of sheets for today; numbers go on without gaps."""
    made = await sheets.print_pack(viewer.book_id, body.shop_id, body.sheets, viewer.person_id)
    return Sheets(items=[Sheet.of(each) for each in made])


@router.get("/paper-sheets")
async def sheets_out(viewer: SheetWriter, shop_id: Annotated[SentId, Query()]) -> Sheets:
    """List the sheets of a shop that were printed and not put away."""
    await shop_of(viewer.book_id, shop_id)
    found = await sheets.not_entered(viewer.book_id, shop_id)
    return Sheets(items=[Sheet.of(each) for each in found])


@router.post("/paper-sheets/{sheet_id}/ending", status_code=204)
async def put_sheet_away(viewer: SheetWriter, sheet_id: Id, body: PutAway) -> None:
    """Say what became of a sheet."""
    await sheets.put_away(viewer.book_id, sheet_id, body.end, viewer.person_id)


@router.post("/sheet-rows", status_code=201)
async def type_row_in(viewer: SheetWriter, body: TypeIn) -> Row:
    """Type one row in; its place on its sheet is its key, so that sending it twice books it once."""
    sheet = await sheets.sheet_of(viewer.book_id, body.shop_id, body.sheet_number)
    return Row.of(await enter(viewer.book_id, sheet, body.slip, viewer.person_id))


@router.get("/sheet-rows/waiting")
async def rows_waiting(viewer: SheetWriter) -> Rows:
    """List the rows that wait for a decision."""
    return Rows(items=[Row.of(each) for each in await sheet_cases.cases(viewer.book_id)])


@router.post("/sheet-rows/{row_id}/decision", status_code=201)
async def decide_row(viewer: Decider, row_id: Id, body: DecideRow) -> Row:
    """Book a row that waits, or drop it; whoever typed it in does not decide about it."""
    who = (viewer.book_id, row_id, viewer.person_id)
    if not body.book:
        return Row.of(await sheet_cases.drop(*who, body.reason))
    return Row.of(await sheet_cases.decide(*who, body.borne, body.reason, seen=body.seen))
