"""Find what the books say about a paper: its journal entry, and the points lots that the entry moved."""

from collections.abc import Iterable
from typing import Any

from kernel.errors import NotFound
from ledger.chart import Kind, class_of
from ledger.entries import entries_of
from ledger.post import Fact, Line, Lot


async def entry_about(book_id: int, paper: Fact, *kinds: Kind) -> dict[str, Any]:
    """Return the columns of the first entry of some kinds about a paper; they never change. Raises: NotFound."""
    for entry in await entries_of(book_id, paper.table, paper.id):
        if entry["kind"] in kinds:
            return entry
    raise NotFound


# How goods go over the counter: at once, after they were reserved, in the place of an earlier receipt, or by a paper
# sheet with points missing.
SALES = (
    Kind.GOODS_REDEEMED,
    Kind.HOLD_CAPTURED,
    Kind.GOODS_EXCHANGED,
    Kind.SALE_MOVED,
    Kind.SHEET_SETTLED,
)


async def sale_entry(book_id: int, redemption_id: int) -> dict[str, Any]:
    """Return the columns of the entry by which a redemption's points were taken. Raises: NotFound."""
    return await entry_about(book_id, Fact("redemption", redemption_id), *SALES)


def points_taken(lines: Iterable[Line]) -> list[Lot]:
    """Return the lots of points that an entry took out of a purse."""
    return [
        Lot(line.expires_on, line.amount)
        for line in lines
        if line.expires_on is not None and class_of(line.debit).lots
    ]
