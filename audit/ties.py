"""What papers say was moved, to be held against their entries."""

from dataclasses import dataclass

from audit.sold import DAMAGED, PAYERS, PIECES, RECEIPTS
from kernel.errors import N_


@dataclass(frozen=True, slots=True)
class Tie:
    """What documents of one table say was moved through which account, and the accounts to hold it against.

    `sign` is -1 where the accounts are credited.
    """

    table: str
    words: str
    accounts: str
    sign: int
    says: str


# What an event moved, and what of it did not come back when it was taken back.
EVENT = (
    "SELECT e.*, CASE WHEN e.reversed_at IS NULL THEN e.points_moved - e.points_settled ELSE e.points_lapsed END "
    "AS went, CASE WHEN e.reversed_at IS NULL THEN e.points_settled ELSE 0 END AS settled, "
    "CASE WHEN e.reversed_at IS NULL THEN e.points_owed_moved ELSE 0 END AS owed, "
    "CASE WHEN e.reversed_at IS NULL THEN e.minutes_moved ELSE 0 END AS minutes "
    "FROM life_event e WHERE e.book_id = $1"
)
SETTLED = (
    "SELECT s.*, c.trade || ':' || c.id AS partner FROM settlement s "
    "JOIN property_company c ON c.book_id = s.book_id AND c.id = s.company_id WHERE s.book_id = $1"
)
HEIR_GETS = "(kind = 'merged' OR passes_to = 'household')"

