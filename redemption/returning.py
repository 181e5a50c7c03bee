"""Goods that come back over the counter: the post that takes pieces of some lines back."""

from functools import partial

from kernel import clock
from kernel.days import day_of
from ledger import chart
from ledger.books import zone_of
from ledger.chart import AccountName, Kind
from ledger.entries import entry_lines
from ledger.paper import Paper
from ledger.post import DocumentKey, Fact, Post, RequestKey
from redemption.entries import entry_about, points_taken
from redemption.errors import RedemptionNotFound, ServesOneself
from redemption.models import Redemption, RedemptionLine
from redemption.serving import Cart, Return, returned
from redemption.spending import counted_in


async def redemption_for(book_id: int, redemption_id: int, by: int) -> Redemption:
    """Return a redemption for somebody who is not its own beneficiary. Raises: RedemptionNotFound, ServesOneself."""
    redemption = await Redemption.get_or_none(book_id=book_id, id=redemption_id)
    if redemption is None:
        raise RedemptionNotFound
    if redemption.person_id == by:
        raise ServesOneself
    return redemption


async def lines_of(redemption: Redemption, parts: Cart) -> dict[int, RedemptionLine]:
    """Return the lines that some pieces are to come back of, by id. Raises: RedemptionNotFound."""
    lines = await RedemptionLine.filter(
        book_id=redemption.book_id, redemption_id=redemption.id
    ).select_related("item")
    found = {line.id: line for line in lines}
    if not {line_id for line_id, _ in parts} <= found.keys():
        raise RedemptionNotFound
    return {line_id: found[line_id] for line_id, _ in parts}


async def to_return(
    redemption: Redemption,
    parts: Cart,
    by: int,
    key: RequestKey | DocumentKey,
    *,
    approval: Paper | None = None,
    approver_id: int | None = None,
) -> Post:
    """Return the post that takes (line id, pieces) back; with an approval, also what is late or large.

    Raises: RedemptionNotFound.
    """
    book_id = redemption.book_id
    lines = await lines_of(redemption, parts)
    paper = Fact("redemption", redemption.id)
    entry_id = (await entry_about(book_id, paper, Kind.GOODS_REDEEMED))["id"]
    now, zone = clock.now(), await zone_of(book_id)
    back = Return(
        redemption_id=redemption.id,
        shop_id=redemption.shop_id,
        person_id=redemption.person_id,
        parts=parts,
        taken=tuple(points_taken(await entry_lines(book_id, entry_id))),
        today=day_of(now, zone),
        sold_on=day_of(redemption.redeemed_at, zone),
        require=approval.require if approval else None,
        counted_in=await counted_in(redemption),
    )
    facts = (paper, *(Fact("redemption_line", line_id) for line_id in lines))
    return Post(
        book_id=book_id,
        kind=Kind.GOODS_RETURNED,
        key=key,
        document=paper,
        facts=(*facts, *back.counted_in, *(approval.facts if approval else ())),
        accounts=_accounts_back(back, list(lines.values())),
        decide=partial(returned, back),
        actor_id=by,
        approver_id=approver_id,
        occurred_at=now,
    )


def _accounts_back(back: Return, lines: list[RedemptionLine]) -> tuple[AccountName, ...]:
    names = {chart.purse(back.person_id), chart.redeemed(back.shop_id)}
    for line in lines:
        names.add(chart.stock_lot(back.shop_id, line.item_id, line.lot_id))
        names.add(chart.handed_out(back.shop_id, line.item_id, "for-points"))
    return tuple(names)
