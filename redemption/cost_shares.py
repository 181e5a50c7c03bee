"""Who pays what of a service: a pure decision. The community pays what is left, so the shares always make the price."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger import chart
from ledger.chart import AccountName
from ledger.post import Line

ELDER_AGE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed about a service, in fen and points; without an `elder_age` everybody pays the same.

    From the year of that birthday on the community takes over `elder_percent` of the resident's part, and the value of
    the points unless elders pay them too. A limit (services a day, a month, a month for the household) may be None.
    """

    list_fen: int
    subsidy_fen: int = 0
    discount_fen: int = 0
    points: int = 0
    points_fen: int = 0
    elder_age: int | None = ELDER_AGE
    elder_percent: int = 100
    elder_pays_points: bool = False
    a_day: int | None = None
    a_month: int | None = None
    household_a_month: int | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """A list price and its shares, in fen, and the points that pay `points_fen` of it."""

    list_fen: int
    subsidy_fen: int
    discount_fen: int
    points: int
    points_fen: int
    resident_fen: int

    @property
    def amount_fen(self) -> int:
        """Return what the community owes the merchant."""
        return self.subsidy_fen + self.points_fen


def shared(terms: Terms, *, elder: bool) -> Price:
    """Return the shares of a price. What rounding leaves over, the community pays."""
    with_points = not elder or terms.elder_pays_points
    points, points_fen = (terms.points, terms.points_fen) if with_points else (0, 0)
    resident = terms.list_fen - terms.subsidy_fen - terms.discount_fen - terms.points_fen
    if elder:
        resident = resident * (100 - terms.elder_percent) // 100
    subsidy = terms.list_fen - terms.discount_fen - points_fen - resident
    return Price(terms.list_fen, subsidy, terms.discount_fen, points, points_fen, resident)


def is_elder(terms: Terms, birth_year: int | None, today: int) -> bool:
    """Say whether the price of elders holds: from the year of the birthday on, where a birth year is known."""
    if birth_year is None or terms.elder_age is None:
        return False
    return today // 10_000 - birth_year >= terms.elder_age


def terms_of(agreement: Mapping[str, Any]) -> Terms:
    """Return the terms that an agreement's row says."""
    said = {name: agreement[name] for name in Terms.__dataclass_fields__}
    return Terms(**said | {"elder_pays_points": bool(said["elder_pays_points"])})


def fen_lines(merchant_id: int, price: Price) -> tuple[Line, ...]:
    """Return the lines that book a service at its list price, on its shares."""
    return _booked(merchant_id, price, chart.payable(merchant_id, "merchant"))


def fen_lines_back(merchant_id: int, price: Price) -> tuple[Line, ...]:
    """Return the lines that take a settled service back: the merchant owes what it was paid."""
    owed = chart.owed_back(merchant_id, "merchant")
    return tuple(
        Line(line.credit, line.debit, line.amount) for line in _booked(merchant_id, price, owed)
    )


def _booked(merchant_id: int, price: Price, paid: AccountName) -> tuple[Line, ...]:
    parts = (
        (paid, price.amount_fen),
        (chart.discounts(merchant_id), price.discount_fen),
        (chart.RESIDENTS_PAID, price.resident_fen),
    )
    return tuple(Line(chart.rendered(merchant_id), to, fen) for to, fen in parts if fen)
