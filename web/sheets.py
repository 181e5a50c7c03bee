"""Down for the day: print numbered sheets with this morning's points, and type them in when the network is back."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.days import day_of, to_date
from kernel.errors import DomainError, NotFound
from people.permissions import Viewer
from redemption import sheets
from redemption.errors import CartIsEmpty
from redemption.sheet_cases import cases
from redemption.sheet_papers import ROWS, PaperSheet, RowState, SheetEnd, SheetRow
from redemption.sheet_rows import Slip, enter
from redemption.shops import shop_of
from web import entered
from web.asking import SheetWriter
from web.fields import Id, Typed, read_id
from web.i18n import gettext
from web.render import page, redirect
from web.typed_goods import goods_of, person_of
from web.which_shop import the_shop

router = APIRouter(include_in_schema=False, prefix="/counter/sheets")
ENDS = {each.value: each for each in SheetEnd}


class RowForm(BaseModel):
    """What was typed of one row."""

    sheet: Typed = ""
    row: Typed = ""
    who: Typed = ""
    goods: str = ""
    day: Typed = ""
    points: Typed = ""


@router.get("")
async def show(request: Request, viewer: SheetWriter) -> Response:
    """List the sheets that were printed and not put away, and the rows that wait."""
    return await _list(request, viewer)


@router.post("")
async def print_pack(
    request: Request,
    viewer: SheetWriter,
    sheets_wanted: Annotated[Typed, Form(alias="sheets")] = "",
) -> Response:
    """Number a pack of sheets, to be printed."""
    try:
        wanted = entered.whole(sheets_wanted, "sheets")
        shop = await the_shop(request)
        made = await sheets.print_pack(viewer.book_id, shop.id, wanted, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _list(request, viewer, refusal, sheets_wanted)
    return redirect(request, f"/counter/sheets/packs/{made[0].pack_id}")


@router.get("/packs/{pack_id}")
async def pack(request: Request, viewer: SheetWriter, pack_id: Id) -> Response:
    """Show a pack as it is printed: the sheets, and on the last page who is likely to come with their points of now."""
    made = await sheets.pack(viewer.book_id, pack_id)
    shop = await shop_of(viewer.book_id, made[0].shop_id)
    return page(
        request,
        "counter/sheet-pack.html",
        shop=shop,
        pack=made,
        rows=range(1, ROWS + 1),
        standing=await sheets.likely_to_come(viewer.book_id, shop.id),
        now=clock.now(),
        zone=viewer.zone,
    )


@router.get("/entry")
async def ask(
    request: Request, viewer: SheetWriter, sheet: Typed = "", row: Typed = "", day: Typed = ""
) -> Response:
    """Ask for the next row."""
    return await _entry(request, viewer, RowForm(sheet=sheet, row=row, day=day))


@router.post("/rows")
async def type_in(
    request: Request, viewer: SheetWriter, form: Annotated[RowForm, Form()]
) -> Response:
    """Type one row in; the next one is asked for at once."""
    try:
        shop = await the_shop(request)
        number = entered.whole(form.sheet, "sheet")
        sheet = await sheets.sheet_of(viewer.book_id, shop.id, number)
        done = await enter(
            viewer.book_id, sheet, await _slip(viewer, form, sheet), viewer.person_id
        )
    except (NotFound, *entered.REFUSALS) as refusal:
        return await _entry(request, viewer, form, refusal)
    said, kind = _said(done)
    place = min(done.place + 1, ROWS)
    to = f"/counter/sheets/entry?sheet={number}&row={place}&day={form.day}"
    return redirect(request, to, said, kind)


async def _slip(viewer: Viewer, form: RowForm, sheet: PaperSheet) -> Slip:
    place = entered.whole(form.row, "row")
    day = entered.date(form.day, "day") if form.day else sheet.day
    points = entered.whole(form.points, "points") if form.points else None
    who = await person_of(viewer, form.who)
    cart = await goods_of(viewer, sheet.shop_id, form.goods)
    if not cart:
        raise CartIsEmpty(field="goods")
    return Slip(place, who.person_id, tuple(cart), day, points)


def _said(done: SheetRow) -> tuple[str, str]:
    name = {"name": done.person.masked_name, "row": done.place}
    if done.state is RowState.BOOKED:
        return gettext("Row %(row)s, %(name)s: booked.", **name), "ok"
    if done.state is RowState.DROPPED:
        return gettext("Row %(row)s, %(name)s: nothing is booked for it.", **name), "warn"
    return gettext("Row %(row)s, %(name)s: waits for an organiser.", **name), "warn"


@router.post("/{sheet_id}/ending")
async def put_away(
    request: Request, viewer: SheetWriter, sheet_id: Id, end: Annotated[Typed, Form()] = ""
) -> Response:
    """Say what became of a sheet."""
    became = ENDS.get(end, SheetEnd.ENTERED)
    try:
        await sheets.put_away(viewer.book_id, sheet_id, became, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _list(request, viewer, refusal)
    return redirect(request, "/counter/sheets", gettext("The sheet was put away."))


async def _list(
    request: Request, viewer: Viewer, refusal: DomainError | None = None, wanted: str = "4"
) -> Response:
    shop = await the_shop(request)
    return page(
        request,
        "counter/sheets.html",
        status=entered.status(refusal),
        standing=await sheets.not_entered(viewer.book_id, shop.id),
        waiting=len(await cases(viewer.book_id)),
        wanted=wanted,
        refusal=refusal,
        zone=viewer.zone,
    )


async def _entry(
    request: Request, viewer: Viewer, form: RowForm, refusal: DomainError | None = None
) -> Response:
    shop = await the_shop(request)
    number = read_id(form.sheet)
    here = SheetRow.filter(book_id=viewer.book_id, sheet__shop_id=shop.id, sheet__number=number)
    return page(
        request,
        "counter/sheet-entry.html",
        status=entered.status(refusal),
        form=form,
        rows=await here.order_by("place").prefetch_related("person"),
        states=RowState,
        today=to_date(day_of(clock.now(), viewer.zone)).isoformat(),
        refusal=refusal,
        zone=viewer.zone,
    )
