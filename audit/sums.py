"""What papers keep as a sum of other papers, to be held against those."""

from kernel.errors import N_

# What partners are owed for, vouchers and services alike.
DUES = " UNION ALL ".join(
    f"SELECT company_id, amount_fen, settled_in_id, deducted_in_id FROM {table} WHERE book_id = $1"
    for table in ("voucher_use", "service_use")
)

# What papers say, and what the others make.
SUMS = (
    (
        "shift",
        N_("points"),
        (
            "SELECT s.id, s.points_awarded AS said, COALESCE((SELECT SUM(a.points_awarded) FROM attendance a "
            "WHERE a.book_id = s.book_id AND a.shift_id = s.id AND a.state = 'verified'), 0) AS made "
            "FROM shift s WHERE s.book_id = $1"
        ),
    ),
    (
        "shift",
        N_("bonus points"),
        (
            "SELECT s.id, s.bonus_awarded AS said, COALESCE((SELECT SUM(a.bonus_points) FROM attendance a "
            "WHERE a.book_id = s.book_id AND a.shift_id = s.id), 0) AS made FROM shift s WHERE s.book_id = $1"
        ),
    ),
    (
        "attendance",
        N_("bonus points"),
        (
            "SELECT a.id, a.bonus_points AS said, COALESCE((SELECT SUM(b.points) FROM bonus b "
            "WHERE b.book_id = a.book_id AND b.attendance_id = a.id AND b.person_id = a.person_id "
            "AND b.revision = a.revision AND b.taken_back_at IS NULL), 0) AS made "
            "FROM attendance a WHERE a.book_id = $1"
        ),
    ),
    (
        "points_tally",
        N_("points"),
        (
            "SELECT t.id, t.points AS said, COALESCE((SELECT SUM(a.points_awarded - a.leader_bonus) FROM attendance a "
            "JOIN award_rule r ON r.book_id = a.book_id AND r.version = a.rule_version "
            "WHERE a.book_id = t.book_id AND a.person_id = t.person_id AND a.state = 'verified' "
            "AND ((a.served_on = t.period AND r.points_per_day IS NOT NULL) "
            "OR (a.served_on / 100 = t.period AND r.points_per_month IS NOT NULL))), 0) AS made "
            "FROM points_tally t WHERE t.book_id = $1"
        ),
    ),
    (
        "redemption",
        N_("points"),
        (
            "SELECT r.id, r.points_total AS said, COALESCE((SELECT SUM(l.quantity * l.price_points) "
            "FROM redemption_line l WHERE l.book_id = r.book_id AND l.redemption_id = r.id), 0) AS made "
            "FROM redemption r WHERE r.book_id = $1"
        ),
    ),
    (
        "shop",
        N_("receipts"),
        (
            "SELECT s.id, s.receipts_issued AS said, "
            "(SELECT COUNT(*) FROM redemption r WHERE r.book_id = s.book_id AND r.shop_id = s.id) AS made "
            "FROM shop s WHERE s.book_id = $1"
        ),
    ),
    (
        "voucher",
        N_("uses"),
        (
            "SELECT v.id, v.uses AS said, "
            "(SELECT COUNT(*) FROM voucher_use u WHERE u.book_id = v.book_id AND u.voucher_id = v.id) AS made "
            "FROM voucher v WHERE v.book_id = $1"
        ),
    ),
    (
        "settlement",
        N_("uses"),
        (
            f"SELECT s.id, s.uses AS said, (SELECT COUNT(*) FROM ({DUES}) u "
            "WHERE u.company_id = s.company_id AND u.settled_in_id = s.id) AS made "
            "FROM settlement s WHERE s.book_id = $1"
        ),
    ),
    (
        "settlement",
        N_("fen"),
        (
            "SELECT s.id, s.amount_fen + s.owed_back_fen AS said, COALESCE((SELECT SUM(u.amount_fen) "
            f"FROM ({DUES}) u WHERE u.settled_in_id = s.id), 0) AS made "
            "FROM settlement s WHERE s.book_id = $1"
        ),
    ),
    (
        "settlement",
        N_("fen"),
        (
            "SELECT s.id, s.owed_back_fen AS said, COALESCE((SELECT SUM(u.amount_fen) "
            f"FROM ({DUES}) u WHERE u.deducted_in_id = s.id), 0) AS made "
            "FROM settlement s WHERE s.book_id = $1"
        ),
    ),
    (
        "redemption",
        N_("points"),
        (
            "SELECT r.id, r.points_total AS said, SUM(p.points) AS made FROM redemption r JOIN purse_part p "
            "ON p.book_id = r.book_id AND p.redemption_id = r.id WHERE r.book_id = $1 GROUP BY r.id, r.points_total"
        ),
    ),
    (
        "spending_consent",
        N_("points"),
        (
            "SELECT c.id, c.points_spent AS said, c.points_carried + COALESCE((SELECT "
            "SUM(p.points - p.points_refunded) FROM purse_part p WHERE p.book_id = c.book_id "
            "AND p.consent_id = c.id AND p.month = c.month), 0) AS made FROM spending_consent c WHERE c.book_id = $1"
        ),
    ),
    (
        "service_use",
        N_("fen"),
        (
            "SELECT u.id, u.list_fen AS said, u.subsidy_fen + u.points_fen + u.discount_fen + u.resident_fen AS made "
            "FROM service_use u WHERE u.book_id = $1"
        ),
    ),
    (
        "service",
        N_("uses"),
        (
            "SELECT s.id, s.uses AS said, "
            "(SELECT COUNT(*) FROM service_use u WHERE u.book_id = s.book_id AND u.service_id = s.id) AS made "
            "FROM service s WHERE s.book_id = $1"
        ),
    ),
    (
        "relief_handout",
        N_("points"),
        (
            "SELECT r.id, r.points_total AS said, COALESCE((SELECT SUM(l.quantity * l.price_points) "
            "FROM relief_line l WHERE l.book_id = r.book_id AND l.handout_id = r.id), 0) AS made "
            "FROM relief_handout r WHERE r.book_id = $1"
        ),
    ),
)
