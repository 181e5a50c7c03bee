"""Taking a closing or a joining back: everything returns, while it is still there; pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger import chart, purse
from ledger.chart import AccountName
from ledger.post import Balances, Change, Line
from people.endings import Ending, ended
from people.household_errors import NoSuchEvent, TooLateToTakeBack, UsedMeanwhile
from people.lives import LifeKind
from people.passing import MAY_BE_TAKEN_BACK, TAKEN_BACK_WITHIN
from people.recording import TABLE


@dataclass(frozen=True, slots=True)
class TakingBack:
    """An event about to be taken back: what its entry moved, and which rows ended with it."""

    event_id: int
    lines: tuple[Line, ...]
    endings: tuple[Ending, ...]
    made_by: int
    approved_by: int
    now: int
    today: int


def taken_back(
    back: TakingBack, event: Mapping[str, Any], balances: Balances
) -> tuple[list[Line], list[Change]]:
    """Decide what returns. Points that expired at the heir's meanwhile would have expired at home as well.

    Raises: NoSuchEvent, TooLateToTakeBack, UsedMeanwhile.
    """
    if event["reversed_at"] is not None:
        raise NoSuchEvent
    late = back.now - event["recorded_at"] > TAKEN_BACK_WITHIN
    if event["kind"] == LifeKind.CLOSED and late:
        raise TooLateToTakeBack(days=MAY_BE_TAKEN_BACK)
    kept, lapsed = _still_there(back, balances)
    change = {
        "reversed_at": back.now,
        "reversed_by": back.made_by,
        "reversal_approved_by": back.approved_by,
        "points_lapsed": lapsed,
    }
    writes = [Change(TABLE, back.event_id, change), *ended(back.endings, None)]
    return purse.swapped(kept, back.today), writes


def _still_there(back: TakingBack, balances: Balances) -> tuple[list[Line], int]:
    """Return the lines that can return, and the points that expired meanwhile. Raises: UsedMeanwhile."""
    left: dict[tuple[AccountName, int | None], int] = {}
    kept, lapsed = [], 0
    for line in back.lines:
        account = _gives_back(line)
        if account is None:
            kept.append(line)
            continue
        lots = chart.class_of(account).lots
        place = (account, line.expires_on if lots else None)
        there = left.setdefault(place, _there(balances, *place))
        gone = line.amount - min(there, line.amount)
        if gone and not (lots and line.expires_on is not None and line.expires_on < back.today):
            raise UsedMeanwhile
        left[place] -= line.amount - gone
        lapsed += gone
        if line.amount > gone:
            kept.append(line._replace(amount=line.amount - gone))
    return kept, lapsed


def _gives_back(line: Line) -> AccountName | None:
    """Return the floored account that a line filled and that must still hold it."""
    if chart.class_of(line.credit).floored and chart.class_of(line.credit).side > 0:
        return line.credit
    if chart.class_of(line.debit).floored and chart.class_of(line.debit).side < 0:
        return line.debit
    return None


def _there(balances: Balances, account: AccountName, day: int | None) -> int:
    holding = balances[account]
    if day is None:
        return holding.balance
    return sum(lot.amount for lot in holding.lots if lot.expires_on == day)
