"""What proves the books: not that debits equal credits, which cannot be otherwise, but these equations.

Each is computed from two independent sides: balances kept with their accounts, and sums over house accounts.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.errors import N_
from ledger.chart import FEN, MINUTES, POINTS, in_chart
from ledger.trial_balance import AccountTotal


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an equation: its words, and the amount it adds (or takes away, if negative)."""

    words: str
    amount: int


@dataclass(frozen=True, slots=True)
class Proof:
    """An equation over one asset: what is there, and where it came from and went."""

    asset: str
    words: str
    there: tuple[Part, ...]
    came: tuple[Part, ...]

    @property
    def left(self) -> int:
        """Return what is there."""
        return sum(part.amount for part in self.there)

    @property
    def right(self) -> int:
        """Return what came minus what went."""
        return sum(part.amount for part in self.came)

    @property
    def holds(self) -> bool:
        """Say whether both sides are the same."""
        return self.left == self.right


# Words, accounts by their pattern in the chart, and +1 or -1: the sign on its side of the equation.
Terms = tuple[tuple[str, str, int], ...]

EQUATIONS: tuple[tuple[str, str, Terms, Terms], ...] = (
    (
        POINTS,
        N_("Points people hold = points issued − points used or expired"),
        (
            (N_("In volunteers' purses"), "volunteer:{}:points", 1),
            (N_("Waiting for the public notice"), "volunteer:{}:points-pending", 1),
            (N_("Set aside"), "hold:{}", 1),
            (N_("In funds"), "fund:{}:points", 1),
            (N_("Owed by volunteers"), "volunteer:{}:points-owed", -1),
        ),
        (
            (N_("Issued"), "points:issued", 1),
            (N_("Opening balances"), "points:opening", -1),
            (N_("Exchanged for goods"), "shop:{}:redeemed", -1),
            (N_("Exchanged for vouchers"), "points:for-vouchers", -1),
            (N_("Exchanged for services"), "points:for-services", -1),
            (N_("Expired"), "points:expired", -1),
        ),
    ),
    (
        MINUTES,
        N_("Service time of volunteers = service time verified"),
        ((N_("Service time of volunteers"), "volunteer:{}:minutes", 1),),
        (
            (N_("Verified service time"), "service:rendered", 1),
            (N_("Opening balances"), "minutes:opening", -1),
        ),
    ),
    (
        "item",
        N_("Goods on the shelf = goods received − goods handed out"),
        (
            (N_("On the shelf"), "shop:{}:lot:{}", 1),
            (N_("Reserved"), "hold:{}:lot:{}", 1),
        ),
        (
            (N_("Received"), "shop:{}:received:{}", 1),
            (N_("Handed out"), "shop:{}:handed-out:{}", -1),
            (N_("Written off"), "shop:{}:written-off", -1),
            (N_("Differences found by counting"), "shop:{}:count-difference", 1),
        ),
    ),
    (
        FEN,
        N_(
            "Open vouchers and what companies and merchants are owed = vouchers issued − void − expired + services − "
            "what merchants gave and residents paid − paid by bank"
        ),
        (
            (N_("On open vouchers"), "voucher:{}", 1),
            (N_("Owed to property companies"), "property:{}:payable", 1),
            (N_("Being settled"), "property:{}:settling:{}", 1),
            (N_("Owed back by property companies"), "property:{}:owed-back", -1),
            (N_("Owed to merchants"), "merchant:{}:payable", 1),
            (N_("Being settled with merchants"), "merchant:{}:settling:{}", 1),
            (N_("Owed back by merchants"), "merchant:{}:owed-back", -1),
        ),
        (
            (N_("Issued"), "vouchers:{}:issued", 1),
            (N_("Void"), "vouchers:{}:void", -1),
            (N_("Expired"), "vouchers:{}:expired", -1),
            (N_("Services rendered"), "services:{}:rendered", 1),
            (N_("Merchants' discounts"), "merchant:{}:discounts", -1),
            (N_("Paid by residents"), "residents:paid", -1),
            (N_("Paid by bank"), "bank:paid-out", 1),
        ),
    ),
)


def proofs(totals: Iterable[AccountTotal]) -> list[Proof]:
    """Return the equations of the books over a trial balance; what is outside the chart stands in none."""
    sums: dict[str, int] = {}
    for total in totals:
        if kept := in_chart(total.name):
            sums[kept.pattern] = sums.get(kept.pattern, 0) + total.balance

    def parts(terms: Terms) -> tuple[Part, ...]:
        return tuple(Part(words, sign * sums.get(pattern, 0)) for words, pattern, sign in terms)

    return [
        Proof(asset, words, parts(there), parts(came)) for asset, words, there, came in EQUATIONS
    ]
