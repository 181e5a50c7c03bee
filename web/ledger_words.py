"""How the books speak to people: words for kinds, accounts, documents and amounts."""

from collections.abc import Mapping

from kernel.errors import N_
from ledger.chart import FEN, MINUTES, AccountName, in_chart
from ledger.checks import Finding
from ledger.trial_balance import AccountTotal
from web import i18n
from web.i18n import gettext

KINDS: dict[str, str] = {
    "OPENING_BALANCE": N_("Opening balance"),
    "HOURS_EARNED": N_("Hours verified"),
    "HOURS_UNVERIFIED": N_("Hours taken back"),
    "NOTICE_ENDED": N_("Public notice ended"),
    "BONUS_GIVEN": N_("Bonus given"),
    "BONUS_TAKEN_BACK": N_("Bonus taken back"),
    "POINTS_GRANTED": N_("Points granted"),
    "POINTS_EXPIRED": N_("Points expired"),
    "POINTS_DONATED": N_("Points donated"),
    "POINTS_ADJUSTED": N_("Points put right"),
    "DEBT_WRITTEN_OFF": N_("Debt written off"),
    "HOLD_PLACED": N_("Points set aside"),
    "HOLD_CAPTURED": N_("Reserved goods collected"),
    "HOLD_RELEASED": N_("Points freed again"),
    "GOODS_REDEEMED": N_("Exchanged for goods"),
    "GOODS_RETURNED": N_("Goods returned"),
    "GOODS_EXCHANGED": N_("Goods swapped for others"),
    "SALE_MOVED": N_("Exchange moved to another member"),
    "SHEET_SETTLED": N_("Exchange from a paper sheet"),
    "GOODS_GIVEN": N_("Goods given"),
    "STOCK_RECEIVED": N_("Goods received"),
    "STOCK_COUNTED": N_("Stock counted"),
    "STOCK_WRITTEN_OFF": N_("Goods written off"),
    "VOUCHER_ISSUED": N_("Voucher issued"),
    "VOUCHER_USED": N_("Voucher used"),
    "VOUCHER_VOIDED": N_("Voucher voided"),
    "VOUCHER_EXPIRED": N_("Voucher expired"),
    "SETTLEMENT_OPENED": N_("Settlement opened"),
    "SETTLEMENT_PAID": N_("Settlement paid"),
    "VOUCHER_CORRECTED": N_("Settled use corrected"),
    "SERVICE_RENDERED": N_("Service rendered"),
    "SERVICE_CORRECTED": N_("Settled service corrected"),
    "PURSE_MERGED": N_("Two records joined"),
    "PURSE_PASSED_ON": N_("Points of a closed record passed on"),
    "VOUCHER_REBOUND": N_("Vouchers passed to another flat"),
    "REVERSAL": N_("Reversal"),
}

CLASSES: dict[str, str] = {
    "points:issued": N_("Points issued"),
    "points:opening": N_("Points brought in at the start"),
    "volunteer:{}:points": N_("Points with residents"),
    "volunteer:{}:points-pending": N_("Points under public notice"),
    "volunteer:{}:points-owed": N_("Points owed by residents"),
    "hold:{}": N_("Points set aside"),
    "fund:{}:points": N_("Points in funds"),
    "shop:{}:redeemed": N_("Points exchanged for goods"),
    "points:for-vouchers": N_("Points exchanged for vouchers"),
    "points:for-services": N_("Points exchanged for services"),
    "points:expired": N_("Points expired"),
    "service:rendered": N_("Service time verified"),
    "minutes:opening": N_("Service time brought in at the start"),
    "volunteer:{}:minutes": N_("Service time of residents"),
    "shop:{}:received:{}": N_("Goods received"),
    "shop:{}:lot:{}": N_("Goods on the shelf"),
    "hold:{}:lot:{}": N_("Goods reserved"),
    "shop:{}:handed-out:{}": N_("Goods handed out"),
    "shop:{}:written-off": N_("Goods written off"),
    "shop:{}:count-difference": N_("Differences found by counting"),
    "vouchers:{}:issued": N_("Vouchers issued"),
    "vouchers:{}:void": N_("Vouchers voided"),
    "vouchers:{}:expired": N_("Vouchers expired"),
    "voucher:{}": N_("Money on open vouchers"),
    "property:{}:payable": N_("Owed to property companies"),
    "property:{}:settling:{}": N_("Being settled with property companies"),
    "property:{}:owed-back": N_("Owed back by property companies"),
    "bank:paid-out": N_("Paid by bank"),
    "services:{}:rendered": N_("Services rendered"),
    "merchant:{}:payable": N_("Owed to merchants"),
    "merchant:{}:settling:{}": N_("Being settled with merchants"),
    "merchant:{}:owed-back": N_("Owed back by merchants"),
    "merchant:{}:discounts": N_("Merchants' discounts"),
    "residents:paid": N_("Paid by residents"),
    # Somebody wrote an account by hand; the checks name it, and the pages must still open.
    "outside": N_("Not in the chart of accounts"),
}

ASSETS: dict[str, str] = {
    "points": N_("Points"),
    "minutes": N_("Service time"),
    "item": N_("Goods"),
    "fen": N_("Voucher money"),
}


def finding_words(finding: Finding) -> str:
    """Return what a check found, in the reader's language, its units included."""
    members = {
        name: gettext(value) if isinstance(value, str) else value
        for name, value in finding.members.items()
    }
    return gettext(finding.says, **members)


def kind_words(kind: str) -> str:
    """Return what a kind of entry is called."""
    return gettext(KINDS.get(kind, kind))


def slug_of(pattern: str) -> str:
    """Return a class of accounts as part of an address: volunteer-points."""
    return pattern.replace(":{}", "").replace(":", "-")


PATTERNS = {slug_of(pattern): pattern for pattern in CLASSES}


def asset_kind(asset: str) -> str:
    """Return points, minutes, fen or item: all goods are shown alike."""
    return "item" if asset.startswith("item:") else asset


def amount_words(amount: int, asset: str) -> str:
    """Write an amount of an asset in the reader's language."""
    if asset == FEN:
        return i18n.yuan(amount)
    if asset == MINUTES:
        return ("−" if amount < 0 else "") + i18n.hours(abs(amount))
    return i18n.points(amount)


def pattern_of(name: AccountName) -> str:
    """Return the class of an account, or that it has none."""
    kept = in_chart(name)
    return kept.pattern if kept else "outside"


def owner_of(name: AccountName) -> int | None:
    """Return the id of the volunteer whose account this is."""
    parts = name.path.split(":")
    return int(parts[1]) if parts[0] == "volunteer" and in_chart(name) else None


def account_words(name: AccountName, people: Mapping[int, str], goods: Mapping[str, str]) -> str:
    """Return what an account is called: its class, and whose or what it is."""
    words = gettext(CLASSES[pattern_of(name)])
    whose = people.get(owner_of(name) or 0) or goods.get(name.asset)
    if whose:
        return f"{words} · {whose}"
    ends = [part for part in name.path.split(":") if part.isdigit()]
    return f"{words} · …{ends[-1][-6:]}" if ends else words


def by_class(totals: list[AccountTotal]) -> dict[str, list[AccountTotal]]:
    """Return the accounts that something ever moved through under their class, in the order they come."""
    found: dict[str, list[AccountTotal]] = {}
    for total in totals:
        if not total.debits and not total.credits:
            continue
        found.setdefault(pattern_of(total.name), []).append(total)
    return found
