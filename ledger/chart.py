"""The chart of accounts: which accounts exist; which kind of entry may move between which stands in `ledger.kinds`.

A floored account may not be overdrawn and keeps a balance row; a house account has none and is summed. An account
with lots says of every point in it when it expires.
Each asset is a set of books of its own, kept from the community's side: a debit is what it gave or has, a credit what
it owes or took back. A point is a promise: made by an expense, owed to a resident, kept by what is then income.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from ledger.kinds import ALLOWED, PURSE, Kind

__all__ = ["ALLOWED", "PURSE", "Kind"]  # what is said there belongs to the chart as well

AccountType = Literal["asset", "expense", "liability", "income", "equity"]
POINTS, MINUTES, FEN = "points", "minutes", "fen"


class AccountName(NamedTuple):
    """An account's place in the chart: its path, and the asset it holds."""

    path: str
    asset: str


@dataclass(frozen=True, slots=True)
class Class:
    """What the chart says of every account whose path fits the pattern."""

    pattern: str
    asset: str
    type: AccountType
    floored: bool = False
    lots: bool = False

    @property
    def side(self) -> int:
        """Return +1 where credits raise the balance, -1 where debits do."""
        return -1 if self.type in ("asset", "expense") else 1


def _chart(*classes: Class) -> dict[str, Class]:
    return {each.pattern: each for each in classes}


CHART = _chart(
    Class("points:issued", POINTS, "expense"),  # the promises made so far; verified hours are what they cost
    Class("points:opening", POINTS, "equity"),  # promised before these books began
    Class("volunteer:{}:points", POINTS, "liability", floored=True, lots=True),  # owed to a resident, lot by lot
    Class("volunteer:{}:points-pending", POINTS, "liability", floored=True, lots=True),  # owed once the notice ends
    Class("volunteer:{}:points-owed", POINTS, "asset", floored=True),  # a receivable: taken back after it was spent
    Class("hold:{}", POINTS, "liability", floored=True, lots=True),  # still owed, for one purpose
    Class("fund:{}:points", POINTS, "liability", floored=True),  # given away, still owed
    Class("shop:{}:redeemed", POINTS, "income"),  # promises kept with goods
    Class("points:for-vouchers", POINTS, "income"),  # promises kept with vouchers
    Class("points:for-services", POINTS, "income"),  # promises kept with services of merchants
    Class("points:expired", POINTS, "income"),  # promises that lapsed
    Class("service:rendered", MINUTES, "expense"),  # hours the community received
    Class("minutes:opening", MINUTES, "equity"),
    Class("volunteer:{}:minutes", MINUTES, "liability", floored=True),  # hours to a resident's credit, never spent
    Class("shop:{}:received:{}", "item", "income"),  # where goods came from
    Class("shop:{}:lot:{}", "item", "asset", floored=True),  # stock on the shelf
    Class("hold:{}:lot:{}", "item", "asset", floored=True),  # stock kept aside
    Class("shop:{}:handed-out:{}", "item", "expense"),  # where goods went
    Class("shop:{}:written-off", "item", "expense"),
    Class("shop:{}:count-difference", "item", "equity"),  # nobody's gain or loss until explained
    Class("vouchers:{}:issued", FEN, "expense"),  # face value promised
    Class("vouchers:{}:void", FEN, "income"),  # contra to issued: will not be paid
    Class("vouchers:{}:expired", FEN, "income"),  # contra to issued
    Class("voucher:{}", FEN, "liability", floored=True),  # owed to whoever holds it
    Class("property:{}:payable", FEN, "liability", floored=True),  # owed for vouchers used
    Class("property:{}:settling:{}", FEN, "liability", floored=True),  # the part being paid
    Class("property:{}:owed-back", FEN, "asset", floored=True),  # a receivable: corrected after settling
    Class("bank:paid-out", FEN, "asset"),  # a bank we see only payments of: a credit balance
    Class("services:{}:rendered", FEN, "expense"),  # at the list price, whoever pays it
    Class("merchant:{}:payable", FEN, "liability", floored=True),  # owed for services rendered
    Class("merchant:{}:settling:{}", FEN, "liability", floored=True),
    Class("merchant:{}:owed-back", FEN, "asset", floored=True),
    Class("merchant:{}:discounts", FEN, "income"),  # what merchants gave
    Class("residents:paid", FEN, "income"),  # to the merchants directly: never the community's cash
)  # fmt: skip


_FITS = [
    (re.compile(re.escape(pattern).replace(r"\{\}", "[a-z0-9-]+") + r"\Z"), each)
    for pattern, each in CHART.items()
]


@lru_cache(maxsize=65_536)
def in_chart(name: AccountName) -> Class | None:
    """Return what the chart says of an account, or None for one that only a stranger can have opened."""
    asset = "item" if name.asset.startswith("item:") else name.asset
    for fits, found in _FITS:
        if found.asset == asset and fits.match(name.path):
            return found
    return None


def class_of(name: AccountName) -> Class:
    """Return what the chart says of an account. Raises LookupError: nothing is posted outside the chart."""
    found = in_chart(name)
    if found is None:
        raise LookupError(f"{name.path} ({name.asset}) is not in the chart of accounts")
    return found


