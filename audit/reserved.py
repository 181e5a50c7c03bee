"""Reservations held against the books that keep their points and pieces, and counts of households against papers."""

from audit.ties import Tie
from kernel.database import fetch
from kernel.errors import N_
from ledger.checks import Finding

# What a pick-up took out of what was kept.
REDEEMED_TIES = (
    Tie(
        *("redemption", N_("points and pieces"), "hold:%", 1),
        "SELECT redemption_id AS id, 'hold:' || id AS path, points_total AS amount FROM reservation "
        "WHERE book_id = $1 AND redemption_id IS NOT NULL UNION ALL "
        "SELECT v.redemption_id, 'hold:' || v.id || ':lot:' || l.lot_id, -l.quantity FROM reservation v "
        "JOIN reservation_line l ON l.book_id = v.book_id AND l.reservation_id = v.id "
        "WHERE v.book_id = $1 AND v.redemption_id IS NOT NULL",
    ),
)

# What is had by exchanges that stand and by reservations that are open, by the row that it was counted in.
OF_MONTHS = (
    "SELECT l.month_count_id AS row_id, SUM(l.quantity - l.quantity_refunded) AS pieces, 0 AS exchanges "
    "FROM redemption_line l JOIN redemption r ON r.book_id = l.book_id AND r.id = l.redemption_id "
    "WHERE l.book_id = $1 AND r.state = 'done' AND l.month_count_id IS NOT NULL GROUP BY l.month_count_id "
    "UNION ALL SELECT l.month_count_id, SUM(l.quantity), 0 "
    "FROM reservation_line l JOIN reservation v ON v.book_id = l.book_id AND v.id = l.reservation_id "
    "WHERE l.book_id = $1 AND v.state = 'open' AND l.month_count_id IS NOT NULL GROUP BY l.month_count_id"
)
OF_DAYS = (
    "SELECT r.day_count_id, SUM(l.quantity - l.quantity_refunded), 0 "
    "FROM redemption_line l JOIN redemption r ON r.book_id = l.book_id AND r.id = l.redemption_id "
    "WHERE l.book_id = $1 AND r.state = 'done' AND r.day_count_id IS NOT NULL GROUP BY r.day_count_id "
    "UNION ALL SELECT v.day_count_id, SUM(l.quantity), 0 "
    "FROM reservation_line l JOIN reservation v ON v.book_id = l.book_id AND v.id = l.reservation_id "
    "WHERE l.book_id = $1 AND v.state = 'open' AND v.day_count_id IS NOT NULL GROUP BY v.day_count_id "
    # Whoever swaps goods did not come once more.
    "UNION ALL SELECT r.day_count_id, 0, COUNT(*) FROM redemption r "
    "LEFT JOIN redemption f ON f.book_id = r.book_id AND f.id = r.follows_id AND f.person_id = r.person_id "
    "WHERE r.book_id = $1 AND r.state = 'done' AND r.day_count_id IS NOT NULL AND f.id IS NULL "
    "GROUP BY r.day_count_id "
    "UNION ALL SELECT day_count_id, 0, COUNT(*) FROM reservation "
    "WHERE book_id = $1 AND state = 'open' AND day_count_id IS NOT NULL GROUP BY day_count_id"
)
HAD = (
    f"SELECT row_id, SUM(pieces) AS pieces, SUM(exchanges) AS exchanges FROM ({OF_MONTHS} UNION ALL {OF_DAYS}) had "
    "GROUP BY row_id"
)


def _counts(column: str) -> str:
    return (
        f"SELECT c.id, c.{column} AS said, COALESCE(h.{column}, 0) AS made FROM household_count c "
        f"LEFT JOIN ({HAD}) h ON h.row_id = c.id WHERE c.book_id = $1"
    )


# Papers that keep a sum of other papers: what they say, and what the others make.
RESERVED_SUMS = (
    (
        "membership",
        N_("open reservations"),
        (
            "SELECT m.id, COALESCE(a.open_reservations, 0) AS said, (SELECT COUNT(*) FROM reservation v "
            "WHERE v.book_id = m.book_id AND v.person_id = m.person_id AND v.state = 'open') AS made "
            "FROM membership m LEFT JOIN allowance a ON a.book_id = m.book_id AND a.person_id = m.person_id "
            "WHERE m.book_id = $1"
        ),
    ),
    ("household_count", N_("pieces"), _counts("pieces")),
    ("household_count", N_("exchanges"), _counts("exchanges")),
    (
        "reservation",
        N_("points"),
        (
            "SELECT v.id, v.points_total AS said, COALESCE((SELECT SUM(l.quantity * l.price_points) "
            "FROM reservation_line l WHERE l.book_id = v.book_id AND l.reservation_id = v.id), 0) AS made "
            "FROM reservation v WHERE v.book_id = $1"
        ),
    ),
    (
        "reservation",
        N_("points"),
        (
            "SELECT v.id, v.points_total AS said, COALESCE((SELECT h.amount FROM hold h "
            "WHERE h.book_id = v.book_id AND h.id = v.id AND h.person_id = v.person_id), 0) AS made "
            "FROM reservation v WHERE v.book_id = $1"
        ),
    ),
    (
        "redemption",
        N_("points"),
        (
            "SELECT r.id, r.points_total AS said, h.captured AS made FROM redemption r "
            "JOIN reservation v ON v.book_id = r.book_id AND v.redemption_id = r.id "
            "JOIN hold h ON h.book_id = v.book_id AND h.id = v.id WHERE r.book_id = $1"
        ),
    ),
)

# An open reservation keeps what its lines say, one that ended keeps nothing; a limit of a household was never passed.
KEPT = """
SELECT v.id, l.lot_id, CASE WHEN v.state = 'open' THEN l.quantity ELSE 0 END AS said,
COALESCE(b.debits - b.credits, 0) AS held FROM reservation v
JOIN reservation_line l ON l.book_id = v.book_id AND l.reservation_id = v.id
LEFT JOIN account a ON a.book_id = v.book_id AND a.path = 'hold:' || v.id || ':lot:' || l.lot_id
    AND a.asset = 'item:' || l.item_id
LEFT JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id
WHERE v.book_id = $1 AND (CASE WHEN v.state = 'open' THEN l.quantity ELSE 0 END) <> COALESCE(b.debits - b.credits, 0)
ORDER BY v.id, l.lot_id
"""
NOT_AS_HELD = """
SELECT v.id FROM reservation v LEFT JOIN hold h ON h.book_id = v.book_id AND h.id = v.id
WHERE v.book_id = $1 AND (h.id IS NULL OR (v.state = 'open') <> (h.ended_at IS NULL)
    OR (v.state = 'collected') <> (h.captured > 0)) ORDER BY v.id
"""


async def reserved(book_id: int) -> list[Finding]:
    """Return every reservation that the books keep other goods for, or that is not over when its hold is."""
    kept = N_(
        "Reservation %(document)s says %(said)s pieces of lot %(lot)s are kept, its account holds %(held)s"
    )
    over = N_("Reservation %(document)s and its hold do not say the same")
    return [
        *(
            Finding(
                "documents",
                kept,
                {
                    "document": r["id"],
                    "lot": r["lot_id"],
                    "said": r["said"],
                    "held": int(r["held"]),
                },
            )
            for r in await fetch(KEPT, book_id)
        ),
        *(
            Finding("documents", over, {"document": row["id"]})
            for row in await fetch(NOT_AS_HELD, book_id)
        ),
    ]
