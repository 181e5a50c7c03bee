"""How papers of the shop and of the vouchers can stand, in words that the database keeps."""

from enum import StrEnum


class OnOffer(StrEnum):
    """Whether an item or a voucher offer can be had at the moment."""

    ON_SALE = "on_sale"
    WITHDRAWN = "withdrawn"


class Source(StrEnum):
    """Who paid for a stock lot. Relief goods are given, never exchanged for points."""

    PURCHASED = "purchased"
    SPONSOR = "sponsor"
    DONATED_FREE_USE = "donated-free-use"
    DONATED_RELIEF = "donated-relief"


class RedemptionState(StrEnum):
    """A redemption stands, or was undone as a whole within minutes."""

    DONE = "done"
    UNDONE = "undone"


class VoucherState(StrEnum):
    """A voucher with money on it is `issued`; the other states are final, but for an undone use."""

    ISSUED = "issued"
    USED = "used"
    VOID = "void"
    EXPIRED = "expired"


class ReservationState(StrEnum):
    """An open reservation keeps points and goods aside; the other states are final."""

    OPEN = "open"
    COLLECTED = "collected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class TicketState(StrEnum):
    """A number waits, is called, was served, or was skipped because nobody came."""

    WAITING = "waiting"
    CALLED = "called"
    SERVED = "served"
    SKIPPED = "skipped"


# What a receipt may say of itself, by the name of its constraint.
REDEMPTION_RULES = {
    "refund_within_total": "points_refunded >= 0 AND points_refunded <= points_total",
    "not_served_by_oneself": "clerk_id <> person_id",
    "follows_another": "follows_id <> id",
    "follows": "(follows_id IS NULL) = (points_back = 0)",
    "first_sold": "first_sold_at IS NULL OR (follows_id IS NOT NULL AND first_sold_at <= redeemed_at)",
    "counted_in_the_day": (
        "points_counted >= 0 AND points_counted <= points_total - points_refunded "
        "AND (state <> 'undone' OR points_counted = 0)"
    ),
}
