"""The property desk: a voucher's code or number, an amount off the bill, and an undo for a slip of the hand."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, Unavailable
from people.errors import CompanyNeeded
from people.permissions import Viewer
from redemption import property_desk
from redemption.errors import AmountIsOdd, VoucherHasLess
from redemption.models import Voucher
from redemption.voucher_codes import grouped, public_key, slip
from redemption.voucher_rules import in_yuan
from web import entered
from web.asking import Desk
from web.errors import status_of
from web.fields import Id, Typed
from web.i18n import gettext
from web.render import new_key, page, redirect

router = APIRouter(prefix="/desk", include_in_schema=False)


@router.get("")
async def show(request: Request, viewer: Desk) -> Response:
    """Show the box for a code or number, and what was taken today."""
    return await _front(request, viewer)


@router.post("/scans")
async def scan(request: Request, viewer: Desk, code: Annotated[Typed, Form()] = "") -> Response:
    """Look up what was scanned or typed; a good voucher has a page of its own."""
    try:
        found = await property_desk.look_up(viewer.book_id, company_of(viewer), code)
    except DomainError as refusal:
        return await _front(request, viewer, refusal=refusal, typed=code)
    return redirect(request, f"/desk/vouchers/{grouped(found.serial)}")


@router.get("/offline")
async def without_network(request: Request, viewer: Desk) -> Response:
    """Show the page that a browser keeps: it looks at a voucher's signature, and takes nothing."""
    company_of(viewer)
    return page(request, "desk/offline.html", scan=True, key=public_key())


@router.get("/vouchers/{serial}")
async def voucher(request: Request, viewer: Desk, serial: Typed) -> Response:
    """Show a voucher and ask how much of it to use."""
    try:
        found = await property_desk.look_up(viewer.book_id, company_of(viewer), serial)
    except DomainError as refusal:
        return await _front(request, viewer, refusal=refusal)
    return _asked(request, viewer, found)


@router.get("/vouchers/{serial}/use")
async def confirmation(
    request: Request, viewer: Desk, serial: Typed, amount: Annotated[str, Query()] = ""
) -> Response:
    """Ask once more, in large digits, before anything is taken."""
    try:
        found = await property_desk.look_up(viewer.book_id, company_of(viewer), serial)
    except DomainError as refusal:
        return await _front(request, viewer, refusal=refusal)
    try:
        fen = entered.fen(amount, "amount")
        if not fen:
            raise AmountIsOdd(field="amount")
        if fen > found.remaining_fen:
            raise VoucherHasLess(left=in_yuan(found.remaining_fen))
    except DomainError as refusal:
        return _asked(request, viewer, found, refusal=refusal, typed=amount)
    return _confirm(request, viewer, found, fen)


@router.post("/uses")
async def use(
    request: Request,
    viewer: Desk,
    voucher: Annotated[Id, Form()] = 0,
    serial: Annotated[Typed, Form()] = "",
    fen: Annotated[Id, Form()] = 0,
    key: Annotated[str, Form()] = "",
) -> Response:
    """Take the confirmed amount off, once: the same form again leads to the same slip."""
    company = company_of(viewer)
    try:
        done = await property_desk.use(viewer.book_id, voucher, fen, viewer.person_id, company, key)
    except Unavailable as refusal:
        found = await property_desk.look_up(viewer.book_id, company, serial)
        return _confirm(request, viewer, found, fen, refusal=refusal, key=key)
    except DomainError as refusal:
        return await _refused(request, viewer, serial, refusal, fen)
    return redirect(request, f"/desk/uses/{done.id}")


@router.get("/uses/{use_id}")
async def show_use(request: Request, viewer: Desk, use_id: Id) -> Response:
    """Say in large letters what was taken off whose bill."""
    return await _done(request, viewer, use_id)


@router.post("/uses/{use_id}/reversal")
async def undo(
    request: Request, viewer: Desk, use_id: Id, key: Annotated[str, Form()] = ""
) -> Response:
    """Undo a use, until it is in a settlement."""
    company = company_of(viewer)
    try:
        await property_desk.undo_use(viewer.book_id, use_id, viewer.person_id, company, key)
    except DomainError as refusal:
        return await _done(request, viewer, use_id, refusal=refusal)
    return redirect(request, f"/desk/uses/{use_id}")


def in_short(fen: int) -> str:
    """Return an amount as people say it: 30 for 3000 fen, 30.50 for 3050."""
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)


def company_of(viewer: Viewer) -> int:
    """Return the company whose desk this is. Raises: CompanyNeeded."""
    if viewer.company_id is None:
        raise CompanyNeeded
    return viewer.company_id


async def _front(
    request: Request, viewer: Viewer, *, refusal: DomainError | None = None, typed: str = ""
) -> Response:
    uses = await property_desk.uses_today(viewer.book_id, company_of(viewer))
    return page(
        request,
        "desk/desk.html",
        status=status_of(refusal) if refusal else 200,
        scan=True,
        zone=viewer.zone,
        refusal=refusal,
        word=gettext(refusal.title) if refusal else "",
        typed=typed,
        uses=[(each, slip(each.voucher.serial, each.number)) for each in uses],
        total=sum(each.amount_fen for each in uses if each.undone_at is None),
    )


def _asked(
    request: Request,
    viewer: Viewer,
    found: Voucher,
    *,
    refusal: DomainError | None = None,
    typed: str = "",
) -> Response:
    return page(
        request,
        "desk/voucher.html",
        status=status_of(refusal) if refusal else 200,
        zone=viewer.zone,
        voucher=found,
        serial=grouped(found.serial),
        whole=in_short(found.remaining_fen),
        refusal=refusal,
        typed=typed,
    )


def _confirm(
    request: Request,
    viewer: Viewer,
    found: Voucher,
    fen: int,
    *,
    refusal: DomainError | None = None,
    key: str = "",
) -> Response:
    return page(
        request,
        "desk/confirm.html",
        status=status_of(refusal) if refusal else 200,
        zone=viewer.zone,
        voucher=found,
        serial=grouped(found.serial),
        fen=fen,
        amount=in_short(fen),
        refusal=refusal,
        key=key or new_key(),
    )


async def _refused(
    request: Request, viewer: Viewer, serial: str, refusal: DomainError, fen: int
) -> Response:
    """Show the voucher again with what was refused, or the first page if nothing can be taken from it."""
    try:
        found = await property_desk.look_up(viewer.book_id, company_of(viewer), serial)
    except DomainError:
        return await _front(request, viewer, refusal=refusal)
    typed = in_short(fen) if fen else ""
    return _asked(request, viewer, found, refusal=refusal, typed=typed)


async def _done(
    request: Request, viewer: Viewer, use_id: int, *, refusal: DomainError | None = None
) -> Response:
    found = await property_desk.one_use(viewer.book_id, company_of(viewer), use_id)
    return page(
        request,
        "desk/use.html",
        status=status_of(refusal) if refusal else 200,
        zone=viewer.zone,
        use=found,
        slip=slip(found.voucher.serial, found.number),
        amount=in_short(found.amount_fen),
        undoable=found.undone_at is None and found.settled_in_id is None,
        refusal=refusal,
    )
