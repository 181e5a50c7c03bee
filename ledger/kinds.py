"""The allowlist: which kind of entry may move between which accounts of the chart, and nothing else can be posted."""

from enum import StrEnum


class Kind(StrEnum):
    """What happened: every journal entry is of one of these kinds, and no other can be posted."""

    OPENING_BALANCE = "OPENING_BALANCE"
    HOURS_EARNED = "HOURS_EARNED"
    HOURS_UNVERIFIED = "HOURS_UNVERIFIED"
    NOTICE_ENDED = "NOTICE_ENDED"
    BONUS_GIVEN = "BONUS_GIVEN"
    BONUS_TAKEN_BACK = "BONUS_TAKEN_BACK"
    POINTS_GRANTED = "POINTS_GRANTED"
    POINTS_EXPIRED = "POINTS_EXPIRED"
    POINTS_DONATED = "POINTS_DONATED"
    POINTS_ADJUSTED = "POINTS_ADJUSTED"
    DEBT_WRITTEN_OFF = "DEBT_WRITTEN_OFF"
    HOLD_PLACED = "HOLD_PLACED"
    HOLD_CAPTURED = "HOLD_CAPTURED"
    HOLD_RELEASED = "HOLD_RELEASED"
    GOODS_REDEEMED = "GOODS_REDEEMED"
    GOODS_RETURNED = "GOODS_RETURNED"
    GOODS_EXCHANGED = "GOODS_EXCHANGED"
    SALE_MOVED = "SALE_MOVED"
    SHEET_SETTLED = "SHEET_SETTLED"
    GOODS_GIVEN = "GOODS_GIVEN"
    STOCK_RECEIVED = "STOCK_RECEIVED"
    STOCK_COUNTED = "STOCK_COUNTED"
    STOCK_WRITTEN_OFF = "STOCK_WRITTEN_OFF"
    VOUCHER_ISSUED = "VOUCHER_ISSUED"
    VOUCHER_USED = "VOUCHER_USED"
    VOUCHER_VOIDED = "VOUCHER_VOIDED"
    VOUCHER_EXPIRED = "VOUCHER_EXPIRED"
    SETTLEMENT_OPENED = "SETTLEMENT_OPENED"
    SETTLEMENT_PAID = "SETTLEMENT_PAID"
    VOUCHER_CORRECTED = "VOUCHER_CORRECTED"
    SERVICE_RENDERED = "SERVICE_RENDERED"
    SERVICE_CORRECTED = "SERVICE_CORRECTED"
    PURSE_MERGED = "PURSE_MERGED"
    PURSE_PASSED_ON = "PURSE_PASSED_ON"
    VOUCHER_REBOUND = "VOUCHER_REBOUND"
    REVERSAL = "REVERSAL"


PURSE = "volunteer:{}:points"
_PURSE, _PENDING, _OWED = PURSE, "volunteer:{}:points-pending", "volunteer:{}:points-owed"
_MINUTES, _HOLD, _HELD_LOT = "volunteer:{}:minutes", "hold:{}", "hold:{}:lot:{}"
_LOT, _HANDED_OUT = "shop:{}:lot:{}", "shop:{}:handed-out:{}"
_VOUCHER, _PAYABLE, _SETTLING = "voucher:{}", "property:{}:payable", "property:{}:settling:{}"
_OWED_BACK = "property:{}:owed-back"
_FUND, _FOR_SERVICES, _RENDERED = "fund:{}:points", "points:for-services", "services:{}:rendered"
_TO_MERCHANT, _WITH_MERCHANT = "merchant:{}:payable", "merchant:{}:settling:{}"
_MERCHANT_OWES = "merchant:{}:owed-back"
_REDEEMED = {(_PURSE, "shop:{}:redeemed"), (_HANDED_OUT, _LOT)}
# A damaged piece comes back to its lot like any other, and leaves it at once.
_BACK = {("shop:{}:redeemed", _PURSE), (_LOT, _HANDED_OUT), ("shop:{}:written-off", _LOT)}
_GIVEN = {("points:issued", _PURSE), ("points:issued", _OWED)}  # what is owed is paid first
_RELEASED = {
    *((_HOLD, _PURSE), (_HOLD, "points:expired")),
    *(("points:expired", _PURSE), (_LOT, _HELD_LOT)),
}

