"""Rows of paper sheets that wait: who sees them, and what somebody who did not type them in may decide."""

from kernel import clock
from people.requesting import reason_of
from redemption.family import require_may_serve
from redemption.sheet_errors import SheetRowChanged, SheetRowDecided, SheetRowTwoPersons
from redemption.sheet_papers import Bearing, RowState, SheetRow
from redemption.sheet_rows import book, row_of
from redemption.sheet_rules import Decided


async def cases(book_id: int) -> list[SheetRow]:
    """Return the rows that wait, the oldest sheet first, each with its sheet and its person."""
    found = SheetRow.filter(book_id=book_id, state=RowState.WAITING)
    return await found.order_by("entered_at", "id").prefetch_related("sheet", "person")


async def waiting(book_id: int) -> int:
    """Return how many rows wait."""
    return await SheetRow.filter(book_id=book_id, state=RowState.WAITING).count()


async def decide(
    book_id: int, row_id: int, by: int, borne: Bearing | None, reason: str, *, seen: int
) -> SheetRow:
    """Book a row in spite of limits and hours; with `borne`, what the purse lacks is owed or given by the community.

    `seen` is when the row was typed that was looked at: another one of the same place is not what was decided on.

    Raises: SheetRowNotFound, SheetRowTwoPersons, ServesOwnFamily, SheetRowChanged, SheetRowDecided, RequestNeedsReason,
        TextTooLong, NotEnoughPoints, PointsAreOwed, OutOfStock, ItemIsWithdrawn, ReliefOnly.
    """
    await _may_decide(book_id, row_id, by)
    if (await row_of(book_id, row_id)).entered_at != seen:
        raise SheetRowChanged
    decided = Decided(by, clock.now(), borne, reason_of(reason))
    return await book(book_id, row_id, by, decided)


async def drop(book_id: int, row_id: int, by: int, reason: str) -> SheetRow:
    """Decide that nothing is booked for a row: nothing left the shop, or it stands on another sheet too.

    Raises: SheetRowNotFound, SheetRowTwoPersons, SheetRowDecided, RequestNeedsReason, TextTooLong.
    """
    await _may_decide(book_id, row_id, by)
    waits = SheetRow.filter(book_id=book_id, id=row_id, state=RowState.WAITING)
    values = {"state": RowState.DROPPED, "decided_by": by, "decided_at": clock.now()}
    if not await waits.update(**values, note=reason_of(reason)):
        raise SheetRowDecided
    return await row_of(book_id, row_id)


async def _may_decide(book_id: int, row_id: int, by: int) -> None:
    row = await row_of(book_id, row_id)
    if by in (row.entered_by, row.person_id):
        raise SheetRowTwoPersons
    await require_may_serve(book_id, by, row.person_id)
    if row.state is not RowState.WAITING:
        raise SheetRowDecided


async def of_receipt(book_id: int, redemption_id: int) -> SheetRow | None:
    """Return the row of a sheet that a receipt came from, with its sheet, or None."""
    found = SheetRow.filter(book_id=book_id, redemption_id=redemption_id)
    return await found.prefetch_related("sheet").first()
