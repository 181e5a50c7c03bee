"""Prove the closed months again: what each kept is the sum of its entries, and its hash is the hash of that."""

from collections.abc import Mapping

from kernel.errors import N_
from ledger import periods
from ledger.checks import Finding
from ledger.periods import Period, Totals


async def closed_months(book_id: int) -> list[Finding]:
    """Return every closed month that keeps something else than was booked until its end."""
    found: list[Finding] = []
    for period in reversed(await periods.closed_periods(book_id)):
        kept = await periods.kept_totals(book_id, period.ends_on)
        found += _compare(period, kept, await periods.count_totals(book_id, period.ends_on))
    return found


def _compare(period: Period, kept: Totals, counted: Totals) -> list[Finding]:
    month = periods.month_words(period.ends_on)
    if kept != counted:
        says = N_(
            "%(month)s is closed, but its closing balance of %(accounts)s accounts is not the sum of its entries"
        )
        members = {"month": month, "accounts": _count_different(kept, counted)}
        return [Finding("periods", says, members)]
    rows = [{"account_id": key, "debits": one[0], "credits": one[1]} for key, one in kept.items()]
    if periods.period_digest(period.ends_on, rows) != bytes(period.digest):
        says = N_("The closing balance of %(month)s does not hash to what was kept")
        return [Finding("periods", says, {"month": month})]
    return []


def _count_different(kept: Mapping[int, object], counted: Mapping[int, object]) -> int:
    return sum(kept.get(key) != counted.get(key) for key in kept.keys() | counted.keys())
