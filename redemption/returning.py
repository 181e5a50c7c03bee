"""Goods that come back over the counter: the post that takes pieces of some lines back, to whom they came from."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from kernel import clock
from kernel.database import Row, fetch
from kernel.days import day_of
from ledger import chart
from ledger.books import zone_of
from ledger.chart import AccountName, Kind
from ledger.entries import entry_lines
from ledger.paper import Paper
from ledger.post import DocumentKey, Fact, Line, Lot, Post, RequestKey
from redemption.entries import points_taken, sale_entry
from redemption.errors import RedemptionNotFound
from redemption.family import require_no_relative
from redemption.household_limits import GivenBack
from redemption.models import Redemption, RedemptionLine
from redemption.serving import Cart
from redemption.shares import CONSENT, PART
from redemption.sheet_errors import SheetSaleStays
from redemption.sheet_papers import SheetRow
from redemption.spending import counted_in
from redemption.taking_back import Return, returned


async def redemption_for(book_id: int, redemption_id: int, by: int) -> Redemption:
    """Return a redemption for somebody who is neither its beneficiary nor of the family of one who paid.

    Raises: RedemptionNotFound, SheetSaleStays, ServesOneself, ServesOwnFamily.
    """
    redemption = await Redemption.get_or_none(book_id=book_id, id=redemption_id)
    if redemption is None:
        raise RedemptionNotFound
    lacking = SheetRow.filter(book_id=book_id, redemption_id=redemption_id, missing_points__gt=0)
    if await lacking.exists():
        raise SheetSaleStays
    parts = await purses_of(book_id, redemption_id)
    payers = {redemption.person_id, *(part["person_id"] for part in parts)}
    await require_no_relative(book_id, by, payers)
    return redemption


async def purses_of(book_id: int, redemption_id: int) -> tuple[Row, ...]:
    """Return the parts of those who paid together, in the order of paying; none if the customer paid alone."""
    return tuple(
        await fetch(
            "SELECT * FROM purse_part WHERE book_id = $1 AND redemption_id = $2 ORDER BY place",
            *(book_id, redemption_id),
        )
    )


def facts_of(purses: Iterable[Mapping[str, Any]]) -> list[Fact]:
    """Name the parts, and the consents they rest on."""
    facts = []
    for part in purses:
        facts.append(Fact(PART, part["id"]))
        if part["consent_id"] is not None:
            facts.append(Fact(CONSENT, part["consent_id"]))
    return facts


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
    damaged: frozenset[int] = frozenset(),
) -> Post:
    """Return the post that takes (line id, pieces) back; with an approval, also what is late or large.

    Raises: RedemptionNotFound.
    """
    book_id, now = redemption.book_id, clock.now()
    lines = await lines_of(redemption, parts)
    paper = Fact("redemption", redemption.id)
    back = await return_of(redemption, lines, parts, now, approval, damaged)
    rows = (paper, *(Fact("redemption_line", line_id) for line_id in lines), *back.counted_in)
    rows = (*rows, *back.household.facts)
    return Post(
        book_id=book_id,
        kind=Kind.GOODS_RETURNED,
        key=key,
        document=paper,
        facts=(*rows, *facts_of(back.purses), *(approval.facts if approval else ())),
        accounts=accounts_back(back, list(lines.values())),
        decide=partial(returned, back),
        actor_id=by,
        approver_id=approver_id,
        occurred_at=now,
    )


async def return_of(
    redemption: Redemption,
    lines: Mapping[int, RedemptionLine],
    parts: Cart,
    now: int,
    approval: Paper | None = None,
    damaged: frozenset[int] = frozenset(),
) -> Return:
    """Gather what the taking back of (line id, pieces) closes over."""
    book_id = redemption.book_id
    zone = await zone_of(book_id)
    return Return(
        redemption_id=redemption.id,
        shop_id=redemption.shop_id,
        person_id=redemption.person_id,
        parts=parts,
        taken=await taken_for(redemption),
        today=day_of(now, zone),
        sold_on=day_of(redemption.redeemed_at, zone),
        require=approval.require if approval else None,
        counted_in=await counted_in(redemption),
        purses=await purses_of(book_id, redemption.id),
        household=GivenBack(
            tuple((lines[line_id].month_count_id, pieces) for line_id, pieces in parts),
            redemption.day_count_id,
        ),
        damaged=damaged & {line_id for line_id, _ in parts},
    )


async def taken_for(redemption: Redemption) -> dict[int, list[Lot]]:
    """Return the lots that each payer gave for a redemption."""
    entry_id = (await sale_entry(redemption.book_id, redemption.id))["id"]
    lines = await entry_lines(redemption.book_id, entry_id)
    together = bool(await purses_of(redemption.book_id, redemption.id))
    return _taken_from(lines, redemption, together=together)


def accounts_back(back: Return, lines: list[RedemptionLine]) -> tuple[AccountName, ...]:
    payers = [part["person_id"] for part in back.purses] or [back.person_id]
    names = {chart.redeemed(back.shop_id), *map(chart.purse, payers)}
    for line in lines:
        names.add(chart.stock_lot(back.shop_id, line.item_id, line.lot_id))
        names.add(chart.handed_out(back.shop_id, line.item_id, "for-points"))
        if line.id in back.damaged:
            names.add(chart.written_off(back.shop_id, line.item_id))
    return tuple(names)


def _taken_from(
    lines: Iterable[Line], redemption: Redemption, *, together: bool
) -> dict[int, list[Lot]]:
    """Return the lots that each payer gave; who paid alone did so with a hold, or a joined record's purse, too."""
    taken: dict[int, list[Lot]] = {}
    for line in lines:
        if line.credit != chart.redeemed(redemption.shop_id):
            continue
        payer = int(line.debit.path.split(":")[1])
        person_id = payer if together else redemption.person_id
        taken.setdefault(person_id, []).extend(points_taken([line]))
    return taken
