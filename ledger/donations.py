"""Donations: points that a volunteer gives to a fund, for somebody who has none."""

from dataclasses import replace

from kernel import clock
from kernel.days import day_of
from ledger import chart, purse
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.hold_rules import require_amount
from ledger.post import Balances, Decision, DocumentKey, Fact, Facts, Post, Posted, RequestKey

Key = RequestKey | DocumentKey


async def donate(
    book_id: int, person_id: int, fund_id: int, amount: int, *, key: Key, actor_id: int | None
) -> Posted:
    """Give points from a purse to a fund, earliest lots first; in the fund they no longer expire.

    Raises: AmountIsOdd, PointsAreOwed, NotEnoughPoints, KeyReused.
    """
    today = day_of(clock.now(), await zone_of(book_id))
    return await post(to_donate(book_id, person_id, fund_id, amount, today, key, actor_id))


def to_donate(
    book_id: int,
    person_id: int,
    fund_id: int,
    amount: int,
    today: int,
    key: Key,
    actor_id: int | None,
) -> Post:
    """Return the post that gives points to a fund. Raises: AmountIsOdd."""
    require_amount(amount)
    to = chart.fund(fund_id)

    def decide(_: Facts, balances: Balances) -> Decision:
        return Decision(tuple(purse.spent(person_id, to, amount, balances, today)))

    return Post(
        book_id=book_id,
        kind=Kind.POINTS_DONATED,
        key=replace(key, request=["donate", person_id, fund_id, amount]),
        document=Fact("person", person_id),
        accounts=(chart.purse(person_id), chart.owed(person_id), to),
        decide=decide,
        actor_id=actor_id,
    )
