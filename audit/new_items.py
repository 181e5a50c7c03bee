"""Prove of items that a counter added what no entry says: none went to those who added them, nor after their time."""

from kernel import clock
from kernel.clock import HOUR
from kernel.database import Row, fetch
from kernel.errors import N_
from ledger.checks import Finding
from redemption.bindings import over_since

# Whoever paid before another had confirmed; who lived with whom is asked of that moment. A row of a paper sheet is
# booked of its own day, which may lie before the word that it waited for.
BY_ONESELF = """
SELECT DISTINCT r.id FROM new_item n JOIN redemption_line l ON l.book_id = n.book_id AND l.item_id = n.item_id
JOIN redemption r ON r.book_id = l.book_id AND r.id = l.redemption_id
JOIN (SELECT id, person_id FROM redemption WHERE book_id = $1
    UNION SELECT redemption_id, person_id FROM purse_part WHERE book_id = $1) p ON p.id = r.id
WHERE n.book_id = $1 AND r.recognised <> 'sheet' AND (n.confirmed_at IS NULL OR r.redeemed_at < n.confirmed_at)
AND (p.person_id = n.added_by OR EXISTS (SELECT 1 FROM household_member a
    JOIN household_member b ON b.book_id = a.book_id AND b.household_id = a.household_id
    WHERE a.book_id = $1 AND a.person_id = n.added_by AND b.person_id = p.person_id
    AND a.joined_at <= r.redeemed_at AND (a.left_at IS NULL OR a.left_at > r.redeemed_at)
    AND b.joined_at <= r.redeemed_at AND (b.left_at IS NULL OR b.left_at > r.redeemed_at)))
ORDER BY r.id
"""
ON_OFFER = """
SELECT i.id, i.name FROM new_item n JOIN item i ON i.book_id = n.book_id AND i.id = n.item_id
WHERE n.book_id = $1 AND n.confirmed_at IS NULL AND i.state = 'on_sale'
AND (n.refused_at IS NOT NULL OR n.lapsed_at IS NOT NULL OR n.added_at < $2) ORDER BY i.id
"""
UNLIKE = """
SELECT i.id, i.name FROM item i LEFT JOIN new_item n ON n.book_id = i.book_id AND n.item_id = i.id
WHERE i.book_id = $1 AND COALESCE(i.unconfirmed_by, 0)
    <> CASE WHEN n.id IS NULL OR n.confirmed_at IS NOT NULL THEN 0 ELSE n.added_by END ORDER BY i.id
"""


async def new_items(book_id: int) -> list[Finding]:
    """Return every exchange by whoever added the goods, and every item on offer without the word that it needs."""
    by_oneself = N_(
        "Receipt %(document)s gave somebody goods that they or their household had added"
    )
    on_offer = N_("%(item)s is on offer, and nobody confirmed it in time")
    unlike = N_("%(item)s and the paper of its confirmation do not say the same")
    # The job that withdraws what is late comes round every few minutes.
    over = await over_since(book_id, clock.now() - HOUR)
    return [
        *[_about(row, by_oneself) for row in await fetch(BY_ONESELF, book_id)],
        *[_about(row, on_offer) for row in await fetch(ON_OFFER, book_id, over)],
        *[_about(row, unlike) for row in await fetch(UNLIKE, book_id)],
    ]


def _about(row: Row, words: str) -> Finding:
    return Finding("documents", words, {"document": row["id"], "item": row.get("name", "")})
