"""Exchanges that are taken back: as a whole within minutes, or pieces of them; points return to whom they came from."""

from collections.abc import Iterable
from functools import partial

from kernel import clock
from kernel.days import day_of
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.entries import entry_lines
from ledger.post import Fact, Post, RequestKey
from redemption.entries import sale_entry
from redemption.exchange_errors import FollowsAnother
from redemption.receipts import Receipt, receipt
from redemption.returning import facts_of, purses_of, redemption_for, to_return
from redemption.serving import merged
from redemption.spending import counted_in
from redemption.taking_back import Undo, undone


async def undo(book_id: int, redemption_id: int, by: int, key: str) -> Receipt:
    """Undo a redemption as a whole within 15 minutes: goods back on the shelf, points back in the purse.

    Raises: RedemptionNotFound, ServesOneself, ServesOwnFamily, AlreadyReversed, AlreadyUndone, PartlyReturned,
        UndoTimeIsOver, FollowsAnother.
    """
    redemption = await redemption_for(book_id, redemption_id, by)
    if redemption.follows_id is not None:
        raise FollowsAnother
    paper = Fact("redemption", redemption_id)
    entry_id = (await sale_entry(book_id, redemption_id))["id"]
    lines = await entry_lines(book_id, entry_id)
    now, zone = clock.now(), await zone_of(book_id)
    undoing = Undo(
        *(redemption_id, lines, now, day_of(now, zone)),
        purses=await purses_of(book_id, redemption_id),
        counted_in=await counted_in(redemption),
        counted_on=day_of(redemption.redeemed_at, zone),
    )
    await post(
        Post(
            book_id=book_id,
            kind=Kind.REVERSAL,
            key=RequestKey(f"person:{by}", key, ["undo-redemption", redemption_id]),
            document=paper,
            facts=(paper, *facts_of(undoing.purses), *undoing.counted_in),
            accounts=tuple({name for line in lines for name in (line.debit, line.credit)}),
            decide=partial(undone, undoing),
            actor_id=by,
            reverses_id=entry_id,
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
    await post(await to_return(redemption, wanted, by, request, damaged=broken))
    return await receipt(book_id, redemption_id)
