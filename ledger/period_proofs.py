"""Prove the closed months again: their kept trial balances are those that were signed, and what the entries make."""

from typing import Any

from kernel.errors import N_
from ledger.books import the_book
from ledger.findings import Findings
from ledger.periods import closed_periods, month_words, period_digest
from ledger.trial_balance import Totals, count_totals, kept_totals

OTHER_DIGEST = N_("The closing trial balance of %(month)s is not the one the month was closed with")
OTHER_TOTALS = N_("The closing trial balance of %(month)s is not what its entries make")
OTHER_FENCE = N_("The book says it is closed until %(closed)s, its closed months end on %(month)s")


async def prove_periods(book_id: int, found: Findings) -> dict[int, bytes]:
    """Prove every closed month, and return their digests by their last day."""
    digests = {}
    for period in reversed(await closed_periods(book_id)):
        kept = await kept_totals(book_id, period.ends_on)
        digests[period.ends_on] = bytes(period.digest)
        month = month_words(period.ends_on)
        if period_digest(period.ends_on, _as_rows(kept)) != digests[period.ends_on]:
            found.add("periods", OTHER_DIGEST, month=month)
        if await count_totals(book_id, period.ends_on) != kept:
            found.add("periods", OTHER_TOTALS, month=month)
    closed_until = (await the_book(book_id))["closed_until"]
    if closed_until != max(digests, default=None):
        last = month_words(max(digests)) if digests else "–"
        found.add("periods", OTHER_FENCE, closed=closed_until, month=last)
    return digests


def _as_rows(totals: Totals) -> list[dict[str, Any]]:
    return [
        {"account_id": account_id, "debits": debits, "credits": credited}
        for account_id, (debits, credited) in totals.items()
    ]
