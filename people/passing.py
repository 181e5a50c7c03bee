"""Closing a record for good: where its points go by the community's written rule, and what ends with it.

Why a record is closed is nobody's business: pages say that it is, and the proof that was seen is named by its kind
alone.
"""

from dataclasses import dataclass

from kernel import clock
from kernel.clock import DAY
from ledger import chart, purse
from ledger.chart import AccountName
from ledger.post import Balances, Fact, Insert, Line
from people.endings import Ending
from people.funds import open_fund
from people.household_errors import FundNameIsMissing, HeirNeeded, PointsOnNotice
from people.households import living_with
from people.lives import HouseholdMember, LifeKind, PassesTo, PassingRule
from people.naming import NAME_LIMIT, within
from people.recording import TABLE, event_row

MAY_BE_TAKEN_BACK = 30
TAKEN_BACK_WITHIN = MAY_BE_TAKEN_BACK * DAY


async def rule_of(book_id: int) -> PassingRule | None:
    """Return the community's written rule, or None while the household gets the points by default."""
    rules = PassingRule.filter(book_id=book_id).order_by("-decided_at", "-id")
    return await rules.first()


async def decide_rule(
    book_id: int, passes_to: PassesTo, by: int, *, fund_name: str = ""
) -> PassingRule:
    """Write down where the points of closed records go from now on; a fund keeps its account under its name.

    Raises:
        TextTooLong, FundNameIsMissing, FundIsClosed
    """
    name = within(fund_name, NAME_LIMIT, "fund_name") if passes_to is PassesTo.FUND else ""
    fund_id = None
    if passes_to is PassesTo.FUND:
        if not name:
            raise FundNameIsMissing(field="fund_name")
        fund_id = (await open_fund(book_id, name, by)).id
    return await PassingRule.create(
        book_id=book_id,
        passes_to=passes_to,
        fund_id=fund_id,
        fund_name=name,
        decided_by=by,
        decided_at=clock.now(),
    )


@dataclass(frozen=True, slots=True)
class Bequest:
    """Where the points of a record would go now, and who of the household the vouchers would pass to."""

    passes_to: PassesTo
    heir: HouseholdMember | None
    heirs: tuple[HouseholdMember, ...]
    fund_id: int | None = None
    fund_name: str = ""


async def bequest_of(book_id: int, person_id: int, heir_id: int | None = None) -> Bequest:
    """Return what the rule says for a person; without `heir_id` the longest member of the household is the heir.

    Raises: HeirNeeded.
    """
    heirs = tuple(await living_with(book_id, person_id))
    heir = next((each for each in heirs if heir_id in (None, each.person_id)), None)
    if heir_id is not None and heir is None:
        raise HeirNeeded(field="heir")
    rule = await rule_of(book_id)
    if rule is not None and rule.passes_to is PassesTo.FUND:
        return Bequest(PassesTo.FUND, heir, heirs, rule.fund_id, rule.fund_name)
    lapses = heir is None or (rule is not None and rule.passes_to is PassesTo.LAPSE)
    return Bequest(PassesTo.LAPSE if lapses else PassesTo.HOUSEHOLD, heir, heirs)


@dataclass(frozen=True, slots=True)
class Closing:
    """A record about to be closed, on the word of two members of staff who saw a proof."""

    event_id: int
    person_id: int
    bequest: Bequest
    proof: str
    made_by: int
    approved_by: int
    now: int
    today: int
    endings: tuple[Ending, ...]

    @property
    def heir_id(self) -> int | None:
        """Return who the heir is, if there is one."""
        return self.bequest.heir.person_id if self.bequest.heir else None

    @property
    def to(self) -> AccountName:
        """Name where the points go."""
        if self.bequest.passes_to is PassesTo.HOUSEHOLD and self.heir_id is not None:
            return chart.purse(self.heir_id)
        if self.bequest.passes_to is PassesTo.FUND and self.bequest.fund_id is not None:
            return chart.fund(self.bequest.fund_id)
        return chart.POINTS_EXPIRED

    @property
    def funds(self) -> tuple[Fact, ...]:
        """Name the row of the fund to which the points go, if they do."""
        return () if self.bequest.fund_id is None else (Fact("fund", self.bequest.fund_id),)

    @property
    def accounts(self) -> tuple[AccountName, ...]:
        """Name what the points may move between."""
        who = self.person_id
        return (chart.pending(who), chart.purse(who), chart.owed(who), self.to)


def closed(closing: Closing, balances: Balances) -> tuple[list[Line], list[Insert]]:
    """Decide where the points go: first to what the record owes itself, the rest lot by lot by the rule.

    Lots that have lapsed stay, and expire as any other. Points on public notice have to arrive first, or be taken back:
    afterwards they would come to nobody. Raises: PointsOnNotice.
    """
    waiting = balances[chart.pending(closing.person_id)].balance
    if waiting:
        raise PointsOnNotice(points=waiting)
    own, debt = chart.purse(closing.person_id), chart.owed(closing.person_id)
    living = [lot for lot in balances[own].lots if lot.expires_on >= closing.today]
    settled = purse.earliest(living, balances[debt].balance)
    left = {lot.expires_on: lot.amount for lot in living}
    for lot in settled:
        left[lot.expires_on] -= lot.amount
    lines = [Line(own, debt, lot.amount, lot.expires_on) for lot in settled]
    lines += [Line(own, closing.to, amount, day) for day, amount in sorted(left.items()) if amount]
    row = event_row(
        closing.event_id,
        LifeKind.CLOSED,
        closing.person_id,
        closing.now,
        other_id=closing.heir_id,
        passes_to=closing.bequest.passes_to.value,
        fund_id=closing.bequest.fund_id,
        points_moved=sum(line.amount for line in lines),
        points_settled=sum(lot.amount for lot in settled),
        proof=closing.proof,
        made_by=closing.made_by,
        approved_by=closing.approved_by,
    )
    return lines, [Insert(TABLE, row)]
