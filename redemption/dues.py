"""What partners are paid for: vouchers used at a property company, services rendered by a merchant.

A settlement reads both alike: `amount_fen` is owed since `used_at`, unless it was undone.
"""

from collections.abc import Mapping

from people.models import Person, Trade
from redemption.models import VoucherUse
from redemption.service_papers import ServiceUse
from redemption.voucher_codes import slip

Due = VoucherUse | ServiceUse
PAPERS: Mapping[Trade, type[VoucherUse] | type[ServiceUse]] = {
    Trade.PROPERTY: VoucherUse,
    Trade.MERCHANT: ServiceUse,
}
WITH_ALL = {
    Trade.PROPERTY: ("voucher__person", "company", "used_by"),
    Trade.MERCHANT: ("service", "person", "company", "used_by"),
}


async def due(book_id: int, due_id: int) -> Due | None:
    """Return what a number means: a voucher's use or a service, with whose it is, where and who took it; or None."""
    for trade, papers in PAPERS.items():
        found = await papers.get_or_none(book_id=book_id, id=due_id).prefetch_related(
            *WITH_ALL[trade]
        )
        if found is not None:
            return found
    return None


def slip_of(found: Due) -> str:
    """Return the number of the slip that both sides keep."""
    if isinstance(found, VoucherUse):
        return slip(found.voucher.serial, found.number)
    return f"F{found.service.number:02d}-{found.number:04d}"


def whose(found: Due) -> Person:
    """Return who had it."""
    person: Person = found.voucher.person if isinstance(found, VoucherUse) else found.person
    return person


def what(found: Due) -> str:
    """Return what it was: the flat whose bill it was taken off, or the service."""
    if isinstance(found, VoucherUse):
        return str(found.voucher.flat or "—")
    return str(found.service.name)
