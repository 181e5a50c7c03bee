"""What services, gifts and what funds paid for say was moved, to be held against their entries."""

from audit.ties import Tie
from kernel.errors import N_

STANDS, SETTLED = "undone_at IS NULL", "settled_in_id IS NOT NULL"


def _fen(path: str, sign: int, stands: str, column: str) -> Tie:
    """Return a tie of services in money; `%` in the path is the merchant."""
    said = path.replace("%", "' || company_id || '")
    return Tie(
        *("service_use", N_("fen"), path, sign),
        f"SELECT id, '{said}' AS path, CASE WHEN {stands} THEN {column} ELSE 0 END AS amount "
        "FROM service_use WHERE book_id = $1",
    )


PARTNER_TIES = (
    _fen("services:%:rendered", 1, STANDS, "list_fen"),
    _fen("merchant:%:discounts", -1, STANDS, "discount_fen"),
    _fen("residents:paid", -1, STANDS, "resident_fen"),
    _fen("merchant:%:payable", -1, f"{STANDS} OR {SETTLED}", "amount_fen"),
    _fen("merchant:%:owed-back", 1, f"NOT ({STANDS}) AND {SETTLED}", "amount_fen"),
    Tie(
        *("service_use", N_("points"), "points:for-services", -1),
        f"SELECT id, 'points:for-services' AS path, CASE WHEN {STANDS} THEN points ELSE 0 END AS amount "
        "FROM service_use WHERE book_id = $1",
    ),
    Tie(
        *("service_use", N_("points"), "volunteer:%:points", 1),
        "SELECT id, 'volunteer:' || person_id || ':points' AS path, "
        f"CASE WHEN {STANDS} THEN points ELSE 0 END AS amount FROM service_use WHERE book_id = $1",
    ),
    Tie(
        *("points_gift", N_("points"), "%:points", -1),
        "SELECT id, 'fund:' || fund_id || ':points' AS path, points AS amount FROM points_gift WHERE book_id = $1 "
        "UNION ALL SELECT id, 'volunteer:' || person_id || ':points', -points FROM points_gift WHERE book_id = $1",
    ),
    Tie(
        *("relief_handout", N_("points"), "fund:%:points", 1),
        f"SELECT id, 'fund:' || fund_id || ':points' AS path, CASE WHEN {STANDS} THEN points_total ELSE 0 END "
        "AS amount FROM relief_handout WHERE book_id = $1 AND fund_id IS NOT NULL",
    ),
    Tie(
        *("relief_handout", N_("points"), "shop:%:redeemed", -1),
        f"SELECT id, 'shop:' || shop_id || ':redeemed' AS path, CASE WHEN {STANDS} THEN points_total ELSE 0 END "
        "AS amount FROM relief_handout WHERE book_id = $1",
    ),
)
