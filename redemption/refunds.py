"""Exchanges that are taken back: as a whole within minutes, or pieces of them; points return to whom they came from."""

from collections.abc import Iterable
from functools import partial

from kernel import clock
from kernel.days import day_of
from ledger import purse
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.entries import entry_lines
from ledger.post import Fact, Post, RequestKey
from people.joined import post_for_survivors
from redemption.entries import sale_entry
from redemption.exchange_errors import FollowsAnother
from redemption.household_limits import GivenBack
from redemption.models import RedemptionLine
from redemption.receipts import Receipt, receipt
from redemption.returning import facts_of, purses_of, redemption_for, to_return
from redemption.serving import merged
from redemption.spending import counted_in
from redemption.taking_back import Undo, back_on_the_shelf, undone


async def undo(book_id: int, redemption_id: int, by: int, key: str) -> Receipt:
    """Undo a redemption as a whole within 15 minutes: goods back on the shelf, points back in the purse.

    Raises: RedemptionNotFound, ServesOneself, ServesOwnFamily, AlreadyReversed, AlreadyUndone, PartlyReturned,
        UndoTimeIsOver, FollowsAnother.
    """
    redemption = await redemption_for(book_id, redemption_id, by)
    if redemption.follows_id is not None:
        raise FollowsAnother
    paper = Fact("redemption", redemption_id)
    entry = await sale_entry(book_id, redemption_id)
    moved = await entry_lines(book_id, entry["id"])
    now, zone = clock.now(), await zone_of(book_id)
    today, was_reserved = day_of(now, zone), entry["kind"] == Kind.HOLD_CAPTURED
    lines = purse.swapped(moved, today)
    if was_reserved:
        lines = back_on_the_shelf(redemption.person_id, moved, redemption.shop_id, today)
    handed = await RedemptionLine.filter(book_id=book_id, redemption_id=redemption_id)
    undoing = Undo(
        *(redemption_id, lines, now),
        household=GivenBack(
            tuple((line.month_count_id, line.quantity) for line in handed),
            redemption.day_count_id,
            exchanges=1,
        ),
        purses=await purses_of(book_id, redemption_id),
        counted_in=await counted_in(redemption),
        counted_on=day_of(redemption.redeemed_at, zone),
    )
    await post_for_survivors(
        Post(
            book_id=book_id,
            kind=Kind.GOODS_RETURNED if was_reserved else Kind.REVERSAL,
            key=RequestKey(f"person:{by}", key, ["undo-redemption", redemption_id]),
            document=paper,
            facts=(
                paper,
                *facts_of(undoing.purses),
                *undoing.counted_in,
                *undoing.household.facts,
            ),
            accounts=tuple({name for line in lines for name in (line.debit, line.credit)}),
            decide=partial(undone, undoing),
            actor_id=by,
            reverses_id=None if was_reserved else entry["id"],
            occurred_at=now,
        )
    )
    return await receipt(book_id, redemption.id)


async def return_goods(
    book_id: int,
    redemption_id: int,
    parts: Iterable[tuple[int, int]],
    by: int,
    key: str,
    *,
    damaged: Iterable[int] = (),
) -> Receipt:
    """Take back pieces of some lines, (line id, pieces): their points return to the lots they came from.

    What came back damaged, by line id, is written off at once.

    Raises: CartIsEmpty, QuantityIsOdd, RedemptionNotFound, ServesOneself, ServesOwnFamily, AlreadyUndone,
        ReturnsTooMuch, ReturnNeedsApproval, KeyReused.
    """
    wanted = merged(parts)
    redemption = await redemption_for(book_id, redemption_id, by)
    broken = frozenset(damaged)
    asked = ["return", redemption_id, [list(pair) for pair in wanted], *sorted(broken)]
    request = RequestKey(f"person:{by}", key, asked)
    await post_for_survivors(await to_return(redemption, wanted, by, request, damaged=broken))
    return await receipt(book_id, redemption_id)
