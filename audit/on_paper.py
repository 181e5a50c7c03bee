"""Tie rows of paper sheets to the receipts they became, and who bore the points that a purse lacked to the books."""

from audit.ties import Tie
from kernel.database import fetch
from kernel.errors import N_
from ledger.checks import Finding

_BORNE = (
    "SELECT s.redemption_id AS id, %s AS path, s.missing_points AS amount FROM sheet_row s "
    "WHERE s.book_id = $1 AND s.state = 'booked' AND s.borne = '%s'"
)
SHEET_TIES = (
    Tie(
        *("redemption", N_("points"), "volunteer:%:points-owed", 1),
        _BORNE % ("'volunteer:' || s.person_id || ':points-owed'", "owed"),
    ),
    Tie(
        *("redemption", N_("points"), "points:issued", 1),
        _BORNE % ("'points:issued'", "community"),
    ),
)
UNLIKE = """
SELECT s.id FROM sheet_row s JOIN paper_sheet p ON p.book_id = s.book_id AND p.id = s.sheet_id
LEFT JOIN redemption r ON r.book_id = s.book_id AND r.id = s.redemption_id
WHERE s.book_id = $1 AND s.state = 'booked' AND (r.id IS NULL OR r.person_id <> s.person_id
    OR r.shop_id <> p.shop_id OR r.redeemed_at <> s.happened_at OR r.recognised <> 'sheet'
    OR s.missing_points > r.points_total)
UNION ALL SELECT r.id FROM redemption r WHERE r.book_id = $1 AND r.recognised = 'sheet' AND r.follows_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM sheet_row s WHERE s.book_id = r.book_id AND s.redemption_id = r.id)
"""
GAPS = """
SELECT shop_id AS id FROM paper_sheet WHERE book_id = $1 GROUP BY shop_id HAVING MAX(number) <> COUNT(*)
"""


async def on_paper(book_id: int) -> list[Finding]:
    """Return every row that is not the receipt it says, and every shop whose sheets have a gap in their numbers."""
    unlike = N_("Row %(document)s of a paper sheet and its receipt do not say the same")
    gap = N_("The paper sheets of shop %(document)s are not numbered without gaps")
    return [
        *[
            Finding("documents", unlike, {"document": r["id"]})
            for r in await fetch(UNLIKE, book_id)
        ],
        *[Finding("documents", gap, {"document": r["id"]}) for r in await fetch(GAPS, book_id)],
    ]
