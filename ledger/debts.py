"""Debts: points owed after hours were taken back. Later earnings pay them; two people may write them off."""

from dataclasses import replace

from ledger import chart
from ledger.chart import Kind
from ledger.desk import post
from ledger.errors import NeedsTwoPeople, NothingIsOwed, OwesLess, OwnDebt, WriteOffNeedsReason
from ledger.hold_rules import require_amount
from ledger.paper import Paper
from ledger.post import Balances, Decision, DocumentKey, Fact, Facts, Line, Post, Posted, RequestKey

Key = RequestKey | DocumentKey


async def write_off(
    book_id: int,
    person_id: int,
    amount: int | None = None,
    *,
    actor_id: int,
    approver_id: int,
    reason: str,
    key: Key,
) -> Posted:
    """Write off a part of what a person owes, or all of it; one asks, another approves, and neither is the debtor.

    Raises: NeedsTwoPeople, OwnDebt, WriteOffNeedsReason, AmountIsOdd, NothingIsOwed, OwesLess, KeyReused.
    """
    return await post(
        to_write_off(book_id, person_id, amount, (actor_id, approver_id), reason, key)
    )


def to_write_off(
    book_id: int,
    person_id: int,
    amount: int | None,
    people: tuple[int, int | None],
    reason: str,
    key: Key,
    paper: Paper | None = None,
) -> Post:
    """Return the post that writes off a debt: one of `people` asks, the other approves.

    Without a `paper` it is about the debtor alone. Only a paper that lets everybody object does without an approver.
    Raises: NeedsTwoPeople, OwnDebt, WriteOffNeedsReason, AmountIsOdd.
    """
    paper = paper or Paper(Fact("person", person_id))
    actor_id, approver_id = people
    if actor_id == approver_id or (approver_id is None and not paper.facts):
        raise NeedsTwoPeople
    if person_id in people:
        raise OwnDebt
    if not reason.strip():
        raise WriteOffNeedsReason(field="reason")
    if amount is not None:
        require_amount(amount)
    debt = chart.owed(person_id)

    def decide(facts: Facts, balances: Balances) -> Decision:
        writes = paper.require(facts, balances)
        return Decision((written_off(person_id, amount, balances),), writes)

    return Post(
        book_id=book_id,
        kind=Kind.DEBT_WRITTEN_OFF,
        key=replace(key, request=["write-off", person_id, amount]),
        document=paper.document,
        facts=paper.facts,
        accounts=(debt, chart.POINTS_ISSUED),
        decide=decide,
        actor_id=actor_id,
        approver_id=approver_id,
        reason=reason,
    )


def written_off(person_id: int, amount: int | None, balances: Balances) -> Line:
    """Return the line that writes off a part of a debt, or all of it. Raises: NothingIsOwed, OwesLess."""
    debt = chart.owed(person_id)
    owed = balances[debt].balance
    if not owed:
        raise NothingIsOwed
    if amount is not None and amount > owed:
        raise OwesLess(owed=owed, needed=amount)
    return Line(chart.POINTS_ISSUED, debt, amount or owed)
