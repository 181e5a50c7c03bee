"""Adjustments: points that two people put right by hand, up or down, never below nought."""

from dataclasses import dataclass

from ledger import chart, purse
from ledger.chart import Kind
from ledger.errors import NeedsTwoPeople
from ledger.grant_errors import GrantAmountInvalid, GrantToOneself
from ledger.paper import Paper
from ledger.post import Balances, Decision, DocumentKey, Facts, Line, Post

MOST_POINTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """Points more (or fewer, if negative) for one person, until when (yyyymmdd) they last, and who wants it so."""

    person_id: int
    points: int
    expires_on: int
    made_by: int
    approved_by: int | None
    reason: str


def require_adjustable(points: int) -> None:
    """Refuse what is no adjustment. Raises: GrantAmountInvalid."""
    if type(points) is not int or not 0 < abs(points) <= MOST_POINTS:
        raise GrantAmountInvalid(most=MOST_POINTS, field="points")


def adjusted(
    person_id: int, points: int, expires_on: int, balances: Balances, today: int
) -> tuple[Line, ...]:
    """Return the lines of an adjustment: more pays what is owed first; less takes the lots that would lapse first.

    Raises: NotEnoughPoints, if the purse holds less than is to be taken.
    """
    if points > 0:
        return tuple(purse.earned(person_id, points, expires_on, balances))
    return tuple(purse.taken_out(person_id, chart.POINTS_ISSUED, -points, balances, today))


def to_adjust(book_id: int, wanted: Adjustment, today: int, key: DocumentKey, paper: Paper) -> Post:
    """Return the post that puts a purse right, as its paper asks.

    Raises: GrantAmountInvalid, NeedsTwoPeople, GrantToOneself.
    """
    person_id, points = wanted.person_id, wanted.points
    require_adjustable(points)
    if wanted.made_by == wanted.approved_by:
        raise NeedsTwoPeople
    if person_id in (wanted.made_by, wanted.approved_by):
        raise GrantToOneself

    def decide(facts: Facts, balances: Balances) -> Decision:
        writes = paper.require(facts, balances)
        return Decision(adjusted(person_id, points, wanted.expires_on, balances, today), writes)

    return Post(
        book_id=book_id,
        kind=Kind.POINTS_ADJUSTED,
        key=key,
        document=paper.document,
        facts=paper.facts,
        accounts=(chart.POINTS_ISSUED, chart.purse(person_id), chart.owed(person_id)),
        decide=decide,
        actor_id=wanted.made_by,
        approver_id=wanted.approved_by,
        reason_code="adjusted",
        reason=wanted.reason,
    )
