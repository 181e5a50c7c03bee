"""Find the document that an entry is about, so that every number leads to its reason."""

from collections.abc import Awaitable, Callable

from audit import signed
from audit.approved import Approved, approved
from audit.signed import Signed
from checkin import board
from checkin.board import Explanation
from redemption import receipts, relief, vouchers
from redemption.models import StockLot, Voucher, VoucherUse
from redemption.receipts import Receipt
from redemption.reservation_papers import Reservation
from redemption.stock_papers import ReliefHandout

Paper = (
    Explanation
    | Receipt
    | Voucher
    | VoucherUse
    | StockLot
    | ReliefHandout
    | Reservation
    | Approved
    | Signed
)


async def paper_of(book_id: int, document_type: str, document_id: int) -> Paper | None:
    """Return an entry's document with what explains it, or None if the book keeps no such papers."""
    read = READERS.get(document_type)
    return None if read is None else await read(book_id, document_id)


async def _use(book_id: int, use_id: int) -> VoucherUse | None:
    use = VoucherUse.filter(book_id=book_id, id=use_id)
    return await use.select_related("voucher__person", "company", "used_by").first()


async def _lot(book_id: int, lot_id: int) -> StockLot | None:
    lot = StockLot.filter(book_id=book_id, id=lot_id)
    return await lot.select_related("item", "receiver").first()


async def _reservation(book_id: int, hold_id: int) -> Reservation | None:
    """Return what a hold keeps its points for."""
    found = Reservation.filter(book_id=book_id, id=hold_id)
    return await found.prefetch_related("lines__item", "person").first()


READERS: dict[str, Callable[[int, int], Awaitable[Paper | None]]] = {
    "attendance": board.explain,
    "redemption": receipts.receipt,
    "voucher": vouchers.voucher,
    "voucher_use": _use,
    "stock_lot": _lot,
    "relief_handout": relief.handout,
    "hold": _reservation,
    "approval": approved,
    "stock_take": signed.count,
    "write_off": signed.write_off,
    "company_change": signed.company_change,
}
