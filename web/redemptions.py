"""Exchanges that were confirmed: today's list, the receipt, its undo, and goods that come back."""

from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError, Invalid, NotFound, Refused, Unavailable
from people import collecting
from people.permissions import Permission, Viewer
from redemption import counter, receipts, refunds, sheet_cases
from redemption.errors import ReturnNeedsApproval
from redemption.family import payers_of
from redemption.passbooks import not_printed
from redemption.return_acts import ask_return
from web.acts import ACTS
from web.approval_words import waits_now
from web.asking import Clerk, ReceiptReader
from web.entered import Prose
from web.errors import status_of
from web.fields import Id
from web.i18n import gettext
from web.pieces import BROKEN, pieces_of, typed_lines
from web.render import page, redirect
from web.slips import by_hand, slip
from web.which_shop import require_here, the_shop

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Entered:
    """What was typed into a receipt's form: pieces by line, which of them are damaged, and why."""

    typed: dict[int, str] = field(default_factory=dict)
    broken: frozenset[int] = frozenset()
    reason: str = ""
    asks: bool = False
    key: str = ""


NOTHING_ENTERED = Entered()


async def entered_lines(request: Request) -> Entered:
    """Return what was typed beside each line."""
    return Entered(await typed_lines(request), frozenset(await typed_lines(request, BROKEN)))


@router.get("/counter/redemptions")
async def today(request: Request, viewer: Clerk) -> Response:
    """List what was handed out today."""
    shop = await the_shop(request)
    slips = [slip(each) for each in await receipts.today(viewer.book_id, shop.id)]
    kept = [each for each in slips if not each.undone]
    total = sum(each.receipt.points_total - each.receipt.points_refunded for each in kept)
    return page(
        request, "counter/today.html", zone=viewer.zone, slips=slips, count=len(kept), total=total
    )


@router.get("/redemptions/{redemption_id}")
async def show(request: Request, viewer: ReceiptReader, redemption_id: Id) -> Response:
    """Show a receipt, with what can still be done about it."""
    return await drawn(request, viewer, redemption_id)


@router.post("/redemptions/{redemption_id}/reversal")
async def undo(
    request: Request, viewer: Clerk, redemption_id: Id, key: Annotated[str, Form()] = ""
) -> Response:
    """Undo an exchange within 15 minutes."""
    try:
        await require_own_shop(request, viewer, redemption_id)
        await refunds.undo(viewer.book_id, redemption_id, viewer.person_id, key)
    except NotFound:
        raise
    except DomainError as refusal:
        return await drawn(request, viewer, redemption_id, refusal=refusal)
    note = gettext("Undone: the points are back, please put the goods back on the shelf.")
    return redirect(request, f"/redemptions/{redemption_id}", note)


@router.post("/redemptions/{redemption_id}/returns")
async def take_back(
    request: Request, viewer: Clerk, redemption_id: Id, key: Annotated[str, Form()] = ""
) -> Response:
    """Take pieces of some lines back; their points return."""
    entered = await entered_lines(request)
    try:
        await require_own_shop(request, viewer, redemption_id)
        parts, by = pieces_of(entered.typed), viewer.person_id
        await refunds.return_goods(
            *(viewer.book_id, redemption_id, parts, by, key), damaged=entered.broken
        )
    except NotFound:
        raise
    except DomainError as refusal:
        # It may have gone through if the desk was busy: only the same key finds that out instead of doing it twice.
        kept = replace(entered, key=key if isinstance(refusal, Unavailable) else "")
        return await drawn(request, viewer, redemption_id, kept, refusal=refusal)
    note = gettext("Taken back: the points are back, please put the goods back on the shelf.")
    if entered.broken:
        note = gettext(
            "Taken back: the points are back. What is damaged is written off, please keep it apart."
        )
    return redirect(request, f"/redemptions/{redemption_id}", note)


@router.post("/redemptions/{redemption_id}/return-requests")
async def ask_to_take_back(
    request: Request, viewer: Clerk, redemption_id: Id, reason: Annotated[Prose, Form()] = ""
) -> Response:
    """Ask that pieces may come back although it is late, or much."""
    entered = replace(await entered_lines(request), reason=reason, asks=True)
    try:
        await require_own_shop(request, viewer, redemption_id)
        parts = pieces_of(entered.typed)
        asked = await ask_return(ACTS, viewer, redemption_id, parts, reason, entered.broken)
    except (Refused, Invalid) as refusal:
        return await drawn(request, viewer, redemption_id, entered, refusal=refusal)
    return redirect(request, f"/approvals/{asked.id}", waits_now(asked))


async def require_own_shop(request: Request, viewer: Viewer, redemption_id: int) -> None:
    """Refuse goods that come back to another shop than theirs. Raises: AtAnotherShop, RedemptionNotFound."""
    await require_here(request, (await receipts.receipt(viewer.book_id, redemption_id)).shop_id)


async def drawn(
    request: Request,
    viewer: Viewer,
    redemption_id: int,
    entered: Entered = NOTHING_ENTERED,
    *,
    refusal: DomainError | None = None,
) -> Response:
    """Show a receipt; with a refusal, its words and what was typed."""
    receipt = await receipts.receipt(viewer.book_id, redemption_id)
    quote = await counter.quote(viewer.book_id, receipt.shop_id, receipt.person_id, ())
    fresh = await not_printed(viewer.book_id, receipt.person_id)
    row = await sheet_cases.of_receipt(viewer.book_id, redemption_id)
    return page(
        request,
        "counter/receipt.html",
        status=status_of(refusal) if refusal else 200,
        zone=viewer.zone,
        slip=slip(receipt),
        left=quote.available,
        refusal=refusal,
        typed=entered.typed,
        broken=entered.broken,
        waiting_lines=len({line.entry_id for line in fresh}),
        paper="58" if request.cookies.get("paper") == "58" else "80",
        returns_key=entered.key,
        reason=entered.reason,
        asks=entered.asks or isinstance(refusal, ReturnNeedsApproval),
        clerk=viewer.may(Permission.SERVE),
        payers=(await payers_of(viewer.book_id, [redemption_id])).get(redemption_id, []),
        collected=await collecting.used_for(viewer.book_id, redemption_id),
        by_hand=by_hand(row) if row else "",
    )
