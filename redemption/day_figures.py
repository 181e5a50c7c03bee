"""What a shop did on its days, read from the books: each journal entry is one thing that was done, by one person.

A day is the one an entry is booked on. What was set aside, delivered, counted or written off is no exchange; what was
picked up, given as relief, swapped, moved and taken back is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from kernel.database import Row, fetch
from ledger.kinds import Kind
from redemption.day_papers import COUNTS, SUMS

# Points that went to the shop and pieces that left its hands, by entry; what came back is negative.
ENTRIES = """
SELECT e.id, e.kind, e.actor_id, e.booked_on, e.occurred_at, e.document_type, e.document_id, r.undone_at, r.number,
    k.closing_id,
    SUM(CASE WHEN c.path = $2 THEN t.amount WHEN d.path = $2 THEN -t.amount ELSE 0 END) AS points,
    SUM(CASE WHEN d.path LIKE $3 THEN t.amount WHEN c.path LIKE $3 THEN -t.amount ELSE 0 END) AS pieces
FROM journal_entry e CROSS JOIN transfer t
JOIN account d ON d.book_id = t.book_id AND d.id = t.debit_id
JOIN account c ON c.book_id = t.book_id AND c.id = t.credit_id
LEFT JOIN redemption r ON r.book_id = e.book_id AND e.document_type = 'redemption' AND r.id = e.document_id
LEFT JOIN day_close_entry k ON k.book_id = e.book_id AND k.entry_id = e.id
WHERE e.book_id = $1 AND e.booked_on >= $4 AND e.booked_on <= $5 AND t.book_id = $1 AND t.entry_id = e.id
    AND (c.path = $2 OR d.path = $2 OR c.path LIKE $3 OR d.path LIKE $3)
GROUP BY e.id, e.kind, e.actor_id, e.booked_on, e.occurred_at, e.document_type, e.document_id, r.undone_at, r.number,
    k.closing_id
ORDER BY e.occurred_at, e.id
"""
SIGNED = ENTRIES.replace("LEFT JOIN day_close_entry", "JOIN day_close_entry")  # in some closing


class What(StrEnum):
    """What was done; the values are the columns that count it."""

    SALE = "sales"
    SWAP = "swaps"
    MOVE = "moves"
    PICK_UP = "pick_ups"
    RELIEF = "reliefs"
    REFUND = "refunds"
    UNDO = "undos"


BY_KIND = {
    Kind.GOODS_REDEEMED: What.SALE,
    Kind.SHEET_SETTLED: What.SALE,
    Kind.GOODS_EXCHANGED: What.SWAP,
    Kind.SALE_MOVED: What.MOVE,
    Kind.HOLD_CAPTURED: What.PICK_UP,
    Kind.GOODS_GIVEN: What.RELIEF,
    Kind.GOODS_RETURNED: What.REFUND,
    Kind.REVERSAL: What.UNDO,
}


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that a shop did: by whom, about which paper, in points and pieces, and who signed it off where."""

    entry_id: int
    what: What
    by: int | None
    day: int
    at: int
    paper: tuple[str, int]
    number: int | None
    points: int
    pieces: int
    closing_id: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How often what was done, and how much it was, by the names of the columns that keep it."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SUMS, 0))

    @property
    def columns(self) -> dict[str, int]:
        """Return all of it by name."""
        return {**self.counts, **self.sums}

    @property
    def points(self) -> int:
        """Return the points that the shop took and kept."""
        return self.sums["points_taken"] - self.sums["points_back"]


def what_of(kind: Kind, occurred_at: int, undone_at: int | None) -> What:
    """Return what an entry did; what takes a pick-up back as a whole is an undo, though booked as goods returned."""
    if kind is Kind.GOODS_RETURNED and undone_at == occurred_at:
        return What.UNDO
    return BY_KIND[kind]


def figures(done: Iterable[Done]) -> Figures:
    """Count what was done: an entry that took and gave back is counted by what was left of it."""
    found = Figures()
    for each in done:
        found.counts[each.what] += 1
        for name, other, amount in (
            ("points_taken", "points_back", each.points),
            ("pieces_out", "pieces_back", each.pieces),
        ):
            found.sums[name if amount > 0 else other] += abs(amount)
    return found


def by_clerk(done: Iterable[Done]) -> dict[int, Figures]:
    """Return the figures of everybody who did something, by person; what nobody did stands under 0."""
    own: dict[int, list[Done]] = defaultdict(list)
    for each in done:
        own[each.by or 0].append(each)
    return {who: figures(what) for who, what in sorted(own.items())}


async def done_in(book_id: int, shop_id: int, first: int, last: int) -> list[Done]:
    """Return what a shop did on the days from `first` to `last` (yyyymmdd), in order."""
    paths = (f"shop:{shop_id}:redeemed", f"shop:{shop_id}:handed-out:%")
    return [done_of(row) for row in await fetch(ENTRIES, book_id, *paths, first, last)]


def done_of(row: Row) -> Done:
    """Return what a row of `ENTRIES` says was done."""
    return Done(
        entry_id=row["id"],
        what=what_of(Kind(row["kind"]), row["occurred_at"], row["undone_at"]),
        by=row["actor_id"],
        day=row["booked_on"],
        at=row["occurred_at"],
        paper=(row["document_type"], row["document_id"]),
        number=row["number"],
        points=int(row["points"]),
        pieces=int(row["pieces"]),
        closing_id=row["closing_id"],
    )
