"""Events of a record as documents: who may record them, the row they become, and those that move nothing of value."""

from collections.abc import Iterable
from typing import Any

from kernel.database import Row, fetch, is_duplicate, transaction
from ledger.balances import holdings
from ledger.chart import AccountName, class_of
from ledger.errors import DocumentIsMissing
from ledger.post import Decide, Fact
from people.endings import write
from people.household_errors import RecordIsClosed, SecondPersonNeeded
from people.lives import LifeKind

TABLE = "life_event"


def require_two(made_by: int, approved_by: int, concerned: Iterable[int]) -> None:
    """Refuse what one person alone would do, or one of those whom it concerns. Raises: SecondPersonNeeded."""
    if made_by == approved_by or {made_by, approved_by} & set(concerned):
        raise SecondPersonNeeded


def event_row(event_id: int, kind: LifeKind, person_id: int, now: int, **said: Any) -> Row:
    """Return the columns of a new event; `said` are those that differ from nothing."""
    row: Row = {
        "id": event_id,
        "kind": kind.value,
        "person_id": person_id,
        "other_id": None,
        "passes_to": None,
        "fund_id": None,
        "points_moved": 0,
        "points_settled": 0,
        "points_owed_moved": 0,
        "minutes_moved": 0,
        "points_lapsed": 0,
        "flat_before": "",
        "flat_after": "",
        "proof": "",
        "approved_by": None,
        "recorded_at": now,
        "reversed_at": None,
        "reversed_by": None,
        "reversal_approved_by": None,
    }
    return row | said


async def record_without_value(
    book_id: int, facts: Iterable[Fact], accounts: Iterable[AccountName], decide: Decide
) -> bool:
    """Write what a decision says on documents if it moves nothing; return False if it would move something now.

    Raises: RecordIsClosed, DocumentIsMissing, and what the decision refuses.
    """
    try:
        async with transaction():
            known = {fact: await _row(book_id, fact) for fact in facts}
            floored = [name for name in accounts if class_of(name).floored]
            decision = decide(known, await holdings(book_id, floored))
            if decision.lines:
                return False
            await write(book_id, decision.writes)
    except Exception as error:
        if is_duplicate(error):  # it was closed this very moment
            raise RecordIsClosed from None
        raise
    return True


async def _row(book_id: int, fact: Fact) -> Row:
    rows = await fetch(
        f'SELECT * FROM "{fact.table}" WHERE book_id = $1 AND id = $2',  # noqa: S608  our own tables
        *(book_id, fact.id),
    )
    if not rows:
        raise DocumentIsMissing
    return rows[0]
