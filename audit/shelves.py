"""Prove of the shelves what their papers cannot say alone: goods for relief left for relief and nothing else."""

from kernel.database import Row, fetch
from kernel.errors import N_
from ledger.checks import Finding

# Whatever the papers say, the books show where the pieces of a relief lot went; and by which mark they went.
FOR_POINTS = """
SELECT DISTINCT e.id, l.id AS lot_id FROM stock_lot l
JOIN item i ON i.book_id = l.book_id AND i.id = l.item_id
JOIN account a ON a.book_id = l.book_id AND a.path = 'shop:' || i.shop_id || ':lot:' || l.id
JOIN transfer t ON t.book_id = a.book_id AND t.credit_id = a.id
JOIN account o ON o.book_id = t.book_id AND o.id = t.debit_id
JOIN journal_entry e ON e.book_id = t.book_id AND e.id = t.entry_id
WHERE l.book_id = $1 AND l.source = 'donated-relief'
AND (o.path LIKE 'shop:%:handed-out:%' OR o.path LIKE 'hold:%')
AND (o.path NOT LIKE 'shop:%:handed-out:relief' OR e.document_type <> 'relief_handout') ORDER BY e.id
"""
NOT_RELIEF = """
SELECT r.id, l.lot_id FROM relief_line l
JOIN relief_handout r ON r.book_id = l.book_id AND r.id = l.handout_id
JOIN stock_lot s ON s.book_id = l.book_id AND s.id = l.lot_id
WHERE l.book_id = $1 AND (s.source <> 'donated-relief') = (r.fund_id IS NULL) ORDER BY r.id
"""
WITHOUT_MARK = """
SELECT r.id FROM relief_handout r JOIN hardship_mark m ON m.book_id = r.book_id AND m.id = r.mark_id
WHERE r.book_id = $1 AND (m.marked_at > r.handed_at OR m.valid_until < r.day
OR (m.ended_at IS NOT NULL AND m.ended_at < r.handed_at)) ORDER BY r.id
"""
UNSIGNED = """
SELECT a.id FROM approval a LEFT JOIN stock_take t ON t.book_id = a.book_id AND t.approval_id = a.id
LEFT JOIN write_off w ON w.book_id = a.book_id AND w.approval_id = a.id
WHERE a.book_id = $1 AND a.act IN ('stock_count', 'stock_write_off') AND (
    (COALESCE(t.id, w.id) IS NOT NULL) <> (COALESCE(a.outcome, '') IN ('approved', 'unopposed'))
    OR COALESCE(t.counted_by, w.asked_by, a.made_by) <> a.made_by
    OR (COALESCE(t.id, w.id) IS NOT NULL AND COALESCE(t.signed_by, w.signed_by, 0) <> COALESCE(a.decided_by, 0)))
ORDER BY a.id
"""


async def relief(book_id: int) -> list[Finding]:
    """Return every piece for relief that left for something else, and every hand-out without a mark that stood."""
    return [
        *[_for_points(row) for row in await fetch(FOR_POINTS, book_id)],
        *[_not_relief(row) for row in await fetch(NOT_RELIEF, book_id)],
        *[_without_mark(row) for row in await fetch(WITHOUT_MARK, book_id)],
    ]


async def signatures(book_id: int) -> list[Finding]:
    """Return every count and write-off that is not in the names of the two who asked for and approved it."""
    words = N_("Approval %(document)s and what it put right on the shelves do not say the same")
    return [
        Finding("documents", words, {"document": row["id"]})
        for row in await fetch(UNSIGNED, book_id)
    ]


def _for_points(row: Row) -> Finding:
    words = N_(
        "Entry %(entry)s let pieces of relief lot %(lot)s leave for something else than relief"
    )
    return Finding("documents", words, {"entry": row["id"], "lot": row["lot_id"]}, row["id"])


def _not_relief(row: Row) -> Finding:
    words = N_("Hand-out %(document)s gave pieces of lot %(lot)s, which is not for that")
    return Finding("documents", words, {"document": row["id"], "lot": row["lot_id"]})


def _without_mark(row: Row) -> Finding:
    words = N_("Hand-out %(document)s was given without a mark of hardship that stood on that day")
    return Finding("documents", words, {"document": row["id"]})