def is_allowed(kind: Kind, debit: Class, credit: Class) -> bool:
    """Say whether an entry of this kind may move from an account of one class to one of the other."""
    return (debit.pattern, credit.pattern) in ALLOWED[kind]


def points(path: str) -> AccountName:
    """Name an account that holds points."""
    return AccountName(path, POINTS)


def purse(person_id: int) -> AccountName:
    """Name the points a volunteer may spend."""
    return points(f"volunteer:{person_id}:points")


def pending(person_id: int) -> AccountName:
    """Name the points that wait for the end of the public notice."""
    return points(f"volunteer:{person_id}:points-pending")


def owed(person_id: int) -> AccountName:
    """Name the points a volunteer owes after hours were taken back."""
    return points(f"volunteer:{person_id}:points-owed")


def minutes(person_id: int) -> AccountName:
    """Name a volunteer's verified service time, in minutes."""
    return AccountName(f"volunteer:{person_id}:minutes", MINUTES)


def hold(hold_id: int) -> AccountName:
    """Name the points set aside by one hold."""
    return points(f"hold:{hold_id}")


def held_lot(hold_id: int, item_id: int, lot_id: int) -> AccountName:
    """Name the pieces of one stock lot that a hold keeps off the shelf."""
    return AccountName(f"hold:{hold_id}:lot:{lot_id}", item_asset(item_id))


def fund(fund_id: int) -> AccountName:
    """Name the points given to a named fund."""
    return points(f"fund:{fund_id}:points")


def redeemed(shop_id: int) -> AccountName:
    """Name the points a shop has taken for goods."""
    return points(f"shop:{shop_id}:redeemed")


def item_asset(item_id: int) -> str:
    """Name the asset of one shop item, counted in pieces."""
    return f"item:{item_id}"


def stock_lot(shop_id: int, item_id: int, lot_id: int) -> AccountName:
    """Name the pieces on the shelf from one stock lot."""
    return AccountName(f"shop:{shop_id}:lot:{lot_id}", item_asset(item_id))


def received(shop_id: int, item_id: int, source: str) -> AccountName:
    """Name the pieces that came from one funding source."""
    return AccountName(f"shop:{shop_id}:received:{source}", item_asset(item_id))


def handed_out(
    shop_id: int, item_id: int, why: Literal["for-points", "relief", "fund"]
) -> AccountName:
    """Name the pieces handed over the counter, for points, as relief or from a fund."""
    return AccountName(f"shop:{shop_id}:handed-out:{why}", item_asset(item_id))


def written_off(shop_id: int, item_id: int) -> AccountName:
    """Name the pieces that were written off."""
    return AccountName(f"shop:{shop_id}:written-off", item_asset(item_id))


def count_difference(shop_id: int, item_id: int) -> AccountName:
    """Name the pieces that counts found too many, less those that were missing."""
    return AccountName(f"shop:{shop_id}:count-difference", item_asset(item_id))


def voucher(voucher_id: int) -> AccountName:
    """Name the money still on one voucher, in fen."""
    return AccountName(f"voucher:{voucher_id}", FEN)


def vouchers(company_id: int, what: Literal["issued", "void", "expired"]) -> AccountName:
    """Name a property company's vouchers issued, void or expired, in fen."""
    return AccountName(f"vouchers:{company_id}:{what}", FEN)


def payable(company_id: int, of: str = "property") -> AccountName:
    """Name what the community owes a partner, in fen: a `property` company for vouchers, a `merchant` for services."""
    return AccountName(f"{of}:{company_id}:payable", FEN)


def settling(company_id: int, batch_id: int, of: str = "property") -> AccountName:
    """Name the part of that debt which one settlement batch is paying, in fen."""
    return AccountName(f"{of}:{company_id}:settling:{batch_id}", FEN)


def owed_back(company_id: int, of: str = "property") -> AccountName:
    """Name what a partner owes back for what was corrected after it was settled, in fen."""
    return AccountName(f"{of}:{company_id}:owed-back", FEN)


def rendered(merchant_id: int) -> AccountName:
    """Name what a merchant's services were worth at their list prices, in fen."""
    return AccountName(f"services:{merchant_id}:rendered", FEN)


def discounts(merchant_id: int) -> AccountName:
    """Name what a merchant gave of its list prices, in fen."""
    return AccountName(f"merchant:{merchant_id}:discounts", FEN)


POINTS_ISSUED = points("points:issued")
POINTS_OPENING = points("points:opening")
POINTS_EXPIRED = points("points:expired")
POINTS_FOR_VOUCHERS = points("points:for-vouchers")
POINTS_FOR_SERVICES = points("points:for-services")
SERVICE_RENDERED = AccountName("service:rendered", MINUTES)
MINUTES_OPENING = AccountName("minutes:opening", MINUTES)
BANK_PAID_OUT = AccountName("bank:paid-out", FEN)
RESIDENTS_PAID = AccountName("residents:paid", FEN)
