"""Tie receipts that took another's place to it: what came back there is what it says, and nothing came back twice."""

from kernel.database import Row, fetch
from kernel.errors import N_
from ledger.checks import Finding
from redemption.models import UNDO_WITHIN

UNLIKE = """
SELECT f.id FROM redemption f JOIN redemption r ON r.book_id = f.book_id AND r.id = f.follows_id
WHERE f.book_id = $1 AND (
    f.points_back <> COALESCE((SELECT SUM(x.quantity * l.price_points) FROM exchanged_line x
        JOIN redemption_line l ON l.book_id = x.book_id AND l.id = x.line_id AND l.redemption_id = r.id
        WHERE x.book_id = f.book_id AND x.redemption_id = f.id), 0)
    OR f.shop_id <> r.shop_id OR f.redeemed_at < r.redeemed_at
    OR (f.person_id <> r.person_id AND (r.state <> 'undone' OR f.redeemed_at - f.first_sold_at > $2
        OR COALESCE(f.first_sold_at, 0) <> COALESCE(r.first_sold_at, r.redeemed_at)))
    OR (f.person_id = r.person_id AND (r.state = 'undone' OR f.first_sold_at IS NOT NULL)))
ORDER BY f.id
"""
TWICE = """
SELECT r.id FROM redemption r JOIN redemption_line l ON l.book_id = r.book_id AND l.redemption_id = r.id
JOIN exchanged_line x ON x.book_id = l.book_id AND x.line_id = l.id WHERE r.book_id = $1
GROUP BY r.id, r.state, l.id, l.quantity, l.quantity_refunded, l.quantity_damaged
HAVING SUM(x.quantity) > CASE WHEN r.state = 'undone' THEN l.quantity ELSE l.quantity_refunded END
OR SUM(x.quantity_damaged) > l.quantity_damaged ORDER BY r.id
"""


async def exchanged(book_id: int) -> list[Finding]:
    """Return every receipt that does not say what it took the place of, and every line that came back twice."""
    unlike = N_("Receipt %(document)s does not say what came back of the one it follows")
    twice = N_("More pieces of receipt %(document)s were swapped than came back")
    return [
        *[_about(row, unlike) for row in await fetch(UNLIKE, book_id, UNDO_WITHIN)],
        *[_about(row, twice) for row in await fetch(TWICE, book_id)],
    ]


def _about(row: Row, words: str) -> Finding:
    return Finding("documents", words, {"document": row["id"]})
