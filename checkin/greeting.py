"""Whom a kiosk greets: those who came or went, one after the other."""

from tortoise.queryset import QuerySet

from checkin.models import CheckinScan, Purpose
from kernel import clock

GREETS_FOR = 30 * clock.SECOND


async def last(book_id: int, shift_id: int) -> int:
    """Return the last scan of a shift that led somewhere, after which the greeting begins; 0 if there is none."""
    found = await _accepted(book_id, shift_id).order_by("-id").first()
    return 0 if found is None else found.id


async def after(book_id: int, shift_id: int, scan_id: int) -> CheckinScan | None:
    """Return the next accepted scan of the last half minute, with its person: a name is not called out late."""
    lately = _accepted(book_id, shift_id).filter(
        id__gt=scan_id, scanned_at__gt=clock.now() - GREETS_FOR
    )
    return await lately.order_by("id").select_related("person", "attendance").first()


def _accepted(book_id: int, shift_id: int) -> QuerySet[CheckinScan]:
    return CheckinScan.filter(
        book_id=book_id,
        shift_id=shift_id,
        refusal="",
        way__not="number",
        purpose__in=[Purpose.ARRIVING, Purpose.LEAVING],
    )
