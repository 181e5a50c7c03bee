"""What an act that takes two persons is: who may ask, who may approve, what it would change, what carries it out.

Each room has a table of its own acts; whoever asks or decides is handed them all.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from kernel.database import transaction
from kernel.errors import DomainError
from ledger.paper import Paper
from ledger.post import Balances, Change, DocumentKey, Fact, Facts
from people.approval_errors import NoSuchRequest
from people.approval_rules import Verdict, judged
from people.approvals import Act, Approval
from people.models import Role

TABLE = "approval"
Unit = Literal["points", "pieces", "roles", "state"]
Shown = int | str | tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that would change, in words for `gettext`, what it is about, and how it stands before and after.

    A state is in words for `gettext` too.
    """

    words: str
    before: Shown
    after: Shown
    unit: Unit
    about: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What carrying out a request would change as things stand, and what speaks against it now, if anything."""

    effects: tuple[Effect, ...] = ()
    refusal: DomainError | None = None


@dataclass(frozen=True, slots=True)
class TwoPersonAct:
    """One act. `limited`: its points count towards what one maker may move in a day."""

    act: Act
    words: str
    asked_by: frozenset[Role]
    decided_by: frozenset[Role]
    look: Callable[[Approval], Awaitable[Outlook]]
    carry_out: Callable[[Approval, Verdict], Awaitable[None]]
    for_oneself: bool = False
    limited: bool = False


Acts = Mapping[Act, TwoPersonAct]


def by_name(*acts: TwoPersonAct) -> Acts:
    """Return acts by what they are."""
    return {each.act: each for each in acts}


def key_of(request: Approval) -> DocumentKey:
    """Return the key of the one entry that can come of a request."""
    return DocumentKey(f"{TABLE}:{request.id}", request.digest)


def fact_of(request: Approval) -> Fact:
    """Name the row of a request for the posting desk."""
    return Fact(TABLE, request.id)


def verdict_written(fact: Fact, verdict: Verdict, facts: Facts, _: Balances) -> tuple[Change, ...]:
    """Return the decision as the desk writes it in the commit of the entry. Raises: as `judged`."""
    return (Change(TABLE, fact.id, judged(facts[fact], verdict)),)


def paper_of(request: Approval, verdict: Verdict) -> Paper:
    """Return what an entry rests on that a request leads to: entry and decision commit together."""
    fact = fact_of(request)
    return Paper(fact, (fact,), partial(verdict_written, fact, verdict))


def in_one_commit(
    verb: Callable[[Approval], Awaitable[object]],
) -> Callable[[Approval, Verdict], Awaitable[None]]:
    """Return a way to carry out what moves no value: the decision and the verb's rows commit together."""

    async def carry_out(request: Approval, verdict: Verdict) -> None:
        async with transaction():
            await verb(await decided(request.book_id, request.id, verdict))

    return carry_out


async def decided(book_id: int, request_id: int, verdict: Verdict) -> Approval:
    """Lock a request and write a decision on it, within the caller's transaction.

    Raises: NoSuchRequest, and as `judged`.
    """
    row = await Approval.filter(book_id=book_id, id=request_id).select_for_update().first()
    if row is None:
        raise NoSuchRequest
    values = judged(row.row, verdict)
    await Approval.filter(book_id=book_id, id=request_id).update(**values)
    return row
