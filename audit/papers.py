"""Find the document that an entry is about, so that every number leads to its reason."""

from checkin import board
from checkin.board import Explanation
from redemption import receipts, vouchers
from redemption.models import StockLot, Voucher, VoucherUse
from redemption.receipts import Receipt

Paper = Explanation | Receipt | Voucher | VoucherUse | StockLot


async def paper_of(book_id: int, document_type: str, document_id: int) -> Paper | None:
    """Return an entry's document with what explains it, or None if the book keeps no such papers."""
    match document_type:
        case "attendance":
            return await board.explain(book_id, document_id)
        case "redemption":
            return await receipts.receipt(book_id, document_id)
        case "voucher":
            return await vouchers.voucher(book_id, document_id)
        case "voucher_use":
            use = VoucherUse.filter(book_id=book_id, id=document_id)
            return await use.select_related("voucher__person", "company", "used_by").first()
        case "stock_lot":
            lot = StockLot.filter(book_id=book_id, id=document_id)
            return await lot.select_related("item", "receiver").first()
    return None
