"""What may happen when a merchant renders a service: pure decisions over plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger import chart, purse
from ledger.chart import AccountName
from ledger.paper import Paper
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Line
from redemption.cost_shares import Price, fen_lines, fen_lines_back, is_elder, shared, terms_of
from redemption.service_errors import ServiceIsWithdrawn, SharesHaveChanged
from redemption.service_limits import Tallied, counted, uncounted
from redemption.settlement_rules import require_correctable, require_unsettled
from redemption.spending import CountedIn
from redemption.spending import uncounted as allowance_back
from redemption.states import OnOffer

USE = "service_use"


@dataclass(frozen=True, slots=True)
class Render:
    """A service about to be rendered; what it costs is the agreement's to say. `shown` are the points and fen told."""

    use_id: int
    service_id: int
    agreement_id: int
    merchant_id: int
    person_id: int
    by: int
    shown: tuple[int, int]
    recognised: str
    tallied: Tallied
    counted: CountedIn | None
    birth_year_id: int | None
    now: int
    today: int

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows it rests on."""
        born = () if self.birth_year_id is None else (Fact("birth_year", self.birth_year_id),)
        day = () if self.counted is None else (self.counted.fact,)
        terms = (Fact("service", self.service_id), Fact("agreement", self.agreement_id))
        return (*terms, *self.tallied.facts, *born, *day)

    @property
    def accounts(self) -> tuple[AccountName, ...]:
        """Name what it may move between."""
        who, at = self.person_id, self.merchant_id
        return (
            *(chart.purse(who), chart.owed(who), chart.POINTS_FOR_SERVICES),
            *(chart.rendered(at), chart.payable(at, "merchant")),
            *(chart.discounts(at), chart.RESIDENTS_PAID),
        )


def rendered(render: Render, facts: Facts, balances: Balances) -> Decision:
    """Decide a service: points leave the purse, the list price stands on its shares, the slip has its number.

    Raises: ServiceIsWithdrawn, SharesHaveChanged, HadEnoughToday, HadEnoughThisMonth, HouseholdHadEnough,
    PointsAreOwed, NotEnoughPoints, PinNeeded, OverDayLimit.
    """
    service = facts[Fact("service", render.service_id)]
    if service["state"] != OnOffer.ON_SALE:
        raise ServiceIsWithdrawn(service=service["name"])
    terms = terms_of(facts[Fact("agreement", render.agreement_id)])
    born = None
    if render.birth_year_id is not None:
        born = facts[Fact("birth_year", render.birth_year_id)]["year"]
    price = shared(terms, elder=is_elder(terms, born, render.today))
    if (price.points, price.resident_fen) != render.shown:
        raise SharesHaveChanged
    writes: list[Insert | Change] = [counted(render.tallied, terms, service["name"], facts)]
    lines: list[Line] = []
    if price.points:
        to = chart.POINTS_FOR_SERVICES
        lines += purse.spent(render.person_id, to, price.points, balances, render.today)
        if render.counted is not None:
            day, _ = render.counted.changed(price.points, facts[render.counted.fact])
            writes.append(day)
    number = service["uses"] + 1
    writes += [
        Change("service", render.service_id, {"uses": number}),
        Insert(USE, _row(render, price, number)),
    ]
    return Decision((*lines, *fen_lines(render.merchant_id, price)), tuple(writes))


def _row(render: Render, price: Price, number: int) -> dict[str, Any]:
    return {
        "id": render.use_id,
        "service_id": render.service_id,
        "company_id": render.merchant_id,
        "agreement_id": render.agreement_id,
        "person_id": render.person_id,
        "used_by_id": render.by,
        "number": number,
        "list_fen": price.list_fen,
        "subsidy_fen": price.subsidy_fen,
        "discount_fen": price.discount_fen,
        "points": price.points,
        "points_fen": price.points_fen,
        "resident_fen": price.resident_fen,
        "amount_fen": price.amount_fen,
        "recognised": render.recognised,
        "used_at": render.now,
        "undone_at": None,
    }


@dataclass(frozen=True, slots=True)
class Back:
    """A service about to be taken back: what its entry moved, and where it was counted on which day."""

    use_id: int
    lines: Sequence[Line]
    tally: Fact
    counted_in: tuple[Fact, ...]
    used_on: int
    now: int
    today: int

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows it rests on."""
        return (Fact(USE, self.use_id), self.tally, *self.counted_in)


def undone(back: Back, facts: Facts, balances: Balances) -> Decision:
    """Decide the desk's own undo, until the service is in a settlement: points return to their lots.

    Raises: AlreadyUndone, AlreadySettled.
    """
    use = facts[Fact(USE, back.use_id)]
    owed = balances.get(chart.payable(use["company_id"], "merchant"))
    require_unsettled(use, owed.balance if owed else 0)
    return Decision(tuple(purse.swapped(back.lines, back.today)), _written_back(back, facts))


def corrected(back: Back, approval: Paper, facts: Facts, balances: Balances) -> Decision:
    """Decide that a settled service is taken back: the merchant owes what it was paid, points return to their lots.

    Raises: AlreadyUndone, NotSettledYet, and what the approval is refused for.
    """
    written = approval.require(facts, balances)
    use = facts[Fact(USE, back.use_id)]
    require_correctable(use)
    price = Price(*(use[name] for name in Price.__dataclass_fields__))
    points = [line for line in back.lines if line.debit.asset == chart.POINTS]
    lines = (*purse.swapped(points, back.today), *fen_lines_back(use["company_id"], price))
    return Decision(lines, (*written, *_written_back(back, facts)))


def _written_back(back: Back, facts: Facts) -> tuple[Change, ...]:
    points = facts[Fact(USE, back.use_id)]["points"]
    return (
        Change(USE, back.use_id, {"undone_at": back.now}),
        uncounted(back.tally, back.used_on, facts),
        *allowance_back(back.counted_in, back.used_on, points, facts),
    )
