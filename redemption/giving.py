"""Give points to a fund, and say what became of them. A gift is final: a fund's points never become a person's again.

What a fund gave is told by the first points in, first out: no page names whom it helped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kernel import clock
from kernel.days import day_of
from kernel.ids import new_id
from ledger import chart, purse
from ledger.balances import holding
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.hold_rules import require_amount
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Post, RequestKey
from people import funds
from people.fund_errors import FundIsClosed
from people.lives import LifeEvent, PassesTo
from people.models import Membership
from redemption.errors import NotAMember
from redemption.family import require_may_serve
from redemption.gift_papers import PointsGift
from redemption.spending import BY_CODE, CountedIn, Recognised, counting
from redemption.states import RedemptionState
from redemption.stock_papers import ReliefHandout


@dataclass(frozen=True, slots=True)
class Giving:
    """A gift about to be made: whose, to which fund, how much; `recorded_by` is a clerk, or nobody."""

    gift_id: int
    fund_id: int
    person_id: int
    points: int
    recorded_by: int | None
    counted: CountedIn | None
    now: int
    today: int

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows it rests on."""
        day = (self.counted.fact,) if self.counted else ()
        return (Fact("fund", self.fund_id), *day)


def given(giving: Giving, facts: Facts, balances: Balances) -> Decision:
    """Decide a gift: the earliest lots leave the purse, and in the fund they no longer expire.

    Raises: FundIsClosed, PointsAreOwed, NotEnoughPoints, PinNeeded, OverDayLimit.
    """
    require_open(facts[Fact("fund", giving.fund_id)])
    to = chart.fund(giving.fund_id)
    lines = purse.spent(giving.person_id, to, giving.points, balances, giving.today)
    row = {
        "id": giving.gift_id,
        "fund_id": giving.fund_id,
        "person_id": giving.person_id,
        "points": giving.points,
        "given_at": giving.now,
        "recorded_by": giving.recorded_by,
    }
    writes: list[Insert | Change] = [Insert("points_gift", row)]
    if giving.counted is not None:
        day, _ = giving.counted.changed(giving.points, facts[giving.counted.fact])
        writes.append(day)
    return Decision(tuple(lines), tuple(writes))


def require_open(row: Mapping[str, Any]) -> None:
    """Refuse a fund that was closed. Raises: FundIsClosed."""
    if row["closed_at"] is not None:
        raise FundIsClosed(fund=row["name"])


async def give(
    book_id: int,
    person_id: int,
    fund_id: int,
    points: int,
    by: int,
    key: str,
    *,
    recognised: Recognised = BY_CODE,
) -> PointsGift:
    """Give points to a fund, by oneself or by a clerk who recognised the donor; once for a key.

    Raises: AmountIsOdd, FundNotFound, NotAMember, ServesOwnFamily, KeyReused, and as `given`.
    """
    require_amount(points)
    await funds.fund(book_id, fund_id)
    if by != person_id:
        await require_may_serve(book_id, by, person_id)
    elif not await Membership.exists(book_id=book_id, person_id=person_id):
        raise NotAMember
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    counted = await counting(book_id, person_id, by, today, recognised)
    recorded_by = by if by != person_id else None
    giving = Giving(new_id(), fund_id, person_id, points, recorded_by, counted, now, today)
    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.POINTS_DONATED,
            key=RequestKey(f"person:{by}", key, ["give", person_id, fund_id, points]),
            document=Fact("points_gift", giving.gift_id),
            facts=giving.facts,
            accounts=(chart.purse(person_id), chart.owed(person_id), chart.fund(fund_id)),
            decide=partial(given, giving),
            actor_id=by,
            occurred_at=now,
        )
    )
    return await PointsGift.get(book_id=book_id, id=posted.document_id).prefetch_related("fund")


async def left_in(book_id: int, fund_id: int) -> int:
    """Return the points a fund still has."""
    return (await holding(book_id, chart.fund(fund_id))).balance


async def gifts_to(book_id: int, fund_id: int) -> list[PointsGift]:
    """Return the gifts to a fund with their donors, latest first."""
    found = PointsGift.filter(book_id=book_id, fund_id=fund_id)
    return await found.order_by("-given_at", "-id").prefetch_related("person")


@dataclass(frozen=True, slots=True)
class Spent:
    """One hand-out that a fund paid for, without a word about who had it."""

    handed_at: int
    points: int
    goods: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """The points of a gift that went into one hand-out."""

    spent: Spent
    points: int


@dataclass(slots=True)
class Became:
    """A gift, and what became of it so far; what is `left` waits in the fund."""

    gift: PointsGift
    shares: list[Share] = field(default_factory=list)

    @property
    def used(self) -> int:
        """Return the points that were spent."""
        return sum(share.points for share in self.shares)

    @property
    def left(self) -> int:
        """Return the points that are still there."""
        return int(self.gift.points) - self.used


def traced(into: Sequence[int], out: Sequence[int]) -> list[list[tuple[int, int]]]:
    """Return for each amount that came in, in turn, which part of it went out with which: first in, first out."""
    parts: list[list[tuple[int, int]]] = [[] for _ in into]
    place, left = 0, list(into)
    for number, amount in enumerate(out):
        wanted = amount
        while wanted and place < len(left):
            part = min(wanted, left[place])
            if part:
                parts[place].append((number, part))
            left[place] -= part
            wanted -= part
            place += not left[place]
    return parts


async def spent_by(book_id: int, fund_id: int) -> list[Spent]:
    """Return what a fund paid for, the earliest first."""
    done = ReliefHandout.filter(book_id=book_id, fund_id=fund_id, state=RedemptionState.DONE)
    return [
        Spent(each.handed_at, each.points_total, _goods(each))
        for each in await done.order_by("handed_at", "id").prefetch_related("lines__item")
    ]


def _goods(handout: ReliefHandout) -> tuple[tuple[str, int], ...]:
    pieces: dict[str, int] = {}
    for line in handout.lines:
        pieces[line.item.name] = pieces.get(line.item.name, 0) + line.quantity
    return tuple(sorted(pieces.items()))


async def became(book_id: int, person_id: int) -> list[Became]:
    """Return a person's gifts, latest first, and what became of each."""
    own = PointsGift.filter(book_id=book_id, person_id=person_id).prefetch_related("fund")
    gifts = await own.order_by("given_at", "id")
    found = {each.id: Became(each) for each in gifts}
    for fund_id in {each.fund_id for each in gifts}:
        spent = await spent_by(book_id, fund_id)
        came = await _came_in(book_id, fund_id)
        parts = traced([points for _, points in came], [each.points for each in spent])
        for (gift_id, _), own_parts in zip(came, parts, strict=True):
            if gift_id in found:
                found[gift_id].shares += [Share(spent[place], part) for place, part in own_parts]
    return [found[each.id] for each in reversed(gifts)]


async def _came_in(book_id: int, fund_id: int) -> list[tuple[int, int]]:
    """Return what came into a fund by paper and points, earliest first: gifts, and points of closed records."""
    gifts = await PointsGift.filter(book_id=book_id, fund_id=fund_id)
    passed = await LifeEvent.filter(
        book_id=book_id, fund_id=fund_id, passes_to=PassesTo.FUND, reversed_at__isnull=True
    )
    came = [(each.given_at, each.id, each.points) for each in gifts]
    came += [
        (each.recorded_at, each.id, each.points_moved - each.points_settled) for each in passed
    ]
    return [(paper, int(points)) for _, paper, points in sorted(came)]
