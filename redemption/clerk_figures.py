"""What each clerk did in the last days, counted from receipts and the books, and the receipts behind every figure."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kernel import clock
from kernel.database import Row, fetch
from kernel.days import day_of, plus_days, start_of
from ledger.books import zone_of
from ledger.kinds import Kind
from people.recognition import Way
from redemption.day_figures import What, what_of
from redemption.outliers import ClerkDays, Figure

DAYS = 30
SALES = """
SELECT r.id, r.number, r.person_id, r.clerk_id, r.redeemed_at AS at, r.recognised, r.with_pin, r.points_total AS points
FROM redemption r WHERE r.book_id = $1 AND r.redeemed_at >= $2 AND r.follows_id IS NULL ORDER BY r.redeemed_at, r.id
"""
LATER = """
SELECT r.id, r.number, r.person_id, e.actor_id AS clerk_id, e.kind, e.occurred_at AS at, r.undone_at,
r.points_total AS points FROM journal_entry e
JOIN redemption r ON r.book_id = e.book_id AND r.id = e.document_id
WHERE e.book_id = $1 AND e.booked_on >= $2 AND e.document_type = 'redemption' AND e.actor_id IS NOT NULL
AND e.kind IN ('GOODS_RETURNED', 'GOODS_EXCHANGED', 'SALE_MOVED', 'REVERSAL') ORDER BY e.occurred_at, e.id
"""
FIGURES = {
    What.UNDO: Figure.UNDOS,
    What.REFUND: Figure.REFUNDS,
    What.SWAP: Figure.SWAPS,
    What.MOVE: Figure.MOVES,
}
BY_WORD = (Way.NUMBER, Way.NAME)


@dataclass(frozen=True, slots=True)
class Behind:
    """A receipt behind a figure: whose, when, and of how many points."""

    redemption_id: int
    number: int
    person_id: int
    at: int
    points: int


Sorted = dict[int, dict[Figure, list[Behind]]]


async def clerk_days(book_id: int) -> tuple[list[ClerkDays], Sorted]:
    """Return what each clerk did in the last 30 days, and the receipts behind every figure."""
    today = day_of(clock.now(), zone := await zone_of(book_id))
    first = plus_days(today, 1 - DAYS)
    sales = await fetch(SALES, book_id, start_of(first, zone))
    return counted(sales, await fetch(LATER, book_id, first))


def counted(sales: Iterable[Row], later: Iterable[Row]) -> tuple[list[ClerkDays], Sorted]:
    """Sort receipts by who served, and what was taken back, swapped and moved by who did that."""
    behind: Sorted = defaultdict(lambda: defaultdict(list))
    served: dict[int, list[Row]] = defaultdict(list)
    for row in sales:
        served[row["clerk_id"]].append(row)
        if row["recognised"] in BY_WORD:
            behind[row["clerk_id"]][Figure.BY_NAME].append(_behind(row))
        if row["recognised"] != Way.CODE and not row["with_pin"]:
            behind[row["clerk_id"]][Figure.WITHOUT_PIN].append(_behind(row))
    for row in later:
        figure = FIGURES[what_of(Kind(row["kind"]), row["at"], row["undone_at"])]
        behind[row["clerk_id"]][figure].append(_behind(row))
    for clerk_id, rows in served.items():
        most = Counter(row["person_id"] for row in rows).most_common(1)[0][0]
        same = [_behind(row) for row in rows if row["person_id"] == most]
        behind[clerk_id][Figure.SAME_MEMBER] = same
    clerks = [
        ClerkDays(who, len(served[who]), {figure: len(rows) for figure, rows in own.items()})
        for who, own in sorted(behind.items())
    ]
    return clerks, behind


def _behind(row: Row) -> Behind:
    return Behind(row["id"], row["number"], row["person_id"], row["at"], row["points"])
