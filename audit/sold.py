"""What receipts say was moved, one by one, where one may have come in another's place.

Such an entry is about the new receipt, both legs together: what came back of the old one stands there.
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
    "JOIN redemption_line l ON l.book_id = x.book_id AND l.id = x.line_id WHERE x.book_id = $1"
)
DAMAGED = (
    "SELECT r.id, r.shop_id, l.quantity_damaged - COALESCE((SELECT SUM(x.quantity_damaged) FROM exchanged_line x "
    "WHERE x.book_id = l.book_id AND x.line_id = l.id), 0) AS amount FROM redemption r "
    "JOIN redemption_line l ON l.book_id = r.book_id AND l.redemption_id = r.id WHERE r.book_id = $1 "
    "UNION ALL SELECT x.redemption_id, r.shop_id, x.quantity_damaged FROM exchanged_line x "
    "JOIN redemption r ON r.book_id = x.book_id AND r.id = x.redemption_id WHERE x.book_id = $1"
)
PAYERS = (
    "SELECT r.id, COALESCE(p.person_id, r.person_id) AS person_id, COALESCE(p.points - p.points_refunded, r.took) "
    f"AS amount FROM ({RECEIPTS}) r LEFT JOIN purse_part p ON p.book_id = $1 AND p.redemption_id = r.id "
    "UNION ALL SELECT f.id, r.person_id, -f.points_back FROM redemption f "
    "JOIN redemption r ON r.book_id = f.book_id AND r.id = f.follows_id WHERE f.book_id = $1"
)
