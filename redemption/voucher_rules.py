"""What may happen to a voucher: pure decisions over plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.days import to_date
from ledger import chart, purse
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Line, Lot
from redemption.change_errors import CompanyIsReplaced
from redemption.errors import (
    OfferIsWithdrawn,
    VoucherHasExpired,
    VoucherHasLess,
    VoucherIsUsedUp,
    VoucherIsVoid,
)
from redemption.settlement_rules import require_unsettled
from redemption.spending import CountedIn
from redemption.states import OnOffer, VoucherState
from redemption.voucher_limits import Yearly, count_issue, count_void


@dataclass(frozen=True, slots=True)
class Issue:
    """A voucher about to be issued; what it costs and carries is the offer's to say."""

    voucher_id: int
    offer_id: int
    company_id: int
    person_id: int
    flat: str
    serial: str
    expires_on: int
    now: int
    today: int
    yearly: Yearly
    counted: CountedIn | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows it rests on."""
        day = (self.counted.fact,) if self.counted else ()
        company = Fact("property_company", self.company_id)
        return (Fact("voucher_offer", self.offer_id), company, *self.yearly.facts, *day)


@dataclass(frozen=True, slots=True)
class Use:
    """An amount about to be taken off a bill; None takes all that is left."""

    use_id: int
    voucher_id: int
    company_id: int
    by: int
    amount_fen: int | None
    now: int
    today: int


def issued(issue: Issue, facts: Facts, balances: Balances) -> Decision:
    """Decide an issue: points leave the purse, fen come to stand on the voucher.

    Raises: OfferIsWithdrawn, CompanyIsReplaced, PointsAreOwed, NotEnoughPoints, OverYearLimit, PinNeeded, OverDayLimit.
    """
    offer = facts[Fact("voucher_offer", issue.offer_id)]
    if offer["state"] != OnOffer.ON_SALE:
        raise OfferIsWithdrawn
    if facts[Fact("property_company", issue.company_id)]["ended_at"] is not None:
        raise CompanyIsReplaced
    face, price = offer["face_fen"], offer["price_points"]
    paid = purse.spent(issue.person_id, chart.POINTS_FOR_VOUCHERS, price, balances, issue.today)
    given = chart.vouchers(issue.company_id, "issued")
    row = {
        "id": issue.voucher_id,
        "company_id": issue.company_id,
        "person_id": issue.person_id,
        "flat": issue.flat,
        "serial": issue.serial,
        "face_fen": face,
        "remaining_fen": face,
        "points_paid": price,
        "points_returned": 0,
        "uses": 0,
        "state": VoucherState.ISSUED.value,
        "expires_on": issue.expires_on,
        "issued_at": issue.now,
    }
    lines = (*paid, Line(given, chart.voucher(issue.voucher_id), face))
    year = count_issue(issue.yearly, face, facts)
    if issue.counted is None:
        return Decision(lines, (Insert("voucher", row), year))
    day, _ = issue.counted.changed(price, facts[issue.counted.fact])
    return Decision(lines, (Insert("voucher", row), year, day))


def require_good(voucher: Mapping[str, Any], today: int) -> None:
    """Refuse a voucher nothing can be taken from. Raises: VoucherIsVoid, VoucherIsUsedUp, VoucherHasExpired."""
    if voucher["state"] == VoucherState.VOID:
        raise VoucherIsVoid
    if voucher["state"] == VoucherState.USED:
        raise VoucherIsUsedUp
    if voucher["state"] == VoucherState.EXPIRED or voucher["expires_on"] < today:
        raise VoucherHasExpired(expires_on=to_date(voucher["expires_on"]).isoformat())


def used(use: Use, facts: Facts, _: Balances) -> Decision:
    """Decide a use in part or whole. Raises: VoucherIsVoid, VoucherIsUsedUp, VoucherHasExpired, VoucherHasLess."""
    voucher = facts[Fact("voucher", use.voucher_id)]
    require_good(voucher, use.today)
    left = voucher["remaining_fen"]
    amount = left if use.amount_fen is None else use.amount_fen
    if amount > left:
        raise VoucherHasLess(left=in_yuan(left), left_fen=left)
    number = voucher["uses"] + 1
    state = VoucherState.ISSUED if amount < left else VoucherState.USED
    change = {"remaining_fen": left - amount, "uses": number, "state": state.value}
    row = {
        "id": use.use_id,
        "voucher_id": use.voucher_id,
        "company_id": use.company_id,
        "used_by_id": use.by,
        "number": number,
        "amount_fen": amount,
        "used_at": use.now,
        "undone_at": None,
    }
    taken = Line(chart.voucher(use.voucher_id), chart.payable(use.company_id), amount)
    writes = (Change("voucher", use.voucher_id, change), Insert("voucher_use", row))
    return Decision((taken,), writes)


def use_undone(
    use_id: int,
    voucher_id: int,
    lines: Sequence[Line],
    now: int,
    today: int,
    facts: Facts,
    balances: Balances,
) -> Decision:
    """Decide an undo of one use, until it is in a settlement: the amount stands on the voucher again.

    Raises: AlreadyUndone, VoucherIsVoid, AlreadySettled.
    """
    use, voucher = facts[Fact("voucher_use", use_id)], facts[Fact("voucher", voucher_id)]
    require_unsettled(use, balances[chart.payable(use["company_id"])].balance)
    if voucher["state"] in (VoucherState.VOID, VoucherState.EXPIRED):
        raise VoucherIsVoid
    again = {
        "remaining_fen": voucher["remaining_fen"] + use["amount_fen"],
        "state": VoucherState.ISSUED.value,
    }
    writes = (
        Change("voucher", voucher_id, again),
        Change("voucher_use", use_id, {"undone_at": now}),
    )
    return Decision(tuple(purse.swapped(lines, today)), writes)


def in_yuan(fen: int) -> str:
    """Return an amount as people write it: 20.00 for 2000 fen."""
    return f"{fen // 100}.{fen % 100:02d}"


def points_for_rest(points_paid: int, remaining_fen: int, face_fen: int) -> int:
    """Return the points that the rest of a voucher is worth, rounded down."""
    return points_paid * remaining_fen // face_fen


def voided(
    voucher_id: int,
    person_id: int,
    taken: Sequence[Lot],
    counted: tuple[Fact, int],
    today: int,
    facts: Facts,
    _: Balances,
) -> Decision:
    """Decide a void of what is left: its points return to the lots they came from.

    `counted` is the row of the person's year, and the year of the issue.

    Raises: VoucherIsVoid, VoucherIsUsedUp, VoucherHasExpired.
    """
    voucher = facts[Fact("voucher", voucher_id)]
    require_good(voucher, today)
    left = voucher["remaining_fen"]
    points = points_for_rest(voucher["points_paid"], left, voucher["face_fen"])
    lots = purse.latest(taken, 0, points)
    back = purse.given_back(chart.POINTS_FOR_VOUCHERS, chart.purse(person_id), lots, today)
    gone = Line(chart.voucher(voucher_id), chart.vouchers(voucher["company_id"], "void"), left)
    change = {"remaining_fen": 0, "points_returned": points, "state": VoucherState.VOID.value}
    year = count_void(counted[0], left, counted[1], facts)
    return Decision((gone, *back), (Change("voucher", voucher_id, change), year))
