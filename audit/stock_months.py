"""A month of the shelves, by source: what was there, came in, went out, and is there. Read from the books alone.

Pieces that a hold keeps aside belong to their lot still. What a piece is worth is what its lot cost, so that a month
counts in yuan as it counts in pieces.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from kernel.database import Row, fetch
from kernel.errors import N_
from ledger.checks import Finding

LATER = 99991231

ACCOUNTS = """
SELECT a.id, a.path, COALESCE(b.debits - b.credits, 0) AS held FROM account a
LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id
WHERE a.book_id = $1 AND (a.path LIKE 'shop:%:lot:%' OR a.path LIKE 'hold:%:lot:%')
"""
MOVES = """
SELECT m.account_id, o.path, SUM(CASE WHEN e.booked_on < $2 THEN m.amount ELSE 0 END) AS earlier,
SUM(CASE WHEN e.booked_on >= $2 THEN m.amount ELSE 0 END) AS amount FROM (
    SELECT entry_id, debit_id AS account_id, credit_id AS other_id, amount FROM transfer
    WHERE book_id = $1 AND asset LIKE 'item:%'
    UNION ALL SELECT entry_id, credit_id, debit_id, -amount FROM transfer
    WHERE book_id = $1 AND asset LIKE 'item:%') m
JOIN journal_entry e ON e.book_id = $1 AND e.id = m.entry_id AND e.booked_on <= $3
JOIN account a ON a.book_id = $1 AND a.id = m.account_id
JOIN account o ON o.book_id = $1 AND o.id = m.other_id
WHERE a.path LIKE '%:lot:%' AND o.path NOT LIKE '%:lot:%' GROUP BY m.account_id, o.path
"""
LOTS = """
SELECT l.id, l.item_id, l.source, l.unit_cost_fen, l.quantity_received, i.name, i.unit, i.category FROM stock_lot l
JOIN item i ON i.book_id = l.book_id AND i.id = l.item_id WHERE l.book_id = $1 AND i.shop_id = $2
ORDER BY i.name, l.source, l.id
"""
# How the other side of a move begins and ends, and what the move was.
WAYS = (
    (":received:", "received"),
    (":handed-out:for-points", "for_points"),
    (":handed-out:relief", "relief"),
    (":handed-out:fund", "fund"),
    (":written-off", "written_off"),
    (":count-difference", "difference"),
)


@dataclass(slots=True)
class Sums:
    """Pieces, or fen, of a month: opening + received − handed out − written off + difference = closing."""

    opening: int = 0
    received: int = 0
    for_points: int = 0
    relief: int = 0
    fund: int = 0
    written_off: int = 0
    difference: int = 0

    @property
    def closing(self) -> int:
        """Return what is there at the end."""
        gone = self.for_points + self.relief + self.fund + self.written_off
        return self.opening + self.received - gone + self.difference

    @property
    def handed_out(self) -> int:
        """Return what was handed out, for whatever reason."""
        return self.for_points + self.relief + self.fund

    @property
    def is_still(self) -> bool:
        """Say whether there was nothing and nothing moved."""
        return not any(getattr(self, each.name) for each in fields(self))

    def add(self, other: "Sums", times: int = 1) -> None:
        """Add so many times what another says."""
        for each in fields(self):
            now = getattr(self, each.name)
            setattr(self, each.name, now + times * getattr(other, each.name))


@dataclass(slots=True)
class Line:
    """One item from one source in a month, in pieces and in fen."""

    item_id: int
    name: str
    unit: str
    category: str
    source: str
    pieces: Sums = field(default_factory=Sums)
    fen: Sums = field(default_factory=Sums)


@dataclass(frozen=True, slots=True)
class StockMonth:
    """A shop's month: a line for each item and source, and the sums of each source."""

    ends_on: int
    lines: tuple[Line, ...]

    @property
    def by_source(self) -> dict[str, Line]:
        """Return the sums of each source; pieces of different goods are only counted together there."""
        found: dict[str, Line] = {}
        for line in self.lines:
            total = found.setdefault(line.source, Line(0, "", "", "", line.source))
            total.pieces.add(line.pieces)
            total.fen.add(line.fen)
        return dict(sorted(found.items()))


async def stock_month(book_id: int, shop_id: int, ends_on: int) -> StockMonth:
    """Return what became of a shop's stock in the month that ends on a day (yyyymmdd)."""
    lots = await lot_sums(book_id, ends_on // 100 * 100 + 1, ends_on)
    lines: dict[tuple[int, str], Line] = {}
    for lot in await fetch(LOTS, book_id, shop_id):
        sums = lots.get(lot["id"], Sums())
        if sums.is_still:
            continue
        named = (lot["name"], lot["unit"], lot["category"], lot["source"])
        line = lines.setdefault((lot["item_id"], lot["source"]), Line(lot["item_id"], *named))
        line.pieces.add(sums)
        line.fen.add(sums, lot["unit_cost_fen"])
    return StockMonth(ends_on, tuple(lines.values()))


async def lot_sums(book_id: int, first: int, last: int) -> dict[int, Sums]:
    """Return what moved of every lot from one day to another (yyyymmdd), and what there was before."""
    lot_of = {row["id"]: _lot(row["path"]) for row in await fetch(ACCOUNTS, book_id)}
    return _summed(lot_of, await fetch(MOVES, book_id, first, last))


def _summed(lot_of: Mapping[int, int], moves: Iterable[Row]) -> dict[int, Sums]:
    found: dict[int, Sums] = {}
    for move in moves:
        sums = found.setdefault(lot_of[move["account_id"]], Sums())
        sums.opening += int(move["earlier"])
        way = next((name for part, name in WAYS if part in move["path"]), None)
        if way is None:  # A stranger's entry: the lot will not tie, and the audit says so.
            continue
        came = way in ("received", "difference")
        amount = int(move["amount"])
        setattr(sums, way, getattr(sums, way) + (amount if came else -amount))
    return found


def _lot(path: str) -> int:
    return int(path.rpartition(":")[2])


async def lots_tie(book_id: int) -> list[Finding]:
    """Return every lot whose months do not end at what its accounts hold, or did not receive what its paper says."""
    held: dict[int, int] = {}
    for row in await fetch(ACCOUNTS, book_id):
        lot = _lot(row["path"])
        held[lot] = held.get(lot, 0) + int(row["held"])
    sums = await lot_sums(book_id, 0, LATER)
    papers = {
        row["id"]: row["quantity_received"]
        for row in await fetch(
            "SELECT id, quantity_received FROM stock_lot WHERE book_id = $1", book_id
        )
    }
    words = N_("Lot %(lot)s: the months say %(said)s pieces are left, its accounts hold %(held)s")
    untied: list[tuple[str, dict[str, Any]]] = [
        (words, {"lot": lot, "said": sums.get(lot, Sums()).closing, "held": count})
        for lot, count in held.items()
        if sums.get(lot, Sums()).closing != count
    ]
    words = N_("Lot %(lot)s: its paper says %(said)s pieces came, the months say %(held)s")
    untied += [
        (words, {"lot": lot, "said": count, "held": sums.get(lot, Sums()).received})
        for lot, count in papers.items()
        if sums.get(lot, Sums()).received != count
    ]
    return [Finding("documents", said, members) for said, members in untied]
