"""What receipts say was moved, one by one, where one may have come in another's place.

Such an entry is about the new receipt, both legs together: what came back of the old one stands there. What had been
reserved left the purse and the shelf with its hold: a pick-up puts back what was not taken, and nothing else.
"""

RECEIPTS = (
    "SELECT r.id, r.shop_id, r.person_id, "
    "CASE WHEN r.state = 'done' THEN r.points_total - r.points_refunded ELSE 0 END + COALESCE("
    "(SELECT SUM(f.points_back) FROM redemption f WHERE f.book_id = r.book_id AND f.follows_id = r.id), 0) AS took, "
    "r.points_back AS back FROM redemption r WHERE r.book_id = $1"
)
PIECES = (
    "SELECT r.id, r.shop_id, l.lot_id, CASE WHEN r.state = 'done' THEN l.quantity - l.quantity_refunded "
    "+ l.quantity_damaged ELSE 0 END + COALESCE((SELECT SUM(x.quantity - x.quantity_damaged) FROM exchanged_line x "
    "WHERE x.book_id = l.book_id AND x.line_id = l.id), 0) AS amount FROM redemption r "
    "JOIN redemption_line l ON l.book_id = r.book_id AND l.redemption_id = r.id WHERE r.book_id = $1 "
    "UNION ALL SELECT x.redemption_id, r.shop_id, l.lot_id, x.quantity_damaged - x.quantity FROM exchanged_line x "
    "JOIN redemption r ON r.book_id = x.book_id AND r.id = x.redemption_id "
    "JOIN redemption_line l ON l.book_id = x.book_id AND l.id = x.line_id WHERE x.book_id = $1 "
    "UNION ALL SELECT v.redemption_id, v.shop_id, l.lot_id, -l.quantity FROM reservation v "
    "JOIN redemption_line l ON l.book_id = v.book_id AND l.redemption_id = v.redemption_id WHERE v.book_id = $1 "
    "UNION ALL SELECT v.redemption_id, v.shop_id, l.lot_id, l.quantity_collected - l.quantity FROM reservation v "
    "JOIN reservation_line l ON l.book_id = v.book_id AND l.reservation_id = v.id "
    "WHERE v.book_id = $1 AND v.redemption_id IS NOT NULL"
)
DAMAGED = (
    "SELECT r.id, r.shop_id, l.quantity_damaged - COALESCE((SELECT SUM(x.quantity_damaged) FROM exchanged_line x "
    "WHERE x.book_id = l.book_id AND x.line_id = l.id), 0) AS amount FROM redemption r "
    "JOIN redemption_line l ON l.book_id = r.book_id AND l.redemption_id = r.id WHERE r.book_id = $1 "
    "UNION ALL SELECT x.redemption_id, r.shop_id, x.quantity_damaged FROM exchanged_line x "
    "JOIN redemption r ON r.book_id = x.book_id AND r.id = x.redemption_id WHERE x.book_id = $1"
)
PAYERS = (
    "SELECT r.id, COALESCE(p.person_id, r.person_id) AS person_id, COALESCE(p.points - p.points_refunded, r.took "
    "- COALESCE((SELECT s.missing_points FROM sheet_row s WHERE s.book_id = $1 AND s.redemption_id = r.id), 0)) "
    f"AS amount FROM ({RECEIPTS}) r LEFT JOIN purse_part p ON p.book_id = $1 AND p.redemption_id = r.id "
    "UNION ALL SELECT f.id, r.person_id, -f.points_back FROM redemption f "
    "JOIN redemption r ON r.book_id = f.book_id AND r.id = f.follows_id WHERE f.book_id = $1 "
    "UNION ALL SELECT redemption_id, person_id, -points_total FROM reservation "
    "WHERE book_id = $1 AND redemption_id IS NOT NULL"
)
