"""Vouchers whose last day has passed: what is left on them lapses by itself."""

from functools import partial

from kernel import clock
from kernel.days import day_of
from ledger import chart
from ledger.at_once import post_many
from ledger.books import zone_of
from ledger.chart import AccountName, Kind
from ledger.errors import NothingToPost
from ledger.post import Balances, Change, Decision, DocumentKey, Fact, Facts, Line, Post
from redemption.models import Voucher
from redemption.states import VoucherState

AT_ONCE = 100


async def expire_vouchers(book_id: int) -> int:
    """Expire every voucher whose last day has passed, each in an entry of its own, and return how many there were.

    Several may do so at once; a use that was quicker leaves less, or nothing, to expire.
    """
    today = day_of(clock.now(), await zone_of(book_id))
    due = Voucher.filter(book_id=book_id, state=VoucherState.ISSUED, expires_on__lt=today)
    expired, after = 0, 0
    while found := await due.filter(id__gt=after).order_by("id").limit(AT_ONCE):
        after = found[-1].id
        expired += await post_many([to_expire(each, today) for each in found], unless=NothingToPost)
    return expired


def to_expire(found: Voucher, today: int) -> Post:
    """Return the post that expires what is left on a voucher when it is decided."""
    given, lapsed = chart.voucher(found.id), chart.vouchers(found.company_id, "expired")
    paper = Fact("voucher", found.id)
    return Post(
        book_id=found.book_id,
        kind=Kind.VOUCHER_EXPIRED,
        # A voucher may come back to life by a correction, and then expires once more.
        key=DocumentKey(f"voucher:{found.id}:expired:{today}"),
        document=paper,
        facts=(paper,),
        accounts=(given, lapsed),
        decide=partial(expired, paper, given, lapsed, today),
    )


def expired(
    paper: Fact, given: AccountName, lapsed: AccountName, today: int, facts: Facts, _: Balances
) -> Decision:
    """Decide an expiry: what is left, and nothing if the voucher is used up, void or still good."""
    voucher = facts[paper]
    if voucher["state"] != VoucherState.ISSUED or voucher["expires_on"] >= today:
        return Decision(())
    change = {"remaining_fen": 0, "state": VoucherState.EXPIRED.value}
    line = Line(given, lapsed, voucher["remaining_fen"])
    return Decision((line,), (Change(paper.table, paper.id, change),))
