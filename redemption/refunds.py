"""Exchanges that are taken back: as a whole within minutes, or pieces of them; points return to whom they came from."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from kernel import clock
from kernel.database import Row, fetch
from kernel.days import day_of
from ledger import chart
from ledger.books import zone_of
from ledger.chart import AccountName, Kind
from ledger.desk import post
from ledger.entries import entry_lines
from ledger.post import Fact, Line, Lot, Post, RequestKey
from redemption.entries import entry_about, points_taken
from redemption.errors import RedemptionNotFound
from redemption.family import require_no_relative
from redemption.models import Redemption, RedemptionLine
from redemption.receipts import Receipt, receipt
from redemption.serving import Return, Undo, merged, returned, undone
from redemption.shares import CONSENT, PART


async def undo(book_id: int, redemption_id: int, by: int, key: str) -> Receipt:
    """Undo a redemption as a whole within 15 minutes: goods back on the shelf, points back in the purse.

    Raises: RedemptionNotFound, ServesOneself, AlreadyReversed, AlreadyUndone, PartlyReturned, UndoTimeIsOver.
    """
    redemption = await _redemption(book_id, redemption_id, by)
    paper = Fact("redemption", redemption_id)
    entry_id = (await entry_about(book_id, paper, Kind.GOODS_REDEEMED))["id"]
    lines = await entry_lines(book_id, entry_id)
    now = clock.now()
    purses = await _purses(book_id, redemption_id)
    undo_of = Undo(redemption_id, lines, now, day_of(now, await zone_of(book_id)), purses)
    await post(
        Post(
            book_id=book_id,
            kind=Kind.REVERSAL,
            key=RequestKey(f"person:{by}", key, ["undo-redemption", redemption_id]),
            document=paper,
            facts=(paper, *_facts_of(purses)),
            accounts=tuple({name for line in lines for name in (line.debit, line.credit)}),
            decide=partial(undone, undo_of),
            actor_id=by,
            reverses_id=entry_id,
            occurred_at=now,
        )
    )
    return await receipt(book_id, redemption.id)


async def return_goods(
    book_id: int, redemption_id: int, parts: Iterable[tuple[int, int]], by: int, key: str
) -> Receipt:
    """Take back pieces of some lines, (line id, pieces): their points return to the lots they came from.

    Raises: CartIsEmpty, QuantityIsOdd, RedemptionNotFound, ServesOneself, AlreadyUndone, ReturnsTooMuch, KeyReused.
    """
    wanted = merged(parts)
    redemption = await _redemption(book_id, redemption_id, by)
    lines = {line.id: line for line in await _lines_of(redemption)}
    if not {line_id for line_id, _ in wanted} <= lines.keys():
        raise RedemptionNotFound
    paper = Fact("redemption", redemption_id)
    entry_id = (await entry_about(book_id, paper, Kind.GOODS_REDEEMED))["id"]
    now = clock.now()
    back = Return(
        redemption_id=redemption_id,
        shop_id=redemption.shop_id,
        person_id=redemption.person_id,
        parts=wanted,
        taken=_taken_from(await entry_lines(book_id, entry_id)),
        today=day_of(now, await zone_of(book_id)),
        purses=await _purses(book_id, redemption_id),
    )
    await post(
        Post(
            book_id=book_id,
            kind=Kind.GOODS_RETURNED,
            key=RequestKey(
                f"person:{by}", key, ["return", redemption_id, [list(pair) for pair in wanted]]
            ),
            document=paper,
            facts=(
                paper,
                *(Fact("redemption_line", line_id) for line_id, _ in wanted),
                *_facts_of(back.purses),
            ),
            accounts=_accounts_back(back, [lines[line_id] for line_id, _ in wanted]),
            decide=partial(returned, back),
            actor_id=by,
            occurred_at=now,
        )
    )
    return await receipt(book_id, redemption_id)


def _accounts_back(back: Return, lines: list[RedemptionLine]) -> tuple[AccountName, ...]:
    payers = [part["person_id"] for part in back.purses] or [back.person_id]
    names = {chart.redeemed(back.shop_id), *map(chart.purse, payers)}
    for line in lines:
        names.add(chart.stock_lot(back.shop_id, line.item_id, line.lot_id))
        names.add(chart.handed_out(back.shop_id, line.item_id, "for-points"))
    return tuple(names)


async def _redemption(book_id: int, redemption_id: int, by: int) -> Redemption:
    """Return a redemption for somebody who is not its own beneficiary."""
    redemption = await Redemption.get_or_none(book_id=book_id, id=redemption_id)
    if redemption is None:
        raise RedemptionNotFound
    parts = await _purses(book_id, redemption_id)
    await require_no_relative(book_id, by, {redemption.person_id, *(p["person_id"] for p in parts)})
    return redemption


async def _purses(book_id: int, redemption_id: int) -> tuple[Row, ...]:
    """Return the parts of those who paid together, in the order of paying; none if the customer paid alone."""
    return tuple(
        await fetch(
            "SELECT * FROM purse_part WHERE book_id = $1 AND redemption_id = $2 ORDER BY place",
            *(book_id, redemption_id),
        )
    )


def _facts_of(purses: Iterable[Mapping[str, Any]]) -> list[Fact]:
    facts = []
    for part in purses:
        facts.append(Fact(PART, part["id"]))
        if part["consent_id"] is not None:
            facts.append(Fact(CONSENT, part["consent_id"]))
    return facts


def _taken_from(lines: Iterable[Line]) -> dict[int, list[Lot]]:
    """Return the lots that each payer gave."""
    taken: dict[int, list[Lot]] = {}
    for line in lines:
        for lot in points_taken([line]):
            taken.setdefault(int(line.debit.path.split(":")[1]), []).append(lot)
    return taken


async def _lines_of(redemption: Redemption) -> list[RedemptionLine]:
    return await RedemptionLine.filter(book_id=redemption.book_id, redemption_id=redemption.id)