ALLOWED: dict[Kind, frozenset[tuple[str, str]]] = {  # the (debit, credit) pairs it may move between
    Kind.OPENING_BALANCE: frozenset({("points:opening", _PURSE), ("minutes:opening", _MINUTES)}),
    Kind.HOURS_EARNED: frozenset(
        _GIVEN | {("points:issued", _PENDING), ("service:rendered", _MINUTES)}
    ),
    Kind.HOURS_UNVERIFIED: frozenset(
        {
            (_PURSE, "points:issued"),
            (_PENDING, "points:issued"),
            (_OWED, "points:issued"),
            (_MINUTES, "service:rendered"),
        }
    ),
    Kind.NOTICE_ENDED: frozenset(
        {
            (_PENDING, _PURSE),
            (_PENDING, _OWED),
            (_PENDING, "points:expired"),
            ("points:expired", _PURSE),
        }
    ),
    # Points above the hours wait for the same notice as the hours themselves.
    Kind.BONUS_GIVEN: frozenset(_GIVEN | {("points:issued", _PENDING)}),
    Kind.BONUS_TAKEN_BACK: frozenset(
        {(_PURSE, "points:issued"), (_PENDING, "points:issued"), (_OWED, "points:issued")}
    ),
    Kind.POINTS_GRANTED: frozenset(_GIVEN),
    Kind.POINTS_EXPIRED: frozenset({(_PURSE, "points:expired")}),
    Kind.POINTS_DONATED: frozenset({(_PURSE, _FUND)}),
    Kind.POINTS_ADJUSTED: frozenset(_GIVEN | {(_PURSE, "points:issued")}),
    Kind.DEBT_WRITTEN_OFF: frozenset({("points:issued", _OWED)}),
    Kind.HOLD_PLACED: frozenset({(_PURSE, _HOLD), (_HELD_LOT, _LOT)}),
    # What is not taken may go back in the same entry.
    Kind.HOLD_CAPTURED: frozenset(
        _RELEASED | {(_HOLD, "shop:{}:redeemed"), (_HANDED_OUT, _HELD_LOT)}
    ),
    Kind.HOLD_RELEASED: frozenset(_RELEASED),
    Kind.GOODS_REDEEMED: frozenset(_REDEEMED),
    # What a fund paid goes back to the fund; no entry of any kind takes a fund's points into a purse.
    Kind.GOODS_RETURNED: frozenset(_BACK | {("shop:{}:redeemed", _FUND)}),
    # What comes back of one receipt and what another takes, together.
    Kind.GOODS_EXCHANGED: frozenset(_REDEEMED | _BACK),
    # The goods stay where they are: another purse pays for them.
    Kind.SALE_MOVED: frozenset({(_PURSE, "shop:{}:redeemed"), ("shop:{}:redeemed", _PURSE)}),
    # Goods that left against a paper sheet: what the purse lacks is owed, or the community gives it.
    Kind.SHEET_SETTLED: frozenset(
        _REDEEMED | {(_OWED, "shop:{}:redeemed"), ("points:issued", "shop:{}:redeemed")}
    ),
    Kind.GOODS_GIVEN: frozenset({(_FUND, "shop:{}:redeemed"), (_HANDED_OUT, _LOT)}),
    Kind.STOCK_RECEIVED: frozenset({(_LOT, "shop:{}:received:{}")}),
    Kind.STOCK_COUNTED: frozenset(
        {(_LOT, "shop:{}:count-difference"), ("shop:{}:count-difference", _LOT)}
    ),
    Kind.STOCK_WRITTEN_OFF: frozenset({("shop:{}:written-off", _LOT)}),
    Kind.VOUCHER_ISSUED: frozenset(
        {(_PURSE, "points:for-vouchers"), ("vouchers:{}:issued", _VOUCHER)}
    ),
    Kind.VOUCHER_USED: frozenset({(_VOUCHER, _PAYABLE)}),
    Kind.VOUCHER_VOIDED: frozenset(
        {(_VOUCHER, "vouchers:{}:void"), ("points:for-vouchers", _PURSE)}
    ),
    Kind.VOUCHER_EXPIRED: frozenset({(_VOUCHER, "vouchers:{}:expired")}),
    # What the company owes back of settled months is taken off first.
    Kind.SETTLEMENT_OPENED: frozenset(
        {
            (_PAYABLE, _SETTLING),
            (_PAYABLE, _OWED_BACK),
            (_TO_MERCHANT, _WITH_MERCHANT),
            (_TO_MERCHANT, _MERCHANT_OWES),
        }
    ),
    Kind.SETTLEMENT_PAID: frozenset(
        {(_SETTLING, "bank:paid-out"), (_WITH_MERCHANT, "bank:paid-out")}
    ),
    Kind.VOUCHER_CORRECTED: frozenset({(_OWED_BACK, _VOUCHER)}),
    # A service at its list price: what the community owes, what the merchant gives, what the resident pays there.
    Kind.SERVICE_RENDERED: frozenset(
        {
            (_PURSE, _FOR_SERVICES),
            (_RENDERED, _TO_MERCHANT),
            (_RENDERED, "merchant:{}:discounts"),
            (_RENDERED, "residents:paid"),
        }
    ),
    Kind.SERVICE_CORRECTED: frozenset(
        {
            (_FOR_SERVICES, _PURSE),
            (_MERCHANT_OWES, _RENDERED),
            ("merchant:{}:discounts", _RENDERED),
            ("residents:paid", _RENDERED),
        }
    ),
    # Two records of one person become one: lots, hours, debts and vouchers are carried over as they are.
    Kind.PURSE_MERGED: frozenset(
        {(_PURSE, _PURSE), (_MINUTES, _MINUTES), (_OWED, _OWED), (_VOUCHER, _VOUCHER)}
    ),
    # A record is closed: its own debt is paid first; hours stay where they were served.
    Kind.PURSE_PASSED_ON: frozenset(
        {
            (_PURSE, _PURSE),
            (_PURSE, _FUND),
            (_PURSE, "points:expired"),
            (_PURSE, _OWED),
            (_VOUCHER, _VOUCHER),
        }
    ),
    # To another company it is void at the first and issued at the second.
    Kind.VOUCHER_REBOUND: frozenset(
        {
            (_VOUCHER, _VOUCHER),
            (_VOUCHER, "vouchers:{}:void"),
            ("vouchers:{}:issued", _VOUCHER),
        }
    ),
}
ALLOWED[Kind.REVERSAL] = frozenset(
    (credit, debit) for pairs in ALLOWED.values() for debit, credit in pairs
)