TIES = (
    Tie(
        *("attendance", N_("points"), "points:issued", 1),
        "SELECT id, 'points:issued' AS path, CASE WHEN state = 'verified' THEN points_awarded + bonus_points "
        "ELSE 0 END AS amount FROM attendance WHERE book_id = $1",
    ),
    Tie(
        *("attendance", N_("minutes"), "volunteer:%:minutes", -1),
        "SELECT id, 'volunteer:' || person_id || ':minutes' AS path, "
        "CASE WHEN state = 'verified' THEN minutes_worked ELSE 0 END AS amount FROM attendance WHERE book_id = $1",
    ),
    Tie(
        *("attendance", N_("points"), "volunteer:%:points-pending", -1),
        "SELECT id, 'volunteer:' || person_id || ':points-pending' AS path, CASE WHEN state = 'verified' "
        "AND arrives_at IS NOT NULL AND arrived_at IS NULL THEN points_awarded + bonus_points ELSE 0 END AS amount "
        "FROM attendance WHERE book_id = $1",
    ),
    Tie(
        *("redemption", N_("points"), "shop:%:redeemed", -1),
        f"SELECT id, 'shop:' || shop_id || ':redeemed' AS path, took - back AS amount FROM ({RECEIPTS}) o",
    ),
    Tie(
        *("redemption", N_("pieces"), "shop:%:lot:%", -1),
        "SELECT id, 'shop:' || shop_id || ':lot:' || lot_id AS path, SUM(amount) AS amount "
        f"FROM ({PIECES}) o GROUP BY id, shop_id, lot_id",
    ),
    Tie(
        *("redemption", N_("pieces"), "shop:%:written-off", 1),
        "SELECT id, 'shop:' || shop_id || ':written-off' AS path, SUM(amount) AS amount "
        f"FROM ({DAMAGED}) o GROUP BY id, shop_id",
    ),
    Tie(
        *("relief_handout", N_("pieces"), "shop:%:lot:%", -1),
        "SELECT r.id, 'shop:' || r.shop_id || ':lot:' || l.lot_id AS path, "
        "CASE WHEN r.state = 'done' THEN l.quantity ELSE 0 END AS amount "
        "FROM relief_handout r JOIN relief_line l ON l.book_id = r.book_id AND l.handout_id = r.id "
        "WHERE r.book_id = $1",
    ),
    Tie(
        *("stock_take", N_("pieces"), "shop:%:lot:%", 1),
        "SELECT t.id, 'shop:' || t.shop_id || ':lot:' || l.lot_id AS path, l.counted - l.booked AS amount "
        "FROM stock_take t JOIN stock_take_line l ON l.book_id = t.book_id AND l.take_id = t.id "
        "WHERE t.book_id = $1",
    ),
    Tie(
        *("write_off", N_("pieces"), "shop:%:lot:%", -1),
        "SELECT id, 'shop:' || shop_id || ':lot:' || lot_id AS path, quantity AS amount "
        "FROM write_off WHERE book_id = $1",
    ),
    Tie(
        *("stock_lot", N_("pieces"), "shop:%:received:%", -1),
        "SELECT l.id, 'shop:' || i.shop_id || ':received:' || l.source AS path, l.quantity_received AS amount "
        "FROM stock_lot l JOIN item i ON i.book_id = l.book_id AND i.id = l.item_id WHERE l.book_id = $1",
    ),
    Tie(
        *("voucher", N_("fen"), "vouchers:%:issued", 1),
        # One that took another's place was issued with the first.
        "SELECT v.id, 'vouchers:' || v.company_id || ':issued' AS path, "
        "CASE WHEN r.id IS NULL THEN v.face_fen ELSE 0 END AS amount FROM voucher v "
        "LEFT JOIN voucher_rebinding r ON r.book_id = v.book_id AND r.successor_id = v.id WHERE v.book_id = $1",
    ),
    Tie(
        *("voucher", N_("points"), "points:for-vouchers", -1),
        "SELECT v.id, 'points:for-vouchers' AS path, "
        "CASE WHEN r.id IS NULL THEN v.points_paid ELSE 0 END - v.points_returned AS amount FROM voucher v "
        "LEFT JOIN voucher_rebinding r ON r.book_id = v.book_id AND r.successor_id = v.id WHERE v.book_id = $1",
    ),
    Tie(
        *("voucher_use", N_("fen"), "property:%:payable", -1),
        "SELECT id, 'property:' || company_id || ':payable' AS path, "
        "CASE WHEN undone_at IS NULL OR settled_in_id IS NOT NULL THEN amount_fen ELSE 0 END AS amount "
        "FROM voucher_use WHERE book_id = $1",
    ),
    Tie(
        *("voucher_use", N_("fen"), "property:%:owed-back", 1),
        "SELECT id, 'property:' || company_id || ':owed-back' AS path, "
        "CASE WHEN undone_at IS NOT NULL AND settled_in_id IS NOT NULL THEN amount_fen ELSE 0 END AS amount "
        "FROM voucher_use WHERE book_id = $1",
    ),
    Tie(
        *("settlement", N_("fen"), "%:payable", 1),
        f"SELECT id, partner || ':payable' AS path, amount_fen + owed_back_fen AS amount FROM ({SETTLED}) o",
    ),
    Tie(
        *("settlement", N_("fen"), "%:settling:%", -1),
        # What is paid is no longer being settled.
        "SELECT id, partner || ':settling:' || id AS path, "
        f"CASE WHEN state = 'locked' THEN amount_fen ELSE 0 END AS amount FROM ({SETTLED}) o",
    ),
    Tie(
        *("settlement", N_("fen"), "%:owed-back", -1),
        f"SELECT id, partner || ':owed-back' AS path, owed_back_fen AS amount FROM ({SETTLED}) o",
    ),
    Tie(
        *("settlement", N_("fen"), "bank:paid-out", -1),
        "SELECT id, 'bank:paid-out' AS path, CASE WHEN state = 'paid' THEN amount_fen ELSE 0 END AS amount "
        "FROM settlement WHERE book_id = $1",
    ),
    Tie(
        *("points_grant", N_("points"), "points:issued", 1),
        "SELECT id, 'points:issued' AS path, points_granted AS amount FROM points_grant WHERE book_id = $1",
    ),
    Tie(
        *("approval", N_("points"), "points:issued", 1),
        "SELECT id, 'points:issued' AS path, CASE WHEN outcome IN ('approved', 'unopposed') THEN points ELSE 0 END "
        "AS amount FROM approval WHERE book_id = $1 AND act IN ('adjustment', 'debt_write_off')",
    ),
    Tie(
        *("opening", N_("points"), "points:opening", 1),
        "SELECT id, 'points:opening' AS path, points AS amount FROM opening WHERE book_id = $1",
    ),
    Tie(
        *("opening", N_("minutes"), "minutes:opening", 1),
        "SELECT id, 'minutes:opening' AS path, minutes AS amount FROM opening WHERE book_id = $1",
    ),
    Tie(
        *("redemption", N_("points"), "volunteer:%:points", 1),
        "SELECT id, 'volunteer:' || person_id || ':points' AS path, SUM(amount) AS amount "
        f"FROM ({PAYERS}) o GROUP BY id, person_id",
    ),
    Tie(
        *("life_event", N_("points"), "%:points", 1),
        f"SELECT id, 'volunteer:' || person_id || ':points' AS path, went + settled AS amount FROM ({EVENT}) o "
        f"UNION ALL SELECT id, 'volunteer:' || other_id || ':points', -went FROM ({EVENT}) o WHERE {HEIR_GETS} "
        f"UNION ALL SELECT id, 'fund:' || fund_id || ':points', -went FROM ({EVENT}) o WHERE passes_to = 'fund'",
    ),
    Tie(
        *("life_event", N_("points"), "points:expired", -1),
        f"SELECT id, 'points:expired' AS path, went AS amount FROM ({EVENT}) o WHERE passes_to = 'lapse'",
    ),
    Tie(
        *("life_event", N_("points"), "volunteer:%:points-owed", -1),
        f"SELECT id, 'volunteer:' || person_id || ':points-owed' AS path, settled + owed AS amount FROM ({EVENT}) o "
        f"UNION ALL SELECT id, 'volunteer:' || other_id || ':points-owed', -owed FROM ({EVENT}) o WHERE {HEIR_GETS}",
    ),
    Tie(
        *("life_event", N_("minutes"), "volunteer:%:minutes", 1),
        f"SELECT id, 'volunteer:' || person_id || ':minutes' AS path, minutes AS amount FROM ({EVENT}) o "
        f"UNION ALL SELECT id, 'volunteer:' || other_id || ':minutes', -minutes FROM ({EVENT}) o WHERE {HEIR_GETS}",
    ),
    Tie(
        *("life_event", N_("fen"), "voucher:%", 1),
        "SELECT event_id AS id, 'voucher:' || voucher_id AS path, "
        "CASE WHEN undone_at IS NULL THEN amount_fen ELSE 0 END AS amount FROM voucher_rebinding "
        "WHERE book_id = $1 AND event_id IS NOT NULL "
        "UNION ALL SELECT event_id, 'voucher:' || successor_id, "
        "CASE WHEN undone_at IS NULL THEN -amount_fen ELSE 0 END FROM voucher_rebinding "
        "WHERE book_id = $1 AND event_id IS NOT NULL",
    ),
    Tie(
        *("company_change", N_("fen"), "vouchers:%:void", -1),
        "SELECT id, 'vouchers:' || before_id || ':void' AS path, amount_fen AS amount "
        "FROM company_change WHERE book_id = $1",
    ),
    Tie(
        *("company_change", N_("fen"), "vouchers:%:issued", 1),
        "SELECT id, 'vouchers:' || after_id || ':issued' AS path, amount_fen AS amount "
        "FROM company_change WHERE book_id = $1",
    ),
    Tie(
        *("company_change", N_("fen"), "voucher:%", 1),
        "SELECT change_id AS id, 'voucher:' || voucher_id AS path, amount_fen AS amount FROM voucher_rebinding "
        "WHERE book_id = $1 AND change_id IS NOT NULL "
        "UNION ALL SELECT change_id, 'voucher:' || successor_id, -amount_fen FROM voucher_rebinding "
        "WHERE book_id = $1 AND change_id IS NOT NULL",
    ),
)
